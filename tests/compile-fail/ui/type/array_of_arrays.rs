use orm::prelude::*;

#[derive(Model, Clone)]
struct Sample {
    #[orm(primary_key)]
    id: i64,
    words: Vec<Vec<String>>,
}

fn main() {}
