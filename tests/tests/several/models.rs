//! A shop, and the records of what happened in it, which are kept in another database. Its archive is a third one.

use orm::prelude::*;
use orm::{CommitMode, Result, Sessions, models};
use orm_tests::harness::{Database, Harness};

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "customer")]
pub(crate) struct Customer {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    #[has_many(back_populates = customer, order_by = id, cascade(all, delete_orphan))]
    pub(crate) events: HasMany<Event>,
    #[has_many(back_populates = customer)]
    pub(crate) notes: HasMany<Note>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "event")]
pub(crate) struct Event {
    #[orm(primary_key)]
    pub(crate) id: i64,
    #[orm(unique)]
    pub(crate) what: String,
    #[belongs_to(back_populates = events)]
    pub(crate) customer: BelongsTo<Customer>,
    #[many_to_many(table = "event_label", back_populates = events)]
    pub(crate) labels: ManyToMany<Label>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "label")]
pub(crate) struct Label {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    #[many_to_many(table = "event_label", back_populates = labels)]
    pub(crate) events: ManyToMany<Event>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "note")]
pub(crate) struct Note {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) text: String,
    #[belongs_to(back_populates = notes)]
    pub(crate) customer: Option<BelongsTo<Customer>>,
}

pub(crate) fn event(what: &str) -> Event {
    Event { what: what.into(), ..Default::default() }
}

pub(crate) fn note(text: &str) -> Note {
    Note { text: text.into(), ..Default::default() }
}

pub(crate) fn customer(name: &str, events: &[&str]) -> Customer {
    let events: Vec<Event> = events.iter().map(|what| event(what)).collect();
    Customer { name: name.into(), events: events.into(), ..Default::default() }
}

/// Customers in one database, events and labels in a second, notes in a third.
pub(crate) struct Shop {
    pub(crate) main: Engine,
    pub(crate) events: Engine,
    pub(crate) notes: Engine,
    pub(crate) sessions: Sessions,
    _databases: [Database; 3],
}

impl Shop {
    pub(crate) fn open<Main: Harness, Events: Harness, Notes: Harness>(mode: CommitMode) -> Result<Self> {
        let databases = [Main::database("main"), Events::database("events"), Notes::database("notes")];
        let shop = Self::at(&[databases[0].url(), databases[1].url(), databases[2].url()], mode)?;
        let [main, events, notes] = shop.0;
        shop.1.create_all(models![Customer, Event, Label, Note])?;
        Ok(Self { main, events, notes, sessions: shop.1, _databases: databases })
    }

    /// The engines at these URLs, and sessions over them.
    pub(crate) fn at(urls: &[&str; 3], mode: CommitMode) -> Result<([Engine; 3], Sessions)> {
        let [main, events, notes] = [Engine::connect(urls[0])?, Engine::connect(urls[1])?, Engine::connect(urls[2])?];
        let sessions = main.sessions().bind("events", models![Event, Label], &events)?;
        let sessions = sessions.bind("notes", models![Note], &notes)?.commit_mode(mode);
        Ok(([main, events, notes], sessions))
    }

    /// How many rows the tables have: customers, events, notes.
    pub(crate) fn counts(&self) -> Result<(u64, u64, u64)> {
        let customers = Customer::query().count(&mut self.main.session())?;
        let events = Event::query().count(&mut self.events.session())?;
        Ok((customers, events, Note::query().count(&mut self.notes.session())?))
    }

    pub(crate) fn expect_none_prepared(&self) -> Result<()> {
        for engine in [&self.main, &self.events, &self.notes] {
            assert!(engine.prepared_transactions()?.is_empty());
        }
        Ok(())
    }
}

/// Runs each case on combinations of databases.
#[macro_export]
macro_rules! on_combinations {
    ($($case:ident),* $(,)?) => {
        $crate::on_combinations!(@one sqlite_and_sqlite (SqliteMemory, SqliteFile, SqliteMemory) $($case)*);
        $crate::on_combinations!(@one postgres_and_sqlite (Postgres, Postgres, SqliteFile) $($case)*);
        $crate::on_combinations!(@one sqlite_and_postgres (SqliteFile, Postgres, Postgres) $($case)*);
        $crate::on_combinations!(@one postgres_databases_and_sqlite (PostgresDatabase, PostgresDatabase, SqliteFile) $($case)*);
        $crate::on_combinations!(@one mariadb_and_sqlite (MariaDb, MariaDb, SqliteFile) $($case)*);
        $crate::on_combinations!(@one postgres_and_mariadb (Postgres, MariaDb, MariaDb) $($case)*);
    };
    (@one $name:ident ($main:ident, $events:ident, $notes:ident) $($case:ident)*) => {
        mod $name {
            use orm::Result;
            use orm_tests::harness::*;
            $(#[test]
            fn $case() -> Result<()> {
                super::$case::<$main, $events, $notes>()
            })*
        }
    };
}

/// Runs each case on combinations of databases that prepare transactions.
#[macro_export]
macro_rules! on_prepared {
    ($($case:ident),* $(,)?) => {
        $crate::on_combinations!(@one postgres (PostgresDatabase, PostgresDatabase, PostgresDatabase) $($case)*);
        $crate::on_combinations!(@one mariadb (MariaDb, MariaDb, MariaDb) $($case)*);
        $crate::on_combinations!(@one mariadb_with_postgres (MariaDb, PostgresDatabase, MariaDb) $($case)*);
        $crate::on_combinations!(@one postgres_with_mariadb (PostgresDatabase, MariaDb, PostgresDatabase) $($case)*);
    };
}
