use orm_core::Result;

use super::{Field, Node, Part};
use crate::value::{Attribute, AttributeValue, Attributes};

/// Fields of items of the type `M` that are read instead of the whole: one, or a tuple of up to eight.
///
/// See the example of [`Query`](crate::Query).
pub trait Projection<M> {
    /// Their values.
    type Output;

    /// The paths of an expression.
    #[doc(hidden)]
    fn nodes(&self) -> Vec<Node>;

    /// Reads the values.
    ///
    /// # Errors
    ///
    /// When one does not fit its type.
    #[doc(hidden)]
    fn read(&self, attributes: &mut Attributes) -> Result<Self::Output>;
}

impl<M, T: Attribute> Projection<M> for Field<M, T> {
    type Output = T;

    fn nodes(&self) -> Vec<Node> {
        vec![Field::<M, T> { rest: self.rest.clone(), ..Field::new(self.name) }.node()]
    }

    fn read(&self, attributes: &mut Attributes) -> Result<T> {
        // Two fields may lie within one attribute.
        let found = if self.rest.is_empty() { attributes.get(self.name).cloned() } else { self.within_it(attributes) };
        T::from_attribute(found.unwrap_or(AttributeValue::Null))
            .map_err(|error| error.context(format!("attribute `{}`", self.name)))
    }
}

impl<M, T> Field<M, T> {
    /// The value at the path. DynamoDB answers with lists that have the asked elements only, of which there is one here.
    fn within_it(&self, attributes: &Attributes) -> Option<AttributeValue> {
        let mut found = attributes.get(self.name)?;
        for part in &self.rest {
            found = match (part, found) {
                (Part::Name(name), AttributeValue::M(map)) => map.get(name.as_ref())?,
                (Part::Index(_), AttributeValue::L(list)) => list.first()?,
                _ => return None,
            };
        }
        Some(found.clone())
    }
}

macro_rules! tuples {
    ($(($($name:ident $place:tt),+)),+) => {$(
        impl<M, $($name: Projection<M>),+> Projection<M> for ($($name,)+) {
            type Output = ($($name::Output,)+);

            fn nodes(&self) -> Vec<Node> {
                let mut nodes = Vec::new();
                $(nodes.extend(self.$place.nodes());)+
                nodes
            }

            fn read(&self, attributes: &mut Attributes) -> Result<Self::Output> {
                Ok(($(self.$place.read(attributes)?,)+))
            }
        }
    )+};
}

tuples!(
    (A 0), (A 0, B 1), (A 0, B 1, C 2), (A 0, B 1, C 2, D 3), (A 0, B 1, C 2, D 3, E 4), (A 0, B 1, C 2, D 3, E 4, F 5),
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6), (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
);
