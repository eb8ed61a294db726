//! A versioned number that says when it was changed.

use orm::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "counter")]
pub struct Counter {
    #[orm(primary_key)]
    pub id: i64,
    pub hits: i64,
    #[orm(default = "new", on_update = "changed")]
    pub mark: String,
    #[orm(version)]
    pub version: i64,
}
