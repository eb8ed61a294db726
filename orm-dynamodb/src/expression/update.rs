use std::fmt;
use std::marker::PhantomData;

use orm_core::Result;

use super::{Field, Node, Placeholders};
use crate::value::{Attribute, AttributeValue, ListType, Numeric, Operand, SetElement, SetType, invalid};

/// Where a change stands in an update expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Set,
    Remove,
    Add,
    Delete,
}

const SECTIONS: [(Section, &str); 4] =
    [(Section::Set, "SET"), (Section::Remove, "REMOVE"), (Section::Add, "ADD"), (Section::Delete, "DELETE")];

#[derive(Debug)]
struct Change {
    section: Section,
    path: Node,
    value: Option<Node>,
}

/// Changes of an item of the type `M`: one of a [`Field`]'s methods, or an array of such.
///
/// ```
/// use std::collections::BTreeSet;
///
/// use orm_dynamodb::{Item, Update};
///
/// #[derive(Item)]
/// #[item(table = "profile")]
/// struct Profile {
///     #[item(hash_key)]
///     id: u64,
///     visits: u64,
///     note: Option<String>,
///     tags: Vec<String>,
///     groups: BTreeSet<String>,
/// }
///
/// let update: Update<Profile> = [
///     Profile::visits.add(1),
///     Profile::note.remove(),
///     Profile::tags.append(["new".to_owned()]),
///     Profile::groups.insert(["staff".to_owned()]),
/// ]
/// .into();
/// ```
pub struct Update<M> {
    changes: Vec<Change>,
    model: PhantomData<fn() -> M>,
}

impl<M> Update<M> {
    fn one(section: Section, path: Node, value: Option<Node>) -> Self {
        Self { changes: vec![Change { section, path, value }], model: PhantomData }
    }

    /// Sets an attribute by its name.
    pub(crate) fn set_named(name: &'static str, value: AttributeValue) -> Self {
        Self::one(Section::Set, Node::name(name), Some(Node::Value(Ok(value))))
    }

    /// Adds to an attribute by its name.
    pub(crate) fn add_named(name: &'static str, value: AttributeValue) -> Self {
        Self::one(Section::Add, Node::name(name), Some(Node::Value(Ok(value))))
    }

    /// These changes and others.
    #[must_use]
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        self.changes.extend(other.into().changes);
        self
    }

    pub(crate) fn text(self, placeholders: &mut Placeholders) -> Result<String> {
        let mut sections: [Vec<String>; 4] = Default::default();
        for Change { section, path, value } in self.changes {
            let between = if section == Section::Set { " = " } else { " " };
            let mut text = path.text(placeholders)?;
            if let Some(value) = value {
                text.push_str(between);
                text.push_str(&value.text(placeholders)?);
            }
            let place = SECTIONS.iter().zip(&mut sections).find(|((known, _), _)| *known == section);
            if let Some((_, changes)) = place {
                changes.push(text);
            }
        }
        let written = SECTIONS.iter().zip(&sections).filter(|(_, changes)| !changes.is_empty());
        let text = written.map(|((_, word), changes)| format!("{word} {}", changes.join(", "))).collect::<Vec<_>>();
        if text.is_empty() { Err(invalid("an update without a change")) } else { Ok(text.join(" ")) }
    }
}

impl<M, const N: usize> From<[Self; N]> for Update<M> {
    fn from(updates: [Self; N]) -> Self {
        updates.into_iter().collect()
    }
}

impl<M> FromIterator<Self> for Update<M> {
    fn from_iter<I: IntoIterator<Item = Self>>(updates: I) -> Self {
        Self { changes: updates.into_iter().flat_map(|update| update.changes).collect(), model: PhantomData }
    }
}

/// Without the values.
impl<M> fmt::Debug for Update<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update").field("changes", &self.changes.len()).finish_non_exhaustive()
    }
}

impl<M, T> Field<M, T> {
    /// Removes the attribute, the entry of a map or the element of a list.
    pub fn remove(self) -> Update<M> {
        Update::one(Section::Remove, self.node(), None)
    }

