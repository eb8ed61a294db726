use orm::prelude::*;

#[derive(Embedded, Clone)]
struct Stamps {
    #[orm(server_default = "1")]
    created: Generated<i64>,
    #[orm(version)]
    version: i64,
}

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(embed)]
    stamps: Option<Stamps>,
}

#[derive(Model, Clone)]
struct Pet {
    #[orm(primary_key)]
    id: i64,
    #[orm(embed)]
    stamps: Stamps,
    #[orm(version)]
    version: i64,
}

fn main() {}
