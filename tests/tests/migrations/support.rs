//! What the tests of migrations share.

use std::path::{Path, PathBuf};

use clap::Parser;
use orm::catalog::Catalog;
use orm::migrate::Migrations;
use orm::migrate::command::Arguments;
use orm::prelude::*;
use orm::schema::TableDef;

#[track_caller]
pub(crate) fn expect_models(engine: &Engine, models: Vec<&'static TableDef>) {
    let wanted = Catalog::of(models, engine.dialect()).unwrap();
    let mut found = engine.reflect().unwrap();
    found.tables.retain(|table| table.name.name != "orm_revision");
    let differences: Vec<String> = wanted.differences(&found).iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

pub(crate) fn execute(engine: &Engine, sql: &str) {
    engine.connection().unwrap().execute_script(sql).unwrap();
}

/// All cells of a query, rows after each other.
pub(crate) fn cells(engine: &Engine, sql: &str) -> String {
    let mut cells = Vec::new();
    let mut read = |row: &dyn orm::driver::Row| {
        for at in 0.. {
            match row.get(at) {
                Ok(cell) => cells.push(cell.to_string().replace('"', "'")),
                Err(_) => break,
            }
        }
        Ok(std::ops::ControlFlow::Continue(()))
    };
    engine.connection().unwrap().query(sql, &[], &mut read).unwrap();
    cells.join(" ")
}

/// A folder of one test, removed at its end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("orm-migrations-{test}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Runs a command, and returns its output or its error, and whether all was well.
pub(crate) fn migrate(folder: &Folder, models: Option<Vec<&'static TableDef>>, line: &str) -> (bool, String) {
    let folder = folder.path().to_string_lossy().into_owned();
    let words = line.split(' ').map(str::to_owned);
    let arguments = ["migrate".to_owned()].into_iter().chain(words).chain(["--folder".to_owned(), folder]);
    let arguments = Arguments::try_parse_from(arguments).unwrap_or_else(|error| panic!("{error}"));
    let mut out = Vec::new();
    match orm::migrate::run(&arguments.command, models, Migrations::default(), &mut out, &|_| {}) {
        Ok(well) => (well, String::from_utf8(out).unwrap()),
        Err(error) => (false, error.to_string()),
    }
}

pub(crate) fn id_of(folder: &Folder, message: &str) -> String {
    let migrations = Migrations::load(folder.path()).unwrap();
    let found = migrations.revisions().iter().find(|revision| revision.facts.message == message);
    found.unwrap_or_else(|| panic!("no revision {message}")).id().to_owned()
}
