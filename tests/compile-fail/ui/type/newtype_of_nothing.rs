use orm::prelude::*;

#[derive(DbType, Clone)]
struct Nothing;

#[derive(DbType, Clone)]
#[orm(validated = check)]
struct Name(String);

#[derive(DbType, Clone)]
enum Status {
    Open,
}

fn main() {}
