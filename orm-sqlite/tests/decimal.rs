//! Decimals on SQLite: kept as text, compared and added up as numbers.
#![cfg(feature = "decimal")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::ops::ControlFlow;
use std::sync::Arc;

use orm_core::ErrorKind;
use orm_core::engine::{Conn, Engine};
use orm_core::value::{ColumnType, Mismatch, ValueRef};
use orm_sqlite::SqliteBackend;
use rust_decimal::Decimal;

fn table() -> Conn {
    let engine = Engine::builder(Arc::new(SqliteBackend::memory())).build().unwrap();
    let mut connection = engine.connection().unwrap();
    connection.execute_script("CREATE TABLE t (d TEXT COLLATE orm_decimal UNIQUE, old NUMERIC(10, 2))").unwrap();
    connection
}

fn decimals(connection: &mut Conn, sql: &str, params: &[ValueRef<'_>]) -> Vec<Option<String>> {
    let mut found = Vec::new();
    let mut sink = |row: &dyn orm_core::model::Row| {
        let cell: Result<Option<Decimal>, Mismatch> = row.get(0).and_then(Option::from_ref);
        found.push(cell.unwrap().map(|decimal| decimal.to_string()));
        Ok(ControlFlow::Continue(()))
    };
    connection.query(sql, params, &mut sink).unwrap();
    found
}

fn insert(connection: &mut Conn, values: &[&str]) {
    for value in values {
        let value: Decimal = value.parse().unwrap();
        connection.execute("INSERT INTO t VALUES (?1, ?1)", &[ValueRef::Decimal(value)]).unwrap();
    }
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned())).collect()
}

#[test]
fn decimals_compare_as_numbers_and_keep_their_spelling() {
    let mut connection = table();
    insert(&mut connection, &["10", "9.50", "-3", "0.1000000000000000000000000001"]);
    let sorted = decimals(&mut connection, "SELECT d FROM t ORDER BY d", &[]);
    assert_eq!(sorted, some(&["-3", "0.1000000000000000000000000001", "9.50", "10"]));
    let nine = ValueRef::Decimal(Decimal::new(95, 1));
    assert_eq!(decimals(&mut connection, "SELECT d FROM t WHERE d >= ?1 ORDER BY d", &[nine]), some(&["9.50", "10"]));
    assert_eq!(decimals(&mut connection, "SELECT old FROM t WHERE old = ?1", &[nine]), some(&["9.5"]));
    let again = connection.execute("INSERT INTO t VALUES ('9.5', NULL)", &[]);
    assert_eq!(again.unwrap_err().kind(), ErrorKind::UniqueViolation);
}

#[test]
fn sums_are_exact() {
    let mut connection = table();
    assert_eq!(decimals(&mut connection, "SELECT orm_decimal_sum(d) FROM t", &[]), [None]);
    insert(&mut connection, &["0.10", "0.20", "12345678901234567890.05"]);
    connection.execute("INSERT INTO t VALUES (NULL, 1)", &[]).unwrap();
    let sum = "SELECT orm_decimal_sum(d) FROM t";
    assert_eq!(decimals(&mut connection, sum, &[]), some(&["12345678901234567890.35"]));
    let small = "SELECT orm_decimal_avg(d) FROM t WHERE old < 1";
    assert_eq!(decimals(&mut connection, small, &[]), some(&["0.15"]));
    assert_eq!(decimals(&mut connection, "SELECT orm_decimal_sum(old) FROM t WHERE old < 1", &[]), some(&["0.3"]));
}

#[test]
fn sums_that_cannot_be_exact_fail() {
    let mut connection = table();
    insert(&mut connection, &["79228162514264337593543950335", "1"]);
    let result = connection.query("SELECT orm_decimal_sum(d) FROM t", &[], &mut |_| Ok(ControlFlow::Continue(())));
    assert!(result.unwrap_err().to_string().contains("28 digits"));
}

#[test]
fn an_aggregate_compares_as_a_number() {
    let mut connection = table();
    insert(&mut connection, &["9", "10"]);
    let sql = "SELECT orm_decimal_sum(d) FROM t GROUP BY d HAVING orm_decimal_sum(d) COLLATE orm_decimal < ?1 COLLATE orm_decimal";
    assert_eq!(decimals(&mut connection, sql, &[ValueRef::Decimal(Decimal::TEN)]), some(&["9"]));
}
