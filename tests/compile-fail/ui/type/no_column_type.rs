use orm::prelude::*;

#[derive(Clone)]
struct Point;

#[derive(Model)]
struct Place {
    #[orm(primary_key)]
    id: i64,
    at: Point,
}

fn main() {}
