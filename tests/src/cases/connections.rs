//! Statements and transactions on a bare connection, and how the recording backend notes them.

use orm::driver::TransactionMode;
use orm::{ErrorKind, Result, ValueRef};

use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { connections {
    statements_are_recorded_with_their_rows [];
    a_dropped_connection_rolls_back [];
    a_fault_strikes_once_and_leaves_the_connection_usable [];
    a_lost_connection_is_replaced [];
    a_constraint_violation_has_its_kind [];
} }

const TABLE: &str =
    r#"CREATE TABLE "t" ("id" INTEGER PRIMARY KEY, "a" TEXT NOT NULL UNIQUE, "b" INTEGER CHECK ("b" > 0))"#;

pub fn statements_are_recorded_with_their_rows(cx: &mut TestContext) -> Result<()> {
    cx.execute(TABLE);
    cx.expect_log(&[]);
    let mut connection = cx.engine.connection()?;
    connection.begin(TransactionMode::Write)?;
    connection.execute(r#"INSERT INTO "t" ("id", "a") VALUES (1, 'x'), (2, 'y')"#, &[])?;
    connection.execute(r#"UPDATE "t" SET "a" = 'z' WHERE "id" = 2"#, &[])?;
    connection.commit()?;
    drop(connection);
    cx.expect_full_log(&["begin", "insert t (id, a) x2", "update t (a)", "commit"]);
    cx.expect_rows(r#"SELECT "id", "a", "b" FROM "t" ORDER BY "id""#, &["1|x|NULL", "2|z|NULL"]);
    Ok(())
}

pub fn a_dropped_connection_rolls_back(cx: &mut TestContext) -> Result<()> {
    cx.execute(TABLE);
    let mut connection = cx.engine.connection()?;
    connection.begin(TransactionMode::Write)?;
    connection.execute(r#"INSERT INTO "t" ("id", "a") VALUES (1, 'x')"#, &[])?;
    drop(connection);
    cx.expect_full_log(&["begin", "insert t", "rollback"]);
    cx.expect_rows(r#"SELECT "id" FROM "t""#, &[]);
    Ok(())
}

pub fn a_fault_strikes_once_and_leaves_the_connection_usable(cx: &mut TestContext) -> Result<()> {
    cx.execute(TABLE);
    let insert = r#"INSERT INTO "t" ("id", "a") VALUES (1, 'x')"#;
    cx.fail_next(StatementKind::Insert, ErrorKind::Busy);
    let mut connection = cx.engine.connection()?;
    expect_error(connection.execute(insert, &[]), ErrorKind::Busy, &[]);
    assert_eq!(connection.execute(insert, &[] as &[ValueRef<'_>])?, 1);
    drop(connection);
    cx.expect_rows(r#"SELECT "id" FROM "t""#, &["1"]);
    Ok(())
}

pub fn a_lost_connection_is_replaced(cx: &mut TestContext) -> Result<()> {
    cx.fail_next(StatementKind::Select, ErrorKind::ConnectionLost);
    let mut connection = cx.engine.connection()?;
    let mut ignore = |_: &dyn orm::driver::Row| Ok(std::ops::ControlFlow::Continue(()));
    expect_error(connection.query("SELECT 1", &[], &mut ignore), ErrorKind::ConnectionLost, &[]);
    assert!(connection.is_broken());
    expect_error(connection.query("SELECT 1", &[], &mut ignore), ErrorKind::ConnectionLost, &[]);
    drop(connection);
    cx.engine.connection()?.query("SELECT 1", &[], &mut ignore)
}

pub fn a_constraint_violation_has_its_kind(cx: &mut TestContext) -> Result<()> {
    cx.execute(TABLE);
    cx.execute(r#"INSERT INTO "t" ("id", "a") VALUES (1, 'x')"#);
    let violations = [
        (r#"INSERT INTO "t" ("id", "a") VALUES (1, 'y')"#, ErrorKind::UniqueViolation),
        (r#"INSERT INTO "t" ("id", "a") VALUES (2, 'x')"#, ErrorKind::UniqueViolation),
        (r#"INSERT INTO "t" ("id", "a") VALUES (3, NULL)"#, ErrorKind::NotNullViolation),
        (r#"INSERT INTO "t" ("id", "a", "b") VALUES (4, 'z', 0)"#, ErrorKind::CheckViolation),
    ];
    let mut connection = cx.engine.connection()?;
    for (sql, kind) in violations {
        let error = expect_error(connection.execute(sql, &[]), kind, &[]);
        let constraint = error.constraint().expect("what the database told of the constraint");
        assert!(constraint.table.as_deref().is_none_or(|table| table == "t"), "{constraint:?}");
    }
    Ok(())
}
