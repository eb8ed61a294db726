//! Tables that other programs made, as the database describes them.

use orm::driver::{Filled, TableName};
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::TestContext;
use crate::models::User;

cases! { described_tables {
    columns_are_described [];
    a_missing_table_is_none_and_fails_nothing [];
    a_table_is_described_once [];
    a_changed_table_is_described_again [];
    a_temporary_table_comes_first [];
    keys_are_described [];
} }

fn name(table: &str) -> TableName {
    TableName { schema: None, name: table.to_owned().into() }
}

pub fn columns_are_described(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled_by([
        "CREATE TABLE \"odd \"\"name\" (id INTEGER PRIMARY KEY, code CHAR(3) COLLATE NOCASE NOT NULL, price NUMERIC(10,2) DEFAULT 1.5, \
         twice GENERATED ALWAYS AS (price * 2))",
        "CREATE TABLE \"odd \"\"name\" (id bigserial PRIMARY KEY, code char(3) COLLATE \"C\" NOT NULL, price numeric(10,2) DEFAULT 1.5, \
         twice numeric GENERATED ALWAYS AS (price * 2) STORED)",
        "CREATE TABLE \"odd \"\"name\" (id bigint AUTO_INCREMENT PRIMARY KEY, code char(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin \
         NOT NULL, price numeric(10,2) DEFAULT 1.5, twice numeric GENERATED ALWAYS AS (price * 2) STORED)",
    ]));
    let facts = cx.engine.connection()?.describe_table(&name("odd \"name"))?;
    let facts = facts.ok_or_else(|| orm::Error::new(ErrorKind::NotFound, "the table"))?;
    let names: Vec<&str> = facts.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(names, ["id", "code", "price", "twice"]);
    let [id, code, price, twice] = &facts.columns[..] else { panic!("{facts:?}") };
    if cx.row_by_row() {
        assert_eq!(id.filled, Filled::RowId);
    } else {
        assert!(matches!(&id.filled, Filled::Default(default) if default.starts_with("nextval(")), "{id:?}");
    }
    assert_eq!(code.type_name, cx.spelled_by(["CHAR(3)", "bpchar", "char"]));
    assert_eq!(code.full_type, cx.spelled_by(["CHAR(3)", "character(3)", "char(3)"]));
    assert_eq!(code.collation.as_deref(), Some(cx.spelled_by(["NOCASE", "C", "utf8mb4_nopad_bin"])));
    assert_eq!((code.nullable, price.nullable, id.nullable), (false, true, false));
    assert_eq!(price.filled, Filled::Default(cx.spelled_by(["1.5", "1.5", "1.50"]).into()));
    assert_eq!(price.collation, None);
    assert_eq!(twice.filled, Filled::Computed);
    assert!(!facts.rewrites_inserts && !facts.temporary);
    Ok(())
}

pub fn a_missing_table_is_none_and_fails_nothing(cx: &mut TestContext) -> Result<()> {
    let mut connection = cx.engine.connection()?;
    connection.begin(orm::driver::TransactionMode::Write)?;
    assert!(connection.describe_table(&name("nowhere"))?.is_none());
    connection.execute_script("CREATE TABLE somewhere (id integer)")?;
    connection.commit()?;
    assert!(connection.describe_table(&name("somewhere"))?.is_some());
    Ok(())
}

pub fn a_table_is_described_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut connection = cx.engine.connection()?;
    for _ in 0..3 {
        assert!(connection.describe_table(&name("user"))?.is_some());
    }
    assert_eq!(cx.take_descriptions(), 1);
    // All connections of the engine share the description. A failed statement makes all of them forget it.
    assert!(
        connection.query("SELECT nothing FROM \"user\"", &[], &mut |_| Ok(std::ops::ControlFlow::Break(()))).is_err()
    );
    assert!(connection.describe_table(&name("user"))?.is_some());
    assert_eq!(cx.take_descriptions(), 1);
    Ok(())
}

pub fn a_changed_table_is_described_again(cx: &mut TestContext) -> Result<()> {
    let mut connection = cx.engine.connection()?;
    connection.execute_script("CREATE TABLE thing (id integer)")?;
    let columns = |facts: Option<std::sync::Arc<orm::driver::TableFacts>>| facts.map_or(0, |facts| facts.columns.len());
    assert_eq!(columns(connection.describe_table(&name("thing"))?), 1);
    connection.execute_script("ALTER TABLE thing ADD COLUMN n integer")?;
    assert_eq!(columns(connection.describe_table(&name("thing"))?), 2);
    drop(connection);
    cx.engine.create_all(models![User])?;
    assert!(cx.engine.connection()?.describe_table(&name("user"))?.is_some());
    cx.engine.drop_all(models![User])?;
    assert!(cx.engine.connection()?.describe_table(&name("user"))?.is_none());
    Ok(())
}

pub fn a_temporary_table_comes_first(cx: &mut TestContext) -> Result<()> {
    let mut connection = cx.engine.connection()?;
    connection
        .execute_script("CREATE TABLE thing (id integer); CREATE TEMPORARY TABLE thing (id integer, n integer)")?;
    let facts = connection.describe_table(&name("thing"))?;
    assert!(facts.is_some_and(|facts| facts.temporary && facts.columns.len() == 2));
    // Others do not see it.
    connection.execute("DROP TABLE thing", &[])?;
    let facts = connection.describe_table(&name("thing"))?;
    assert!(facts.is_some_and(|facts| !facts.temporary && facts.columns.len() == 1));
    connection.execute("DROP TABLE thing", &[])?;
    Ok(())
}

/// Checks whether the key of a table is the number of the row.
pub fn keys_are_described(cx: &mut TestContext) -> Result<()> {
    let keys: [&[(&str, bool)]; 3] = [
        &[
            ("CREATE TABLE k (id INTEGER PRIMARY KEY)", true),
            ("CREATE TABLE k (id integer primary key autoincrement)", true),
            ("CREATE TABLE k (n int, id INTEGER, PRIMARY KEY (id))", true),
            ("CREATE TABLE k (id INT PRIMARY KEY)", false),
            ("CREATE TABLE k (id BIGINT PRIMARY KEY)", false),
            ("CREATE TABLE k (id INTEGER PRIMARY KEY DESC)", false),
            ("CREATE TABLE k (id INTEGER, n INTEGER, PRIMARY KEY (id, n))", false),
            ("CREATE TABLE k (id INTEGER PRIMARY KEY) WITHOUT ROWID", false),
        ],
        &[
            ("CREATE TABLE k (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)", true),
            ("CREATE TABLE k (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)", true),
            ("CREATE TABLE k (id bigserial PRIMARY KEY)", false),
            ("CREATE TABLE k (id bigint PRIMARY KEY)", false),
        ],
        &[
            ("CREATE TABLE k (id bigint AUTO_INCREMENT PRIMARY KEY)", true),
            ("CREATE TABLE k (n int, id bigint AUTO_INCREMENT, PRIMARY KEY (n, id), KEY (id))", true),
            ("CREATE TABLE k (id bigint PRIMARY KEY)", false),
        ],
    ];
    for (sql, generated) in cx.spelled_by(keys) {
        let mut connection = cx.engine.connection()?;
        connection.execute_script(sql)?;
        let facts = connection.describe_table(&name("k"))?;
        let key = facts.as_ref().and_then(|facts| facts.column("id"));
        let found = key.map(|key| matches!(key.filled, Filled::RowId | Filled::Identity { .. }));
        assert_eq!(found, Some(*generated), "{sql}: {facts:?}");
        connection.execute_script("DROP TABLE k")?;
    }
    Ok(())
}
