//! Which tables are where.

use orm::prelude::*;
use orm::{CommitMode, ErrorKind, Result, models};
use orm_tests::expect_error;
use orm_tests::harness::{Harness, SqliteFile, SqliteMemory};

use crate::models::{Customer, Event, Label, Note, Shop};

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "note")]
struct Memo {
    #[orm(primary_key)]
    id: i64,
    text: String,
}

fn tables(engine: &Engine) -> Result<Vec<String>> {
    let mut names: Vec<String> = engine.reflect()?.tables.iter().map(|table| table.name.to_string()).collect();
    names.sort();
    Ok(names)
}

#[test]
fn each_database_has_its_tables() -> Result<()> {
    let shop = Shop::open::<SqliteMemory, SqliteFile, SqliteMemory>(CommitMode::Single)?;
    assert_eq!(tables(&shop.main)?, ["customer"]);
    assert_eq!(tables(&shop.events)?, ["event", "event_label", "label"]);
    assert_eq!(tables(&shop.notes)?, ["note"]);
    let events = shop.events.reflect()?.tables;
    let keys: Vec<(&str, usize)> = events.iter().map(|table| (&*table.name.name, table.foreign_keys.len())).collect();
    assert_eq!(keys, [("event", 0), ("event_label", 2), ("label", 0)]);
    shop.sessions.create_all(models![Customer, Event, Label, Note])?;
    shop.sessions.drop_all(models![Customer, Event, Label, Note])?;
    assert!(tables(&shop.main)?.is_empty() && tables(&shop.events)?.is_empty() && tables(&shop.notes)?.is_empty());
    Ok(())
}

#[test]
fn what_is_bound_twice_is_refused() -> Result<()> {
    let (a, b) = (SqliteMemory::database("a"), SqliteMemory::database("b"));
    let (main, other) = (Engine::connect(a.url())?, Engine::connect(b.url())?);
    let sessions = main.sessions().bind("notes", models![Note], &other)?;
    let again = sessions.clone().bind("notes", models![Event], &other);
    expect_error(again.map(drop), ErrorKind::Config, &["`notes`", "already"]);
    let default = sessions.clone().bind("default", models![Event], &other);
    expect_error(default.map(drop), ErrorKind::Config, &["`default`"]);
    let table = sessions.bind("memos", models![Memo], &other);
    expect_error(table.map(drop), ErrorKind::Config, &["`note`", "Memo", "`memos`", "`notes`", "Note"]);
    Ok(())
}
