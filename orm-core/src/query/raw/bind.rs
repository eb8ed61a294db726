//! What can be bound to the names in raw SQL.

use crate::sql::RawBind;
use crate::value::{ColumnType, SqlType, Value};

/// A value, or a list of values for `IN (:name)`, to be bound to a name in raw SQL. `K` distinguishes the two. The compiler infers it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be bound to a name in raw SQL",
    label = "expected a value that a column can hold, or a list of those"
)]
pub trait BindValue<K> {
    /// The bound value.
    fn into_bind(self) -> RawBind;
}

/// [`BindValue`] of one value.
#[derive(Debug)]
pub enum Single {}

/// [`BindValue`] of one borrowed value.
#[derive(Debug)]
pub enum Borrowed {}

/// [`BindValue`] of a list of values.
#[derive(Debug)]
pub enum Several {}

fn one<V: ColumnType>(value: &V) -> RawBind {
    match (value.to_ref().to_value(), V::SQL_TYPE) {
        (Value::Array(items), SqlType::Array(item)) => RawBind::List(items, *item),
        (value, sql_type) => RawBind::Value(value, sql_type),
    }
}

fn text(value: Option<&str>) -> RawBind {
    RawBind::Value(value.map_or(Value::Null, |text| Value::Text(text.to_owned())), String::SQL_TYPE)
}

fn list<V: ColumnType>(values: &[V]) -> RawBind {
    RawBind::List(values.iter().map(|value| value.to_ref().to_value()).collect(), V::SQL_TYPE)
}

fn texts(values: &[&str]) -> RawBind {
    RawBind::List(values.iter().map(|text| Value::Text((*text).to_owned())).collect(), String::SQL_TYPE)
}

macro_rules! binds {
    ($([$($generic:tt)*] $ty:ty as $kind:ty, |$value:ident| $into:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> BindValue<$kind> for $ty {
            fn into_bind(self) -> RawBind {
                let $value = self;
                $into
            }
        }
    )*};
}

binds! {
    [V: ColumnType] V as Single, |value| one(&value);
    [V: ColumnType] &V as Borrowed, |value| one(value);
    [] &str as Single, |value| text(Some(value));
    [] Option<&str> as Single, |value| text(value);
    [] &[u8] as Single, |value| RawBind::Value(Value::Bytes(value.to_owned()), Vec::<u8>::SQL_TYPE);
    [V: ColumnType] &[V] as Several, |values| list(values);
    [V: ColumnType, const N: usize] [V; N] as Several, |values| list(&values);
    [V: ColumnType, const N: usize] &[V; N] as Several, |values| list(values);
    [] Vec<&str> as Several, |values| texts(&values);
    [] &[&str] as Several, |values| texts(values);
    [const N: usize] [&str; N] as Several, |values| texts(&values);
    [const N: usize] &[&str; N] as Several, |values| texts(values);
}
