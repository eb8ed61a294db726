//! Moving the rows of keys from one shard to another.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::factory::Shards;
use super::groups::normal;
use super::layout::{Layout, shard_key};
use super::place::{Directory, encoded, no_directory};
use crate::driver::Isolation;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::query::table::{Table, TableRow};
use crate::schema::naming::fnv1a;
use crate::schema::{ColumnDef, Direction, TableDef};
use crate::session::Session;
use crate::sql::{Change, ChangedRows, Expr, Nested, OrderBy, Select, SelectItem, Write, key_condition};
use crate::value::{ColumnType, Value};

/// How many rows are inserted at once.
const BATCH: usize = 1_000;

impl Shards {
    /// Moves the rows of some keys to another shard: those of the models with the key as their shard key, and all rows that reference them. Tells
    /// how many rows there were.
    ///
    /// The rows are copied in batches, in one transaction of the new shard. Both shards then have to give the same digest of them, before the
    /// [`directory`](Shards::directory) says where they are; and once more before they are deleted on the old shard. Nobody may write rows of these
    /// keys meanwhile: if somebody does, the move is an error, and the rows stay where they were. What a crash interrupts before the directory is
    /// written left nothing, or copies that a second call of `move_keys` finds in its way and reports.
    ///
    /// ```
    /// # use orm::Shards;
    /// # use orm::prelude::*;
    /// # #[derive(Model, Debug, Clone, Default)]
    /// # #[orm(table = "users")]
    /// # struct User {
    /// #     #[orm(primary_key, shard_key)]
    /// #     id: i64,
    /// # }
    /// # let (a, b, main) = (Engine::connect("sqlite://")?, Engine::connect("sqlite://")?, Engine::connect("sqlite://")?);
    /// let shards = Shards::by(models![User], [("a", &a), ("b", &b)])?.key(|_: i64| 0).directory(&main);
    /// shards.create_all(models![User])?;
    /// let mut session = shards.session();
    /// session.add(User { id: 7 })?;
    /// session.commit()?;
    ///
    /// assert_eq!(shards.move_keys([7], "b")?, 1);
    /// let mut session = shards.session();
    /// let user = session.get::<User>(7)?.unwrap();
    /// assert_eq!(session.shard_of(user)?, "b");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Config` without a directory and for a shard that there is not; `Unsupported` for models whose rows are in a cycle, or no foreign key leads
    /// from their rows to the shard key; `UniqueViolation` for rows whose keys the new shard has already; `StaleData` when rows were written
    /// meanwhile; and the databases'.
    pub fn move_keys<V: ColumnType>(&self, keys: impl IntoIterator<Item = V>, to: &str) -> Result<u64> {
        let places = self.places();
        let target = places.number(to)?;
        let Some(directory) = &places.directory else { return Err(no_directory()) };
        let tables = in_order(&self.layout)?;
        let mut by_source: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
        for key in keys {
            let key = key.to_ref().to_value();
            let source = places.of(&key)?;
            if source != target {
                by_source.entry(source).or_default().push(key);
            }
        }
        let mut moved = 0;
        for (source, keys) in by_source {
            let step = Move { shards: self, directory, tables: &tables, source, target, keys };
            moved += step
                .run()
                .map_err(|error| error.context(format!("moving keys from `{}` to `{to}`", self.name(source))))?;
        }
        Ok(moved)
    }
}

/// The keys that one shard gives to another.
struct Move<'s> {
    shards: &'s Shards,
    directory: &'s Directory,
    /// Those that are referenced come first.
    tables: &'s [Owned],
    source: usize,
    target: usize,
    keys: Vec<Value>,
}

/// A table, and how its rows are found.
struct Owned {
    table: &'static TableDef,
    /// By their shard key, or by a foreign key, which leads to a table before.
    by: By,
}

