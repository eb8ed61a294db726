use orm_dynamodb::Item;

#[derive(Item)]
#[item(table = "user")]
struct User {
    #[item(hash_key)]
    id: bool,
}

fn main() {}
