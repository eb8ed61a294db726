//! The rows of a query, as an UPDATE or a DELETE changes them.

use super::Parts;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableName;
use crate::sql::{self, Change, ChangedRows, Distinct, JoinKind, Origin, SelectItem, SetList, Write};

impl Parts {
    /// A DELETE of the rows of one table, for what `verb` does.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a query with further clauses.
    fn changed(&self, verb: &str, table: TableName, returning: Vec<SelectItem>) -> Result<Write> {
        let select = self.checked()?;
        let keys = "filter by the relation, for example `.filter(Car::model.has(..))`, or by a subquery";
        let rows = "filter the rows themselves";
        let more = [
            (
                !matches!(select.from, sql::Source { origin: Origin::Table(_), alias: None, .. }),
                "other source than the model",
                keys,
            ),
            (
                select.joins.iter().any(|join| !matches!(join.kind, JoinKind::Inner | JoinKind::Cross)),
                "left, right or full join",
                "join by `join`, or set the columns to a subquery's value",
            ),
            (!select.order_by.is_empty(), "order_by", "the order of the rows is the database's"),
            (!select.group_by.is_empty(), "group_by", rows),
            (!select.having.is_empty(), "having", rows),
            (!matches!(select.distinct, Distinct::No), "distinct", "each row is changed once anyway"),
            (
                select.limit.is_some() || select.offset.is_some(),
                "limit or offset",
                "filter by a subquery that reads the keys",
            ),
            (select.lock.is_some(), "lock", "rows that are changed are locked anyway"),
            (!self.includes.is_empty(), "include", "nothing is loaded"),
        ];
        if let Some((_, clause, cure)) = more.into_iter().find(|(present, ..)| *present) {
            let subject = self.source();
            let message = format!("`{verb}` of a query over {subject} takes no {clause}; {cure}");
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        let mut filter = Vec::with_capacity(select.joins.len() + select.filter.len());
        let mut sources = Vec::with_capacity(select.joins.len());
        for join in select.joins {
            sources.push(join.source);
            if join.kind != JoinKind::Cross {
                filter.push(join.on);
            }
        }
        filter.extend(select.filter);
        let base = Write::table(table, Change::Delete(ChangedRows { sources, filter }), returning);
        Ok(Write { with: select.with, model: select.from.model, lift: select.lift, ..base })
    }

    /// An UPDATE of the rows.
    ///
    /// # Errors
    ///
    /// Those of [`changed`](Self::changed).
    pub(in crate::query) fn update(&self, table: TableName, set: SetList, returning: Vec<SelectItem>) -> Result<Write> {
        let mut write = self.changed("update", table, returning)?;
        write.set(set);
        Ok(write)
    }

    /// A DELETE of the rows.
    ///
    /// # Errors
    ///
    /// Those of [`changed`](Self::changed).
    pub(in crate::query) fn delete(&self, table: TableName, returning: Vec<SelectItem>) -> Result<Write> {
        self.changed("delete", table, returning)
    }
}
