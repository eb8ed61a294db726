//! The core cases on PostgreSQL behind pgbouncer in transaction mode, and what is its own there.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use orm::prelude::*;
use orm::{ErrorKind, models};
use orm_tests::harness::{Database, Harness, Pooled};

orm_tests::batching!(Pooled);
orm_tests::cycles!(Pooled);
orm_tests::compared_updates!(Pooled);
orm_tests::defaults!(Pooled);
orm_tests::described_tables!(Pooled);
orm_tests::generated!(Pooled);
orm_tests::keys!(Pooled);
orm_tests::locking!(Pooled);
orm_tests::query_streams!(Pooled);
orm_tests::savepoints!(Pooled);
orm_tests::transaction_ends!(Pooled);
orm_tests::types!(Pooled);
orm_tests::units!(Pooled);
orm_tests::write_conflicts!(Pooled);

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "account")]
struct Account {
    #[orm(primary_key)]
    id: i64,
    balance: i64,
    credit: i64,
}

/// Two engines as two programs have them, over one row. The pooler has two connections of the server, which take turns.
fn two_programs(prepared: &str) -> (Database, Engine, Engine) {
    let database = Pooled::database("pooler");
    let engine = || {
        let url = format!("{}?prepared={prepared}", database.url());
        Engine::builder(&url).pool_size(1).max_overflow(0).build().unwrap()
    };
    let (a, b) = (engine(), engine());
    a.create_all(models![Account]).unwrap();
    a.connection().unwrap().execute_script("INSERT INTO account VALUES (1, 0, 0)").unwrap();
    let mut held = a.connection().unwrap();
    held.begin(orm::driver::TransactionMode::Write).unwrap();
    b.connection().unwrap().execute_script("SELECT 1").unwrap();
    drop(held);
    (database, a, b)
}

fn set(engine: &Engine, column: &str, value: i64, retries: u32) -> orm::Result<u64> {
    let text = format!("UPDATE account SET {column} = :value WHERE id = :id");
    let unit = engine.unit().retries(retries);
    unit.run(|session| sql(text.clone()).bind("value", value).bind("id", 1i64).execute(session))
}

fn row(engine: &Engine) -> (i64, i64) {
    let account = Account::query().values(&mut engine.session()).unwrap().remove(0);
    (account.balance, account.credit)
}

/// One login in a thousand shows no sign of the pooler, as its random number may be that of a process. Such a program runs a unit again.
#[test]
fn each_program_runs_its_own_statements() {
    for (prepared, retries) in [("auto", 1), ("never", 0)] {
        let (_database, a, b) = two_programs(prepared);
        for value in 1..=20 {
            assert_eq!(set(&a, "balance", value, retries).unwrap(), 1, "{prepared}");
            assert_eq!(set(&b, "credit", -value, retries).unwrap(), 1, "{prepared}");
            assert_eq!(row(&a), (value, -value), "{prepared}");
        }
    }
}

/// Named statements cannot work here, but no statement of another program runs in their place.
#[test]
fn a_named_statement_is_never_another_ones() {
    let (database, a, b) = two_programs("always");
    let reader = Engine::connect(&format!("{}?prepared=never", database.url())).unwrap();
    let (mut expected, mut failed) = ((0, 0), 0);
    for value in 1..=20 {
        for (engine, column) in [(&a, "balance"), (&b, "credit")] {
            match set(engine, column, value, 0) {
                Ok(count) => {
                    assert_eq!(count, 1);
                    let last = if column == "balance" { &mut expected.0 } else { &mut expected.1 };
                    *last = value;
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Serialization, "{error:?}");
                    failed += 1;
                }
            }
        }
        assert_eq!(row(&reader), expected);
    }
    assert!(failed > 0, "the pooler has changed connections");
}
