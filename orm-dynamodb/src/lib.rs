//! Items of DynamoDB as structs: typed conditions and updates, queries, batches and transactions, over one synchronous client.
//!
//! ```no_run
//! use orm_dynamodb::{Dynamo, Item};
//!
//! #[derive(Item, Debug)]
//! #[item(table = "user", region = "us-west-1")]
//! struct User {
//!     #[item(hash_key)]
//!     email: String,
//!     name: String,
//!     age: u32,
//! }
//!
//! let db = Dynamo::from_env()?;
//! User::create_table(&db).on_demand().wait()?;
//! let mut ann = User { email: "ann@example.com".into(), name: "Ann".into(), age: 30 };
//! ann.save(&db)?;
//! ann.update(&db, [User::age.add(1), User::name.set("Ann B.")])?;
//! let grown_up = User::scan(&db).filter(User::age.ge(18)).all()?;
//! # Ok::<(), orm_dynamodb::Error>(())
//! ```
//!
//! DynamoDB is no relational database, so there is no session: a partition key is no unit of work. Errors, their kinds and column types are those of
//! `orm`.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "tokio")]
mod awaited;
mod client;
mod expression;
mod item;
mod read;
mod reading;
mod request;
mod table;
mod value;
mod write;

#[cfg(feature = "tokio")]
pub use awaited::AsyncDynamo;
pub use chrono;
pub use client::{Builder, CancellationReason, Credentials, Dynamo, DynamoNumbers, cancellation_reasons, failed_item};
pub use expression::{
    Above, BeginsWith, Condition, Containing, Equal, Field, KeyRange, Projection, Size, Update, above, begins_with,
    equal,
};
pub use item::{Index, IntoKey, Item, Key, NoRange, RangeType, Version};
pub use orm_core::{Error, ErrorKind, Result};
pub use orm_derive::Item;
pub use read::{ByKey, Items, Iter, Page, PageKey, Pages, Query, Scan, Whole};
pub use table::{CreateTable, DeleteTable, IndexDescription, TableDescription};
pub use value::{
    Attribute, AttributeValue, Attributes, Column, Epoch, KeyAttribute, ListType, MapType, Numeric, Operand,
    ScalarType, Serde, SetElement, SetType, TimeToLive,
};
pub use write::{BatchWrite, DeleteItem, Gets, Put, TransactWrite, UpdateItem};

/// What the derive's output calls.
#[doc(hidden)]
pub mod __private {
    pub use orm_core::Result;

    pub use crate::expression::Field;
    pub use crate::item::{Index, IndexSpec, Item, ItemSpec, KeySpec, NoRange, Projected, Version};
    pub use crate::reading::{IfNull, read, write};
    pub use crate::value::{Attribute, Attributes, Column, Epoch, KeyAttribute, Serde, TimeToLive};
}
