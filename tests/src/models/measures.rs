//! One table with a column of most kinds that may be NULL, for filters and aggregates.

use orm::prelude::*;
use rust_decimal::Decimal;

use super::Status;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "measure")]
pub struct Measure {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub note: Option<String>,
    pub small: i16,
    pub count: Option<i32>,
    pub large: i64,
    pub single: f32,
    pub weight: Option<f64>,
    pub price: Option<Decimal>,
    pub flag: bool,
    pub checked: Option<bool>,
    pub status: Status,
    pub state: Option<Status>,
}

impl Measure {
    /// A measure with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
