use super::{Mismatch, SqlType, ValueRef, Values};

/// A Rust type that a column may have.
///
/// `Option<T>` of every column type is a column type too, in which NULL is allowed. Your own types get it by `#[derive(DbType)]` (a struct
/// around one value), `#[derive(DbEnum)]` (an enum), or by [`CustomType`](super::CustomType) (any other).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no column type",
    label = "not a type that a database column can hold",
    note = "columns hold numbers, bool, char, String, Vec<u8>, `Vec`s and `Option`s of those, the types of orm's features, and your own: \
            a struct around one value with `#[derive(DbType)]`, an enum with `#[derive(DbEnum)]`; a field says #[orm(json)] for a serde \
            type, #[orm(with = module)] for any other, and a relation is marked with #[belongs_to], #[has_many], #[has_one] or \
            #[many_to_many]"
)]
pub trait ColumnType: Sized + Clone + 'static {
    /// The type without its `Option`.
    type Base: ColumnType<Base = Self::Base>;

    /// The type of the column in the schema.
    const SQL_TYPE: SqlType;

    /// Whether NULL is allowed.
    const NULLABLE: bool = false;

    /// The values of the column, where they are fewer than those of its type.
    const VALUES: Values = Values::All;

    /// The value as it is sent to the database.
    fn to_ref(&self) -> ValueRef<'_>;

    /// Reads a value that came from the database.
    ///
    /// # Errors
    ///
    /// When this type cannot hold `value`: another kind of value, NULL, or a value out of range.
    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch>;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType<Base = T>> ColumnType for Option<T> {
    type Base = T;
    const SQL_TYPE: SqlType = T::SQL_TYPE;
    const NULLABLE: bool = true;
    const VALUES: Values = T::VALUES;

    fn to_ref(&self) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, T::to_ref)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        if value.is_null() { Ok(None) } else { T::from_ref(value).map(Some) }
    }
}
