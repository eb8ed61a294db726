use std::fmt;

use orm_core::Result;

use super::Meaning;
use crate::expression::Condition;
use crate::item::Key;
use crate::request::{Effect, Request, all_of, has_version};
use crate::{Dynamo, Item};

/// A delete of the item of a key.
///
/// ```no_run
/// use orm_dynamodb::{Dynamo, Item};
///
/// #[derive(Item, Debug)]
/// #[item(table = "job")]
/// struct Job {
///     #[item(hash_key)]
///     id: u64,
///     done: bool,
/// }
///
/// # let db = Dynamo::from_env()?;
/// let deleted = Job::delete_key(&db, 7_u64).when(Job::done.eq(true)).send()?;
/// # Ok::<(), orm_dynamodb::Error>(())
/// ```
#[must_use = "nothing is deleted before `send`"]
pub struct DeleteItem<'a, M: Item> {
    db: &'a Dynamo,
    key: Result<Key<M>>,
    condition: Option<Condition<M>>,
    version: Option<u64>,
    returns_failed: bool,
}

impl<'a, M: Item> DeleteItem<'a, M> {
    pub(crate) fn new(db: &'a Dynamo, key: Result<Key<M>>) -> Self {
        Self { db, key, condition: None, version: None, returns_failed: false }
    }

    /// Deletes only what still has the version.
    pub(crate) fn of_version(mut self, version: Option<u64>) -> Self {
        self.version = version;
        self
    }

    /// Deletes only if the condition is true for the item that is there.
    pub fn when(mut self, condition: Condition<M>) -> Self {
        self.condition = all_of([self.condition, Some(condition)]);
        self
    }

    /// Puts the item for which the condition is false into the error; see [`failed_item`](crate::failed_item).
    pub fn return_failed(mut self) -> Self {
        self.returns_failed = true;
        self
    }

    /// Deletes the item, and gives what it was, if it was there.
    ///
    /// # Errors
    ///
    /// `ConditionFailed`. Otherwise as the kind says.
    pub fn send(self) -> Result<Option<M>> {
        let meaning = match (&self.condition, self.version) {
            (None, Some(_)) => Meaning::Stale,
            _ => Meaning::Condition,
        };
        let mut request = request(self.key?, self.condition, self.version)?;
        request.return_values = Some("ALL_OLD");
        request.return_values_on_condition_check_failure = self.returns_failed.then_some("ALL_OLD");
        // It could not say what it deleted if it were sent again.
        let answer = meaning.explain(request.send(self.db, "DeleteItem", Effect::Once), M::SPEC)?;
        let old = answer.attributes.filter(|attributes| !attributes.is_empty());
        old.map(|mut attributes| M::read(&mut attributes)).transpose()
    }
}

/// The request that deletes the item of a key.
pub(super) fn request<M: Item>(key: Key<M>, condition: Option<Condition<M>>, version: Option<u64>) -> Result<Request> {
    let mut request = Request::for_key::<M>(key.attributes()?);
    let unchanged = M::SPEC.version.zip(version).map(|(name, known)| has_version(name, known));
    request.set_condition(all_of([unchanged, condition]))?;
    Ok(request)
}

impl<M: Item> fmt::Debug for DeleteItem<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeleteItem").field("of", &M::SPEC.name).finish_non_exhaustive()
    }
}
