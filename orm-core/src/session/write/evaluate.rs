//! Conditions, evaluated over rows in memory: as the database would, or not at all.

use std::cmp::Ordering;

use crate::schema::TableDef;
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;
use crate::session::store::contents::NoKeys;
use crate::sql::{BinaryOp, ColumnRef, Expr};
use crate::value::{Value, ValueRef};

/// Why memory cannot tell what the database would say.
pub(crate) type Inexact = &'static str;

/// A truth value of SQL: `None` is unknown.
type Truth = Option<bool>;

/// The values of a row of a table.
pub(crate) trait RowValues<'a>: Copy {
    fn table(self) -> &'a TableDef;

    /// The value of a column, by its index.
    fn cell(self, column: usize) -> Result<ValueRef<'a>, Inexact>;

    /// Whether all conditions hold for the row.
    fn passes(self, conditions: &'a [Expr]) -> Result<bool, Inexact> {
        Ok(self.all(conditions)? == Some(true))
    }

    fn test(self, condition: &'a Expr) -> Result<Truth, Inexact> {
        match condition {
            Expr::And(all) => self.all(all),
            Expr::Or(any) => {
                let mut truth = Some(false);
                for part in any {
                    truth = or(truth, self.test(part)?);
                }
                Ok(truth)
            }
            Expr::Not(inner) => Ok(self.test(inner)?.map(|truth| !truth)),
            Expr::IsNull(inner) => Ok(Some(self.value(inner)?.is_null())),
            Expr::Binary(left, op, right) => compare(self.value(left)?, *op, self.value(right)?),
            Expr::Between(inner, low, high) => {
                let value = self.value(inner)?;
                let from = compare(value, BinaryOp::Ge, self.value(low)?)?;
                Ok(and(from, compare(value, BinaryOp::Le, self.value(high)?)?))
            }
            Expr::InList(inner, values, _) => {
                let (value, mut truth) = (self.value(inner)?, Some(false));
                for listed in values {
                    truth = or(truth, compare(value, BinaryOp::Eq, listed.to_ref())?);
                }
                Ok(truth)
            }
            Expr::Column(_) | Expr::Param(..) => match self.value(condition)? {
                ValueRef::Bool(truth) => Ok(Some(truth)),
                ValueRef::Null => Ok(None),
                _ => Err("a condition that is no truth value"),
            },
            Expr::Like(..) => Err("a pattern"),
            Expr::InSelect(..) | Expr::Exists(_) | Expr::Scalar(_) => Err("a subquery"),
            _ => Err("a function or computation"),
        }
    }

    fn all(self, conditions: &'a [Expr]) -> Result<Truth, Inexact> {
        let mut truth = Some(true);
        for part in conditions {
            truth = and(truth, self.test(part)?);
        }
        Ok(truth)
    }

    fn value(self, operand: &'a Expr) -> Result<ValueRef<'a>, Inexact> {
        match operand {
            Expr::Column(column) => self.cell(column_of(self.table(), column).ok_or("a column of another table")?),
            Expr::Param(Value::Array(_), _) => Err("a list"),
            Expr::Param(value, _) => Ok(value.to_ref()),
            _ => Err("a function or computation"),
        }
    }
}

/// The index of a column, if it is one of the table.
pub(crate) fn column_of(table: &TableDef, wanted: &ColumnRef) -> Option<usize> {
    let own = wanted.qualifier.as_ref().is_none_or(|qualifier| *qualifier == table.name.name);
    table.columns.iter().position(|column| column.name == wanted.name).filter(|_| own)
}

/// Refuses a column of a family that was left out when the object was read.
fn was_read(arena: &dyn AnyArena, slot: u32, column: usize) -> Result<(), Inexact> {
    let of_base = arena.table().family.as_ref().is_none_or(|family| column <= family.discriminator);
    if of_base || !arena.slots().entry(slot).part() { Ok(()) } else { Err("a column that was not read") }
}

/// The row of an object, as it was last read or written.
#[derive(Clone, Copy)]
pub(crate) struct RowOf<'a> {
    arena: &'a dyn AnyArena,
    slot: u32,
}

impl<'a> RowOf<'a> {
    pub(crate) fn new(arena: &'a dyn AnyArena, slot: u32) -> Self {
        Self { arena, slot }
    }
}

impl<'a> RowValues<'a> for RowOf<'a> {
    fn table(self) -> &'a TableDef {
        self.arena.table()
    }

    fn cell(self, column: usize) -> Result<ValueRef<'a>, Inexact> {
        was_read(self.arena, self.slot, column)?;
        loaded(self.arena.row_value(self.slot, column))
    }
}

/// The row that an object is going to have.
#[derive(Clone, Copy)]
pub(crate) struct ObjectOf<'a> {
    store: &'a Store,
    arena: &'a dyn AnyArena,
    slot: u32,
    /// Columns that get another value than the object has.
    overrides: &'a [(usize, Value)],
}

impl<'a> ObjectOf<'a> {
    pub(crate) fn new(store: &'a Store, arena: &'a dyn AnyArena, slot: u32, overrides: &'a [(usize, Value)]) -> Self {
        Self { store, arena, slot, overrides }
    }
}

