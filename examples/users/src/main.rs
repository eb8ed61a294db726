//! Users with addresses in a MySQL or MariaDB database: those of 30 or more are printed.
//!
//! `DATABASE_URL=mysql://user:password@localhost/test cargo run -p users`; without it, in memory.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

use std::env;

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "users")]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(length = 50, index)]
    name: String,
    age: i32,
    #[has_many(back_populates = user, cascade(all, delete_orphan), order_by = id)]
    addresses: HasMany<Address>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "addresses")]
struct Address {
    #[orm(primary_key)]
    id: i64,
    #[orm(length = 100)]
    email: String,
    #[belongs_to(back_populates = addresses)]
    user: BelongsTo<User>,
}

fn main() -> orm::Result<()> {
    let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".into());
    let engine = Engine::connect(&url)?;
    engine.drop_all(models![User, Address])?;
    engine.create_all(models![User, Address])?;
    engine.transaction(|session| {
        session.add_all([("alice", 30), ("bob", 25), ("charlie", 35)].map(|(name, age)| user(name, age)));
        Ok(())
    })?;

    let mut session = engine.session();
    let query = User::query().filter(User::age.ge(30)).order_by(User::name).include(User::addresses);
    for user in query.all(&mut session)? {
        let User { name, age, .. } = &session[user];
        println!("{name} is {age}");
        for address in session.related(user, User::addresses)? {
            println!("  {}", session[address].email);
        }
    }
    Ok(())
}

fn user(name: &str, age: i32) -> User {
    let addresses =
        ["home", "work"].map(|place| Address { email: format!("{name}@{place}.example"), ..Address::default() });
    User { name: name.into(), age, addresses: addresses.into(), ..User::default() }
}
