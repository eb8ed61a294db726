use orm::prelude::*;

#[derive(DbType, Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct UserId(i64);

#[derive(DbType, Debug, Clone)]
struct Email(String);

#[derive(Model, Debug, Clone)]
struct User {
    #[orm(primary_key)]
    id: UserId,
    email: Email,
}

fn main() {
    let _ = User::query().filter(User::id.eq(3));
    let _ = User::query().filter(User::email.eq("ada@example.org"));
}
