//! Connecting to PostgreSQL: several servers, kinds of servers, and what the messages say.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use orm::prelude::*;
use orm_tests::expect_error;
use orm_tests::harness::{Database, Harness, Postgres};

/// A URL whose hosts are `hosts`, where `HERE` stands for that of the server.
fn url(database: &Database, hosts: &str, options: &str) -> String {
    let (scheme, rest) = database.url().split_once("://").unwrap();
    let (authority, rest) = rest.split_once('/').unwrap();
    let (login, here) = authority.split_once('@').map_or(("", authority), |(login, here)| (login, here));
    format!("{scheme}://{login}@{}/{rest}{options}", hosts.replace("HERE", here))
}

fn ping(url: &str) -> orm::Result<()> {
    Engine::connect(url)?.ping()
}

#[test]
fn a_server_that_is_down_is_passed_over() {
    let database = Postgres::database("failover");
    ping(&url(&database, "127.0.0.1:1,HERE", "")).unwrap();
    ping(&url(&database, "no-such-host.invalid,127.0.0.1:1,HERE", "&load_balance_hosts=random")).unwrap();
    let down = url(&database, "127.0.0.1:1,127.0.0.1:2", "");
    let error = expect_error(ping(&down), ErrorKind::ConnectionLost, &["127.0.0.1:1: ", "127.0.0.1:2: ", "refused"]);
    assert!(std::error::Error::source(&error).is_some(), "{error:?}");
}

#[test]
fn a_server_that_refuses_the_login_ends_the_search() {
    let database = Postgres::database("no_database");
    let wrong = url(&database, "127.0.0.1:1,HERE,127.0.0.1:2", "&dbname=no_such_database");
    let error = expect_error(ping(&wrong), ErrorKind::Config, &["\"no_such_database\" does not exist"]);
    assert!(!error.to_string().contains("refused"), "{error}");
}

#[test]
fn the_kind_of_server_that_is_wanted_is_found() {
    let database = Postgres::database("targets");
    let attempt = |target: &str, options: &str| {
        ping(&url(&database, "127.0.0.1:1,HERE", &format!("&target_session_attrs={target}{options}")))
    };
    for target in ["any", "read-write", "primary", "prefer-standby"] {
        attempt(target, "").unwrap();
    }
    expect_error(attempt("standby", ""), ErrorKind::ConnectionLost, &["it is no standby", "target_session_attrs"]);
    expect_error(attempt("read-only", ""), ErrorKind::ConnectionLost, &["it takes writes"]);
    let reading = "&options=-cdefault_transaction_read_only=on";
    attempt("read-only", reading).unwrap();
    expect_error(attempt("read-write", reading), ErrorKind::ConnectionLost, &["it takes no writes"]);
}

#[test]
fn a_ping_replaces_what_has_died() {
    let database = Postgres::database("ping");
    let engine = Engine::builder(database.url()).pool_size(1).max_overflow(0).build().unwrap();
    engine.ping().unwrap();
    let ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orm_ping' AND pid <> pg_backend_pid()";
    let named = Engine::connect(&url(&database, "HERE", "&application_name=orm_ping")).unwrap();
    named.ping().unwrap();
    engine.connection().unwrap().execute_script(ends).unwrap();
    named.ping().unwrap();
}
