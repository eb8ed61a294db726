//! SQLite files as others have left them, and what becomes of them.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use std::path::{Path, PathBuf};

use orm::prelude::*;
use orm::{EngineBuilder, Result};
use orm_tests::expect_error;

/// A folder of one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("orm-files-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("a.db")
    }

    fn builder(&self) -> EngineBuilder {
        builder(&self.file())
    }

    /// A file that another program has made, in the journal mode `delete`.
    fn foreign_file(&self) {
        let engine = self.builder().option("journal_mode", "delete").build().unwrap();
        engine.connection().unwrap().execute_script("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)").unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn builder(file: &Path) -> EngineBuilder {
    Engine::builder(&format!("sqlite:///{}", file.display()))
}

/// The answer of a pragma, as text.
fn pragma(engine: &Engine, name: &str) -> String {
    let mut answer = String::new();
    let mut read = |row: &dyn orm::driver::Row| {
        answer = row.get(0).unwrap().to_string();
        Ok(std::ops::ControlFlow::Continue(()))
    };
    engine.connection().unwrap().query(&format!("PRAGMA {name}"), &[], &mut read).unwrap();
    answer.trim_matches('"').to_owned()
}

#[test]
fn a_new_file_has_a_write_ahead_log_and_is_flushed_with_each_commit() -> Result<()> {
    let folder = Folder::new("new");
    let engine = folder.builder().build()?;
    assert_eq!(pragma(&engine, "journal_mode"), "wal");
    // FULL.
    assert_eq!(pragma(&engine, "synchronous"), "2");
    assert_eq!(pragma(&engine, "foreign_keys"), "1");
    drop(engine);
    assert_eq!(pragma(&folder.builder().build()?, "journal_mode"), "wal");
    Ok(())
}

#[test]
fn the_file_of_another_program_stays_as_it_is() -> Result<()> {
    let folder = Folder::new("foreign");
    folder.foreign_file();
    let before = std::fs::read(folder.file()).unwrap();
    for mode in ["rwc", "rw", "ro"] {
        let engine = folder.builder().option("mode", mode).build()?;
        assert_eq!(pragma(&engine, "journal_mode"), "delete");
        assert_eq!(sql("SELECT a FROM t").one::<i64>(&mut engine.session())?, 1);
        engine.ping()?;
    }
    assert_eq!(std::fs::read(folder.file()).unwrap(), before);
    assert!(!folder.0.join("a.db-wal").exists());
    assert_eq!(pragma(&folder.builder().option("journal_mode", "WAL").build()?, "journal_mode"), "wal");
    Ok(())
}

#[test]
fn options_reach_each_connection_and_stay() -> Result<()> {
    let folder = Folder::new("options");
    let url = format!("sqlite:///{}?synchronous=normal&cache_size=-4000&foreign_keys=off", folder.file().display());
    let engine = Engine::builder(&url).option("journal_mode", "truncate").build()?;
    for _ in 0..2 {
        let known = ["synchronous", "cache_size", "foreign_keys", "journal_mode"].map(|name| pragma(&engine, name));
        assert_eq!(known, ["1", "-4000", "0", "truncate"]);
        let script = "PRAGMA synchronous = 0; PRAGMA cache_size = 1; PRAGMA foreign_keys = on";
        engine.connection()?.execute_script(script)?;
    }
    Ok(())
}

#[test]
fn a_journal_mode_that_cannot_be_is_unsupported() {
    let folder = Folder::new("journal");
    folder.foreign_file();
    let reading = folder.builder().option("mode", "ro").option("journal_mode", "wal").build().unwrap();
    expect_error(reading.connection(), ErrorKind::Unsupported, &["journal_mode=wal", "`delete`"]);
    let memory = Engine::builder("sqlite://").option("journal_mode", "wal").build().unwrap();
    expect_error(memory.connection(), ErrorKind::Unsupported, &["`memory`"]);
}

#[test]
fn memory_by_mode_leaves_no_file() -> Result<()> {
    let folder = Folder::new("memory");
    let engine = folder.builder().option("mode", "memory").build()?;
    engine.connection()?.execute_script("CREATE TABLE t (a INTEGER)")?;
    engine.ping()?;
    assert!(!folder.file().exists());
    Ok(())
}
