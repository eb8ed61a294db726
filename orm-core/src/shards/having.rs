//! Conditions on groups whose parts are on several shards.

use std::cmp::Ordering;

use super::groups::{Output, type_of};
use super::order::{compare, unsupported};
use crate::error::Result;
use crate::sql::{BinaryOp, Expr};
use crate::value::{SqlType, Value};

/// Finds the value of an expression.
type Find<'f> = &'f mut dyn FnMut(&Expr, SqlType) -> Result<Output>;

/// A condition on the values of a group.
#[derive(Debug)]
pub(super) enum Having {
    All(Vec<Having>),
    Any(Vec<Having>),
    Compare(Output, BinaryOp, Value),
}

impl Having {
    /// # Errors
    ///
    /// `Unsupported` for a condition that is more than comparisons of aggregates with values.
    pub(super) fn of(condition: &Expr, find: Find<'_>) -> Result<Self> {
        match condition {
            Expr::And(all) => Ok(Self::All(all.into_iter().map(|one| Self::of(one, find)).collect::<Result<_>>()?)),
            Expr::Or(any) => Ok(Self::Any(any.into_iter().map(|one| Self::of(one, find)).collect::<Result<_>>()?)),
            Expr::Binary(left, op, right) => match (&**left, &**right) {
                (value, Expr::Param(other, _)) => Self::compare(value, *op, other, find),
                (Expr::Param(other, _), value) => Self::compare(value, turned(*op), other, find),
                _ => Err(too_much()),
            },
            _ => Err(too_much()),
        }
    }

    fn compare(value: &Expr, op: BinaryOp, other: &Value, find: Find<'_>) -> Result<Self> {
        let sql_type = type_of(value).ok_or_else(too_much)?;
        match (find(value, sql_type)?, op) {
            (Output::Average(..), _) => Err(unsupported(
                "`having` on an average",
                "what one database rounds decides which groups there are; read the groups, and look at their averages",
            )),
            (_, BinaryOp::IsDistinct | BinaryOp::IsNotDistinct) => Err(too_much()),
            (output, op) => Ok(Self::Compare(output, op, other.clone())),
        }
    }

    /// Whether it holds. What is unknown does not.
    pub(super) fn holds(&self, group: &[Value]) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(group)),
            Self::Any(any) => any.iter().any(|one| one.holds(group)),
            Self::Compare(output, op, other) => {
                let value = output.of(group);
                if matches!(value, Value::Null) || matches!(other, Value::Null) {
                    return false;
                }
                let order = compare(&value, other);
                match op {
                    BinaryOp::Eq => order == Ordering::Equal,
                    BinaryOp::Ne => order != Ordering::Equal,
                    BinaryOp::Lt => order.is_lt(),
                    BinaryOp::Le => order.is_le(),
                    BinaryOp::Gt => order.is_gt(),
                    BinaryOp::Ge => order.is_ge(),
                    BinaryOp::IsDistinct | BinaryOp::IsNotDistinct => false,
                }
            }
        }
    }
}

/// The same comparison with its sides exchanged.
fn turned(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Le => BinaryOp::Ge,
        BinaryOp::Gt => BinaryOp::Lt,
        BinaryOp::Ge => BinaryOp::Le,
        same => same,
    }
}

fn too_much() -> crate::error::Error {
    unsupported(
        "`having` that is more than comparisons of aggregates with values",
        "compare one aggregate with one value, or read the groups and look at them",
    )
}
