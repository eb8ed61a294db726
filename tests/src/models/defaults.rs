//! Default values: of the client, of the server, and new on every update; and rows without any column to write.

use chrono::NaiveDateTime;
use orm::prelude::*;
use rust_decimal::Decimal;

/// Set by the client on each update, and versioned.
#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "note")]
pub struct Note {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(default = "empty")]
    pub text: String,
    pub pinned: bool,
    #[orm(default = 3)]
    pub weight: i32,
    #[orm(default = "new", on_update = "edited")]
    pub mark: String,
    #[orm(on_update = Some(7))]
    pub touched: Option<i32>,
    #[orm(version)]
    pub version: i64,
}

/// Filled by the server, one column a type.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "stamp")]
pub struct Stamp {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(server_default = "'draft'")]
    pub label: Option<String>,
    #[orm(server_default = "7")]
    pub count: Option<i32>,
    #[orm(server_default = "(1 = 1)")]
    pub active: Option<bool>,
    #[orm(server_default = "2.5")]
    pub ratio: Option<f64>,
    #[orm(server_default = "'12.50'", precision(10, 2))]
    pub price: Option<Decimal>,
    #[orm(server_default = "CURRENT_TIMESTAMP")]
    pub made: Option<NaiveDateTime>,
}

/// No column but the generated key.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "token")]
pub struct Token {
    #[orm(primary_key)]
    pub id: i32,
}

/// A key of the user's, and a value of the server's.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "setting")]
pub struct Setting {
    #[orm(primary_key)]
    pub name: String,
    #[orm(server_default = "'on'")]
    pub value: Option<String>,
}
