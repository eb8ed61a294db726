use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use orm_core::Result;

use super::{Node, Placeholders};

/// A condition on items of the type `M`: of a write, or as the filter of a query or scan.
///
/// ```
/// use orm_dynamodb::Item;
///
/// #[derive(Item)]
/// #[item(table = "user")]
/// struct User {
///     #[item(hash_key)]
///     email: String,
///     age: u32,
///     city: Option<String>,
/// }
///
/// let grown_up = User::age.ge(18) & (User::city.eq("Leeds") | User::city.not_exists());
/// let other = !grown_up;
/// ```
pub struct Condition<M> {
    pub(crate) node: Node,
    model: PhantomData<fn() -> M>,
}

impl<M> Condition<M> {
    pub(super) fn new(node: Node) -> Self {
        Self { node, model: PhantomData }
    }

    /// That there is no item of the key, by the name of its hash key.
    pub(crate) fn absent(hash: &'static str) -> Self {
        Self::new(Node::Call("attribute_not_exists", vec![Node::name(hash)]))
    }

    /// That there is an item of the key.
    pub(crate) fn present(hash: &'static str) -> Self {
        Self::new(Node::Call("attribute_exists", vec![Node::name(hash)]))
    }

    /// That an attribute has a value.
    pub(crate) fn equals(name: &'static str, value: crate::AttributeValue) -> Self {
        Self::new(Node::compare(Node::name(name), "=", Node::Value(Ok(value))))
    }

    pub(crate) fn text(self, placeholders: &mut Placeholders) -> Result<String> {
        self.node.text(placeholders)
    }
}

impl<M> BitAnd for Condition<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::new(self.node.join("AND", other.node))
    }
}

impl<M> BitOr for Condition<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::new(self.node.join("OR", other.node))
    }
}

impl<M> Not for Condition<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(Node::Not(Box::new(self.node)))
    }
}

/// The expression, without the values.
impl<M> fmt::Debug for Condition<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condition").finish_non_exhaustive()
    }
}
