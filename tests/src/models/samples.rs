//! Columns that hold arrays.

use chrono::{DateTime, NaiveDate, Utc};
use orm::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use super::Status;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "sample")]
pub struct Sample {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub numbers: Vec<i64>,
    pub words: Vec<String>,
    pub marks: Option<Vec<bool>>,
}

impl Sample {
    pub fn of<const N: usize, const W: usize>(name: &str, numbers: [i64; N], words: [&str; W]) -> Self {
        Self { name: name.into(), numbers: numbers.into(), words: words.map(Into::into).into(), ..Self::default() }
    }
}

/// Arrays of everything that they can hold.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "arrays")]
pub struct Arrays {
    #[orm(primary_key)]
    pub id: i64,
    pub small: Vec<i16>,
    pub medium: Vec<i32>,
    pub single: Vec<f32>,
    pub double: Vec<f64>,
    pub dates: Vec<NaiveDate>,
    pub points: Vec<DateTime<Utc>>,
    pub ids: Vec<Uuid>,
    pub prices: Vec<Decimal>,
    pub documents: Vec<Json>,
    pub states: Vec<Status>,
}

/// A JSON document.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "paper")]
pub struct Paper {
    #[orm(primary_key)]
    pub id: i64,
    pub body: Json,
}
