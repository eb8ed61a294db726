//! The contract between the core and a backend crate.
//!
//! A backend supplies a [`Backend`], its [`Connection`]s and a [`Dialect`](crate::dialect::Dialect). The core does the rest: SQL
//! text, transactions, statement logs and pooling.

mod connection;
mod copy;
mod described;
mod limits;
mod notification;
mod transaction;

pub use connection::{Backend, BatchDone, Bind, Connection, RowSink, RowStream};
pub use copy::{CopyRows, NextRow, TakePiece};
pub use described::DescribedColumn;
pub use limits::{CancelToken, Limits};
pub use notification::Notification;
pub use transaction::{Isolation, TransactionMode, TransactionOptions, TransactionState};
