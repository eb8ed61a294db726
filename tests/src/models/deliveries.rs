//! Values that the database fills in until the program sets them, of columns that are never NULL.

use chrono::NaiveDateTime;
use orm::prelude::*;

/// The defaults of the database, one column a type, and one of the program.
#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "delivery")]
pub struct Delivery {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub address: String,
    #[orm(server_default = "CURRENT_TIMESTAMP")]
    pub at: Generated<NaiveDateTime>,
    #[orm(server_default = "'new'", length = 20, index)]
    pub state: Generated<String>,
    #[orm(server_default = "3")]
    pub priority: Generated<i32>,
    #[orm(server_default = "(1 = 1)")]
    pub open: Generated<bool>,
    #[orm(default_on_insert = 7, on_update = 8)]
    pub weight: Generated<i64>,
    /// The program gives every value; the default is for the rows of others.
    #[orm(default = 5, server_default = "6")]
    pub pieces: i32,
}

/// A key that the database makes, whatever type it has.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "coupon")]
pub struct Coupon {
    #[orm(primary_key, server_default = "CAST(random() AS TEXT)")]
    pub code: String,
    #[orm(server_default = "10")]
    pub percent: Generated<i32>,
}
