//! What is in a JSON document.

use serde_json::Value as Json;

use super::{Aggregate, call};
use crate::query::{BaseOf, Expr, Expression, Known, OperandOf, Operators};
use crate::sql::{self, Function};
use crate::value::{ColumnType, Json as JsonOf, JsonValue, Newtype, SqlType, Value};

/// The type of JSON documents.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no JSON document",
    label = "this needs a column of type `serde_json::Value` or `Json<..>`, or one with `#[orm(json)]`"
)]
pub trait Document: ColumnType {}

#[diagnostic::do_not_recommend]
impl Document for Json {}

#[diagnostic::do_not_recommend]
impl<T: JsonValue> Document for JsonOf<T> {}

#[diagnostic::do_not_recommend]
impl<T: Newtype<Inner: Document>> Document for T {}

/// The types that a JSON value is read as.
#[diagnostic::on_unimplemented(
    message = "a JSON value is not read as `{Self}`",
    label = "expected `String`, `bool`, `i64` or `f64`"
)]
pub trait JsonScalar: ColumnType<Base = Self> {}

/// The types whose values stand in a JSON array alike on every database.
#[diagnostic::on_unimplemented(
    message = "`json_agg` does not take `{Self}`",
    label = "expected integers, `String` or JSON documents"
)]
pub trait JsonItem: ColumnType {}

macro_rules! mark {
    ($marker:ident: $($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl $marker for $ty {}
    )*};
}

mark!(JsonScalar: String, bool, i64, f64);
mark!(JsonItem: i8, i16, i32, i64, u8, u16, u32, u64, String, Json);

#[diagnostic::do_not_recommend]
impl<T: Newtype<Inner: JsonItem>> JsonItem for T {}

#[diagnostic::do_not_recommend]
impl<T: JsonValue> JsonItem for JsonOf<T> {}

/// The values of the group as a JSON array, NULLs included; `None` where there are no rows.
pub fn json_agg<E: Expression>(expr: E) -> Aggregate<Option<Json>, E::Scope>
where
    BaseOf<E>: JsonItem,
{
    let item = match E::Value::SQL_TYPE {
        SqlType::Json => sql::Expr::Function(Function::JsonElement, [expr.into_sql()].into(), SqlType::Json),
        _ => expr.into_sql(),
    };
    super::aggregate::aggregate(sql::Aggregate::Json, vec![item], SqlType::Json)
}

/// The operators of JSON documents.
pub trait JsonOperators: Expression {
    /// The member of an object; `None` where there is none, or no object.
    fn json_get(self, key: impl Into<String>) -> Expr<Option<Json>, Self::Scope>
    where
        BaseOf<Self>: Document,
    {
        let key = sql::Expr::Param(Value::Text(key.into()), SqlType::Text);
        call(Function::JsonGet, vec![self.into_sql(), key])
    }

    /// The element of an array, counted from 0; `None` where there is none, or no array.
    fn json_at(self, index: u32) -> Expr<Option<Json>, Self::Scope>
    where
        BaseOf<Self>: Document,
    {
        let index = sql::Expr::Param(Value::I64(index.into()), SqlType::I32);
        call(Function::JsonAt, vec![self.into_sql(), index])
    }

    /// What a JSON value is as a `String`, `bool`, `i64` or `f64`; `None` where it is something else.
    fn json_as<T: JsonScalar>(self) -> Expr<Option<T>, Self::Scope>
    where
        BaseOf<Self>: Document,
    {
        call(Function::JsonAs, vec![self.into_sql()])
    }

    /// The number of elements of an array; `None` where the document is not an array.
    fn json_length(self) -> Expr<Option<i32>, Self::Scope>
    where
        BaseOf<Self>: Document,
    {
        call(Function::JsonLength, vec![self.into_sql()])
    }

    /// Whether the document is an object that has such a member, `null` or not.
    fn json_has(self, key: impl Into<String>) -> Expr<bool, Known<Self::Scope>>
    where
        BaseOf<Self>: Document,
    {
        self.json_get(key).is_not_null()
    }

    /// Whether the document has all that the other one has: members with values that contain the other's, elements in any order.
    fn json_contains<R: OperandOf<Json>>(self, other: R) -> Expr<bool, (Self::Scope, R::Scope)>
    where
        BaseOf<Self>: Document,
    {
        call(Function::JsonContains, vec![self.into_sql(), other.into_operand()])
    }
}

impl<E: Expression> JsonOperators for E {}
