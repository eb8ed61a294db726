use orm_core::Result;
use orm_tokio::Blocking;

use crate::Dynamo;

/// A client for async programs: its calls run on threads of their own, as the sessions of an `AsyncEngine` do, and are awaited. Clones share the threads.
///
/// ```no_run
/// use orm_dynamodb::{AsyncDynamo, Dynamo, Item};
///
/// #[derive(Item, Debug)]
/// #[item(table = "user")]
/// struct User {
///     #[item(hash_key)]
///     email: String,
///     age: u32,
/// }
///
/// # #[tokio::main]
/// # async fn main() -> orm_dynamodb::Result<()> {
/// let db = AsyncDynamo::new(Dynamo::from_env()?, 16);
/// let ann = db.run(|db| User::get(db, "ann@example.com")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct AsyncDynamo {
    client: Dynamo,
    blocking: Blocking,
}

impl AsyncDynamo {
    /// The async front of a client, with places for so many calls at once.
    #[must_use]
    pub fn new(client: Dynamo, places: usize) -> Self {
        Self { client, blocking: Blocking::new(places) }
    }

    /// Runs `work` on a thread where it may block, as soon as a place is free. A call that nobody awaits any more goes on to its end.
    ///
    /// # Errors
    ///
    /// What the work returns, and `PoolTimeout` when the system gives no thread.
    ///
    /// # Panics
    ///
    /// With the panic of `work`.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce(&Dynamo) -> Result<T> + Send + 'static) -> Result<T> {
        let client = self.client.clone();
        self.blocking.run(move || work(&client)).await?
    }

    /// The client itself.
    #[must_use]
    pub fn client(&self) -> &Dynamo {
        &self.client
    }
}
