use orm_dynamodb::Item;

#[derive(Item)]
struct NoKey {
    name: String,
}

#[derive(Item)]
struct TwoKeys {
    #[item(hash_key)]
    id: u64,
    #[item(hash_key)]
    name: String,
}

#[derive(Item)]
#[item(table = "my table")]
struct Table {
    #[item(hash_key)]
    id: u64,
    #[item(name = "id")]
    other: u64,
}

fn main() {}
