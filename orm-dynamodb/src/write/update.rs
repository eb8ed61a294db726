use std::fmt;

use orm_core::Result;

use super::Meaning;
use crate::expression::{Condition, Update};
use crate::item::{Key, gone};
use crate::request::{Effect, Request, all_of, has_version};
use crate::value::AttributeValue;
use crate::{Dynamo, Item};

/// A change of the item of a key.
///
/// ```no_run
/// use orm_dynamodb::{Dynamo, Item};
///
/// #[derive(Item, Debug)]
/// #[item(table = "counter")]
/// struct Counter {
///     #[item(hash_key)]
///     name: String,
///     value: i64,
///     #[item(default)]
///     tags: Vec<String>,
/// }
///
/// # let db = Dynamo::from_env()?;
/// // Whether or not it is there.
/// let counter = Counter::update_key(&db, "visits", Counter::value.add(1)).or_insert().send()?;
/// // Only if it is there and so.
/// let changes = [Counter::value.set(0), Counter::tags.append(["reset"])];
/// let counter = Counter::update_key(&db, "visits", changes).when(Counter::value.gt(1_000)).send()?;
/// # Ok::<(), orm_dynamodb::Error>(())
/// ```
#[must_use = "nothing is written before `send`"]
pub struct UpdateItem<'a, M: Item> {
    db: &'a Dynamo,
    key: Result<Key<M>>,
    update: Update<M>,
    condition: Option<Condition<M>>,
    version: Option<u64>,
    inserts: bool,
    returns_failed: bool,
}

impl<'a, M: Item> UpdateItem<'a, M> {
    pub(crate) fn new(db: &'a Dynamo, key: Result<Key<M>>, update: Update<M>) -> Self {
        Self { db, key, update, condition: None, version: None, inserts: false, returns_failed: false }
    }

    /// Changes only what still has the version.
    pub(crate) fn of_version(mut self, version: Option<u64>) -> Self {
        self.version = version;
        self
    }

    /// Changes only if the condition is true for the item that is there.
    pub fn when(mut self, condition: Condition<M>) -> Self {
        self.condition = all_of([self.condition, Some(condition)]);
        self
    }

    /// Makes an item of the key and the changes if there is none.
    pub fn or_insert(mut self) -> Self {
        self.inserts = true;
        self
    }

    /// Puts the item for which the condition is false into the error; see [`failed_item`](crate::failed_item).
    pub fn return_failed(mut self) -> Self {
        self.returns_failed = true;
        self
    }

    /// Changes the item, and gives what it is then. Its version is counted up.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, and no condition and no [`or_insert`](Self::or_insert); `ConditionFailed`. Otherwise as the kind says.
    pub fn send(self) -> Result<M> {
        let db = self.db;
        let meaning = self.meaning();
        let returns_failed = self.returns_failed;
        let mut request = self.request()?;
        request.return_values = Some("ALL_NEW");
        request.return_values_on_condition_check_failure = returns_failed.then_some("ALL_OLD");
        let answer = meaning.explain(request.send(db, "UpdateItem", Effect::Once), M::SPEC)?;
        match answer.attributes {
            Some(mut attributes) => M::read(&mut attributes),
            None => Err(gone(M::SPEC)),
        }
    }

    fn meaning(&self) -> Meaning {
        match (&self.condition, self.version) {
            (Some(_), _) => Meaning::Condition,
            (None, Some(_)) => Meaning::Stale,
            (None, None) => Meaning::Gone,
        }
    }

    fn request(self) -> Result<Request> {
        request(self.key?, self.update, self.condition, self.version, self.inserts)
    }
}

/// The request that changes the item of a key.
pub(super) fn request<M: Item>(
    key: Key<M>,
    update: Update<M>,
    condition: Option<Condition<M>>,
    version: Option<u64>,
    inserts: bool,
) -> Result<Request> {
    let spec = M::SPEC;
    let mut request = Request::for_key::<M>(key.attributes()?);
    let (mut update, mut unchanged) = (update, None);
    if let Some(name) = spec.version {
        // Those that do not know the version count it up, so that those that know it see the change.
        update = update.and(match version {
            Some(known) => Update::set_named(name, AttributeValue::N(known.saturating_add(1).to_string())),
            None => Update::add_named(name, AttributeValue::N("1".to_owned())),
        });
        unchanged = version.map(|known| has_version(name, known));
    }
    let present = (!inserts && version.is_none_or(|known| known == 0)).then(|| Condition::present(spec.hash.name));
    request.set_update(update)?;
    request.set_condition(all_of([all_of([present, unchanged]), condition]))?;
    Ok(request)
}

impl<M: Item> fmt::Debug for UpdateItem<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateItem").field("of", &M::SPEC.name).finish_non_exhaustive()
    }
}
