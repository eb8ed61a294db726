//! Every column type, and the column options that change what is written.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

#[derive(DbEnum, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[orm(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Open,
    InProgress,
    #[orm(rename = "closed")]
    Done,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "all_types")]
pub struct AllTypes {
    #[orm(primary_key)]
    pub id: i64,
    pub small: i16,
    pub medium: i32,
    pub large: i64,
    pub single: f32,
    pub double: f64,
    pub flag: bool,
    pub text: String,
    pub bytes: Vec<u8>,
    pub date: NaiveDate,
    pub time: NaiveTime,
    pub date_time: NaiveDateTime,
    pub timestamp: DateTime<Utc>,
    pub uuid: Uuid,
    pub decimal: Decimal,
    pub json: Json,
    pub status: Status,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "optional_types")]
pub struct OptionalTypes {
    #[orm(primary_key)]
    pub id: i64,
    pub small: Option<i16>,
    pub medium: Option<i32>,
    pub large: Option<i64>,
    pub single: Option<f32>,
    pub double: Option<f64>,
    pub flag: Option<bool>,
    pub text: Option<String>,
    pub bytes: Option<Vec<u8>>,
    pub date: Option<NaiveDate>,
    pub time: Option<NaiveTime>,
    pub date_time: Option<NaiveDateTime>,
    pub timestamp: Option<DateTime<Utc>>,
    pub uuid: Option<Uuid>,
    pub decimal: Option<Decimal>,
    pub json: Option<Json>,
    pub status: Option<Status>,
}

/// Filled by client and server.
#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "ticket", index(status, priority))]
pub struct Ticket {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(default = "untitled".to_owned())]
    pub title: String,
    pub status: Status,
    #[orm(server_default = "5")]
    pub priority: Option<i32>,
    #[orm(precision(10, 2))]
    pub cost: Option<Decimal>,
}

/// Versioned.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "document")]
pub struct Document {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[orm(version)]
    pub version: i32,
}
