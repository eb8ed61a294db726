//! Running SQL that was written by hand.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::rows::{at_most_one, none};
use super::stream::RowIter;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model, Row, RowReader};
use crate::query::{FromRow, ObjectsSql, Sql};
use crate::render::{check_script, single_statement_writes};
use crate::schema::{ColumnDef, TableDef};
use crate::session::Session;
use crate::session::databases::Database;
use crate::session::events::loaded;
use crate::session::store::arena::Populate;
use crate::session::transaction::Prepared;
use crate::sql::{Access, Withs};
use crate::value::{Mismatch, Value, ValueRef, with_refs};

impl Sql {
    /// The rows: values, tuples by the position of their columns, or structs with `#[derive(FromRow)]` by their names.
    ///
    /// All changes of the session are flushed first. Objects of the session are left as they are, whatever the statement does.
    ///
    /// # Errors
    ///
    /// `InvalidState` for names without values and the like, and for a text that is not one statement; `Decode` when the columns do not
    /// fit; the database's, and those of an autoflush.
    pub fn all<R: FromRow>(self, session: &mut Session) -> Result<Vec<R>> {
        self.collect(session, usize::MAX)
    }

    /// The first row, if there is any. The others are not read.
    ///
    /// # Errors
    ///
    /// As [`all`](Sql::all).
    pub fn first<R: FromRow>(self, session: &mut Session) -> Result<Option<R>> {
        Ok(self.collect(session, 1)?.pop())
    }

    /// The only row.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `MultipleFound` when there are more, and as [`all`](Sql::all).
    pub fn one<R: FromRow>(self, session: &mut Session) -> Result<R> {
        self.one_or_none(session)?.ok_or_else(|| none(R::subject()))
    }

    /// The only row, or `None`.
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there are more, and as [`all`](Sql::all).
    pub fn one_or_none<R: FromRow>(self, session: &mut Session) -> Result<Option<R>> {
        at_most_one(self.collect(session, 2)?, R::subject())
    }

    /// Hands each row to `work`. Rows come from the database as they are asked for.
    ///
    /// # Errors
    ///
    /// As [`all`](Sql::all), and the first error of `work`, which ends the reading.
    pub fn each<R: FromRow>(self, session: &mut Session, mut work: impl FnMut(R) -> Result<()>) -> Result<()> {
        self.iter(session)?.try_for_each(|row| work(row?))
    }

