//! Groups and distinct rows of several shards: each shard gives its part of every group.

use std::collections::HashMap;

use super::factory::Shards;
use super::having::Having;
use super::layout::{Layout, shard_key};
use super::order::{Order, compare, unsupported};
use super::place::encoded;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::query::Parts;
use crate::sql::{Aggregate, AggregateCall, ColumnRef, Distinct, Expr, Group, Nested, Origin, Select, SelectItem};
use crate::value::{Mismatch, SqlType, Value, ValueRef};

/// Whether a row of the result may be made of rows of several shards.
pub(super) fn is_grouped(layout: &Layout, select: &Select) -> bool {
    let groups = !select.group_by.is_empty()
        || !select.having.is_empty()
        || select.items.iter().any(|item| item.expr.is_aggregate());
    let keys: Vec<&Expr> = match (&select.distinct, groups) {
        (_, true) => select
            .group_by
            .iter()
            .filter_map(|group| match group {
                Group::Key(key) => Some(key),
                Group::Sets(..) => None,
            })
            .collect(),
        (Distinct::Rows, false) => select.items.iter().map(|item| &item.expr).collect(),
        (Distinct::No | Distinct::On(_), false) => return false,
    };
    !keys.into_iter().any(|key| is_shard_key(layout, select, key))
}

/// Whether an expression is the shard key of a source.
pub(super) fn is_shard_key(layout: &Layout, select: &Select, expr: &Expr) -> bool {
    let Expr::Column(ColumnRef { qualifier: Some(qualifier), name, .. }) = expr else { return false };
    select.sources().filter(|source| source.name() == qualifier).any(|source| {
        let Origin::Table(table) = &source.origin else { return false };
        layout.table(table).and_then(shard_key).is_some_and(|key| key.name == *name)
    })
}

/// How the results of the shards become one.
#[derive(Debug)]
pub(super) struct Plan {
    /// What each shard runs: the keys of the groups, and what is folded.
    pub(super) partial: Select,
    /// The types of its values.
    pub(super) types: Vec<SqlType>,
    keys: usize,
    folds: Vec<Fold>,
    items: Vec<Output>,
    having: Vec<Having>,
    order: Order,
    order_by: Vec<Output>,
}

/// What becomes of two values of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    Sum,
    Least,
    Greatest,
    All,
    Any,
    /// All are the same.
    First,
}

/// A value of a group, by its place among those of the shards.
#[derive(Debug, Clone, Copy)]
pub(super) enum Output {
    Value(usize),
    /// A sum and the number of its values.
    Average(usize, usize),
}

impl Plan {
    /// # Errors
    ///
    /// `Unsupported` for what cannot be computed of the parts of the shards.
    pub(super) fn of(shards: &Shards, parts: &Parts, select: &Select, types: &[SqlType]) -> Result<Self> {
        if types.len() != select.items.len() {
            return Err(unsupported(
                "objects or embedded values in a group",
                "group by the shard key, or select columns",
            ));
        }
        let partial = Select {
            items: Vec::new(),
            having: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            ..select.clone()
        };
        let mut plan = Self {
            partial,
            types: Vec::new(),
            keys: 0,
            folds: Vec::new(),
            items: Vec::new(),
            having: Vec::new(),
            order: Order::of(shards, parts, select, types)?,
            order_by: Vec::new(),
        };
        plan.add_keys(select, types)?;
        for (item, sql_type) in select.items.iter().zip(types) {
            let output = plan.output(shards, parts, &item.expr, *sql_type)?;
            plan.items.push(output);
        }
        for condition in &select.having {
            if condition.is_aggregate() {
                let having = Having::of(condition, &mut |expr, sql_type| plan.output(shards, parts, expr, sql_type))?;
                plan.having.push(having);
            } else {
                plan.partial.having.push(condition.clone());
            }
        }
        let order: Vec<(Expr, SqlType)> =
            plan.order.terms.iter().map(|term| (term.expr.clone(), term.sql_type)).collect();
        for (expr, sql_type) in order {
            let output = plan.output(shards, parts, &expr, sql_type)?;
            plan.order_by.push(output);
        }
        Ok(plan)
    }

