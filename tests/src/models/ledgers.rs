//! Rows that several programs write to: `Ledger` is compared, `Scratch` is not; both are the table `ledger`.

use chrono::NaiveDateTime;
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "ledger")]
pub struct Ledger {
    #[orm(primary_key)]
    pub id: i64,
    pub amount: i64,
    pub note: Option<String>,
    pub data: serde_json::Value,
    pub rate: f64,
    pub due: Option<NaiveDateTime>,
    #[orm(on_update = "changed".to_owned())]
    pub mark: String,
    #[belongs_to(back_populates = ledgers)]
    pub binder: Option<BelongsTo<Binder>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "binder")]
pub struct Binder {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = binder, order_by = id)]
    pub ledgers: HasMany<Ledger>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "ledger", optimistic(off))]
pub struct Scratch {
    #[orm(primary_key)]
    pub id: i64,
    pub amount: i64,
    pub note: Option<String>,
}

impl Ledger {
    /// A ledger with this amount.
    pub fn with(amount: i64) -> Self {
        Self { amount, mark: "new".into(), ..Self::default() }
    }
}

/// Two numbers, of which no addition may be lost.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "tally")]
pub struct Tally {
    #[orm(primary_key)]
    pub id: i64,
    pub here: i64,
    pub there: i64,
}
