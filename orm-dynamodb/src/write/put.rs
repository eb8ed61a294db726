use std::fmt;

use orm_core::Result;

use super::Meaning;
use crate::expression::Condition;
use crate::request::{Effect, Request, all_of, has_version};
use crate::value::AttributeValue;
use crate::{Dynamo, Item};

/// A write of a whole item, with a condition.
///
/// ```no_run
/// use orm_dynamodb::{Dynamo, ErrorKind, Item, failed_item};
///
/// #[derive(Item, Debug)]
/// #[item(table = "user")]
/// struct User {
///     #[item(hash_key)]
///     email: String,
///     age: u32,
/// }
///
/// # let db = Dynamo::from_env()?;
/// let mut ann = User { email: "ann@example.com".into(), age: 30 };
/// let outcome = ann.put(&db).when(User::email.not_exists() | User::age.lt(30)).return_failed().send();
/// if let Err(error) = outcome {
///     if error.kind() == ErrorKind::ConditionFailed {
///         println!("there is {:?}", failed_item::<User>(&error)?);
///     }
/// }
/// # Ok::<(), orm_dynamodb::Error>(())
/// ```
#[must_use = "nothing is written before `send`"]
pub struct Put<'a, M: Item> {
    db: &'a Dynamo,
    object: &'a mut M,
    condition: Option<Condition<M>>,
    returns_failed: bool,
}

impl<'a, M: Item> Put<'a, M> {
    pub(crate) fn new(db: &'a Dynamo, object: &'a mut M) -> Self {
        Self { db, object, condition: None, returns_failed: false }
    }

    /// Writes only if the condition is true for the item that is there.
    pub fn when(mut self, condition: Condition<M>) -> Self {
        self.condition = all_of([self.condition, Some(condition)]);
        self
    }

    /// Puts the item for which the condition is false into the error; see [`failed_item`](crate::failed_item).
    pub fn return_failed(mut self) -> Self {
        self.returns_failed = true;
        self
    }

    /// Writes. The object has its new version then.
    ///
    /// # Errors
    ///
    /// `Invalid` when DynamoDB cannot keep a value, in which case nothing is sent; `ConditionFailed`; `StaleData` by the version. Otherwise as the kind
    /// says.
    pub fn send(self) -> Result<()> {
        let Self { db, object, condition, returns_failed } = self;
        let (mut request, next) = request(object, condition)?;
        request.return_values_on_condition_check_failure = returns_failed.then_some("ALL_OLD");
        let effect = if request.condition_expression.is_none() { Effect::Repeatable } else { Effect::Once };
        meaning(object.version()).explain(request.send(db, "PutItem", effect), M::SPEC)?;
        written(object, next);
        Ok(())
    }
}

/// What it means that the condition of a write of the whole item is false.
fn meaning(version: Option<u64>) -> Meaning {
    if version.is_some_and(|version| version > 0) { Meaning::Stale } else { Meaning::Condition }
}

/// The request that writes an object, and the version that it has then.
pub(super) fn request<M: Item>(object: &M, condition: Option<Condition<M>>) -> Result<(Request, Option<u64>)> {
    let spec = M::SPEC;
    let mut item = object.write()?;
    let mut next = None;
    let unchanged = match (spec.version, object.version()) {
        (Some(name), Some(known)) => {
            next = Some(known.saturating_add(1));
            item.insert(name.to_owned(), AttributeValue::N(known.saturating_add(1).to_string()));
            Some(has_version(name, known))
        }
        _ => None,
    };
    let mut request = Request { item: Some(item), ..Request::of(spec) };
    request.set_condition(all_of([unchanged, condition]))?;
    Ok((request, next))
}

/// Tells an object that it was written.
pub(super) fn written<M: Item>(object: &mut M, version: Option<u64>) {
    object.compose();
    if let Some(version) = version {
        object.set_version(version);
    }
}

impl<M: Item> fmt::Debug for Put<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Put").field("of", &M::SPEC.name).finish_non_exhaustive()
    }
}
