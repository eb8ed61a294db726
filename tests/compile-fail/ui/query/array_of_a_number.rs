use orm::prelude::*;

#[derive(Model, Clone)]
struct Sample {
    #[orm(primary_key)]
    id: i64,
    words: Vec<String>,
}

fn main() {
    Sample::query().filter(Sample::id.array_has(1));
    Sample::query().filter(Sample::words.array_has(1));
}
