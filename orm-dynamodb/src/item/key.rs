use std::fmt;
use std::marker::PhantomData;

use orm_core::Result;

use super::Item;
use crate::value::{AttributeValue, Attributes, KeyAttribute, Operand};

/// The range key of items that have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRange {}

/// The type of a range key, or [`NoRange`].
pub trait RangeType: 'static {}

impl RangeType for NoRange {}

impl<T: KeyAttribute + 'static> RangeType for T {}

/// The key of an item whose hash key has the type `H`: a value for it, or a pair with one for the range key of the type `R`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no key of an item with the hash key `{H}` and the range key `{R}`",
    label = "expected a value for `{H}`, or a pair where there is a range key"
)]
pub trait IntoKey<H, R> {
    /// The values.
    ///
    /// # Errors
    ///
    /// When DynamoDB cannot keep one.
    fn parts(self) -> Result<(AttributeValue, Option<AttributeValue>)>;
}

impl<H, K: Operand<H>> IntoKey<H, NoRange> for K {
    fn parts(self) -> Result<(AttributeValue, Option<AttributeValue>)> {
        Ok((self.operand()?, None))
    }
}

impl<H, R: KeyAttribute, A: Operand<H>, B: Operand<R>> IntoKey<H, R> for (A, B) {
    fn parts(self) -> Result<(AttributeValue, Option<AttributeValue>)> {
        Ok((self.0.operand()?, Some(self.1.operand()?)))
    }
}

/// The key of an item of the type `M`; see [`Item::at_key`].
pub struct Key<M> {
    attributes: Result<Attributes>,
    model: PhantomData<fn() -> M>,
}

impl<M: Item> Key<M> {
    pub(crate) fn of(key: impl IntoKey<M::Hash, M::Range>) -> Self {
        let spec = M::SPEC;
        let attributes = key.parts().map(|(hash, range)| {
            let hash = (spec.hash.name.to_owned(), hash);
            let range = spec.range.as_ref().zip(range).map(|(key, value)| (key.name.to_owned(), value));
            std::iter::once(hash).chain(range).collect()
        });
        Self {
            attributes: attributes.map_err(|error| error.context(format!("in a key of `{}`", spec.name))),
            model: PhantomData,
        }
    }

    pub(crate) fn known(attributes: Attributes) -> Self {
        Self { attributes: Ok(attributes), model: PhantomData }
    }

    pub(crate) fn attributes(self) -> Result<Attributes> {
        self.attributes
    }
}

/// Without the values.
impl<M: Item> fmt::Debug for Key<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("of", &M::SPEC.name).finish_non_exhaustive()
    }
}
