//! Inserts: of values, of a query's rows, and of one row of expressions.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::super::scope::Closed;
use super::super::{Select, Within, label};
use super::assign::written_columns;
use super::conflict::problem_of;
use super::{Assignments, ColumnList, FieldValues, RowFor, Statement};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::model::{Model, model_ref};
use crate::render;
use crate::schema::{ColumnDef, TableDef};
use crate::sql::{
    self, Body, Change, ColumnRef, Conflict, Expr, InsertRows, Nested, Origin, Problem, SelectItem, SetList, Withs,
    Write,
};
use crate::value::{Format, SqlType, Value, version};

/// An INSERT of rows into the table of a model, or into a [`Table`](crate::query::table::Table). `S` is what they are made of, and `C`
/// tells whether existing rows are updated.
///
/// Nothing runs for single objects: no cascade and no hook. Defaults are applied as by a flush.
#[must_use = "an insert does nothing until it is executed"]
pub struct Insert<M, S = Vec<M>, C = ()> {
    pub(crate) source: S,
    pub(crate) conflict: Option<Conflict>,
    /// The first mistake in building it.
    pub(crate) problem: Option<Problem>,
    pub(super) types: PhantomData<fn() -> (M, C)>,
}

/// An INSERT of plain values, which the session does not track.
pub type InsertAll<M> = Insert<M, Vec<M>>;

/// An INSERT of the rows of a query, or of one row of expressions.
pub type InsertFrom<M> = Insert<M, FromRows>;

/// In an [`Insert`]: rows that the database makes.
#[derive(Debug, Clone)]
pub struct FromRows {
    with: Withs,
    columns: Vec<usize>,
    rows: InsertRows,
}

impl<M, S, C> Insert<M, S, C> {
    pub(in crate::query) fn new(source: S, problem: Option<Problem>) -> Self {
        Self { source, conflict: None, problem, types: PhantomData }
    }

    /// The same insert of something else.
    pub(in crate::query) fn of_source(source: S, conflict: Option<Conflict>, problem: Option<Problem>) -> Self {
        Self { source, conflict, problem, types: PhantomData }
    }

    /// Notes a mistake, if it is the first.
    pub(in crate::query) fn fail(&mut self, problem: Problem) {
        self.problem.get_or_insert(problem);
    }

    /// # Errors
    ///
    /// The first mistake in building it.
    pub(crate) fn check(&self) -> Result<()> {
        self.problem.clone().map_or(Ok(()), |(kind, message)| Err(Error::new(kind, message)))
    }

    /// The SQL text in that dialect, with its parameters: one statement for all rows, however many there are.
    ///
    /// # Errors
    ///
    /// Mistakes in the statement, and `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)>
    where
        Self: Statement + Clone,
    {
        render::write_statement(dialect, &self.clone().into_write(Vec::new())?)
    }
}

impl<M: Model> Insert<M> {
    pub(in crate::query) fn values(values: Vec<M>) -> Self {
        Self::new(values, None)
    }
}

impl<M: Model> Insert<M, FromRows> {
    pub(in crate::query) fn from_query<C, R, Q>(columns: C, query: Select<R, Q>) -> Self
    where
        C: ColumnList<M>,
        R: RowFor<C::Values>,
        Q: Closed,
    {
        let (mut fields, mut parts) = (Vec::new(), query.parts);
        columns.list_fields(&mut fields);
        let checked = written_columns::<M>("insert_from", &fields);
        let problem = checked.as_ref().err().map(problem_of);
        let columns = checked.unwrap_or_default();
        let with = std::mem::take(&mut parts.select.with);
        Self::new(FromRows { with, columns, rows: InsertRows::Query(parts.into_body()) }.with_defaults::<M>(), problem)
    }

    pub(in crate::query) fn from_expressions<A: Assignments<M, Scope: Within<(), I, Null: Sized>>, I>(
        assignments: A,
    ) -> Self {
        let mut set = FieldValues::new();
        assignments.assign(&mut set);
        let (fields, values): (Vec<usize>, Vec<Expr>) = set.into_iter().unzip();
        let checked = written_columns::<M>("insert_with", &fields);
        let problem = checked.as_ref().err().map(problem_of);
        let source = FromRows {
            with: Withs::new(),
            columns: checked.unwrap_or_default(),
            rows: InsertRows::Values(vec![values]),
        };
        Self::new(source.with_defaults::<M>(), problem)
    }
}

