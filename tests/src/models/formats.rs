//! Tables that other programs have made and filled: values in several spellings, in one exact format, and keys that are equal to the database.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

/// A column of each type that may have several spellings.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "sighting")]
pub struct Sighting {
    #[orm(primary_key)]
    pub id: i64,
    pub day: NaiveDate,
    pub time: NaiveTime,
    pub at: NaiveDateTime,
    pub ts: DateTime<Utc>,
    pub tag: Uuid,
    pub price: Decimal,
    pub name: String,
}

/// The same, with an index of each.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "logged")]
pub struct Logged {
    #[orm(primary_key)]
    pub id: Uuid,
    #[orm(index)]
    pub at: NaiveDateTime,
    #[orm(index, server_default = "CURRENT_TIMESTAMP")]
    pub ts: Option<DateTime<Utc>>,
    #[orm(index)]
    pub price: Decimal,
    #[has_many(back_populates = logged, cascade(all))]
    pub entries: HasMany<LogEntry>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "log_entry")]
pub struct LogEntry {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = entries)]
    #[orm(index)]
    pub logged: BelongsTo<Logged>,
}

/// A column of each exact format.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "exact")]
pub struct Exact {
    #[orm(primary_key, format = "blob")]
    pub id: Uuid,
    #[orm(format = "text")]
    pub day: NaiveDate,
    #[orm(format = "text")]
    pub time: NaiveTime,
    #[orm(format = "text")]
    pub plain: NaiveDateTime,
    #[orm(format = "seconds", index)]
    pub seconds: DateTime<Utc>,
    #[orm(format = "micros")]
    pub micros: NaiveDateTime,
    #[orm(format = "iso_millis")]
    pub iso: DateTime<Utc>,
    #[orm(format = "epoch", index)]
    pub epoch: DateTime<Utc>,
    #[orm(format = "epoch_millis")]
    pub millis: Option<NaiveDateTime>,
    #[orm(format = "upper")]
    pub upper: Uuid,
    #[orm(format = "simple")]
    pub simple: Uuid,
    #[orm(format = "number", index)]
    pub price: Decimal,
    #[orm(format = "text")]
    pub flag: bool,
    #[has_many(back_populates = exact, cascade(all), order_by = id)]
    pub parts: HasMany<ExactPart>,
}

/// Its foreign key has the format of the key.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "exact_part")]
pub struct ExactPart {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = parts)]
    pub exact: BelongsTo<Exact>,
}

/// A key of text that the database may compare otherwise than we do.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "unit")]
pub struct Unit {
    #[orm(primary_key)]
    pub code: String,
    pub name: String,
    #[has_many(back_populates = unit, cascade(all), order_by = id)]
    pub sizes: HasMany<Size>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "size")]
pub struct Size {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = sizes, column = "unit_code")]
    pub unit: BelongsTo<Unit>,
}

/// Columns that round, in a table whose key is a time.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "sample_point")]
pub struct SamplePoint {
    #[orm(primary_key)]
    pub at: NaiveDateTime,
    pub value: Decimal,
    pub a: i32,
    #[orm(on_update = Utc::now())]
    pub changed: DateTime<Utc>,
    #[has_many(back_populates = point, cascade(all))]
    pub marks: HasMany<PointMark>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "point_mark")]
pub struct PointMark {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = marks)]
    pub point: BelongsTo<SamplePoint>,
}

/// Integers of each width.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "gauge")]
pub struct Gauge {
    #[orm(primary_key)]
    pub id: i64,
    pub small: i16,
    pub medium: i32,
    pub large: i64,
    #[orm(version)]
    pub version: i16,
}
