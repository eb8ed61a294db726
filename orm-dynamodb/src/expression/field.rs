use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::{Condition, Node, Part};
use crate::value::{Attribute, ListType, MapType, Operand, SetType};

/// A field of an item of the type `M`, as a constant of the derive, or a path to a value within it.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use orm_dynamodb::Item;
///
/// #[derive(Item)]
/// #[item(table = "profile")]
/// struct Profile {
///     #[item(hash_key)]
///     id: u64,
///     tags: Vec<String>,
///     settings: BTreeMap<String, String>,
/// }
///
/// let dark = Profile::settings.key("theme").eq("dark");
/// let first = Profile::tags.index(0).begins_with("r") & Profile::tags.contains("rust");
/// let many = Profile::tags.size().gt(3);
/// ```
pub struct Field<M, T> {
    pub(super) name: &'static str,
    pub(super) rest: Vec<Part>,
    pub(super) types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Field<M, T> {
    /// A field by the name of its attribute.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, rest: Vec::new(), types: PhantomData }
    }

    fn within<U>(self, part: Part) -> Field<M, U> {
        let mut rest = self.rest;
        rest.push(part);
        Field { name: self.name, rest, types: PhantomData }
    }

    pub(super) fn node(self) -> Node {
        let mut path = vec![Part::Name(Cow::Borrowed(self.name))];
        path.extend(self.rest);
        Node::Path(path)
    }

    pub(super) fn parts(self) -> (&'static str, Vec<Part>) {
        (self.name, self.rest)
    }

    /// The value at a name within a map or a nested struct. It has the type that the program says.
    #[must_use]
    pub fn at<U: Attribute>(self, name: impl Into<String>) -> Field<M, U> {
        self.within(Part::Name(Cow::Owned(name.into())))
    }

    /// That the attribute is there.
    pub fn exists(self) -> Condition<M> {
        Condition::new(Node::Call("attribute_exists", vec![self.node()]))
    }

    /// That the attribute is not there.
    pub fn not_exists(self) -> Condition<M> {
        Condition::new(Node::Call("attribute_not_exists", vec![self.node()]))
    }

    /// The number of characters, bytes or elements, to compare with.
    pub fn size(self) -> Size<M> {
        Size { node: Node::Call("size", vec![self.node()]), model: PhantomData }
    }
}

impl<M, T: Attribute> Field<M, T> {
    fn compare(self, operator: &'static str, value: impl Operand<T::Compared>) -> Condition<M> {
        Condition::new(Node::compare(self.node(), operator, Node::Value(value.operand())))
    }

    /// `=`
    pub fn eq(self, value: impl Operand<T::Compared>) -> Condition<M> {
        self.compare("=", value)
    }

    /// `<>`; true where the attribute is absent.
    pub fn ne(self, value: impl Operand<T::Compared>) -> Condition<M> {
        self.compare("<>", value)
    }

    /// `<`
    pub fn lt(self, value: impl Operand<T::Compared>) -> Condition<M> {
        self.compare("<", value)
    }

    /// `<=`
    pub fn le(self, value: impl Operand<T::Compared>) -> Condition<M> {
        self.compare("<=", value)
    }

    /// `>`
    pub fn gt(self, value: impl Operand<T::Compared>) -> Condition<M> {
        self.compare(">", value)
    }

    /// `>=`
    pub fn ge(self, value: impl Operand<T::Compared>) -> Condition<M> {
        self.compare(">=", value)
    }

    /// Not below `low` and not above `high`.
    pub fn between(self, low: impl Operand<T::Compared>, high: impl Operand<T::Compared>) -> Condition<M> {
        let (low, high) = (Node::Value(low.operand()), Node::Value(high.operand()));
        Condition::new(Node::Between(Box::new((self.node(), low, high))))
    }

    /// One of at most 100 values.
    pub fn is_in<V: Operand<T::Compared>>(self, values: impl IntoIterator<Item = V>) -> Condition<M> {
        let values = values.into_iter().map(|value| Node::Value(value.operand())).collect();
        Condition::new(Node::In(Box::new(self.node()), values))
    }

    /// A text with this within it, or a set or list with this element.
    pub fn contains(self, part: impl Operand<<T::Compared as Containing>::Part>) -> Condition<M>
    where
        T::Compared: Containing,
    {
        Condition::new(Node::Call("contains", vec![self.node(), Node::Value(part.operand())]))
    }

    /// The value at a key of a map.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Field<M, <T::Compared as MapType>::Value>
    where
        T::Compared: MapType,
    {
        self.within(Part::Name(Cow::Owned(key.into())))
    }

    /// The element of a list at a place, from 0.
    #[must_use]
    pub fn index(self, index: usize) -> Field<M, <T::Compared as ListType>::Element>
    where
        T::Compared: ListType,
    {
        self.within(Part::Index(index))
    }
}

impl<M, T: Attribute<Compared = String>> Field<M, T> {
    /// A text that begins so.
    pub fn begins_with(self, start: impl Operand<String>) -> Condition<M> {
        Condition::new(Node::Call("begins_with", vec![self.node(), Node::Value(start.operand())]))
    }
}

impl<M, T> fmt::Debug for Field<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field").field("name", &self.name).field("rest", &self.rest).finish()
    }
}

/// A value that may contain others: text, a set or a list.
#[diagnostic::on_unimplemented(message = "`{Self}` contains nothing", label = "no text, set or list")]
pub trait Containing {
    /// What it contains.
    type Part;
}

impl Containing for String {
    type Part = Self;
}

impl<T: Attribute> Containing for Vec<T> {
    type Part = T;
}

impl<T> Containing for std::collections::BTreeSet<T>
where
    Self: SetType<Element = T>,
{
    type Part = T;
}

impl<T> Containing for std::collections::HashSet<T>
where
    Self: SetType<Element = T>,
{
    type Part = T;
}

/// The size of an attribute; see [`Field::size`].
#[derive(Debug)]
pub struct Size<M> {
    node: Node,
    model: PhantomData<fn() -> M>,
}

impl<M> Size<M> {
    fn compare(self, operator: &'static str, size: u64) -> Condition<M> {
        let size = Node::Value(Attribute::to_attribute(&size));
        Condition::new(Node::compare(self.node, operator, size))
    }

    /// `=`
    pub fn eq(self, size: u64) -> Condition<M> {
        self.compare("=", size)
    }

    /// `<>`
    pub fn ne(self, size: u64) -> Condition<M> {
        self.compare("<>", size)
    }

    /// `<`
    pub fn lt(self, size: u64) -> Condition<M> {
        self.compare("<", size)
    }

    /// `<=`
    pub fn le(self, size: u64) -> Condition<M> {
        self.compare("<=", size)
    }

    /// `>`
    pub fn gt(self, size: u64) -> Condition<M> {
        self.compare(">", size)
    }

    /// `>=`
    pub fn ge(self, size: u64) -> Condition<M> {
        self.compare(">=", size)
    }
}
