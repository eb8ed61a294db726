use orm::prelude::*;

#[derive(DbType, Debug, Clone, PartialEq)]
struct UserId(i64);

#[derive(Model)]
struct User {
    #[orm(primary_key)]
    id: UserId,
}

fn main() {}
