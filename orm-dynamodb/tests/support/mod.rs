//! The servers of the tests.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "test code, of which each program uses a part")]

use std::sync::OnceLock;

use orm_dynamodb::{Builder, Dynamo, Item};
use xtask::dynamodb::{DYNALITE, MOTO, Program, Server};

static DYNALITE_SERVER: OnceLock<Server> = OnceLock::new();
static MOTO_SERVER: OnceLock<Server> = OnceLock::new();

fn url(program: &Program, own: &'static OnceLock<Server>) -> String {
    match std::env::var(program.variable) {
        Ok(url) if !url.is_empty() => url,
        _ => own.get_or_init(|| program.start_or_install().unwrap()).url().to_owned(),
    }
}

/// A client of a server, which has a region of its own for each test program and test, and so tables of its own.
pub fn client(url: impl Into<String>) -> Builder {
    Dynamo::builder().region("us-west-1").endpoint(url).credentials("key", "secret")
}

/// The server that keeps to the letter.
pub fn dynalite() -> Dynamo {
    client(url(&DYNALITE, &DYNALITE_SERVER)).build().unwrap()
}

/// The server with transactions and times to live.
pub fn moto() -> Dynamo {
    client(url(&MOTO, &MOTO_SERVER)).build().unwrap()
}

/// Both.
pub fn both() -> [Dynamo; 2] {
    [dynalite(), moto()]
}

/// A table without items.
pub fn new_table<M: Item>(db: &Dynamo) {
    if M::exists(db).unwrap() {
        M::delete_table(db).wait().unwrap();
    }
    M::create_table(db).wait().unwrap();
}
