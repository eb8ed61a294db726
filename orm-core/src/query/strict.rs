use crate::value::ColumnType;

/// What the NULL of an argument makes of a result: a function of something that may be NULL may be NULL.
///
/// It nests: `<A as Strict>::Result<<B as Strict>::Result<V>>` is `V` in an `Option` when `A` or `B` is one.
pub trait Strict: ColumnType {
    /// `V`, in an `Option` when this type is one.
    type Result<V: Strict>: Strict;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType<Base = T>> Strict for T {
    type Result<V: Strict> = V;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType<Base = T>> Strict for Option<T> {
    type Result<V: Strict> = Option<V::Base>;
}