impl FromRows {
    /// Columns that are not given get their defaults: one value for all rows.
    fn with_defaults<M: Model>(mut self) -> Self {
        let table = M::table();
        let mut missing: Vec<(usize, Value)> = Vec::new();
        M::defaults(&mut |field, value| missing.push((table.fields[field].columns.start, value.to_value())));
        if let Some(version) = table.version
            && missing.iter().all(|(column, _)| *column != version)
        {
            missing.extend(version::first(table.columns[version].sql_type).map(|first| (version, first)));
        }
        missing.retain(|(column, value)| {
            let left_to_server = matches!(value, Value::Null) && table.columns[*column].server_default.is_some();
            !self.columns.contains(column) && !left_to_server
        });
        if missing.is_empty() {
            return self;
        }
        let (columns, values): (Vec<usize>, Vec<Expr>) = missing
            .into_iter()
            .map(|(column, value)| (column, Expr::Param(value, table.columns[column].sql_type)))
            .unzip();
        let given = self.columns.iter().map(|&column| table.columns[column].name.clone()).collect();
        self.columns.extend(columns);
        self.rows = match self.rows {
            InsertRows::Values(mut rows) => {
                rows.iter_mut().for_each(|row| row.extend(values.iter().cloned()));
                InsertRows::Values(rows)
            }
            InsertRows::Query(body) => InsertRows::Query(beside(body, given, values)),
        };
        self
    }
}

/// The rows of a query, whose columns get these names, with values behind each.
fn beside(mut body: Body, names: Vec<Cow<'static, str>>, values: Vec<Expr>) -> Body {
    const GIVEN: Cow<'static, str> = Cow::Borrowed("given");
    label::name_columns(&mut body, &names);
    let given = names.into_iter().map(|name| Expr::Column(ColumnRef::named(Some(GIVEN), name)));
    let source = sql::Source::of(Origin::Query(body)).named(GIVEN);
    let items = given.chain(values).map(SelectItem::from).collect();
    Body::Select(Nested::new(sql::Select::from_source(source, items)))
}

impl<M: Model, C> Statement for Insert<M, FromRows, C> {
    fn into_write(self, returning: Vec<SelectItem>) -> Result<Write> {
        self.check()?;
        let table = M::table();
        let FromRows { with, columns, rows } = self.source;
        let insert = sql::Insert {
            columns: columns.iter().map(|&column| table.columns[column].name.clone()).collect(),
            forms: columns.iter().map(|&column| form_of(&table.columns[column])).collect(),
            rows,
            conflict: self.conflict,
        };
        Ok(Write { with, ..Write::model(model_ref::<M>(), Change::Insert(insert), returning) })
    }
}

impl<M: Model, C> Insert<M, FromRows, C> {
    /// Whether the database chooses the keys of the rows.
    pub(crate) fn draws_keys(&self) -> bool {
        let table = M::table();
        table.generated_key && table.primary_key.iter().all(|key| !self.source.columns.contains(key))
    }
}

fn form_of(column: &ColumnDef) -> (SqlType, Format) {
    (column.sql_type, column.format)
}

impl<M: Model, S, C> Insert<M, S, C> {
    /// The columns of the existing rows, which the insert may set.
    pub(crate) fn updated(&self, table: &TableDef) -> Vec<usize> {
        let update = self.conflict.as_ref().and_then(|conflict| conflict.update.as_ref());
        let set: &SetList = match update {
            Some(update) => &update.set,
            None => return Vec::new(),
        };
        let of = |name: &str| table.columns.iter().position(|column| column.name == name);
        set.iter().filter_map(|(name, _)| of(name)).collect()
    }
}

impl<M, S: Clone, C> Clone for Insert<M, S, C> {
    fn clone(&self) -> Self {
        let Self { source, conflict, problem, types } = self;
        Self { source: source.clone(), conflict: conflict.clone(), problem: problem.clone(), types: *types }
    }
}

impl<M, S, C> fmt::Debug for Insert<M, S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Insert")
            .field("conflict", &self.conflict)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}
