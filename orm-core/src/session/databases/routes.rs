//! Which database of a session has which table.

use std::collections::HashMap;
use std::iter::once;

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{RelationKind, TableDef, TableName};

/// A database of a session, by its number; the default one is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Database(usize);

impl Database {
    pub(crate) const DEFAULT: Self = Self(0);

    /// All numbers, in their order.
    pub(crate) fn each() -> impl Iterator<Item = Self> {
        (0..).map(Self)
    }

    /// The number among the databases that models are bound to; nothing for the default one.
    pub(crate) fn bound(self) -> Option<usize> {
        self.0.checked_sub(1)
    }
}

/// How a session commits what it wrote to several databases.
///
/// See the example of [`Sessions::bind`](crate::session::Sessions::bind).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CommitMode {
    /// Not at all: a transaction that writes to a second database is refused. It may read from all.
    #[default]
    Single,
    /// One database after the other, the default one first and then the others in the order in which they were bound. When one of them fails
    /// after others have committed, the error is a [`PartialCommit`](ErrorKind::PartialCommit) and names both.
    Ordered,
    /// All or none, by a commit in two phases: each database that was written to prepares the transaction before the first one commits. What a
    /// crash leaves is ended by [`resolve_prepared`](crate::session::Sessions::resolve_prepared). It needs databases that can prepare transactions, and
    /// PostgreSQL only does with `max_prepared_transactions` above 0.
    TwoPhase,
}

/// The databases that models are bound to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Routes {
    databases: Vec<(&'static str, Engine)>,
    tables: HashMap<TableName, (Database, &'static str)>,
    pub(crate) mode: CommitMode,
}

impl Routes {
    /// What the default database is called.
    pub(crate) const DEFAULT_NAME: &'static str = "default";

    /// Binds the tables of models to a database, with the association tables between them.
    ///
    /// # Errors
    ///
    /// `Config` when the name is taken, or a table is bound already.
    pub(crate) fn bind(
        &mut self,
        name: &'static str,
        models: impl IntoIterator<Item = &'static TableDef>,
        engine: &Engine,
    ) -> Result<()> {
        if name == Self::DEFAULT_NAME || self.named(name).is_some() {
            return Err(Error::new(ErrorKind::Config, format!("a database `{name}` is bound already")));
        }
        self.databases.push((name, engine.clone()));
        let database = Database(self.databases.len());
        let models: Vec<&'static TableDef> = models.into_iter().collect();
        for &table in &models {
            if let Some((other, model)) = self.tables.insert(table.name.clone(), (database, table.model)) {
                let message = format!(
                    "the table `{}` of {} cannot be bound to the database `{name}`: it is bound to `{}` as that of {model}",
                    table.name,
                    table.model,
                    self.name(other)
                );
                return Err(Error::new(ErrorKind::Config, message));
            }
        }
        for table in associations(&models)? {
            self.tables.entry(table.name.clone()).or_insert((database, table.model));
        }
        Ok(())
    }

    /// The engines of the databases that models are bound to.
    pub(crate) fn engines(&self) -> impl Iterator<Item = &Engine> {
        self.databases.iter().map(|(_, engine)| engine)
    }

    pub(crate) fn name(&self, database: Database) -> &'static str {
        database.bound().and_then(|index| self.databases.get(index)).map_or(Self::DEFAULT_NAME, |(name, _)| name)
    }

    pub(crate) fn named(&self, name: &str) -> Option<Database> {
        let names = once(Self::DEFAULT_NAME).chain(self.databases.iter().map(|(name, _)| *name));
        Database::each().zip(names).find(|(_, known)| *known == name).map(|(database, _)| database)
    }

    /// The database that has a table.
    pub(crate) fn of(&self, table: &TableName) -> Database {
        self.tables.get(table).map_or(Database::DEFAULT, |&(database, _)| database)
    }

    /// The one database that has all of the tables of a statement.
    ///
    /// # Errors
    ///
    /// `Unsupported` when they are in several.
    pub(crate) fn of_all(&self, tables: &[TableName]) -> Result<Database> {
        let Some((first, others)) = tables.split_first() else { return Ok(Database::DEFAULT) };
        let database = self.of(first);
        let Some(other) = others.iter().find(|table| self.of(table) != database) else { return Ok(database) };
        let message = format!(
            "one statement cannot read {} and {}: load the one by keys of the other, as `include` and `load` do",
            self.place(first),
            self.place(other)
        );
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    fn place(&self, table: &TableName) -> String {
        let database = self.name(self.of(table));
        match self.tables.get(table) {
            Some((_, model)) => format!("`{table}` ({model}) of the database `{database}`"),
            None => format!("`{table}` of the database `{database}`"),
        }
    }
}

/// The generated association tables of relations between models.
fn associations(models: &[&'static TableDef]) -> Result<Vec<&'static TableDef>> {
    let is_one = |table: &TableDef| models.iter().any(|model| model.id == table.id);
    let relations = models.iter().flat_map(|model| &model.relations);
    let between = relations.filter(|it| it.kind == RelationKind::ManyToMany && is_one((it.target.table)()));
    let mut tables = Vec::new();
    for relation in between {
        tables.extend(relation.association()?.0.generated());
    }
    Ok(tables)
}
