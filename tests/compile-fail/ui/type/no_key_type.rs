use orm::prelude::*;

#[derive(Model)]
struct Place {
    #[orm(primary_key)]
    id: f64,
}

fn main() {}
