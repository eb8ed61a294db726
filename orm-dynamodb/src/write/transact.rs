use std::fmt;

use orm_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::{delete, put, update};
use crate::client::{Call, Capacity, random};
use crate::expression::{Condition, Update};
use crate::item::Key;
use crate::request::Request;
use crate::value::Attributes;
use crate::{Dynamo, IntoKey, Item};

#[derive(Debug, Serialize)]
enum Action {
    Put(Request),
    Update(Request),
    Delete(Request),
    ConditionCheck(Request),
    Get(Request),
}

impl Action {
    fn request(&mut self) -> &mut Request {
        let (Self::Put(request)
        | Self::Update(request)
        | Self::Delete(request)
        | Self::ConditionCheck(request)
        | Self::Get(request)) = self;
        request
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Transaction<'a> {
    transact_items: &'a [Action],
    return_consumed_capacity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_request_token: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Answer {
    responses: Vec<Response>,
    consumed_capacity: Vec<Capacity>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Response {
    item: Option<Attributes>,
}

/// What a transaction reads: a [`Key`], or a tuple of up to eight. Its outcome is an `Option` of the item, or a tuple of those.
///
/// See the example of [`Dynamo::transact_get`].
pub trait Gets {
    /// The items.
    type Output;

    /// The keys of these items.
    ///
    /// # Errors
    ///
    /// When DynamoDB cannot keep a key.
    #[doc(hidden)]
    fn keys(self, push: &mut dyn FnMut(Request) -> Result<()>) -> Result<()>;

    /// Reads the next answers.
    ///
    /// # Errors
    ///
    /// When an attribute does not fit its field.
    #[doc(hidden)]
    fn read(next: &mut dyn FnMut() -> Option<Attributes>) -> Result<Self::Output>;
}

impl<M: Item> Gets for Key<M> {
    type Output = Option<M>;

    fn keys(self, push: &mut dyn FnMut(Request) -> Result<()>) -> Result<()> {
        push(Request::for_key::<M>(self.attributes()?))
    }

    fn read(next: &mut dyn FnMut() -> Option<Attributes>) -> Result<Option<M>> {
        next().map(|mut attributes| M::read(&mut attributes)).transpose()
    }
}

macro_rules! tuples {
    ($(($($name:ident $place:tt),+)),+) => {$(
        impl<$($name: Gets),+> Gets for ($($name,)+) {
            type Output = ($($name::Output,)+);

            fn keys(self, push: &mut dyn FnMut(Request) -> Result<()>) -> Result<()> {
                $(self.$place.keys(push)?;)+
                Ok(())
            }

            fn read(next: &mut dyn FnMut() -> Option<Attributes>) -> Result<Self::Output> {
                Ok(($($name::read(next)?,)+))
            }
        }
    )+};
}

tuples!(
    (A 0, B 1), (A 0, B 1, C 2), (A 0, B 1, C 2, D 3), (A 0, B 1, C 2, D 3, E 4), (A 0, B 1, C 2, D 3, E 4, F 5),
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6), (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
);

impl Dynamo {
    /// Reads items as they were at one moment.
    ///
    /// ```no_run
    /// use orm_dynamodb::{Dynamo, Item};
    ///
    /// #[derive(Item, Debug)]
    /// #[item(table = "account")]
    /// struct Account {
    ///     #[item(hash_key)]
    ///     id: u64,
    ///     balance: i64,
    /// }
    ///
    /// # let db = Dynamo::from_env()?;
    /// let (from, to) = db.transact_get((Account::at_key(1_u64), Account::at_key(2_u64)))?;
    ///
    /// db.transact_write()
    ///     .update_when(1_u64, Account::balance.add(-100), Account::balance.ge(100))
    ///     .update(2_u64, Account::balance.add(100))
    ///     .send()?;
    /// # Ok::<(), orm_dynamodb::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Serialization` when somebody else writes one of them; `Unsupported` when they are in different regions. Otherwise as the kind says.
    pub fn transact_get<G: Gets>(&self, keys: G) -> Result<G::Output> {
        let mut actions = Vec::new();
        let mut place = Place::default();
        keys.keys(&mut |mut request| {
            place.take(request.region)?;
            request.return_consumed_capacity = None;
            actions.push(Action::Get(request));
            Ok(())
        })?;
        let mut items = self.transact("TransactGetItems", place, &actions, None)?.into_iter();
        G::read(&mut || items.next().and_then(|response| response.item))
    }

    /// Begins a transaction: up to 100 writes, all or none of which are done.
    ///
    /// See the example of [`transact_get`](Dynamo::transact_get).
    pub fn transact_write(&self) -> TransactWrite<'_> {
        TransactWrite {
            db: self,
            place: Place::default(),
            actions: Ok(Vec::new()),
            returns_failed: false,
            then: Vec::new(),
        }
    }

    fn transact(
        &self,
        operation: &'static str,
        Place(region): Place,
        actions: &[Action],
        token: Option<String>,
    ) -> Result<Vec<Response>> {
        let region = region.flatten();
        let request =
            Transaction { transact_items: actions, return_consumed_capacity: "TOTAL", client_request_token: token };
        // The token makes a transaction that arrives twice one.
        let answer: Answer = self.call(&Call { operation, region, request: &request, idempotent: true })?;
        self.counters().consumed(&answer.consumed_capacity);
        Ok(answer.responses)
    }
}

/// The region of all actions of a transaction: none before the first, and within it that of the model, if it has one of its own.
#[derive(Debug, Clone, Copy, Default)]
struct Place(Option<Option<&'static str>>);

impl Place {
    fn take(&mut self, region: Option<&'static str>) -> Result<()> {
        if *self.0.get_or_insert(region) == region {
            return Ok(());
        }
        Err(Error::unsupported("DynamoDB", "transactions over tables of different regions"))
    }
}

/// A transaction that is being written; see [`Dynamo::transact_write`].
///
/// ```no_run
/// use orm_dynamodb::{Dynamo, Item, cancellation_reasons};
///
/// #[derive(Item, Debug)]
/// #[item(table = "account")]
/// struct Account {
///     #[item(hash_key)]
///     id: u64,
///     balance: i64,
/// }
///
/// # let db = Dynamo::from_env()?;
/// let paid = db.transact_write().update_when(1_u64, Account::balance.add(-100), Account::balance.ge(100)).return_failed().send();
/// if let Err(error) = paid {
///     for reason in cancellation_reasons(&error) {
///         println!("{}: there is {:?}", reason.code, reason.failed_item::<Account>()?);
///     }
/// }
/// # Ok::<(), orm_dynamodb::Error>(())
/// ```
#[must_use = "nothing is written before `send`"]
pub struct TransactWrite<'a> {
    db: &'a Dynamo,
    place: Place,
    actions: Result<Vec<Action>>,
    returns_failed: bool,
    /// What is done to objects when all is written.
    then: Vec<Box<dyn FnOnce() + 'a>>,
}

impl<'a> TransactWrite<'a> {
    fn push<M: Item>(&mut self, action: Result<Request>, of: impl FnOnce(Request) -> Action) {
        let placed = self.place.take(M::SPEC.region);
        match (&mut self.actions, placed.and(action)) {
            (Ok(actions), Ok(mut request)) => {
                request.return_consumed_capacity = None;
                actions.push(of(request));
            }
            (actions @ Ok(_), Err(error)) => *actions = Err(error),
            // The first error is told.
            (Err(_), _) => {}
        }
    }

    fn put_with<M: Item>(mut self, object: &'a mut M, condition: Option<Condition<M>>) -> Self {
        match put::request(object, condition) {
            Ok((request, version)) => {
                self.push::<M>(Ok(request), Action::Put);
                self.then.push(Box::new(move || put::written(object, version)));
            }
            Err(error) => self.push::<M>(Err(error), Action::Put),
        }
        self
    }

    /// Writes a whole item, if its version is that of the object.
    pub fn put<M: Item>(self, object: &'a mut M) -> Self {
        self.put_with(object, None)
    }

    /// Writes a whole item if the condition is true for the one that is there.
    pub fn put_when<M: Item>(self, object: &'a mut M, condition: Condition<M>) -> Self {
        self.put_with(object, Some(condition))
    }

    /// Changes the item of a key, which has to be there.
    pub fn update<M: Item>(mut self, key: impl IntoKey<M::Hash, M::Range>, update: impl Into<Update<M>>) -> Self {
        self.push::<M>(update::request(Key::of(key), update.into(), None, None, false), Action::Update);
        self
    }

    /// Changes the item of a key if the condition is true for it.
    pub fn update_when<M: Item>(
        mut self,
        key: impl IntoKey<M::Hash, M::Range>,
        update: impl Into<Update<M>>,
        condition: Condition<M>,
    ) -> Self {
        self.push::<M>(update::request(Key::of(key), update.into(), Some(condition), None, false), Action::Update);
        self
    }

    /// Deletes the item of a key.
    pub fn delete<M: Item>(mut self, key: impl IntoKey<M::Hash, M::Range>) -> Self {
        self.push::<M>(delete::request(Key::<M>::of(key), None, None), Action::Delete);
        self
    }

    /// Deletes the item of a key if the condition is true for it.
    pub fn delete_when<M: Item>(mut self, key: impl IntoKey<M::Hash, M::Range>, condition: Condition<M>) -> Self {
        self.push::<M>(delete::request(Key::of(key), Some(condition), None), Action::Delete);
        self
    }

    /// Writes the rest only if the condition is true for the item of a key.
    pub fn check<M: Item>(mut self, key: impl IntoKey<M::Hash, M::Range>, condition: Condition<M>) -> Self {
        self.push::<M>(delete::request(Key::of(key), Some(condition), None), Action::ConditionCheck);
        self
    }

    /// Puts the items for which conditions are false into the reasons of the error; see
    /// [`CancellationReason::failed_item`](crate::CancellationReason::failed_item).
    ///
    /// See the example of [`TransactWrite`].
    pub fn return_failed(mut self) -> Self {
        self.returns_failed = true;
        self
    }

    /// Writes all, or nothing. The objects have their new versions then.
    ///
    /// # Errors
    ///
    /// `Invalid` when DynamoDB cannot keep a value, in which case nothing is sent; `Unsupported` when the tables are in different regions; `ConditionFailed` when a condition or version is not as it should
    /// be, where [`cancellation_reasons`](crate::cancellation_reasons) names the action; `Serialization` when somebody else writes one of the items.
    pub fn send(self) -> Result<()> {
        let mut actions = self.actions?;
        if actions.is_empty() {
            return Ok(());
        }
        for action in actions.iter_mut().filter(|_| self.returns_failed) {
            action.request().return_values_on_condition_check_failure = Some("ALL_OLD");
        }
        let token = format!("{:016x}{:016x}", random(), random());
        self.db.transact("TransactWriteItems", self.place, &actions, Some(token))?;
        self.then.into_iter().for_each(|then| then());
        Ok(())
    }
}

impl fmt::Debug for TransactWrite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactWrite").field("actions", &self.actions.as_ref().map(Vec::len)).finish_non_exhaustive()
    }
}
