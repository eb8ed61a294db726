use orm::prelude::*;

#[derive(Model)]
#[orm(table = "shape", polymorphic(abstract, on = kind, identity = "shape", subtypes(Disc)))]
struct Shape {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(inherits, identity = "disc")]
struct Disc {
    #[orm(base)]
    shape: Shape,
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
