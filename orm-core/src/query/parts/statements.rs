//! The statements by which a query is run.

use std::borrow::Cow;

use super::Parts;
use crate::error::{Error, ErrorKind, Result};
use crate::query::{Extent, Include, JoinedLoad, add_joined_loads, leave_out};
use crate::sql::{self, Body, Distinct, Expr, Nested, Origin, SelectItem};

impl Parts {
    pub(super) fn checked(&self) -> Result<sql::Select> {
        let select = self.clone().embedded();
        if let Some((kind, message)) = select.problem {
            return Err(Error::new(kind, message));
        }
        if self.manner.consistent && select.lock.is_some() {
            let message =
                "a lock reads rows as they are now, and `consistent` as they were in a snapshot: leave one of them out";
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        if let Some(outer) = self.outer.first() {
            let message = format!(
                "this query reads `{outer}` of a query around it, and there is none; make it part of one, for example by `exists(..)`"
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        Ok(select)
    }

    /// The statement of a query for objects with their joined members, and the places of these in a row.
    pub(crate) fn object_statement(&self) -> Result<(sql::Select, Vec<JoinedLoad>)> {
        let mut select = self.checked()?;
        if self.extent() != Extent::Whole {
            select.leave_out_below();
        }
        let Some(table) = self.table else { return Ok((select, Vec::new())) };
        if self.includes.iter().any(Include::populates) && !select.group_by.is_empty() {
            let message = "`populate` reads objects from the rows of the query, which `group_by` merges".to_owned();
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        add_joined_loads(select, table, &self.undeferred, &self.includes)
    }

    /// The statement of a query for plain values: of rows, or of objects, which have the model's columns in the order of
    /// [`TableDef::columns`].
    ///
    /// # Errors
    ///
    /// `InvalidState` for includes, because plain values have no relations.
    pub(crate) fn plain_statement(&self) -> Result<sql::Select> {
        if !self.includes.is_empty() {
            let message = "`include` and `populate` load relations into the session, and plain values are not in it; `all` reads objects";
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        self.checked()
    }

    /// [`plain_statement`](Self::plain_statement) for values of the model, which have nothing of the types below it, and no deferred columns but
    /// those that the query reads.
    ///
    /// # Errors
    ///
    /// As there.
    pub(crate) fn value_statement(&self) -> Result<sql::Select> {
        let mut select = self.plain_statement()?;
        if let Some(table) = self.table {
            select.leave_out_below();
            leave_out(&mut select, table, 0, &self.undeferred);
        }
        Ok(select)
    }

    /// The statement of a query for rows.
    pub(crate) fn row_statement(&self) -> Result<sql::Select> {
        self.checked()
    }

    /// A statement whose one row holds the number of rows of this query.
    pub(crate) fn count_statement(&self) -> Result<sql::Select> {
        let mut select = self.checked()?;
        if select.lock.is_some() {
            let message = "`count` locks no rows: count without a lock, or read the rows".to_owned();
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        let rows = Expr::count_all();
        if select.limit.is_none() && select.offset.is_none() && !matches!(select.distinct, Distinct::On(_)) {
            select.order_by.clear();
        }
        if is_plain(&select) {
            select.items = vec![rows.into()];
            return Ok(select);
        }
        Ok(around(select, rows.into()))
    }

    /// A statement that returns a row when this query does.
    pub(crate) fn exists_statement(&self) -> Result<sql::Select> {
        let mut select = self.checked()?;
        if is_plain(&select) {
            select.order_by.clear();
            select.items = vec![Expr::One.into()];
        } else {
            select = around(select, Expr::One.into());
        }
        select.limit = Some(1);
        Ok(select)
    }

    /// What is looked for, in messages: the model, or a row.
    pub(crate) fn subject(&self) -> Cow<'static, str> {
        self.table.map_or_else(|| format!("row of {}", self.source()).into(), |table| table.model.into())
    }

    /// The model of the first source, or its name, for messages.
    pub(super) fn source(&self) -> Cow<'static, str> {
        let source = self.select.from.name();
        let known = self.tables.iter().find(|(name, _)| name == source);
        known.map_or_else(|| source.clone(), |(_, table)| Cow::Borrowed(table.model))
    }
}

/// Whether each row of the joined sources is one row of the result.
pub(super) fn is_plain(select: &sql::Select) -> bool {
    let grouped = !select.group_by.is_empty()
        || !select.having.is_empty()
        || select.items.iter().any(|item| item.expr.is_aggregate());
    matches!(select.distinct, Distinct::No) && !grouped && select.limit.is_none() && select.offset.is_none()
}

/// `SELECT item FROM (select) AS "counted"`.
fn around(mut select: sql::Select, item: SelectItem) -> sql::Select {
    tell_apart(&mut select.items);
    let origin = Origin::Query(Body::Select(Nested::new(select)));
    sql::Select::from_source(sql::Source::of(origin).named("counted"), vec![item])
}

/// Gives a label to an item that would be called as one before it: a source has no two columns of one name.
fn tell_apart(items: &mut [SelectItem]) {
    for index in 1..items.len() {
        let (before, [item, ..]) = items.split_at_mut(index) else { return };
        let same = |other: &SelectItem| match (&item.expr, &other.expr) {
            (Expr::Column(own), Expr::Column(other)) => own.name == other.name,
            (own, other) => own == other,
        };
        if item.label.is_none() && before.iter().any(|other| other.label.is_none() && same(other)) {
            item.label = Some(format!("c{index}").into());
        }
    }
}
