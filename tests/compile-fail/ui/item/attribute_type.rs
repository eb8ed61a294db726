use orm_dynamodb::Item;

struct Address;

#[derive(Item)]
#[item(table = "user")]
struct User {
    #[item(hash_key)]
    id: u64,
    address: Address,
}

fn main() {}
