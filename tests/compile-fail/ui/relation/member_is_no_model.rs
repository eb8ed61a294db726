use orm::prelude::*;

struct Part;

#[derive(Model)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    #[many_to_many(table = "car_part")]
    parts: ManyToMany<Part>,
}

fn main() {}
