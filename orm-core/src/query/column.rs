use std::fmt;
use std::marker::PhantomData;

/// A column of the model `M` whose field has type `V`, as a constant: `User::age`.
///
/// The column of a `belongs_to` field has the type of the target's key, in an `Option` when the field is one.
pub struct Column<M, V> {
    field: usize,
    types: PhantomData<fn() -> (M, V)>,
}

impl<M, V> Column<M, V> {
    /// The constant for the field with number `field`.
    pub const fn new(field: usize) -> Self {
        Self { field, types: PhantomData }
    }

    /// The number of the field.
    pub const fn field(&self) -> usize {
        self.field
    }
}

impl<M, V> Clone for Column<M, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, V> Copy for Column<M, V> {}

impl<M, V> fmt::Debug for Column<M, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column({})", self.field)
    }
}