enum By {
    Key(&'static ColumnDef),
    Reference(usize, usize),
}

impl Move<'_> {
    fn run(&self) -> Result<u64> {
        let [source, target] = [self.source, self.target].map(|number| self.shards.sessions(number).engine());
        let copied = self.copy(source, target)?;
        self.place(self.target)?;
        if self.digest(source)? != copied {
            self.place(self.source)?;
            self.delete(target)?;
            let message = "rows of the keys were written while they were moved, and stay where they were: move them when nobody writes them";
            return Err(Error::new(ErrorKind::StaleData, message));
        }
        self.delete(source)?;
        Ok(copied.rows)
    }

    /// Copies the rows, and makes sure that the target has what the source had.
    fn copy(&self, source: &Engine, target: &Engine) -> Result<Digest> {
        let (mut from, mut into) = (source.session(), target.session());
        if source.dialect().capabilities().snapshot_isolation {
            from.begin_with(Isolation::RepeatableRead)?;
        }
        let mut digest = Digest::default();
        for (number, owned) in self.tables.iter().enumerate() {
            let mut batch: Vec<TableRow> = Vec::new();
            let table = described(owned.table);
            let names: Arc<Vec<String>> = Arc::new(stored(owned.table).map(|column| column.name.to_string()).collect());
            let mut send = |batch: &mut Vec<TableRow>| {
                let rows = std::mem::take(batch);
                if rows.is_empty() { Ok(()) } else { table.bulk_insert(rows).execute(&mut into).map(drop) }
            };
            self.each_row(&mut from, number, |values| {
                digest.add(&values);
                batch.push(TableRow { names: Arc::clone(&names), values });
                if batch.len() < BATCH { Ok(()) } else { send(&mut batch) }
            })?;
            send(&mut batch)?;
        }
        let mut written = Digest::default();
        for number in 0..self.tables.len() {
            self.each_row(&mut into, number, |values| {
                written.add(&values);
                Ok(())
            })?;
        }
        if written != digest {
            let message =
                format!("{digest:?} was copied, and {written:?} is there: the shard stores values in another form");
            return Err(Error::new(ErrorKind::Database, message));
        }
        into.commit()?;
        from.rollback()?;
        Ok(digest)
    }

    /// Has the directory say where the keys are.
    fn place(&self, shard: usize) -> Result<()> {
        self.keys.iter().try_for_each(|key| self.directory.place(key, self.shards.name(shard)))
    }

    fn digest(&self, engine: &Engine) -> Result<Digest> {
        let (mut session, mut digest) = (engine.session(), Digest::default());
        for number in 0..self.tables.len() {
            self.each_row(&mut session, number, |values| {
                digest.add(&values);
                Ok(())
            })?;
        }
        Ok(digest)
    }

    fn each_row(&self, session: &mut Session, number: usize, each: impl FnMut(Vec<Value>) -> Result<()>) -> Result<()> {
        let table = self.tables[number].table;
        let stored: Vec<&'static ColumnDef> = stored(table).collect();
        let items = stored.iter().map(|column| SelectItem::from(Expr::column(table, column))).collect();
        let order = table.key_columns().map(|key| OrderBy {
            expr: Expr::column(table, key),
            direction: Direction::Asc,
            nulls: None,
            key: None,
        });
        let select = Select {
            filter: vec![self.condition(number)],
            order_by: order.collect(),
            ..Select::from_table(table.name.clone(), items)
        };
        let types: Vec<_> = stored.iter().map(|column| column.sql_type).collect();
        session.each_row(&select, &types, each)
    }

    /// Which rows of a table belong to the keys.
    fn condition(&self, number: usize) -> Expr {
        let Owned { table, by } = &self.tables[number];
        match *by {
            By::Key(column) => {
                Expr::InList(Nested::new(Expr::column(table, column)), self.keys.clone(), column.sql_type)
            }
            By::Reference(key, parent) => {
                let parents = self.tables[parent].table;
                let def = &table.foreign_keys[key];
                let own: Vec<Expr> =
                    def.key_columns().map(|column| Expr::column(table, &table.columns[column])).collect();
                let items = parents.key_columns().map(|key| SelectItem::from(Expr::column(parents, key))).collect();
                let select =
                    Select { filter: vec![self.condition(parent)], ..Select::from_table(parents.name.clone(), items) };
                let own = if own.len() == 1 { own.into_iter().next() } else { Some(Expr::Row(own.into())) };
                let found = own.map_or(Expr::TooDeep, |own| Expr::InSelect(Nested::new(own), Nested::new(select)));
                Expr::And(key_condition(table, def, &table.name.name).into_iter().chain([found]).collect())
            }
        }
    }