    fn add_keys(&mut self, select: &Select, types: &[SqlType]) -> Result<()> {
        let selected = |expr: &Expr| select.items.iter().zip(types).find(|(item, _)| item.expr == *expr);
        let mut keys: Vec<Expr> = Vec::new();
        for group in &select.group_by {
            match group {
                Group::Key(key) => keys.push(key.clone()),
                Group::Sets(..) => return Err(unsupported("several groupings at once", "run a query for each")),
            }
        }
        if select.distinct == Distinct::Rows {
            keys.extend(select.items.iter().map(|item| item.expr.clone()).filter(|expr| !expr.is_aggregate()));
        }
        for key in keys {
            let known = selected(&key).map(|(_, sql_type)| *sql_type).or_else(|| type_of(&key));
            match known {
                Some(SqlType::Json | SqlType::Array(_)) | None => {
                    return Err(unsupported("a group by values that memory does not compare", "group by columns"));
                }
                Some(sql_type) => self.push(key, sql_type),
            };
        }
        self.keys = self.types.len();
        Ok(())
    }

    /// Has each shard give a value, and tells its place.
    fn push(&mut self, expr: Expr, sql_type: SqlType) -> usize {
        self.partial.items.push(SelectItem::from(expr));
        self.types.push(sql_type);
        self.types.len() - 1
    }

    fn fold(&mut self, expr: Expr, sql_type: SqlType, fold: Fold) -> usize {
        let folded = self.partial.items.iter().skip(self.keys).zip(&self.folds);
        if let Some(index) = folded.into_iter().position(|(item, known)| item.expr == expr && *known == fold) {
            return self.keys + index;
        }
        self.folds.push(fold);
        self.push(expr, sql_type)
    }

    /// Where the value of an expression comes from.
    fn output(&mut self, shards: &Shards, parts: &Parts, expr: &Expr, sql_type: SqlType) -> Result<Output> {
        if let Some(key) = self.partial.items.iter().take(self.keys).position(|item| item.expr == *expr) {
            return Ok(Output::Value(key));
        }
        let call = match expr {
            Expr::Aggregate(call) => call,
            expr if expr.is_aggregate() || expr.has_window() => {
                let cure = "select the aggregates themselves, and compute with their values";
                return Err(unsupported("a value that is computed of aggregates", cure));
            }
            expr if self.keys > 0 => return Ok(Output::Value(self.fold(expr.clone(), sql_type, Fold::First))),
            _ => return Err(unsupported("a column beside aggregates of all rows", "group by the column")),
        };
        if call.distinct {
            let cure = "the same value may be on several shards; group by it, and count the groups";
            return Err(unsupported("an aggregate of distinct values", cure));
        }
        let fold = match call.function {
            Aggregate::Count | Aggregate::Sum => Fold::Sum,
            Aggregate::Min | Aggregate::Max => {
                if let [argument] = &*call.arguments {
                    shards.require_order(parts, argument, sql_type, "min` or `max")?;
                }
                if call.function == Aggregate::Min { Fold::Least } else { Fold::Greatest }
            }
            Aggregate::All => Fold::All,
            Aggregate::Any => Fold::Any,
            Aggregate::Avg => return self.average(call),
            Aggregate::Text | Aggregate::Json | Aggregate::Array => {
                return Err(unsupported("an aggregate that lists values", "read the rows"));
            }
        };
        Ok(Output::Value(self.fold(expr.clone(), sql_type, fold)))
    }

    /// An average is a sum and a count.
    fn average(&mut self, call: &AggregateCall) -> Result<Output> {
        let sum = match call.arguments.first().and_then(type_of) {
            Some(SqlType::I16 | SqlType::I32 | SqlType::I64) => SqlType::I64,
            Some(SqlType::F32 | SqlType::F64) => SqlType::F64,
            _ => {
                let cure =
                    "databases differ in its digits; select `sum` and `count`, and divide as exactly as it has to be";
                return Err(unsupported("an average of decimals", cure));
            }
        };
        let part = |function, result| Expr::Aggregate(Nested::new(AggregateCall { function, result, ..call.clone() }));
        let sum = self.fold(part(Aggregate::Sum, sum), sum, Fold::Sum);
        let count = self.fold(part(Aggregate::Count, SqlType::I64), SqlType::I64, Fold::Sum);
        Ok(Output::Average(sum, count))
    }

