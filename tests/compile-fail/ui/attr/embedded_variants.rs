use orm::prelude::*;

#[derive(Embedded, Clone)]
#[orm(index(number))]
enum Payment {
    Card(String, String),
    Gift { #[orm(default = 3)] value: i32 },
}

fn main() {}