    fn twice(self) -> (Node, Node) {
        let (name, rest) = self.parts();
        let again = Field { rest: rest.clone(), ..Self::new(name) };
        (Field { rest, ..Self::new(name) }.node(), again.node())
    }
}

impl<M, T: Attribute> Field<M, T> {
    /// Sets the value. NULL, as of an empty set, removes the attribute.
    pub fn set(self, value: impl Operand<T::Compared>) -> Update<M> {
        match value.operand() {
            Ok(AttributeValue::Null) => self.remove(),
            value => Update::one(Section::Set, self.node(), Some(Node::Value(value))),
        }
    }

    /// Sets the value if the attribute is absent.
    pub fn set_if_absent(self, value: impl Operand<T::Compared>) -> Update<M> {
        let (path, again) = self.twice();
        let value = Node::Call("if_not_exists", vec![again, Node::Value(value.operand())]);
        Update::one(Section::Set, path, Some(value))
    }

    /// Sets the value to that of another field.
    pub fn set_to(self, other: Field<M, T>) -> Update<M> {
        Update::one(Section::Set, self.node(), Some(other.node()))
    }

    /// Adds to a number; one that is absent is 0 before. To subtract, add a negative number.
    #[expect(clippy::should_implement_trait, reason = "it is DynamoDB's word, and makes a change and no sum")]
    pub fn add(self, number: impl Operand<T::Compared>) -> Update<M>
    where
        T::Compared: Numeric,
    {
        Update::one(Section::Add, self.node(), Some(Node::Value(number.operand())))
    }

    /// Takes from a number, which has to be there.
    pub fn subtract(self, number: impl Operand<T::Compared>) -> Update<M>
    where
        T::Compared: Numeric,
    {
        let (path, again) = self.twice();
        Update::one(Section::Set, path, Some(Node::compare(again, "-", Node::Value(number.operand()))))
    }

    /// Puts elements behind those of a list; one that is absent is empty before.
    pub fn append<V>(self, elements: impl IntoIterator<Item = V>) -> Update<M>
    where
        T::Compared: ListType,
        V: Operand<<T::Compared as ListType>::Element>,
    {
        let (path, list, elements) = self.list_and(elements);
        Update::one(Section::Set, path, Some(Node::Call("list_append", vec![list, elements])))
    }

    /// Puts elements before those of a list; one that is absent is empty before.
    pub fn prepend<V>(self, elements: impl IntoIterator<Item = V>) -> Update<M>
    where
        T::Compared: ListType,
        V: Operand<<T::Compared as ListType>::Element>,
    {
        let (path, list, elements) = self.list_and(elements);
        Update::one(Section::Set, path, Some(Node::Call("list_append", vec![elements, list])))
    }

    fn list_and<E, V: Operand<E>>(self, elements: impl IntoIterator<Item = V>) -> (Node, Node, Node) {
        let (path, again) = self.twice();
        let elements: Result<Vec<_>> = elements.into_iter().map(Operand::operand).collect();
        let empty = Node::Value(Ok(AttributeValue::L(Vec::new())));
        let list = Node::Call("if_not_exists", vec![again, empty]);
        (path, list, Node::Value(elements.map(AttributeValue::L)))
    }

    /// Puts elements into a set.
    pub fn insert(self, elements: impl IntoIterator<Item = <T::Compared as SetType>::Element>) -> Update<M>
    where
        T::Compared: SetType,
    {
        Update::one(Section::Add, self.node(), Some(set_of(elements)))
    }

    /// Removes elements from a set.
    pub fn delete(self, elements: impl IntoIterator<Item = <T::Compared as SetType>::Element>) -> Update<M>
    where
        T::Compared: SetType,
    {
        Update::one(Section::Delete, self.node(), Some(set_of(elements)))
    }
}

fn set_of<E: SetElement>(elements: impl IntoIterator<Item = E>) -> Node {
    let elements: Vec<E> = elements.into_iter().collect();
    let set =
        if elements.is_empty() { Err(invalid("DynamoDB has no empty sets")) } else { Ok(E::set(elements.iter())) };
    Node::Value(set)
}
