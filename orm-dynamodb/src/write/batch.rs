use std::collections::BTreeMap;
use std::fmt;

use orm_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use crate::client::{Call, Capacity};
use crate::item::Key;
use crate::value::Attributes;
use crate::{Dynamo, IntoKey, Item};

/// The most that DynamoDB takes in one request.
const MOST_WRITES: usize = 25;
const MOST_READS: usize = 100;

/// A write within a batch.
#[derive(Debug, Serialize, Deserialize)]
enum Write {
    PutRequest(PutRequest),
    DeleteRequest(DeleteRequest),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRequest {
    item: Attributes,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteRequest {
    key: Attributes,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Request<T> {
    request_items: BTreeMap<String, T>,
    return_consumed_capacity: &'static str,
}

impl<T> Request<T> {
    fn new(request_items: BTreeMap<String, T>) -> Self {
        Self { request_items, return_consumed_capacity: "TOTAL" }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Answer<T> {
    responses: BTreeMap<String, Vec<Attributes>>,
    #[serde(alias = "UnprocessedItems", alias = "UnprocessedKeys")]
    unprocessed: BTreeMap<String, T>,
    consumed_capacity: Vec<Capacity>,
}

impl<T> Default for Answer<T> {
    fn default() -> Self {
        Self { responses: BTreeMap::new(), unprocessed: BTreeMap::new(), consumed_capacity: Vec::new() }
    }
}

/// Asks for what is `left` until all of it is done, with the client's pauses and patience.
fn until_done<T: Serialize + for<'de> Deserialize<'de>>(
    db: &Dynamo,
    operation: &'static str,
    region: Option<&str>,
    mut left: BTreeMap<String, T>,
    count: impl Fn(&T) -> usize,
    mut answered: impl FnMut(BTreeMap<String, Vec<Attributes>>) -> Result<()>,
) -> Result<()> {
    let mut backoff = db.backoff();
    loop {
        let request = Request::new(left);
        let answer: Answer<T> = db.call(&Call { operation, region, request: &request, idempotent: true })?;
        db.counters().consumed(&answer.consumed_capacity);
        answered(answer.responses)?;
        left = answer.unprocessed;
        if left.is_empty() {
            return Ok(());
        }
        if !backoff.pause() {
            let open: usize = left.values().map(&count).sum();
            let message = format!("DynamoDB left {open} of a batch undone, whose other parts are done");
            return Err(Error::new(ErrorKind::Throttled, message));
        }
        db.counters().retry();
    }
}

/// The keys that are asked of a table.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    keys: Vec<Attributes>,
    consistent_read: bool,
}

impl Dynamo {
    /// The items of these keys that are there, in no order: in as few requests as may be, which are sent again for what was not processed.
    ///
    /// ```no_run
    /// use orm_dynamodb::{Dynamo, Item};
    ///
    /// #[derive(Item, Debug)]
    /// #[item(table = "user")]
    /// struct User {
    ///     #[item(hash_key)]
    ///     email: String,
    ///     name: String,
    /// }
    ///
    /// # let db = Dynamo::from_env()?;
    /// let mut ann = User { email: "ann@example.com".into(), name: "Ann".into() };
    /// let mut bob = User { email: "bob@example.com".into(), name: "Bob".into() };
    /// db.batch_write().put(&mut ann).put(&mut bob).delete::<User>("eve@example.com").send()?;
    /// let users: Vec<User> = db.batch_get(["ann@example.com", "bob@example.com"])?;
    /// # Ok::<(), orm_dynamodb::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Throttled` when some are not processed in spite of all retries. Otherwise as the kind says.
    pub fn batch_get<M: Item, K: IntoKey<M::Hash, M::Range>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<M>> {
        let mut asked: Vec<Attributes> =
            keys.into_iter().map(|key| Key::<M>::of(key).attributes()).collect::<Result<_>>()?;
        // DynamoDB refuses a key that is said twice.
        asked.sort();
        asked.dedup();
        let mut found = Vec::with_capacity(asked.len());
        while !asked.is_empty() {
            let keys = asked.split_off(asked.len().saturating_sub(MOST_READS));
            let request = BTreeMap::from([(M::SPEC.table.to_owned(), Keys { keys, consistent_read: false })]);
            until_done(
                self,
                "BatchGetItem",
                M::SPEC.region,
                request,
                |keys| keys.keys.len(),
                |tables| {
                    for mut attributes in tables.into_values().flatten() {
                        found.push(M::read(&mut attributes)?);
                    }
                    Ok(())
                },
            )?;
        }
        Ok(found)
    }

    /// Begins a batch of writes, to one or several tables.
    ///
    /// See the example of [`batch_get`](Dynamo::batch_get).
    pub fn batch_write(&self) -> BatchWrite<'_> {
        BatchWrite { db: self, writes: Ok(Vec::new()) }
    }
}

/// A batch of writes. It is no transaction: each write is done or not by itself, and has no condition.
///
/// See the example of [`Dynamo::batch_get`].
#[must_use = "nothing is written before `send`"]
pub struct BatchWrite<'a> {
    db: &'a Dynamo,
    writes: Result<Vec<(Place, Write)>>,
}

/// The region and the table of a write.
type Place = (Option<&'static str>, &'static str);

impl BatchWrite<'_> {
    /// Writes a whole item. Those with a version are refused, as batches have no conditions.
    pub fn put<M: Item>(mut self, object: &mut M) -> Self {
        object.compose();
        let write = match M::SPEC.version {
            None => object.write().map(|item| Write::PutRequest(PutRequest { item })),
            Some(_) => Err(Error::unsupported(
                "DynamoDB",
                "conditions in a batch, which the version of an item needs: save it, or use a transaction",
            )),
        };
        self.push::<M>(write);
        self
    }

    /// Writes whole items.
    pub fn put_all<'m, M: Item>(self, objects: impl IntoIterator<Item = &'m mut M>) -> Self {
        objects.into_iter().fold(self, Self::put)
    }

    /// Deletes the item of a key.
    pub fn delete<M: Item>(mut self, key: impl IntoKey<M::Hash, M::Range>) -> Self {
        self.push::<M>(Key::<M>::of(key).attributes().map(|key| Write::DeleteRequest(DeleteRequest { key })));
        self
    }

    fn push<M: Item>(&mut self, write: Result<Write>) {
        match (&mut self.writes, write) {
            (Ok(writes), Ok(write)) => writes.push(((M::SPEC.region, M::SPEC.table), write)),
            (writes @ Ok(_), Err(error)) => *writes = Err(error),
            // The first error is told.
            (Err(_), _) => {}
        }
    }

    /// Writes, in as few requests as may be, which are sent again for what was not processed.
    ///
    /// # Errors
    ///
    /// `Invalid` when DynamoDB cannot keep a value, in which case nothing is sent; `Throttled` when some are not processed in spite of all
    /// retries. Otherwise as the kind says.
    pub fn send(self) -> Result<()> {
        let mut by_region: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((region, table), write) in self.writes? {
            by_region.entry(region).or_default().push((table, write));
        }
        for (region, writes) in by_region {
            let mut writes = writes.into_iter().peekable();
            while writes.peek().is_some() {
                let mut request: BTreeMap<String, Vec<Write>> = BTreeMap::new();
                for (table, write) in writes.by_ref().take(MOST_WRITES) {
                    request.entry(table.to_owned()).or_default().push(write);
                }
                until_done(self.db, "BatchWriteItem", region, request, Vec::len, |_| Ok(()))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for BatchWrite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchWrite").field("writes", &self.writes.as_ref().map(Vec::len)).finish_non_exhaustive()
    }
}
