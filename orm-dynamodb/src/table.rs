//! Tables: created with their indexes, described, deleted.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::thread;
use std::time::{Duration, Instant};

use orm_core::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::Call;
use crate::item::{IndexSpec, ItemSpec, KeySpec, Projected};
use crate::value::ScalarType;
use crate::{Dynamo, Item};

const PATIENCE: Duration = Duration::from_secs(300);
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(2));

/// What DynamoDB says of a table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct TableDescription {
    /// Its name.
    #[serde(rename = "TableName")]
    pub name: String,
    /// `ACTIVE` when it is ready; before, `CREATING` or `UPDATING`, and `DELETING` at its end.
    #[serde(rename = "TableStatus")]
    pub status: String,
    /// How many items it had some hours ago.
    #[serde(default)]
    pub item_count: u64,
    /// Its size in bytes some hours ago.
    #[serde(default)]
    pub table_size_bytes: u64,
    /// The indexes that are partitioned by keys of their own.
    #[serde(default)]
    pub global_secondary_indexes: Vec<IndexDescription>,
    /// The indexes within the partitions of the table.
    #[serde(default)]
    pub local_secondary_indexes: Vec<IndexDescription>,
}

/// What DynamoDB says of an index.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct IndexDescription {
    /// Its name.
    #[serde(rename = "IndexName")]
    pub name: String,
    /// `ACTIVE` when it is ready. Local indexes have no state of their own.
    #[serde(rename = "IndexStatus", default)]
    pub status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    table: TableDescription,
}

fn call<A: for<'de> Deserialize<'de>>(
    db: &Dynamo,
    operation: &'static str,
    spec: &ItemSpec,
    request: &Value,
    idempotent: bool,
) -> Result<A> {
    db.call(&Call { operation, region: spec.region, request, idempotent })
}

/// What DynamoDB says of the table.
pub(crate) fn describe(db: &Dynamo, spec: &ItemSpec) -> Result<TableDescription> {
    let request = json!({ "TableName": spec.table });
    call::<Described>(db, "DescribeTable", spec, &request, true).map(|described| described.table)
}

/// Asks again, with pauses that grow, until `is_done`.
fn wait_until(spec: &ItemSpec, what: &str, mut is_done: impl FnMut() -> Result<bool>) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    let mut pause = PAUSES.0;
    while !is_done()? {
        if Instant::now() >= until {
            let message = format!("the table \"{}\" is not {what} after {} seconds", spec.table, PATIENCE.as_secs());
            return Err(Error::new(ErrorKind::Timeout, message));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(PAUSES.1);
    }
    Ok(())
}

/// A table that is being created; see [`Item::create_table`].
#[must_use = "nothing is created before `wait`"]
pub struct CreateTable<'a, M> {
    db: &'a Dynamo,
    capacity: Option<(u64, u64)>,
    model: PhantomData<fn() -> M>,
}

impl<'a, M: Item> CreateTable<'a, M> {
    pub(crate) fn new(db: &'a Dynamo) -> Self {
        Self { db, capacity: None, model: PhantomData }
    }

    /// Paid by request: so it is, if nothing is said.
    pub fn on_demand(mut self) -> Self {
        self.capacity = None;
        self
    }

    /// With so many units to read and to write in each second, for the table and for each of its global indexes.
    pub fn capacity(mut self, read: u64, write: u64) -> Self {
        self.capacity = Some((read, write));
        self
    }

    /// Creates the table, and waits until it and its indexes are ready. Then items end by their `#[item(ttl)]`.
    ///
    /// # Errors
    ///
    /// `Database` with the code `ResourceInUseException` when there is such a table; `Timeout` when it is not ready after five minutes. Otherwise as the
    /// kind says.
    pub fn wait(self) -> Result<()> {
        let (db, spec) = (self.db, M::SPEC);
        let request = request(spec, self.capacity);
        let _: Value = call(db, "CreateTable", spec, &request, false)?;
        wait_until(spec, "ready", || {
            let table = match describe(db, spec) {
                Err(error) if error.kind() == ErrorKind::TableNotFound => return Ok(false),
                described => described?,
            };
            let is_active = |index: &IndexDescription| index.status.as_deref().is_none_or(|status| status == "ACTIVE");
            Ok(table.status == "ACTIVE" && table.global_secondary_indexes.iter().all(is_active))
        })?;
        if let Some(name) = spec.ttl {
            let ttl = json!({ "Enabled": true, "AttributeName": name });
            let request = json!({ "TableName": spec.table, "TimeToLiveSpecification": ttl });
            let _: Value = call(db, "UpdateTimeToLive", spec, &request, false)?;
        }
        Ok(())
    }
}

