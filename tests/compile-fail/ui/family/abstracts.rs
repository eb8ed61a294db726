use orm::prelude::*;

#[derive(Model)]
#[orm(table = "shape", polymorphic(abstract, on = kind, identity = "shape", subtypes()))]
struct Shape {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(table = "tool", polymorphic(abstract, on = kind, subtypes()))]
struct Tool {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, subtypes()))]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
