//! Accounts in one database and the log of their changes in another, in one session; a reader, which may ask a replica; and customers on two shards.
//!
//! `cargo run -p multi`. `DATABASE_URL` names the database of the accounts, `LOG_URL` that of the log, `REPLICA_URL` a replica of the
//! first one, and `EAST_URL` and `WEST_URL` the shards. Without them there are files of SQLite, and the reader reads the first of them by
//! connections of its own.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

mod models;
mod shards;

use std::env;
use std::time::Duration;

use comfy_table::{Table, presets};
use orm::functions::sum;
use orm::prelude::*;
use orm::{CommitMode, Sessions};

use models::{Account, Change};

fn main() -> orm::Result<()> {
    let sessions = sessions()?;
    let ended = sessions.resolve_prepared(Duration::from_secs(60))?;
    ended.iter().for_each(|resolved| println!("left by a crash: {resolved}"));
    sessions.drop_all(models![Account, Change])?;
    sessions.create_all(models![Account, Change])?;

    sessions.transaction(|session| {
        session.add_all(["ann", "bob"].map(|owner| Account::opened(owner, 100)));
        Ok(())
    })?;
    transfer(&sessions, "ann", "bob", 30)?;
    match transfer(&sessions, "bob", "ann", 500) {
        Ok(()) => println!("bob has had enough"),
        Err(error) => println!("refused: {error}"),
    }

    let mut reader = sessions.reader();
    println!("{}", statement(&mut reader)?);
    check(&mut reader)?;
    shards::run()
}

/// All of both databases, or nothing of either: where they cannot promise that, the account is committed before its log.
fn sessions() -> orm::Result<Sessions> {
    let url = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.into());
    let main = url("DATABASE_URL", "sqlite:///multi.db");
    let engine = Engine::connect(&main)?;
    let log = Engine::connect(&url("LOG_URL", "sqlite:///multi-log.db"))?;
    let replica = Engine::connect(&url("REPLICA_URL", &main))?;
    let prepares = [&engine, &log].iter().all(|engine| engine.dialect().capabilities().prepared_transactions);
    let mode = if prepares { CommitMode::TwoPhase } else { CommitMode::Ordered };
    engine.sessions().bind("log", models![Change], &log)?.commit_mode(mode).replica(&replica)
}

fn transfer(sessions: &Sessions, from: &str, to: &str, amount: i64) -> orm::Result<()> {
    sessions.transaction(|session| {
        let [from, to] = [from, to].map(|owner| Account::query().filter(Account::owner.eq(owner)));
        let (from, to) = (from.one(session)?, to.one(session)?);
        for (account, change) in [(from, -amount), (to, amount)] {
            session[account].balance += change;
            session.push(account, Account::changes, Change { amount: change, ..Default::default() })?;
        }
        // The database of the accounts has a CHECK, so that the log of a refused transfer is not written either.
        Ok(())
    })
}

/// The accounts with their changes: one statement for each database.
fn statement(session: &mut Session) -> orm::Result<Table> {
    let accounts = Account::query().include(Account::changes).order_by(Account::owner).all(session)?;
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(["Account", "Balance", "Changes"]);
    for account in accounts {
        let changes = session.related(account, Account::changes)?;
        let changes: Vec<String> = changes.into_iter().map(|change| format!("{:+}", session[change].amount)).collect();
        let Account { owner, balance, .. } = &session[account];
        table.add_row([owner.clone(), balance.to_string(), changes.join(", ")]);
    }
    Ok(table)
}

/// What one statement of one database tells has to agree with that of the other.
fn check(session: &mut Session) -> orm::Result<()> {
    let balances = Account::query().select(sum(Account::balance)).one(session)?;
    let changes = Change::query().select(sum(Change::amount)).one(session)?;
    println!("balances: {balances:?}, changes: {changes:?}");
    assert_eq!(balances, changes);
    Ok(())
}
