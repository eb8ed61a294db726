//! Renames that models declare.

use orm::migrate::{Draft, Migrations};
use orm::prelude::*;
use orm::schema::TableDef;
use orm_tests::harness::{Harness, MariaDb, Postgres, SqliteMemory};

use crate::support::{cells, execute, expect_models};

mod before {
    use orm::prelude::*;

    #[derive(Embedded, Debug, Clone, Default)]
    pub(crate) struct Place {
        town: String,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "writer")]
    pub(crate) struct Writer {
        #[orm(primary_key)]
        id: i64,
        nick: String,
        #[orm(embed, prefix = "home_")]
        home: Place,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "book")]
    pub(crate) struct Book {
        #[orm(primary_key)]
        id: i64,
        #[belongs_to]
        writer: Option<BelongsTo<Writer>>,
    }
}

mod after {
    use orm::prelude::*;

    #[derive(Embedded, Debug, Clone, Default)]
    pub(crate) struct Place {
        #[orm(renamed_from = "town")]
        city: String,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "author", renamed_from = "writer")]
    pub(crate) struct Author {
        #[orm(primary_key)]
        id: i64,
        #[orm(renamed_from = "nick")]
        name: String,
        #[orm(embed, prefix = "home_")]
        home: Place,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "book")]
    pub(crate) struct Book {
        #[orm(primary_key)]
        id: i64,
        #[belongs_to(renamed_from = "writer_id")]
        author: Option<BelongsTo<Author>>,
    }
}

fn before() -> Vec<&'static TableDef> {
    models![before::Writer, before::Book].to_vec()
}

fn after() -> Vec<&'static TableDef> {
    models![after::Author, after::Book].to_vec()
}

fn with(migrations: Migrations, engine: &Engine, message: &str, models: &[&'static TableDef]) -> Migrations {
    let mut draft = Draft::new(message);
    assert!(draft.generate(&migrations, models, &[engine.dialect()]).unwrap());
    migrations.with(draft).unwrap()
}

fn declared<H: Harness>() {
    let database = H::database("declared_renames");
    let engine = Engine::connect(database.url()).unwrap();
    let migrations = with(Migrations::default(), &engine, "start", &before());
    migrations.upgrade(&engine).unwrap();
    execute(&engine, "INSERT INTO writer VALUES (1, 'Al', 'Rome'); INSERT INTO book VALUES (1, 1)");
    let migrations = with(migrations, &engine, "renamed", &after());
    // Nothing is lost, so that nothing has to be allowed.
    migrations.upgrade(&engine).unwrap();
    expect_models(&engine, after());
    let joined = "SELECT a.name, a.home_city, b.id FROM author a JOIN book b ON b.author_id = a.id";
    assert_eq!(cells(&engine, joined), "'Al' 'Rome' 1");
    // The declaration may stay: what has the new name is renamed no more.
    let mut draft = Draft::new("nothing");
    assert!(!draft.generate(&migrations, &after(), &[engine.dialect()]).unwrap());
    migrations.on(&engine).downgrade("-1").unwrap();
    expect_models(&engine, before());
    let joined = "SELECT w.nick, w.home_town, b.id FROM writer w JOIN book b ON b.writer_id = w.id";
    assert_eq!(cells(&engine, joined), "'Al' 'Rome' 1");
    // A new database never had the old names.
    let fresh = with(Migrations::default(), &engine, "start", &after());
    let script = &fresh.revisions()[0].files;
    assert!(script.iter().all(|(_, text)| !text.contains("RENAME") && !text.contains("writer")), "{script:#?}");
}

#[test]
fn declared_renames_keep_rows_on_sqlite() {
    declared::<SqliteMemory>();
}

#[test]
fn declared_renames_keep_rows_on_postgres() {
    declared::<Postgres>();
}

#[test]
fn declared_renames_keep_rows_on_mariadb() {
    declared::<MariaDb>();
}
