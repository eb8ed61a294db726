//! Numbers to compute with.

use orm::prelude::*;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "wallet")]
pub struct Wallet {
    #[orm(primary_key)]
    pub id: i64,
    pub owner: String,
    pub balance: i64,
    pub points: i32,
    pub bonus: Option<i64>,
    pub rate: f64,
    #[orm(precision(12, 2))]
    pub price: Decimal,
    pub active: bool,
    #[orm(server_default = "'gold'")]
    pub grade: Option<String>,
}

impl Wallet {
    /// An active wallet that holds so much.
    pub fn with(owner: &str, balance: i64) -> Self {
        Self { owner: owner.into(), balance, active: true, ..Self::default() }
    }
}
