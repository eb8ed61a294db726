//! What members are pushed into and removed from: collections of foreign keys, pairs, and association proxies.

use crate::error::Result;
use crate::model::{Handle, Model, New, Relation};
use crate::query::Sealed;
use crate::session::Session;
use crate::session::relations::related::Collection;

/// What [`remove`](Session::remove) takes a member of an object of the model `M` out of: a relation with members, or a
/// [`Proxy`](crate::model::Proxy).
///
/// See the example of [`HasMany`](crate::model::HasMany).
#[diagnostic::on_unimplemented(
    message = "`{M}` has no members there to push or remove",
    label = "expected a collection of `{M}`; a `belongs_to` relation is changed by assigning the field: `session[child].parent = parent.into()`"
)]
pub trait Removes<M: Model>: Sealed + Copy {
    /// Stands in bounds, see `Sealed`.
    type Checked;

    /// The model of the members.
    type Target: Model;

    #[doc(hidden)]
    #[track_caller]
    fn remove_from(self, session: &mut Session, parent: Handle<M>, member: Handle<Self::Target>) -> Result<()>;
}

/// What [`push`](Session::push) makes an object a member of: what [`Removes`], if its association objects have a default.
///
/// See the example of [`HasMany`](crate::model::HasMany).
#[diagnostic::on_unimplemented(
    message = "`{M}` has no members there to push or remove",
    label = "expected a collection of `{M}`; a `belongs_to` relation is changed by assigning the field: `session[child].parent = parent.into()`"
)]
pub trait Pushes<M: Model>: Removes<M> {
    #[doc(hidden)]
    #[track_caller]
    fn push_into(
        self,
        session: &mut Session,
        parent: Handle<M>,
        member: New<Self::Target>,
    ) -> Result<Handle<Self::Target>>;
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: Model, K: Collection> Removes<M> for Relation<M, T, K> {
    type Checked = ();
    type Target = T;

    #[track_caller]
    fn remove_from(self, session: &mut Session, parent: Handle<M>, member: Handle<T>) -> Result<()> {
        session.remove_listed(parent, self, member)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: Model, K: Collection> Pushes<M> for Relation<M, T, K> {
    #[track_caller]
    fn push_into(self, session: &mut Session, parent: Handle<M>, member: New<T>) -> Result<Handle<T>> {
        session.push_listed(parent, self, member)
    }
}
