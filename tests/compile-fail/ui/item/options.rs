use orm_dynamodb::Item;

#[derive(Item)]
#[item(tabel = "user")]
struct User {
    #[item(hash_key, region = "us-east-1")]
    id: u64,
    #[item(hashkey)]
    name: String,
}

#[derive(Item)]
struct Excluded {
    #[item(hash_key, null)]
    id: u64,
    #[item(serde, column)]
    name: String,
}

fn main() {}
