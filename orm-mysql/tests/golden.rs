//! What the two servers are sent. The suite runs on MariaDB; these texts are what MySQL 8 is sent instead, and where it is the same.

use orm_core::dialect::{Dialect, InsertKeys};
use orm_core::query::table::Table;
use orm_core::value::Value;
use orm_core::{ErrorKind, Result};
use orm_mysql::{MARIADB, MYSQL, MysqlDialect};

fn city() -> Table {
    Table::new("city").column::<i64>("id").column::<String>("name").column::<Option<i64>>("people")
}

/// The texts for MySQL and for MariaDB; the kind of the error where there is none.
fn both(
    text: impl Fn(&'static dyn Dialect) -> Result<(String, Vec<Value>)>,
) -> [std::result::Result<String, ErrorKind>; 2] {
    let servers: [&'static dyn Dialect; 2] = [&MysqlDialect::MYSQL, &MysqlDialect::MARIADB];
    servers.map(|dialect| text(dialect).map(|(sql, _)| sql).map_err(|error| error.kind()))
}

#[track_caller]
fn same(text: impl Fn(&'static dyn Dialect) -> Result<(String, Vec<Value>)>, expected: &str) {
    assert_eq!(both(text), [Ok(expected.to_owned()), Ok(expected.to_owned())]);
}

/// What only MariaDB has.
#[track_caller]
fn only_mariadb(text: impl Fn(&'static dyn Dialect) -> Result<(String, Vec<Value>)>, expected: &str) {
    assert_eq!(both(text), [Err(ErrorKind::Unsupported), Ok(expected.to_owned())]);
}

#[test]
fn the_servers_answer_for_themselves() {
    let differs = |fact: fn(&orm_core::dialect::Capabilities) -> bool| (fact(&MYSQL), fact(&MARIADB));
    assert_eq!((MYSQL.insert_keys, MARIADB.insert_keys), (InsertKeys::Lists, InsertKeys::Lists));
    assert_eq!(differs(|it| it.insert_returning), (false, true));
    assert_eq!(differs(|it| it.delete_returning), (false, true));
    assert_eq!(differs(|it| it.update_returning), (false, false));
    assert_eq!(differs(|it| it.ctes_before_changes), (true, false));
    assert_eq!(differs(|it| it.simultaneous_assignment), (false, true));
    assert_eq!(differs(|it| it.lateral), (true, false));
    assert_eq!(differs(|it| it.table_locks), (true, false));
    assert_eq!(differs(|it| it.snapshot_isolation), (false, true));
    assert_eq!((MYSQL.shared_lock, MARIADB.shared_lock), ("FOR SHARE", "LOCK IN SHARE MODE"));
}

#[test]
fn queries_are_the_same() -> Result<()> {
    let found =
        city().query().filter(city().col("name")?.ilike("%YAZD%")).order_by(city().col("people")?.desc().nulls_last());
    same(
        |dialect| found.to_sql(dialect),
        "SELECT \"city\".\"id\" AS \"id\", \"city\".\"name\" AS \"name\", \"city\".\"people\" AS \"people\" FROM \"city\" \
         WHERE lower(\"city\".\"name\") LIKE lower(?) ESCAPE '\\' ORDER BY \"city\".\"people\" IS NULL, \"city\".\"people\" DESC",
    );
    let listed = city().query().select([city().col("id")?]).filter(city().col("id")?.in_([1_i64, 2, 3]));
    same(
        |dialect| listed.to_sql(dialect),
        "SELECT \"city\".\"id\" AS \"id\" FROM \"city\" WHERE \"city\".\"id\" IN (?, ?, ?, ?)",
    );
    let all = city().query().full_join(&city().named("other"), city().col("id")?.eq(1));
    assert_eq!(both(|dialect| all.to_sql(dialect)), [Err(ErrorKind::Unsupported), Err(ErrorKind::Unsupported)]);
    Ok(())
}

#[test]
fn rows_come_back_on_mariadb_only() -> Result<()> {
    let insert = city().insert().set("name", "Yazd").returning([city().col("id")?]);
    only_mariadb(
        |dialect| insert.to_sql(dialect),
        "INSERT INTO \"city\" (\"name\") VALUES (?) RETURNING \"city\".\"id\" AS \"id\"",
    );
    let delete = city().delete().filter(city().col("id")?.eq(1)).returning([city().col("name")?]);
    only_mariadb(
        |dialect| delete.to_sql(dialect),
        "DELETE FROM \"city\" WHERE \"city\".\"id\" = ? RETURNING \"city\".\"name\" AS \"name\"",
    );
    let update = city().update().set("people", 1).returning([city().col("id")?]);
    assert_eq!(both(|dialect| update.to_sql(dialect)), [Err(ErrorKind::Unsupported), Err(ErrorKind::Unsupported)]);
    Ok(())
}

#[test]
fn updates_are_the_same() -> Result<()> {
    let plain = city().update().set("people", city().col("id")?).filter(city().col("id")?.eq(1));
    same(|dialect| plain.to_sql(dialect), "UPDATE \"city\" SET \"people\" = \"city\".\"id\" WHERE \"city\".\"id\" = ?");
    // The table does not know its other unique keys, which the clause would take for the same.
    let upsert = city().insert().set("id", 1).set("name", "Yazd").on_conflict(["id"]).do_update();
    let upsert = upsert.set("name", city().excluded("name")?);
    assert_eq!(both(|dialect| upsert.to_sql(dialect)), [Err(ErrorKind::Unsupported), Err(ErrorKind::Unsupported)]);
    Ok(())
}
