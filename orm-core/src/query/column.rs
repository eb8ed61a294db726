use std::fmt;
use std::marker::PhantomData;

/// A column of the model `M` whose field has type `V`, as a constant: `User::age`.
///
/// The column of a `belongs_to` field has the type of the target's key, in an `Option` when the field is one. `K` tells when it is read:
/// with its row, or [on demand](OnDemand).
pub struct Column<M, V, K = WithRow> {
    field: usize,
    types: PhantomData<fn() -> (M, V, K)>,
}

/// Of a [`Column`]: it is read with its row.
#[derive(Debug)]
pub enum WithRow {}

/// Of a [`Column`]: its field is a [`Deferred`](crate::value::Deferred), which is read when it is asked for.
#[derive(Debug)]
pub enum OnDemand {}

impl<M, V, K> Column<M, V, K> {
    /// The constant for the field with number `field`.
    pub const fn new(field: usize) -> Self {
        Self { field, types: PhantomData }
    }

    /// The number of the field.
    pub const fn field(&self) -> usize {
        self.field
    }
}

impl<M, V, K> Clone for Column<M, V, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, V, K> Copy for Column<M, V, K> {}

impl<M, V, K> fmt::Debug for Column<M, V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column({})", self.field)
    }
}
