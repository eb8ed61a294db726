//! Models that `orm_inspect` writes for tables of MariaDB: they compile, read all rows, and make the same tables again.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use orm::models;
use orm::prelude::*;
use orm_tests::harness::MariaDb;

use support::{CHINOOK, count, reads, written};

written!(chinook = "chinook_mariadb");

/// Tables as old servers make them.
const SCRIPTS: &[&str] = &["ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci", CHINOOK];

#[test]
fn models_of_chinook_read_all_rows() {
    use chinook::*;
    support::check::<MariaDb>("chinook_mariadb", SCRIPTS, false);
    let (engine, _database) = support::database::<MariaDb>(SCRIPTS);
    let read = reads!(engine; Album Artist Customer Employee Genre Invoice InvoiceLine Playlist Track;;);
    assert_eq!(read, count("chinook_mariadb"));
}

#[test]
fn models_of_chinook_make_the_same_tables() {
    use chinook::*;
    let models = models![Album, Artist, Customer, Employee, Genre, Invoice, InvoiceLine, Playlist, Track];
    support::compare::<MariaDb>("chinook_mariadb", SCRIPTS, &models);
}
