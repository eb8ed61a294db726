//! Keyset pagination: a page begins behind the last row of another one, which is found by the values of its order.

use std::fmt;
use std::str::FromStr;

use super::Parts;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::naming::fnv1a;
use crate::schema::{Direction, TableDef};
use crate::sql::{self, Distinct, Expr, OrderBy, OrderKey, Problem};
use crate::value::{SqlType, Value, bytes};

/// A place in an order: behind one row and before the next.
///
/// `to_string` returns text that fits into a URL, and `parse` reads it again. The text contains the values of the row's order
/// columns. It is neither secret nor signed. Text that was changed is an error, or at worst another place.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    /// Identifies the order.
    order: u64,
    values: Vec<Value>,
}

/// The first byte of all texts, for telling later versions apart.
const FORM: u8 = 1;

impl Cursor {
    pub(crate) fn new(order: &[OrderBy], values: Vec<Value>) -> Self {
        Self { order: fingerprint(order), values }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut content = vec![FORM];
        content.extend(self.order.to_be_bytes());
        self.values.iter().for_each(|value| bytes::write(&mut content, value));
        let sum = fnv1a(content.iter().copied());
        content.extend(sum.to_be_bytes());
        content.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        read(text)
            .ok_or_else(|| Error::new(ErrorKind::Decode, "this is not the text of a cursor: it was cut off or changed"))
    }
}

fn read(text: &str) -> Option<Cursor> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let digits =
        |at: usize| text.get(at..at + 2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let content: Option<Vec<u8>> =
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(digits(at)?, 16).ok()).collect();
    let content = content?;
    let (content, sum) = content.split_at_checked(content.len().checked_sub(size_of::<u64>())?)?;
    if fnv1a(content.iter().copied()).to_be_bytes() != sum {
        return None;
    }
    let (form, rest) = content.split_first()?;
    let (order, mut rest) = rest.split_first_chunk()?;
    let mut values = Vec::new();
    while !rest.is_empty() {
        values.push(bytes::read(&mut rest)?);
    }
    (*form == FORM).then_some(Cursor { order: u64::from_be_bytes(*order), values })
}

/// A hash of the order, the same in all programs with the same order.
fn fingerprint(order: &[OrderBy]) -> u64 {
    fnv1a(format!("{order:?}").bytes())
}

impl Parts {
    /// Adds the key to the order of a query for objects, so that no two rows are equal in it.
    pub(crate) fn complete_order(&mut self) {
        let Some(table) = self.objects() else { return };
        let source = self.select.from.name().clone();
        for key in table.key_columns() {
            let expr = super::join::column_of(&source, key);
            if !self.select.order_by.iter().any(|order| order.expr == expr) {
                let known = OrderKey { sql_type: key.sql_type, nullable: false };
                let order = OrderBy { expr, direction: Direction::Asc, nulls: None, key: Some(known) };
                self.select.order_by.push(order);
            }
        }
    }

    /// The keys of a page's order.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a query whose order cannot be continued.
    pub(crate) fn order_keys(&self) -> Result<Vec<OrderBy>> {
        if self.select.limit.is_some() || self.select.offset.is_some() {
            let message = "a query that is read in slices has no `limit` or `offset` of its own";
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        match problem(&self.select, self.objects()) {
            Some((kind, message)) => Err(Error::new(kind, message)),
            None => Ok(self.select.order_by.clone()),
        }
    }
}

/// Adds the condition that a row comes behind a cursor.
pub(super) fn go_on(select: &mut sql::Select, objects: Option<&TableDef>, cursor: Cursor) {
    let found = problem(select, objects).or_else(|| {
        let same = cursor.order == fingerprint(&select.order_by) && cursor.values.len() == select.order_by.len();
        let message = "the cursor is one of another order: a query goes on only in the order in which it began";
        (!same).then(|| (ErrorKind::InvalidState, message.to_owned()))
    });
    if let Some(problem) = found {
        select.problem.get_or_insert(problem);
        return;
    }
    let outer = select.joins.iter().any(|join| !matches!(join.kind, sql::JoinKind::Inner | sql::JoinKind::Cross));
    let keys = select.order_by.iter().cloned().zip(cursor.values).map(|(mut order, value)| {
        if let Some(key) = &mut order.key {
            key.nullable |= outer;
        }
        (order, value)
    });
    let after = Expr::After(keys.collect());
    let grouped = !select.group_by.is_empty() || select.order_by.iter().any(|order| order.expr.is_aggregate());
    if grouped { &mut select.having } else { &mut select.filter }.push(after);
}

fn is_composed(sql_type: SqlType) -> bool {
    matches!(sql_type, SqlType::Json | SqlType::Array(_))
}

/// Why the order of a query cannot be continued.
fn problem(select: &sql::Select, objects: Option<&TableDef>) -> Option<Problem> {
    let selected = |order: &OrderBy| select.items.iter().any(|item| item.expr == order.expr);
    let reason = if select.order_by.is_empty() {
        "it has no order: say `order_by`, with columns that no two rows are equal in"
    } else if objects.is_none() && select.items.is_empty() {
        "it combines the rows of several queries: make it a subquery, and order by its columns"
    } else if select.order_by.iter().any(|order| order.key.is_none()) {
        "it is ordered by a label: order by the expression itself"
    } else if select.order_by.iter().filter_map(|order| order.key).any(|key| is_composed(key.sql_type)) {
        "it is ordered by a JSON document or an array: order by a value in it"
    } else if matches!(select.distinct, Distinct::On(_))
        || (matches!(select.distinct, Distinct::Rows) && objects.is_none() && !select.order_by.iter().all(selected))
    {
        "it leaves out rows that are equal in other columns than those of the order"
    } else {
        return None;
    };
    Some((ErrorKind::InvalidState, format!("the query cannot be read in slices: {reason}")))
}