    /// An iterator over the rows, which come from the database as they are asked for.
    ///
    /// # Errors
    ///
    /// As [`all`](Sql::all); the iterator's, too, each of which is its last.
    pub fn iter<'s, R: FromRow + 's>(self, session: &'s mut Session) -> Result<RowIter<'s, R>> {
        let database = session.links.database_named(self.database.as_deref())?;
        let statement = session.prepare_raw(&self, database)?;
        let mut layout = Layout::of::<R>();
        RowIter::open(session, statement, Populate::Keep, Withs::new(), move |row, _| layout.read::<R>(row).map(Some))
    }

    /// Runs the statement, and tells how many rows it changed. Objects of the session are left as they are: `refresh` or `expire` those
    /// whose rows it may have changed.
    ///
    /// # Errors
    ///
    /// `InvalidState` for names without values and the like, and for a text that is not one statement; the database's, and those of an
    /// autoflush.
    pub fn execute(self, session: &mut Session) -> Result<u64> {
        let database = session.links.database_named(self.database.as_deref())?;
        let dialect = session.links.dialect(database);
        let (text, params) = self.to_sql(dialect)?;
        single_statement_writes(dialect, &self.raw.text)?;
        session.autoflush_all()?;
        session.store.go_beside();
        let link = session.links.writer(database)?;
        link.note_raw();
        let changed = with_refs(&params, |params| link.execute(&text, params))?;
        link.check_transaction()?;
        Ok(changed)
    }

    fn collect<R: FromRow>(self, session: &mut Session, most: usize) -> Result<Vec<R>> {
        let mut rows = Vec::new();
        let mut layout = Layout::of::<R>();
        let database = session.links.database_named(self.database.as_deref())?;
        let statement = session.prepare_raw(&self, database)?;
        session.links.run(&statement, |row| {
            rows.push(layout.read::<R>(row)?);
            Ok(if rows.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(rows)
    }
}

impl<M: Model> ObjectsSql<M> {
    /// The objects, in the order of the rows. Each column of the model is found by its name; others are not looked at. A row that is an
    /// object of the session already is that object.
    ///
    /// # Errors
    ///
    /// `Decode` when a column of the model is missing or does not fit, and as [`Sql::all`].
    pub fn all(self, session: &mut Session) -> Result<Vec<Handle<M>>> {
        self.collect(session, usize::MAX)
    }

    /// The first object, if there is any. The other rows are not read.
    ///
    /// # Errors
    ///
    /// As [`all`](ObjectsSql::all).
    pub fn first(self, session: &mut Session) -> Result<Option<Handle<M>>> {
        Ok(self.collect(session, 1)?.pop())
    }

    /// The only object.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `MultipleFound` when there are more, and as [`all`](ObjectsSql::all).
    pub fn one(self, session: &mut Session) -> Result<Handle<M>> {
        self.one_or_none(session)?.ok_or_else(|| none(M::spec().name))
    }

    /// The only object, or `None`.
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there are more, and as [`all`](ObjectsSql::all).
    pub fn one_or_none(self, session: &mut Session) -> Result<Option<Handle<M>>> {
        at_most_one(self.collect(session, 2)?, M::spec().name)
    }

    /// The rows as plain values, which the session does not track.
    ///
    /// # Errors
    ///
    /// As [`all`](ObjectsSql::all).
    pub fn values(self, session: &mut Session) -> Result<Vec<M>> {
        let mut values = Vec::new();
        let names = column_names::<M>();
        let statement = session.prepare_raw(&self.sql, self.database(session)?)?;
        let dialect = session.links.dialect(statement.database);
        let mut layout = Layout::of_model(M::table(), &names, dialect);
        session.links.run(&statement, |row| {
            let value = layout.arrange(row, |row| M::read(&mut RowReader::new(row, 0, M::spec().name)))?;
            values.push(loaded(value)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(values)
    }

    /// The database that was named, or that of the model.
    fn database(&self, session: &Session) -> Result<Database> {
        match &self.sql.database {
            None => Ok(session.links.database_of(&M::table().name)),
            named => session.links.database_named(named.as_deref()),
        }
    }

    fn collect(self, session: &mut Session, most: usize) -> Result<Vec<Handle<M>>> {
        let populate = if self.populate_existing { Populate::Overwrite } else { Populate::Keep };
        let statement = session.prepare_raw(&self.sql, self.database(session)?)?;
        let reading = session.reading(statement.database, statement.access, populate)?;
        let Session { links, store, .. } = &mut *session;
        let arena = store.arena_mut::<M>();
        let (mut slots, names) = (Vec::new(), column_names::<M>());
        let mut layout = Layout::of_model(M::table(), &names, links.dialect(statement.database));
        let outcome = links.run(&statement, |row| {
            slots.push(layout.arrange(row, |row| arena.load(row, 0, reading))?);
            Ok(if slots.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        });
        store.sync_overwritten(M::table());
        outcome?;
        slots.iter().try_for_each(|&slot| session.store.require_type::<M>(slot))?;
        session.store.group(M::table(), &slots);
        session.tell_states();
        Ok(session.handles(&slots))
    }
}

impl Session {
    /// Runs statements without values, separated by semicolons, in the session's transaction. All changes of the session are flushed
    /// first. Objects of the session are left as they are: call [`expire_all`](Session::expire_all) where a script may have changed
    /// their rows. When a statement fails, the transaction has failed, or the savepoint around the script.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a script that would begin or end a transaction, or that asks for values; the database's, and those of an
    /// autoflush.
    pub fn script(&mut self, text: &str) -> Result<()> {
        let link = self.links.main();
        check_script(link.dialect(), text)?;
        self.autoflush_all()?;
        self.store.go_beside();
        let link = self.links.writer(Database::DEFAULT)?;
        link.note_raw();
        link.execute_script(text)
    }

    pub(crate) fn prepare_raw(&mut self, sql: &Sql, database: Database) -> Result<Prepared> {
        let dialect = self.links.dialect(database);
        let (text, params) = sql.to_sql(dialect)?;
        let writes = single_statement_writes(dialect, &sql.raw.text)?;
        self.autoflush_all()?;
        if writes {
            self.store.go_beside();
        }
        // What it calls may write, and so it has a transaction anyhow.
        let access = if writes { Access::Write } else { Access::Lock };
        Ok(Prepared { text, params, access, raw: true, database })
    }

    /// Writes all pending changes: what a statement written by hand reads is not known.
    pub(crate) fn autoflush_all(&mut self) -> Result<()> {
        if !self.autoflush || self.flushing {
            return Ok(());
        }
        self.store.sync();
        if self.store.has_any_work() {
            self.flush().map_err(|error| error.context("flushing before a query, which autoflush does"))?;
        }
        Ok(())
    }
}

fn column_names<M: Model>() -> Vec<&'static str> {
    M::table().columns.iter().map(|column| &*column.name).collect()
}

/// How the columns of a result become those that are read.
struct Layout<'n> {
    subject: &'static str,
    width: usize,
    /// The names to look for; else columns are read in their order.
    names: Option<&'n [&'static str]>,
    /// Where they stand in the rows, once the first has been seen. Those of the joined tables of a family may be missing.
    columns: Vec<Option<usize>>,
    /// The table of a model.
    table: Option<&'static TableDef>,
    /// The columns that store values in forms of their own.
    stored: Vec<(usize, &'static ColumnDef)>,
    dialect: Option<&'static dyn Dialect>,
    /// The names of all columns, once the first row has been seen, for those who ask for them.
    all: Option<Arc<Vec<String>>>,
}

impl<'n> Layout<'n> {
    fn new(subject: &'static str, width: usize, names: Option<&'n [&'static str]>) -> Self {
        Self { subject, width, names, columns: Vec::new(), table: None, stored: Vec::new(), dialect: None, all: None }
    }

    fn of<R: FromRow>() -> Self {
        Self::new(R::subject(), R::WIDTH, R::COLUMNS)
    }

    /// The columns of a model.
    fn of_model(table: &'static TableDef, names: &'n [&'static str], dialect: &'static dyn Dialect) -> Self {
        let own = |(_, column): &(usize, &ColumnDef)| dialect.stored(column.sql_type, column.format).is_some();
        let stored = table.columns.iter().enumerate().filter(own).collect();
        Self { stored, table: Some(table), dialect: Some(dialect), ..Self::new(table.model, names.len(), Some(names)) }
    }

    fn read<R: FromRow>(&mut self, row: &dyn Row) -> Result<R> {
        if R::ALL {
            let names = || Arc::new((0..row.len()).map(|index| row.name(index).to_owned()).collect());
            let names = self.all.get_or_insert_with(names);
            return R::read(&mut RowReader::with_names(row, R::subject(), names));
        }
        self.arrange(row, |row| R::read(&mut RowReader::new(row, 0, R::subject())))
    }

    fn arrange<T>(&mut self, row: &dyn Row, read: impl FnOnce(&dyn Row) -> Result<T>) -> Result<T> {
        let Some(names) = self.names else {
            return if row.len() == self.width { read(row) } else { Err(wrong_width(row, self.width)) };
        };
        if self.columns.len() < names.len() {
            let joined = |index: usize| self.table.is_some_and(|table| table.columns[index].table != 0);
            let located = names.iter().enumerate().map(|(index, name)| match locate(row, self.subject, name)? {
                None if !joined(index) => Err(no_column(row, self.subject, name)),
                found => Ok(found),
            });
            self.columns = located.collect::<Result<_>>()?;
        }
        let cells = self.stored.iter().filter_map(|&(index, column)| Some((index, self.cell(row, index, column)?)));
        read(&Chosen { row, names, columns: &self.columns, cells: cells.collect() })
    }

    /// The value of a cell in a form of its own.
    fn cell(&self, row: &dyn Row, index: usize, column: &ColumnDef) -> Option<Result<Value, Mismatch>> {
        let cell = row.get((*self.columns.get(index)?)?);
        cell.and_then(|cell| self.dialect.map_or(Ok(None), |it| it.read_stored(column.sql_type, column.format, cell)))
            .transpose()
    }
}

/// Some columns of a row, in another order.
struct Chosen<'a> {
    row: &'a dyn Row,
    names: &'a [&'static str],
    columns: &'a [Option<usize>],
    /// The values of those that have forms of their own.
    cells: Vec<(usize, Result<Value, Mismatch>)>,
}

impl Row for Chosen<'_> {
    fn len(&self) -> usize {
        self.columns.len()
    }

    fn name(&self, index: usize) -> &str {
        match self.columns.get(index) {
            Some(&Some(column)) => self.row.name(column),
            _ => self.names.get(index).copied().unwrap_or_default(),
        }
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        if let Some((_, value)) = self.cells.iter().find(|(column, _)| *column == index) {
            return value.as_ref().map(Value::to_ref).map_err(Clone::clone);
        }
        match self.columns.get(index) {
            Some(&Some(column)) => self.row.get(column),
            Some(None) => Ok(ValueRef::Null),
            None => Err(Mismatch::new("one more column", "the end of the row")),
        }
    }
}

/// The column of that name; upper and lower case matter only where several differ in nothing else.
fn locate(row: &dyn Row, subject: &str, name: &str) -> Result<Option<usize>> {
    let among = |equal: fn(&str, &str) -> bool| {
        let mut found = (0..row.len()).filter(move |&index| equal(row.name(index), name));
        (found.next(), found.next())
    };
    match (among(|a, b| a == b), among(str::eq_ignore_ascii_case)) {
        ((Some(only), None), _) | ((None, _), (Some(only), None)) => Ok(Some(only)),
        ((None, _), (None, _)) => Ok(None),
        _ => {
            let message = format!(
                "{subject}: the result has several columns `{name}`; name one of them otherwise: it has {}",
                columns_of(row)
            );
            Err(Error::new(ErrorKind::Decode, message))
        }
    }
}

#[cold]
fn no_column(row: &dyn Row, subject: &str, name: &str) -> Error {
    let message = format!("{subject}: the result has no column `{name}`; it has {}", columns_of(row));
    Error::new(ErrorKind::Decode, message)
}

#[cold]
fn wrong_width(row: &dyn Row, width: usize) -> Error {
    let message = format!("a row has {} columns ({}), and {width} are read", row.len(), columns_of(row));
    Error::new(ErrorKind::Decode, message)
}

fn columns_of(row: &dyn Row) -> String {
    let names: Vec<String> = (0..row.len()).map(|index| format!("`{}`", row.name(index))).collect();
    names.join(", ")
}
