use orm_dynamodb::Item;

#[derive(Item)]
enum Shape {
    Point,
}

#[derive(Item)]
struct Pair(u64, String);

#[derive(Item)]
struct Page<T> {
    #[item(hash_key)]
    id: u64,
    body: T,
}

fn main() {}
