//! The bodies of requests and answers, as DynamoDB documents them.

use orm_core::Result;
use serde::{Deserialize, Serialize};

use crate::client::{Call, Capacity};
use crate::expression::{Condition, Placeholders, Update};
use crate::item::ItemSpec;
use crate::value::{AttributeValue, Attributes};
use crate::{Dynamo, Item};

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The request of an operation on one table.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[serde(skip)]
    pub(crate) region: Option<&'static str>,
    pub(crate) table_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) index_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<Attributes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Attributes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_condition_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) condition_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filter_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) update_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) projection_expression: Option<String>,
    #[serde(flatten)]
    pub(crate) placeholders: Placeholders,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) consistent_read: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scan_index_forward: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) select: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exclusive_start_key: Option<Attributes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) segment: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total_segments: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) return_values: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) return_values_on_condition_check_failure: Option<&'static str>,
    /// Within a transaction it is said of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) return_consumed_capacity: Option<&'static str>,
}

/// The answer of an operation on one table.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Answer {
    pub(crate) item: Option<Attributes>,
    pub(crate) attributes: Option<Attributes>,
    pub(crate) items: Vec<Attributes>,
    pub(crate) count: u64,
    pub(crate) last_evaluated_key: Option<Attributes>,
    consumed_capacity: Option<Capacity>,
}

/// What an operation does to the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It reads, or what it writes is the same when it is done twice.
    Repeatable,
    /// It depends on what is there.
    Once,
}

impl Request {
    /// A request for the table of a model.
    pub(crate) fn of(spec: &'static ItemSpec) -> Self {
        Self {
            region: spec.region,
            table_name: spec.table,
            index_name: None,
            item: None,
            key: None,
            key_condition_expression: None,
            condition_expression: None,
            filter_expression: None,
            update_expression: None,
            projection_expression: None,
            placeholders: Placeholders::default(),
            consistent_read: false,
            scan_index_forward: None,
            select: None,
            limit: None,
            exclusive_start_key: None,
            segment: None,
            total_segments: None,
            return_values: None,
            return_values_on_condition_check_failure: None,
            return_consumed_capacity: Some("TOTAL"),
        }
    }

    pub(crate) fn for_key<M: Item>(key: Attributes) -> Self {
        Self { key: Some(key), ..Self::of(M::SPEC) }
    }

    pub(crate) fn set_condition<M>(&mut self, condition: Option<Condition<M>>) -> Result<()> {
        self.condition_expression = condition.map(|it| it.text(&mut self.placeholders)).transpose()?;
        Ok(())
    }

    pub(crate) fn set_update<M>(&mut self, update: Update<M>) -> Result<()> {
        self.update_expression = Some(update.text(&mut self.placeholders)?);
        Ok(())
    }

    /// Sends it.
    pub(crate) fn send(&self, db: &Dynamo, operation: &'static str, effect: Effect) -> Result<Answer> {
        let idempotent = effect == Effect::Repeatable;
        let answer: Answer = db.call(&Call { operation, region: self.region, request: self, idempotent })?;
        db.counters().consumed(&answer.consumed_capacity);
        Ok(answer)
    }
}

/// The conditions that are there, joined.
pub(crate) fn all_of<M>(conditions: [Option<Condition<M>>; 2]) -> Option<Condition<M>> {
    conditions.into_iter().flatten().reduce(|a, b| a & b)
}

/// The condition that an item still has the version. Items of version 0 are those without one: new ones, and those that were written before there
/// were versions.
pub(crate) fn has_version<M>(name: &'static str, version: u64) -> Condition<M> {
    match version {
        0 => Condition::absent(name),
        version => Condition::equals(name, AttributeValue::N(version.to_string())),
    }
}
