//! The column types of the standard library that are narrower than their column, or own their text or bytes in another way.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use orm::prelude::*;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "std_types")]
pub struct StdTypes {
    #[orm(primary_key)]
    pub id: u32,
    pub tiny: i8,
    pub byte: u8,
    pub short: u16,
    pub word: u32,
    pub long: u64,
    pub letter: char,
    pub boxed: Box<str>,
    pub shared: Arc<str>,
    pub cow: Cow<'static, str>,
    pub digest: [u8; 4],
    pub took: Duration,
    pub at: DateTime<FixedOffset>,
    pub address: IpAddr,
    pub maybe: Option<u8>,
    pub maybe_address: Option<Ipv6Addr>,
}

impl Default for StdTypes {
    fn default() -> Self {
        Self {
            id: 0,
            tiny: 0,
            byte: 0,
            short: 0,
            word: 0,
            long: 0,
            letter: 'a',
            boxed: "".into(),
            shared: "".into(),
            cow: "".into(),
            digest: [0; 4],
            took: Duration::ZERO,
            at: DateTime::UNIX_EPOCH.fixed_offset(),
            address: [127, 0, 0, 1].into(),
            maybe: None,
            maybe_address: None,
        }
    }
}

/// The same table, read with wider integers.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "narrow")]
pub struct Narrow {
    #[orm(primary_key)]
    pub id: i64,
    pub byte: u8,
}

macro_rules! keyed {
    ($($model:ident $table:literal $key:ty;)*) => {$(
        #[derive(Model, Debug, Clone, PartialEq)]
        #[orm(table = $table)]
        pub struct $model {
            #[orm(primary_key)]
            pub id: $key,
            pub note: String,
        }
    )*};
}

keyed! {
    ByBytes "by_bytes" Vec<u8>;
    ByDigest "by_digest" [u8; 2];
    ByLetter "by_letter" char;
    ByPrice "by_price" Decimal;
    ByAddress "by_address" IpAddr;
    BySpan "by_span" Duration;
    ByByte "by_byte" u8;
    ByName "by_name" Arc<str>;
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "std_arrays")]
pub struct StdArrays {
    #[orm(primary_key)]
    pub id: i64,
    pub tiny: Vec<i8>,
    pub words: Vec<u32>,
    pub names: Vec<Box<str>>,
    pub letters: Vec<Option<char>>,
    pub addresses: Vec<IpAddr>,
}

/// A column of a type that another program has made.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Default)]
pub enum Feeling {
    #[default]
    Fine,
    Tired,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "diary")]
pub struct Diary {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(pg_type = "feeling")]
    pub feeling: Feeling,
}
