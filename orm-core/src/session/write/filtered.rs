//! Statements that the session's filters refuse: rows outside of them are not written.

use super::evaluate::{AssignedRow, Inexact, RowValues as _, column_of};
use crate::error::{Error, ErrorKind, Result};
use crate::render::condition;
use crate::schema::{ModelRef, TableDef};
use crate::session::transaction::links::Links;
use crate::sql::{Body, Change, Child, Conflict, Expr, Insert, InsertRows, Origin, Select, SetList, Write};

impl Links {
    /// The session's filter for the rows of a table that are written.
    pub(crate) fn written_filter(&self, table: &TableDef) -> Option<&Expr> {
        let context = self.context();
        if context.writes_all { None } else { context.filters.as_ref()?.of(table.id) }
    }

    /// Refuses a bulk statement that may write rows outside of the session's filter. Rows that are there are within it, so that an UPDATE
    /// is looked at as far as it sets what the filter reads.
    ///
    /// # Errors
    ///
    /// `InvalidState` with the filter, also where memory cannot tell.
    pub(crate) fn check_write(&self, model: ModelRef, write: &Write) -> Result<()> {
        let table = (model.table)();
        let Some(filter) = self.written_filter(table) else { return Ok(()) };
        let refuse = |why| refused(table.model, filter, why);
        match &write.change {
            Change::Delete(_) => Ok(()),
            Change::Update(set, _) => check_set(table, filter, set).map_err(refuse),
            Change::Insert(insert) => {
                check_inserted(table, filter, insert).map_err(refuse)?;
                let update = insert.conflict.as_ref().and_then(|conflict| conflict.update.as_ref());
                update.map_or(Ok(()), |update| check_set(table, filter, &update.set).map_err(refuse))
            }
        }
    }

    /// What an upsert does to rows that are there: nothing to those that conditions exclude.
    ///
    /// # Errors
    ///
    /// As [`check_write`](Self::check_write), for the columns that it sets.
    pub(crate) fn upsert_of(&self, model: ModelRef, conflict: Option<Conflict>) -> Result<Option<Conflict>> {
        let Some(conflict) = conflict else { return Ok(None) };
        let table = (model.table)();
        if let (Some(filter), Some(update)) = (self.written_filter(table), &conflict.update) {
            check_set(table, filter, &update.set).map_err(|why| refused(table.model, filter, why))?;
        }
        Ok(Some(conflict.restricted(model, self.context())))
    }
}

/// Whether new rows are within a filter, or why that is not sure.
fn check_inserted(table: &TableDef, filter: &Expr, insert: &Insert) -> Result<(), &'static str> {
    let (conditions, columns) = (std::slice::from_ref(filter), &insert.columns);
    let place = |name: &str| columns.iter().position(|column| column == name);
    match &insert.rows {
        InsertRows::Values(rows) => rows.iter().try_for_each(|row| {
            let value = |name: &str| row.get(place(name)?);
            met(AssignedRow::new(table, &value).passes(conditions))
        }),
        InsertRows::Query(Body::Select(select)) => {
            let value = |name: &str| selected(select, place(name)?);
            met(AssignedRow::new(table, &value).passes(conditions))
        }
        InsertRows::Query(_) => Err("several queries make the rows"),
    }
}

/// Whether assignments keep rows within a filter, or why that is not sure.
fn check_set(table: &TableDef, filter: &Expr, set: &SetList) -> Result<(), &'static str> {
    let assigned = |name: &str| set.iter().find(|(column, _)| column == name).map(|(_, value)| value);
    let parts = match filter {
        Expr::And(all) => &**all,
        one => std::slice::from_ref(one),
    };
    for part in parts {
        let mut columns = Vec::new();
        collect_columns(table, part, &mut columns);
        let is_set = |&column: &usize| assigned(&table.columns[column].name);
        // The new row of an upsert has been looked at.
        let is_proposed = |column: &usize| is_set(column).is_some_and(|value| is_excluded(table, *column, value));
        if !columns.iter().any(|column| is_set(column).is_some()) || columns.iter().all(is_proposed) {
            continue;
        }
        met(AssignedRow::new(table, &assigned).passes(std::slice::from_ref(part)))?;
    }
    Ok(())
}

/// Whether a value is that of a column in the new row of an upsert.
fn is_excluded(table: &TableDef, column: usize, value: &Expr) -> bool {
    match value {
        Expr::Stored(inner, ..) => is_excluded(table, column, inner),
        Expr::Column(read) => read.qualifier.as_deref() == Some("excluded") && read.name == table.columns[column].name,
        _ => false,
    }
}

/// The columns of a table in a condition, outside of subqueries.
fn collect_columns(table: &TableDef, expr: &Expr, found: &mut Vec<usize>) {
    if let Expr::Column(column) = expr {
        found.extend(column_of(table, column));
    }
    expr.each_child(&mut |child| {
        if let Child::Expr(inner) = child {
            collect_columns(table, inner, found);
        }
    });
}

/// What a query selects at a place, also where it hands on what another one selects.
fn selected(select: &Select, at: usize) -> Option<&Expr> {
    let item = select.items.get(at)?;
    let (Expr::Column(column), Origin::Query(Body::Select(inner))) = (&item.expr, &select.from.origin) else {
        return Some(&item.expr);
    };
    if column.qualifier.as_ref() != Some(select.from.name()) {
        return Some(&item.expr);
    }
    let place = inner.items.iter().position(|item| item.label.as_ref() == Some(&column.name));
    place.map_or(Some(&item.expr), |place| selected(inner, place))
}

/// Whether a filter is met, or why that is not sure.
pub(crate) fn met(passes: Result<bool, Inexact>) -> Result<(), &'static str> {
    match passes {
        Ok(true) => Ok(()),
        Ok(false) => Err("it is outside of it"),
        Err(reason) => Err(reason),
    }
}

/// The error about what is not written.
pub(crate) fn refused(object: &str, filter: &Expr, why: &str) -> Error {
    let message = format!(
        "{object} is not written, because this session has a filter, {}, that it does not meet for sure ({why}): set what the filter \
         asks for, or write it within session.unfiltered(..)",
        condition(filter)
    );
    Error::new(ErrorKind::InvalidState, message)
}
