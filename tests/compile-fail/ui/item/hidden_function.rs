use orm_dynamodb::Item;

#[derive(Item)]
#[item(table = "search")]
struct Search {
    #[item(hash_key)]
    query: String,
}

fn main() {}
