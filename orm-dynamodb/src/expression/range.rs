use std::ops::{RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};

use super::Node;
use crate::value::Operand;

/// The part of a partition that a query reads, by range keys of the type `R`: `low..=high`, `low..`, `..high`, `..=high`, [`equal`],
/// [`above`] and [`begins_with`].
///
/// See the example of [`Query`](crate::Query).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no range of keys of the type `{R}`",
    label = "no range of `{R}`",
    note = "DynamoDB knows `low..=high`, `low..`, `..high`, `..=high`, `equal(key)`, `above(key)` and `begins_with(text)`"
)]
pub trait KeyRange<R> {
    /// The condition on a range key.
    #[doc(hidden)]
    fn condition(self, name: &'static str) -> Node;
}

/// The one key.
pub fn equal<V>(key: V) -> Equal<V> {
    Equal(key)
}

/// The keys above this one, and not this one.
pub fn above<V>(key: V) -> Above<V> {
    Above(key)
}

/// The keys that begin so: texts or bytes.
pub fn begins_with<V>(start: V) -> BeginsWith<V> {
    BeginsWith(start)
}

/// See [`equal`].
#[derive(Debug, Clone, Copy)]
pub struct Equal<V>(V);

/// See [`above`].
#[derive(Debug, Clone, Copy)]
pub struct Above<V>(V);

/// See [`begins_with`].
#[derive(Debug, Clone, Copy)]
pub struct BeginsWith<V>(V);

fn compared<R>(name: &'static str, operator: &'static str, value: impl Operand<R>) -> Node {
    Node::compare(Node::name(name), operator, Node::Value(value.operand()))
}

impl<R, V: Operand<R>> KeyRange<R> for Equal<V> {
    fn condition(self, name: &'static str) -> Node {
        compared(name, "=", self.0)
    }
}

impl<R, V: Operand<R>> KeyRange<R> for Above<V> {
    fn condition(self, name: &'static str) -> Node {
        compared(name, ">", self.0)
    }
}

impl<R, V: Operand<R>> KeyRange<R> for BeginsWith<V> {
    fn condition(self, name: &'static str) -> Node {
        Node::Call("begins_with", vec![Node::name(name), Node::Value(self.0.operand())])
    }
}

impl<R, V: Operand<R>> KeyRange<R> for RangeFrom<V> {
    fn condition(self, name: &'static str) -> Node {
        compared(name, ">=", self.start)
    }
}

impl<R, V: Operand<R>> KeyRange<R> for RangeTo<V> {
    fn condition(self, name: &'static str) -> Node {
        compared(name, "<", self.end)
    }
}

impl<R, V: Operand<R>> KeyRange<R> for RangeToInclusive<V> {
    fn condition(self, name: &'static str) -> Node {
        compared(name, "<=", self.end)
    }
}

impl<R, V: Operand<R>> KeyRange<R> for RangeInclusive<V> {
    fn condition(self, name: &'static str) -> Node {
        let (low, high) = self.into_inner();
        Node::Between(Box::new((Node::name(name), Node::Value(low.operand()), Node::Value(high.operand()))))
    }
}
