use orm::prelude::*;

#[derive(DbType, Clone)]
struct Money {
    amount: i64,
    currency: String,
}

#[derive(DbType, Clone)]
struct Id<T>(T);

#[derive(DbType, Clone)]
struct Email(Option<String>);

fn main() {}
