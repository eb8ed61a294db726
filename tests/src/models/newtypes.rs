//! Structs around one value as columns and keys.

use chrono::NaiveDate;
use orm::prelude::*;

/// A key that the database chooses.
#[derive(DbType, Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct MakerId(pub i64);

/// A key of text.
#[derive(DbType, Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Sku(pub String);

/// With a name for its value, and refused without an `@`.
#[derive(DbType, Debug, Clone, PartialEq, Default)]
#[orm(validate = has_at)]
pub struct Email {
    pub address: String,
}

fn has_at(address: &str) -> Result<(), &'static str> {
    if address.contains('@') { Ok(()) } else { Err("it has no `@`") }
}

impl From<&str> for Email {
    fn from(address: &str) -> Self {
        Self { address: address.into() }
    }
}

#[derive(DbType, Debug, Clone, Copy, PartialEq, Default)]
#[orm(arithmetic)]
pub struct Cents(pub i32);

#[derive(DbType, Debug, Clone, Copy, PartialEq)]
#[orm(try_from)]
pub struct Percent(i16);

impl TryFrom<i16> for Percent {
    type Error = String;

    fn try_from(value: i16) -> Result<Self, String> {
        if (0..=100).contains(&value) { Ok(Self(value)) } else { Err(format!("{value} is not within 0 and 100")) }
    }
}

/// Around a struct that is around a date.
#[derive(DbType, Debug, Clone, Copy, PartialEq, Default)]
pub struct Day(pub NaiveDate);

#[derive(DbType, Debug, Clone, Copy, PartialEq, Default)]
pub struct Founded(pub Day);

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "maker")]
pub struct Maker {
    #[orm(primary_key)]
    pub id: MakerId,
    #[orm(unique, length = 40, default = "nobody@example.org")]
    pub email: Email,
    pub second: Option<Email>,
    pub founded: Founded,
    #[has_many(back_populates = maker, order_by = sku)]
    pub articles: HasMany<Article>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "article")]
pub struct Article {
    #[orm(primary_key)]
    pub sku: Sku,
    pub price: Cents,
    pub discount: Option<Percent>,
    #[belongs_to(back_populates = articles)]
    pub maker: Option<BelongsTo<Maker>>,
}

/// A key of a foreign key and a newtype.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "stock")]
pub struct Stock {
    #[orm(primary_key)]
    #[belongs_to]
    pub article: BelongsTo<Article>,
    #[orm(primary_key)]
    pub day: KeyDay,
    pub count: i32,
}

#[derive(DbType, Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct KeyDay(pub NaiveDate);

/// Arrays of newtypes.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "basket")]
pub struct Basket {
    #[orm(primary_key)]
    pub id: i64,
    pub skus: Vec<Sku>,
    pub prices: Vec<Option<Cents>>,
}
