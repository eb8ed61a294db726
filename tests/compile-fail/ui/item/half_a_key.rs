use orm_dynamodb::{Dynamo, Item};

#[derive(Item)]
#[item(table = "message")]
struct Message {
    #[item(hash_key)]
    thread: String,
    #[item(range_key)]
    at: String,
    likes: u32,
}

fn wrong(db: &Dynamo) {
    let _ = Message::get(db, "rust");
}

fn main() {}