impl<'a> RowValues<'a> for ObjectOf<'a> {
    fn table(self) -> &'a TableDef {
        self.arena.table()
    }

    fn cell(self, column: usize) -> Result<ValueRef<'a>, Inexact> {
        if let Some((_, value)) = self.overrides.iter().find(|(known, _)| *known == column) {
            return Ok(value.to_ref());
        }
        if self.store.expression(self.arena, self.slot, column).is_some() {
            return Err("an expression that is still to be computed");
        }
        was_read(self.arena, self.slot, column)?;
        let value = self.store.key_value(self.arena, self.slot, column, &NoKeys);
        value.ok_or("a key that the database is still to choose").and_then(loaded)
    }
}

/// A value, if memory has it.
fn loaded(value: ValueRef<'_>) -> Result<ValueRef<'_>, Inexact> {
    if value.is_unloaded() { Err("a deferred column that is not loaded") } else { Ok(value) }
}

/// A row of expressions, by the names of the columns that they are for.
#[derive(Clone, Copy)]
pub(crate) struct AssignedRow<'a> {
    table: &'a TableDef,
    value: &'a dyn Fn(&str) -> Option<&'a Expr>,
}

impl<'a> AssignedRow<'a> {
    pub(crate) fn new(table: &'a TableDef, value: &'a dyn Fn(&str) -> Option<&'a Expr>) -> Self {
        Self { table, value }
    }
}

impl<'a> RowValues<'a> for AssignedRow<'a> {
    fn table(self) -> &'a TableDef {
        self.table
    }

    fn cell(self, column: usize) -> Result<ValueRef<'a>, Inexact> {
        let value = match (self.value)(&self.table.columns[column].name) {
            Some(Expr::Stored(value, ..)) => Some(&**value),
            value => value,
        };
        match value {
            Some(Expr::Param(value, _)) => Ok(value.to_ref()),
            Some(_) => Err("a value that the database computes"),
            None => Err("a column that is not given"),
        }
    }
}

fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(a: Truth, b: Truth) -> Truth {
    and(a.map(|truth| !truth), b.map(|truth| !truth)).map(|truth| !truth)
}

fn compare(a: ValueRef<'_>, op: BinaryOp, b: ValueRef<'_>) -> Result<Truth, Inexact> {
    match (a, b) {
        (ValueRef::Made(a), b) => return a.with(|a| compare(a, op, b)),
        (a, ValueRef::Made(b)) => return b.with(|b| compare(a, op, b)),
        _ => {}
    }
    if a.is_null() || b.is_null() {
        let same = a.is_null() && b.is_null();
        return Ok(match op {
            BinaryOp::IsDistinct => Some(!same),
            BinaryOp::IsNotDistinct => Some(same),
            _ => None,
        });
    }
    let order = match op {
        // Databases sort text each in its own way, and agree on what is equal.
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::IsDistinct | BinaryOp::IsNotDistinct => match (a, b) {
            (ValueRef::Text(a), ValueRef::Text(b)) => a.cmp(b),
            (a, b) => order(a, b)?,
        },
        _ => order(a, b)?,
    };
    Ok(Some(match op {
        BinaryOp::Eq | BinaryOp::IsNotDistinct => order.is_eq(),
        BinaryOp::Ne | BinaryOp::IsDistinct => order.is_ne(),
        BinaryOp::Lt => order.is_lt(),
        BinaryOp::Le => order.is_le(),
        BinaryOp::Gt => order.is_gt(),
        BinaryOp::Ge => order.is_ge(),
    }))
}

/// The order of two values of a type that every database orders alike.
fn order(a: ValueRef<'_>, b: ValueRef<'_>) -> Result<Ordering, Inexact> {
    match (a, b) {
        (ValueRef::Bool(a), ValueRef::Bool(b)) => Ok(a.cmp(&b)),
        (ValueRef::I64(a), ValueRef::I64(b)) => Ok(a.cmp(&b)),
        (ValueRef::F64(a), ValueRef::F64(b)) if a.is_finite() && b.is_finite() => {
            a.partial_cmp(&b).ok_or("a float that is no number")
        }
        (ValueRef::Bytes(a), ValueRef::Bytes(b)) => Ok(a.cmp(b)),
        #[cfg(feature = "chrono")]
        (ValueRef::Date(a), ValueRef::Date(b)) => Ok(a.cmp(&b)),
        #[cfg(feature = "chrono")]
        (ValueRef::DateTime(a), ValueRef::DateTime(b)) if is_whole(&a) && is_whole(&b) => Ok(a.cmp(&b)),
        #[cfg(feature = "chrono")]
        (ValueRef::Timestamp(a), ValueRef::Timestamp(b)) if is_whole(&a) && is_whole(&b) => Ok(a.cmp(&b)),
        #[cfg(feature = "uuid")]
        (ValueRef::Uuid(a), ValueRef::Uuid(b)) => Ok(a.cmp(&b)),
        (ValueRef::Text(_), ValueRef::Text(_)) => Err("an order of text"),
        _ => Err("a comparison that databases make each in their own way"),
    }
}

/// Whether a time has no parts of a microsecond, which a database would have rounded.
#[cfg(feature = "chrono")]
fn is_whole(time: &impl chrono::Timelike) -> bool {
    time.nanosecond().is_multiple_of(1_000) && time.nanosecond() < 1_000_000_000
}
