use orm_dynamodb::Item;

#[derive(Item)]
#[item(table = "message")]
struct Message {
    #[item(hash_key)]
    thread: String,
    #[item(range_key)]
    at: String,
    likes: u32,
}

fn wrong() {
    let _ = Message::likes.gt("many");
}

fn main() {}
