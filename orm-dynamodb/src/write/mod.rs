//! Single items: reading by key, writing with conditions; several of them in batches and transactions.

mod batch;
mod delete;
mod get;
mod put;
mod transact;
mod update;

pub use batch::BatchWrite;
pub use delete::DeleteItem;
pub(crate) use get::{get, get_fields};
pub use put::Put;
pub use transact::{Gets, TransactWrite};
pub use update::UpdateItem;

use orm_core::{Error, ErrorKind, Result};

/// What a false condition means.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    /// What the program asked for was not so.
    Condition,
    /// Somebody else changed the item.
    Stale,
    /// The item is not there.
    Gone,
}

impl Meaning {
    fn explain<T>(self, outcome: Result<T>, spec: &crate::item::ItemSpec) -> Result<T> {
        outcome.map_err(|error| match (error.kind(), self) {
            (ErrorKind::ConditionFailed, Self::Gone) => crate::item::gone(spec),
            (ErrorKind::ConditionFailed, Self::Stale) => stale(error, spec),
            _ => error,
        })
    }
}

/// The error for an item that has another version than the object. What the answer says of the item goes along.
fn stale(error: Error, spec: &crate::item::ItemSpec) -> Error {
    let message = format!(
        "the item of the `{}` was changed or deleted by somebody else since it was read: `refresh` it and do it again",
        spec.name
    );
    crate::client::as_stale(error, message)
}
