//! Rows that are compared with what was loaded: by columns (`Price`), by a point in time (`Memo`), by a mark that is new with
//! each change (`Mark`).

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use orm::prelude::*;
use uuid::Uuid;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "price", optimistic(columns(amount, note)))]
pub struct Price {
    #[orm(primary_key)]
    pub id: i64,
    pub amount: i64,
    pub note: Option<String>,
    pub seen: i32,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "memo")]
pub struct Memo {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    #[orm(version)]
    pub changed_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "mark")]
pub struct Mark {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    #[orm(version, default = next_tag(), on_update = next_tag())]
    pub tag: Uuid,
}

/// A new tag, which was never used before.
fn next_tag() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(NEXT.fetch_add(1, Ordering::Relaxed).into())
}
