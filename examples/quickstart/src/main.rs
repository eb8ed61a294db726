//! Users with addresses: created, queried, changed, and an orphan removed.
//!
//! `cargo run -p quickstart`, or with `DATABASE_URL=postgresql://..`; `-- --echo` shows the statements.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

use std::env;
use std::io::{self, IsTerminal};

use comfy_table::{Table, presets};
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "users")]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(length = 80)]
    name: String,
    #[orm(unique)]
    email: String,
    age: i32,
    #[has_many(back_populates = user, cascade(all, delete_orphan), order_by = id)]
    addresses: HasMany<Address>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "addresses")]
struct Address {
    #[orm(primary_key)]
    id: i64,
    street: String,
    city: String,
    #[belongs_to(back_populates = addresses, on_delete = "cascade")]
    user: BelongsTo<User>,
}

fn main() -> orm::Result<()> {
    let engine = connect()?;
    engine.drop_all(models![User, Address])?;
    engine.create_all(models![User, Address])?;
    let mut session = engine.session();

    create(&mut session)?;
    show("Saved", &mut session)?;

    let adults = User::query().filter(User::age.ge(30)).order_by(User::name).all(&mut session)?;
    let names: Vec<&str> = adults.iter().map(|&user| session[user].name.as_str()).collect();
    println!("30 or older: {}\n", names.join(", "));

    change(&mut session)?;
    show("After Alice moved and Bob gave up his second address", &mut session)
}

/// One `add` saves a user with all the addresses of the literal.
fn create(session: &mut Session) -> orm::Result<()> {
    session.add_all([
        user("Alice", 34, vec![address("Vali-Asr Street 12", "Tehran")]),
        user("Bob", 29, vec![address("High Street 1", "Leeds"), address("Station Road 7", "York")]),
        user("Carol", 41, vec![]),
    ]);
    session.commit()
}

fn user(name: &str, age: i32, addresses: Vec<Address>) -> User {
    let email = format!("{}@example.com", name.to_lowercase());
    User { name: name.into(), email, age, addresses: addresses.into(), ..Default::default() }
}

fn address(street: &str, city: &str) -> Address {
    Address { street: street.into(), city: city.into(), ..Default::default() }
}

/// A plain assignment is an UPDATE; a member that leaves a `delete_orphan` relation is a DELETE.
fn change(session: &mut Session) -> orm::Result<()> {
    let alice = User::query().filter(User::name.eq("Alice")).one(session)?;
    session[alice].age = 35;
    for address in session.load(alice, User::addresses)? {
        session[address].city = "Shiraz".into();
    }

    let bob = User::query().filter(User::name.eq("Bob")).one(session)?;
    if let Some(&second) = session.load(bob, User::addresses)?.get(1) {
        session.remove(bob, User::addresses, second)?;
    }
    session.commit()
}

/// Prints what the database holds, one row per address.
fn show(title: &str, session: &mut Session) -> orm::Result<()> {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(["id", "name", "email", "age", "address"]);
    for handle in User::query().order_by(User::id).all(session)? {
        let addresses = session.load(handle, User::addresses)?;
        let lines: Vec<String> =
            addresses.iter().map(|&a| format!("{}, {}", session[a].street, session[a].city)).collect();
        let User { id, name, email, age, .. } = &session[handle];
        table.add_row([id.to_string(), name.clone(), email.clone(), age.to_string(), lines.join("\n")]);
    }
    println!("{title}:\n{table}\n");
    Ok(())
}

fn connect() -> orm::Result<Engine> {
    let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".into());
    let echo = env::args().any(|arg| arg == "--echo");
    if echo {
        tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    }
    Engine::builder(&url).echo(echo).build()
}
