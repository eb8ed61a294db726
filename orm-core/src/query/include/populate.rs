//! Relations that are filled by the joins of the query itself.

use crate::query::Sealed;
use std::borrow::Cow;

use crate::model::Relation;
use crate::query::{Has, Source};
use crate::schema::RelationDef;

/// What `populate` takes in a query with the scope `Q`: a relation both of whose ends are in the query.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be populated",
    label = "expected a relation such as `User::orders`, along which the query has joined"
)]
pub trait Populated<Q, I>: Sealed {
    /// The relation; `None` for a constant that no derive wrote.
    fn relation(&self) -> Option<&'static RelationDef>;

    /// The names of the owner and of the target in the query.
    fn sources(&self) -> [Cow<'static, str>; 2];
}

impl<A: Source, B: Source, K, Q: Has<A, I> + Has<B, J>, I, J> Populated<Q, (I, J)> for Relation<A, B, K> {
    fn relation(&self) -> Option<&'static RelationDef> {
        self.def()
    }

    fn sources(&self) -> [Cow<'static, str>; 2] {
        [A::name(), B::name()]
    }
}