    /// Deletes the rows, those that reference others first.
    fn delete(&self, engine: &Engine) -> Result<()> {
        let mut session = engine.session();
        for number in (0..self.tables.len()).rev() {
            let rows = ChangedRows { sources: Vec::new(), filter: vec![self.condition(number)] };
            let delete = Write::table(self.tables[number].table.name.clone(), Change::Delete(rows), Vec::new());
            session.write_rows(delete, &mut |_| Ok(()))?;
        }
        session.commit()
    }
}

/// What tells whether two shards have the same rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Digest {
    rows: u64,
    /// The sum of the hashes of all rows, in whatever order these come.
    sum: u64,
}

impl Digest {
    fn add(&mut self, values: &[Value]) {
        let mut bytes = Vec::new();
        values.iter().for_each(|value| feed(&mut bytes, value));
        self.rows += 1;
        self.sum = self.sum.wrapping_add(fnv1a(bytes.into_iter()));
    }
}

/// Appends a value as it is told from all others.
fn feed(out: &mut Vec<u8>, value: &Value) {
    match value {
        #[cfg(feature = "json")]
        Value::Json(document) => feed(out, &Value::Text(document.to_string())),
        Value::Array(items) => {
            feed(out, &Value::I64(i64::try_from(items.len()).unwrap_or(i64::MAX)));
            items.iter().for_each(|item| feed(out, item));
        }
        value => out.extend(encoded(&normal(value))),
    }
}

/// The tables, those first that others reference, with the way to their rows.
fn in_order(layout: &Layout) -> Result<Vec<Owned>> {
    let refuse = |message: String| Err(Error::new(ErrorKind::Unsupported, message));
    let mut left: Vec<&'static TableDef> = layout.tables().collect();
    left.sort_by(|a, b| a.name.cmp(&b.name));
    let (mut done, mut places) = (Vec::new(), HashMap::new());
    while !left.is_empty() {
        let waits = |table: &&'static TableDef| {
            let mut targets = table.foreign_keys.iter().map(|key| (key.target.table)());
            targets.any(|target| layout.has(&target.name) && !places.contains_key(&target.id))
        };
        let (later, next): (Vec<_>, Vec<_>) = left.into_iter().partition(waits);
        if next.is_empty() {
            let names: Vec<&str> = later.iter().map(|table| table.model).collect();
            return refuse(format!(
                "rows of {} reference each other in a cycle, so that none can be moved first",
                names.join(", ")
            ));
        }
        for table in next {
            let reference = || {
                let mut keys = table.foreign_keys.iter().enumerate().filter(|(_, key)| !key.nullable);
                keys.find_map(|(number, key)| Some(By::Reference(number, *places.get(&(key.target.table)().id)?)))
            };
            let Some(by) = shard_key(table).map(By::Key).or_else(reference) else {
                return refuse(format!(
                    "no foreign key leads from rows of {} to a shard key, so that nothing tells which are to be moved",
                    table.model
                ));
            };
            places.insert(table.id, done.len());
            done.push(Owned { table, by });
        }
        left = later;
    }
    Ok(done)
}

/// The columns that are written.
fn stored(table: &'static TableDef) -> impl Iterator<Item = &'static ColumnDef> {
    table.columns.iter().filter(|column| column.computed.is_none())
}

/// A table as rows are inserted into it.
fn described(table: &'static TableDef) -> Table {
    let named = Table::new(table.name.name.clone());
    let named = table.name.schema.iter().fold(named, |named, schema| named.schema(schema.clone()));
    stored(table).fold(named, |named, column| named.column_of(column.name.clone(), column.sql_type, column.nullable))
}
