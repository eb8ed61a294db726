//! What cases about changes of a schema share.

use orm::catalog::{Catalog, Change, Difference};
use orm::driver::Dialect;
use orm::{Engine, Result};

use crate::TestContext;
use crate::spelling::spelled;

/// An empty database of the case's kind.
pub(crate) fn emptied(cx: &TestContext) -> Result<Engine> {
    if cx.backend_name() == "SQLite" {
        return Engine::connect("sqlite:///:memory:");
    }
    cx.empty();
    Ok(cx.engine.clone())
}

/// The catalog after a script, in the same kind of database.
pub(crate) fn after(cx: &TestContext, script: &str) -> Result<Catalog> {
    let engine = emptied(cx)?;
    engine.connection()?.execute_script(&spelled(cx.backend_name(), script))?;
    engine.reflect()
}

#[track_caller]
pub(crate) fn expect_catalog(engine: &Engine, wanted: &Catalog, said: &str) {
    let found = engine.reflect().unwrap();
    let is_told = |difference: &&Difference<'_>| !matches!(difference, Difference::View(Change::Changed { .. }));
    let messages: Vec<String> = wanted.differences(&found).iter().filter(is_told).map(ToString::to_string).collect();
    assert!(messages.is_empty(), "{messages:#?}\n{said}\nfound:\n{found}\nwanted:\n{wanted}");
}

/// Changes a database that has the one catalog to one that has the other.
#[track_caller]
pub(crate) fn change(engine: &Engine, from: &Catalog, to: &Catalog, said: &str) {
    let dialect: &'static dyn Dialect = engine.dialect();
    let alteration = from.alteration(to, dialect).unwrap_or_else(|error| panic!("{error}\n{said}"));
    let sql = || alteration.steps.iter().map(|step| &*step.sql).collect::<Vec<_>>().join(";\n");
    alteration.apply(engine).unwrap_or_else(|error| panic!("{error}\n{said}\n{}\nfrom:\n{from}\nto:\n{to}", sql()));
    expect_catalog(engine, to, &format!("{said}\n{}", sql()));
}
