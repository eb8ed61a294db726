use orm_dynamodb::Item;

#[derive(Item)]
#[item(table = "user", index(name = "by_age", range = age))]
#[item(local_index(name = "by_name", range = name))]
struct User {
    #[item(hash_key)]
    id: u64,
    name: String,
    age: u32,
}

#[derive(Item)]
#[item(table = "post", index(name = "author", hash = author))]
#[item(index(name = "other", hash = autor))]
struct Post {
    #[item(hash_key, composed = "POST#{idd}")]
    pk: String,
    id: u64,
    author: String,
}

fn main() {}
