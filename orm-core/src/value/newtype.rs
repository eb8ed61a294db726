use super::ColumnType;

/// A struct around one value that is a column type, by `#[derive(DbType)]`. Its column is the one of the type inside.
///
/// What a query may do with the type inside, it may do with the struct: patterns where it is text, parts of a date where it is one. It is
/// compared with values of its own type, and by [`inner`](crate::query::Operators::inner) with those of the type inside.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no struct around one value",
    label = "this needs a column of a type with `#[derive(DbType)]`"
)]
pub trait Newtype: ColumnType<Base = Self> {
    /// The type inside.
    type Inner: ColumnType<Base = Self::Inner>;
}
