//! Columns that the database computes, of numbers and of text, in a table with versions.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "cart_line")]
pub struct CartLine {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub price: i64,
    pub quantity: i64,
    #[orm(computed = "price * quantity", index)]
    pub total: i64,
    #[orm(computed = "nullif(upper(name), '')", length = 80)]
    pub sign: Option<String>,
    #[orm(version)]
    pub version: i64,
}

impl CartLine {
    /// A line with a quantity.
    pub fn of(name: &str, price: i64, quantity: i64) -> Self {
        Self { name: name.into(), price, quantity, ..Self::default() }
    }
}