    /// The groups that `values` of all shards make, in the order of the statement.
    ///
    /// # Errors
    ///
    /// `Database` for a sum that does not fit.
    pub(super) fn groups(&self, values: Vec<Value>) -> Result<Vec<Vec<Value>>> {
        let mut groups: Vec<Vec<Value>> = Vec::new();
        let mut known: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut values = values.into_iter();
        while values.len() > 0 {
            let row: Vec<Value> = values.by_ref().take(self.types.len()).collect();
            let key = row.iter().take(self.keys).flat_map(|value| encoded(&normal(value))).collect();
            match known.get(&key) {
                Some(&group) => self.add(&mut groups[group], row)?,
                None => {
                    known.insert(key, groups.len());
                    groups.push(row);
                }
            }
        }
        groups.retain(|group| self.having.iter().all(|having| having.holds(group)));
        if !self.order.terms.is_empty() {
            let terms =
                |group: &[Value]| -> Vec<Value> { self.order_by.iter().map(|output| output.of(group)).collect() };
            let mut keyed: Vec<(Vec<Value>, Vec<Value>)> =
                groups.into_iter().map(|group| (terms(&group), group)).collect();
            keyed.sort_by(|(left, _), (right, _)| self.order.compare(left, right));
            groups = keyed.into_iter().map(|(_, group)| group).collect();
        }
        Ok(groups.iter().map(|group| self.items.iter().map(|output| output.of(group)).collect()).collect())
    }

    fn add(&self, group: &mut [Value], row: Vec<Value>) -> Result<()> {
        let folded = group.iter_mut().zip(row).skip(self.keys).zip(&self.folds);
        for ((value, other), fold) in folded {
            let known = std::mem::replace(value, Value::Null);
            *value = fold.of(known, other)?;
        }
        Ok(())
    }
}

impl Fold {
    fn of(self, left: Value, right: Value) -> Result<Value> {
        Ok(match (self, left, right) {
            (Self::First, left, _) | (_, left, Value::Null) => left,
            (_, Value::Null, right) => right,
            (Self::Sum, left, right) => add(left, right)?,
            (Self::Least, left, right) => {
                if compare(&right, &left).is_lt() {
                    right
                } else {
                    left
                }
            }
            (Self::Greatest, left, right) => {
                if compare(&right, &left).is_gt() {
                    right
                } else {
                    left
                }
            }
            (Self::All, left, right) => Value::Bool(left == Value::Bool(true) && right == Value::Bool(true)),
            (Self::Any, left, right) => Value::Bool(left == Value::Bool(true) || right == Value::Bool(true)),
        })
    }
}

fn add(left: Value, right: Value) -> Result<Value> {
    let sum = match (left, right) {
        (Value::I64(left), Value::I64(right)) => left.checked_add(right).map(Value::I64),
        (Value::F64(left), Value::F64(right)) => Some(Value::F64(left + right)),
        #[cfg(feature = "decimal")]
        (Value::Decimal(left), Value::Decimal(right)) => left.checked_add(right).map(Value::Decimal),
        _ => None,
    };
    sum.ok_or_else(|| Error::new(ErrorKind::Database, "the sum of the shards does not fit into its type"))
}

impl Output {
    pub(super) fn of(self, group: &[Value]) -> Value {
        match self {
            Self::Value(index) => group[index].clone(),
            Self::Average(sum, count) => match (&group[sum], &group[count]) {
                (Value::I64(sum), Value::I64(count)) if *count > 0 => Value::F64(float(*sum) / float(*count)),
                (Value::F64(sum), Value::I64(count)) if *count > 0 => Value::F64(*sum / float(*count)),
                _ => Value::Null,
            },
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "an average of integers is a float")]
fn float(number: i64) -> f64 {
    number as f64
}

/// A value in the one form that equal values have.
pub(super) fn normal(value: &Value) -> Value {
    match value {
        Value::F64(number) if *number == 0.0 => Value::F64(0.0),
        Value::F64(number) if number.is_nan() => Value::F64(f64::NAN),
        #[cfg(feature = "decimal")]
        Value::Decimal(number) => Value::Decimal(number.normalize()),
        value => value.clone(),
    }
}

/// The type of an expression, as far as it tells.
pub(super) fn type_of(expr: &Expr) -> Option<SqlType> {
    match expr {
        Expr::Column(column) => column.sql_type,
        Expr::Aggregate(call) => Some(call.result),
        Expr::Param(_, sql_type)
        | Expr::Stored(_, sql_type, _)
        | Expr::Case(_, _, sql_type)
        | Expr::Named(_, _, sql_type)
        | Expr::Function(_, _, sql_type)
        | Expr::Arithmetic(_, _, _, sql_type)
        | Expr::Cast(_, sql_type)
        | Expr::Raw(_, sql_type) => Some(*sql_type),
        _ => None,
    }
}

/// A row of values.
pub(super) struct Values(pub(super) Vec<Value>);

impl Row for Values {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn name(&self, _: usize) -> &str {
        ""
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        self.0.get(index).map(Value::to_ref).ok_or_else(|| Mismatch::new("one more value", "the end of the row"))
    }
}