impl<M: Item> fmt::Debug for CreateTable<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateTable")
            .field("of", &M::SPEC.name)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

/// A table that is being deleted; see [`Item::delete_table`].
#[must_use = "nothing is deleted before `wait`"]
#[derive(Debug)]
pub struct DeleteTable<'a> {
    db: &'a Dynamo,
    spec: &'static ItemSpec,
}

impl<'a> DeleteTable<'a> {
    pub(crate) fn new(db: &'a Dynamo, spec: &'static ItemSpec) -> Self {
        Self { db, spec }
    }

    /// Deletes the table, and waits until it is gone.
    ///
    /// # Errors
    ///
    /// `TableNotFound` when there is none; `Timeout` when it is not gone after five minutes. Otherwise as the kind says.
    pub fn wait(self) -> Result<()> {
        let Self { db, spec } = self;
        let _: Value = call(db, "DeleteTable", spec, &json!({ "TableName": spec.table }), false)?;
        wait_until(spec, "gone", || match describe(db, spec) {
            Err(error) if error.kind() == ErrorKind::TableNotFound => Ok(true),
            described => described.map(|_| false),
        })
    }
}

fn request(spec: &ItemSpec, capacity: Option<(u64, u64)>) -> Value {
    let mut keys: BTreeMap<&str, ScalarType> = BTreeMap::new();
    let own = std::iter::once(&spec.hash).chain(&spec.range);
    let of_indexes = spec.indexes.iter().flat_map(|index| std::iter::once(&index.hash).chain(&index.range));
    keys.extend(own.chain(of_indexes).map(|key| (key.name, key.scalar)));
    let definitions =
        keys.iter().map(|(name, scalar)| json!({ "AttributeName": name, "AttributeType": letter(*scalar) }));
    let mut request = json!({
        "TableName": spec.table,
        "KeySchema": key_schema(&spec.hash, spec.range.as_ref()),
        "AttributeDefinitions": definitions.collect::<Vec<_>>(),
    });
    let throughput = capacity.map(|(read, write)| json!({ "ReadCapacityUnits": read, "WriteCapacityUnits": write }));
    match &throughput {
        Some(throughput) => request["ProvisionedThroughput"] = throughput.clone(),
        None => request["BillingMode"] = json!("PAY_PER_REQUEST"),
    }
    for (name, local) in [("LocalSecondaryIndexes", true), ("GlobalSecondaryIndexes", false)] {
        let indexes = spec.indexes.iter().filter(|index| index.is_local == local);
        let indexes: Vec<Value> =
            indexes.map(|index| described(index, throughput.as_ref().filter(|_| !local))).collect();
        if !indexes.is_empty() {
            request[name] = Value::Array(indexes);
        }
    }
    request
}

fn described(index: &IndexSpec, throughput: Option<&Value>) -> Value {
    let projection = match index.projected {
        Projected::All => json!({ "ProjectionType": "ALL" }),
        Projected::Keys => json!({ "ProjectionType": "KEYS_ONLY" }),
        Projected::Include(names) => json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": names }),
    };
    let mut out = json!({
        "IndexName": index.name,
        "KeySchema": key_schema(&index.hash, index.range.as_ref()),
        "Projection": projection,
    });
    if let Some(throughput) = throughput {
        out["ProvisionedThroughput"] = throughput.clone();
    }
    out
}

fn key_schema(hash: &KeySpec, range: Option<&KeySpec>) -> Value {
    let of = |key: &KeySpec, kind: &str| json!({ "AttributeName": key.name, "KeyType": kind });
    Value::Array(std::iter::once(of(hash, "HASH")).chain(range.map(|key| of(key, "RANGE"))).collect())
}

fn letter(scalar: ScalarType) -> &'static str {
    match scalar {
        ScalarType::S => "S",
        ScalarType::N => "N",
        ScalarType::B => "B",
    }
}
