//! Databases that cannot be used: each mistake has its kind and a message that says what to do.

use std::time::Duration;

use orm::prelude::*;
use orm::{Engine, ErrorKind, Result};

use crate::models::User;
use crate::{TestContext, expect_error};

cases! { refused {
    an_unreachable_database_is_reported_at_once [];
    wrong_credentials_are_a_configuration_error [];
    a_pool_without_a_free_connection_times_out [];
    a_missing_table_is_a_database_error [];
} }

pub fn an_unreachable_database_is_reported_at_once(cx: &mut TestContext) -> Result<()> {
    let (url, kind) = cx.spelled_by([
        ("sqlite:////no/such/folder/app.db", ErrorKind::Config),
        ("postgresql://postgres:s3cret@127.0.0.1:1/postgres", ErrorKind::ConnectionLost),
        ("mariadb://root:s3cret@127.0.0.1:1/test", ErrorKind::ConnectionLost),
    ]);
    // Nobody tries again until the pool's time is over, which would be tomorrow.
    let engine = Engine::builder(url).pool_timeout(Duration::from_secs(24 * 60 * 60)).build()?;
    let error = expect_error(engine.connection().map(|_| ()), kind, &[]);
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    Ok(())
}

/// A file that is no database, and a role with another password.
pub fn wrong_credentials_are_a_configuration_error(cx: &mut TestContext) -> Result<()> {
    if cx.backend_name() == "SQLite" {
        let file = std::env::temp_dir().join(format!("orm-tests-{}-{}.txt", std::process::id(), cx.url().len()));
        std::fs::write(&file, "this is text, and long enough to be looked at. ".repeat(40)).expect("a temporary file");
        let engine = Engine::connect(&format!("sqlite:///{}", file.display()))?;
        let outcome = engine.connection().and_then(|mut connection| connection.execute_script("CREATE TABLE t (a)"));
        expect_error(outcome, ErrorKind::Config, &["not a SQLite database"]);
        std::fs::remove_file(&file).expect("the temporary file");
        return Ok(());
    }
    cx.execute(cx.spelled_by([
        "",
        "DO $$ BEGIN CREATE ROLE orm_login LOGIN PASSWORD 'right'; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
        "CREATE USER IF NOT EXISTS orm_login@'127.0.0.1' IDENTIFIED BY 'right'; GRANT ALL ON *.* TO orm_login@'127.0.0.1'",
    ]));
    let (scheme, place) = cx.url().split_once("://").expect("a URL");
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let right = Engine::connect(&format!("{scheme}://orm_login:right@{place}"))?;
    right.connection()?;
    let wrong = Engine::connect(&format!("{scheme}://orm_login:wr0ng@{place}"))?;
    let error = expect_error(wrong.connection().map(|_| ()), ErrorKind::Config, &["orm_login"]);
    assert!(!format!("{error} {error:?} {wrong:?}").contains("wr0ng"), "{error:?}");
    Ok(())
}

pub fn a_pool_without_a_free_connection_times_out(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(50)).build()?;
    let held = engine.connection()?;
    expect_error(engine.connection().map(|_| ()), ErrorKind::PoolTimeout, &["stayed in use"]);
    drop(held);
    engine.connection().map(|_| ())
}

pub fn a_missing_table_is_a_database_error(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    expect_error(User::query().all(&mut session), ErrorKind::Database, &["user"]);
    Ok(())
}
