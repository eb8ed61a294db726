//! Values that are made by the program and by the server, each of which may be NULL.

use std::sync::atomic::{AtomicU32, Ordering};

use orm::prelude::*;

static MADE: AtomicU32 = AtomicU32::new(0);

fn next() -> Option<String> {
    Some(format!("v{}", MADE.fetch_add(1, Ordering::Relaxed) + 1))
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "fixed")]
pub struct Fixed {
    #[orm(primary_key)]
    pub id: i64,
    pub data: String,
    #[orm(default_on_insert = Some(5))]
    pub filled: Option<i32>,
    #[orm(server_default = "5")]
    pub served: Option<i32>,
    #[orm(on_update = next())]
    pub updated: Option<String>,
}

impl Fixed {
    /// How many values were made for updates.
    pub fn made() -> u32 {
        MADE.load(Ordering::Relaxed)
    }
}
