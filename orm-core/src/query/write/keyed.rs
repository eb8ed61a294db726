//! Updates of many rows by their keys, each with its own values.

use std::collections::HashMap;
use std::fmt;

use super::assign::written_columns;
use super::conflict::problem_of;
use super::{ColumnList, ValuesFor};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Model;
use crate::sql::Problem;
use crate::value::Value;

/// UPDATEs the same columns of many rows, each row with its own values, by primary key. It is one statement, or one prepared statement,
/// whichever is faster on the database.
///
/// The objects of the session follow, and a rollback brings their values back. Nothing runs for single objects: no hook, no `on_update`, no
/// version check and no new version.
#[must_use = "an update does nothing until it is executed"]
pub struct UpdateByKey<M: Model> {
    /// The columns, by index.
    pub(crate) columns: Vec<usize>,
    /// The rows, each key once.
    pub(crate) rows: Vec<(M::Key, Vec<Value>)>,
    problem: Option<Problem>,
}

impl<M: Model> UpdateByKey<M> {
    pub(in crate::query) fn new<C, V>(columns: C, rows: impl IntoIterator<Item = (M::Key, V)>) -> Self
    where
        C: ColumnList<M>,
        V: ValuesFor<C::Values>,
    {
        let mut fields = Vec::new();
        columns.list_fields(&mut fields);
        let checked = written_columns::<M>("update_by_key", &fields);
        let mut problem = checked.as_ref().err().map(problem_of);
        let columns = checked.unwrap_or_default();
        if let Some(key) = columns.iter().find(|column| M::table().primary_key.contains(column)) {
            let message = format!(
                "`update_by_key` cannot set `{}`, which is part of the primary key; assign it through session[handle]",
                M::table().columns[*key].name
            );
            problem.get_or_insert((ErrorKind::InvalidState, message));
        }
        let mut listed: Vec<(M::Key, Vec<Value>)> = Vec::new();
        let mut known: HashMap<M::Key, usize> = HashMap::new();
        for (key, row) in rows {
            let mut values = Vec::with_capacity(columns.len());
            row.list_values(&mut values);
            match known.get(&key) {
                Some(&at) => listed[at].1 = values,
                None => {
                    known.insert(key.clone(), listed.len());
                    listed.push((key, values));
                }
            }
        }
        Self { columns, rows: listed, problem }
    }

    /// # Errors
    ///
    /// The first mistake in building it.
    pub(crate) fn check(&self) -> Result<()> {
        self.problem.clone().map_or(Ok(()), |(kind, message)| Err(Error::new(kind, message)))
    }
}

impl<M: Model> fmt::Debug for UpdateByKey<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UpdateByKey({} rows of {})", self.rows.len(), M::spec().name)
    }
}
