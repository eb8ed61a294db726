//! What an async session does in memory alone: nothing to await.

use std::ops::{Deref, Index, IndexMut};

use orm_core::Result;
use orm_core::driver::{CancelToken, TransactionOptions};
use orm_core::model::{BelongsTo, Handle, Model};
use orm_core::session::Session;

use super::AsyncSession;

impl AsyncSession {
    /// Adds an object; see [`Session::add`].
    ///
    /// See the example of [`AsyncSession`].
    pub fn add<T: Model>(&mut self, value: T) -> Handle<T> {
        self.session.add(value)
    }

    /// Adds several objects; see [`Session::add_all`].
    ///
    /// See the example of [`pair`](AsyncSession::pair).
    pub fn add_all<T: Model>(&mut self, values: impl IntoIterator<Item = T>) -> Vec<Handle<T>> {
        self.session.add_all(values)
    }

    /// The object to be changed, without a panic; see [`Session::try_edit`].
    ///
    /// See the example of [`pair`](AsyncSession::pair).
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle.
    pub fn try_edit<T: Model>(&mut self, handle: Handle<T>) -> Result<&mut T> {
        self.session.try_edit(handle)
    }

    /// Two objects to be changed; see [`Session::pair`].
    ///
    /// ```
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "account")]
    /// struct Account {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     cents: i64,
    /// }
    ///
    /// # let engine = AsyncEngine::new(Engine::connect("sqlite://")?);
    /// let mut session = engine.session();
    /// session.set_autoflush(false);
    /// session.set_expire_on_commit(false);
    /// session.set_transaction_options(Isolation::Serializable);
    /// let accounts = session.add_all([500, 0].map(|cents| Account { cents, ..Default::default() }));
    /// let (from, to) = session.pair(accounts[0], accounts[1])?;
    /// from.cents -= 200;
    /// to.cents += 200;
    /// session.try_edit(accounts[1])?.cents += 1;
    /// assert_eq!(session[accounts[1]].cents, 201);
    /// let account: Account = session.expunge(accounts[1])?;
    /// assert!(account.cents == 201 && session.try_get(accounts[1]).is_err());
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Session::pair`].
    pub fn pair<A: Model, B: Model>(&mut self, a: Handle<A>, b: Handle<B>) -> Result<(&mut A, &mut B)> {
        self.session.pair(a, b)
    }

    /// Takes an object out of the session, as a plain value; see [`Session::expunge`].
    ///
    /// See the example of [`pair`](AsyncSession::pair).
    ///
    /// # Errors
    ///
    /// As [`Session::expunge`].
    pub fn expunge<T: Model>(&mut self, handle: Handle<T>) -> Result<T> {
        self.session.expunge(handle)
    }

    /// Lets the object be read anew the next time; see [`Session::expire`].
    ///
    /// See the example of [`cancel_token`](AsyncSession::cancel_token).
    ///
    /// # Errors
    ///
    /// As [`Session::expire`].
    pub fn expire<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.session.expire(handle)
    }

    /// Lets all objects be read anew the next time; see [`Session::expire_all`].
    ///
    /// See the example of [`cancel_token`](AsyncSession::cancel_token).
    pub fn expire_all(&mut self) {
        self.session.expire_all();
    }

    /// Whether queries write pending changes first; see [`Session::set_autoflush`].
    ///
    /// See the example of [`pair`](AsyncSession::pair).
    pub fn set_autoflush(&mut self, on: bool) {
        self.session.set_autoflush(on);
    }

    /// Whether what was read is asked anew after a commit; see [`Session::set_expire_on_commit`].
    ///
    /// See the example of [`pair`](AsyncSession::pair).
    pub fn set_expire_on_commit(&mut self, on: bool) {
        self.session.set_expire_on_commit(on);
    }

    /// How transactions run from now on; see [`Session::set_transaction_options`].
    ///
    /// See the example of [`pair`](AsyncSession::pair).
    pub fn set_transaction_options(&mut self, options: impl Into<TransactionOptions>) {
        self.session.set_transaction_options(options);
    }

    /// A token that cancels the statements of the session, from anywhere; see [`Session::cancel_token`]. Unlike dropping a future, it leaves the
    /// session its objects.
    ///
    /// ```
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "account")]
    /// struct Account {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     cents: i64,
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = AsyncEngine::new(Engine::connect("sqlite://")?);
    /// # engine.blocking(|engine| engine.create_all(models![Account])).await?;
    /// let mut session = engine.session();
    /// session.begin().await?;
    /// let account = session.add(Account { cents: 500, ..Default::default() });
    /// session.commit().await?;
    ///
    /// let token = session.cancel_token();
    /// token.cancel(); // from another task, while a statement runs
    /// assert_eq!(session.count(Account::query()).await.unwrap_err().kind(), ErrorKind::Cancelled);
    /// session.rollback().await?;
    /// assert_eq!(session[account].cents, 500);
    ///
    /// session.expire(account)?; // or session.expire_all()
    /// session.expire_all();
    /// assert_eq!(session.get::<Account>(1).await?, Some(account)); // reads the row
    /// # Ok(())
    /// # }
    /// ```
    pub fn cancel_token(&mut self) -> CancelToken {
        self.session.cancel_token()
    }
}

/// What a session reads in memory.
impl Deref for AsyncSession {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

/// # Panics
///
/// When the handle is stale, as after a call that was interrupted; `session.try_get(handle)` is the fallible form.
impl<T: Model> Index<Handle<T>> for AsyncSession {
    type Output = T;

    fn index(&self, handle: Handle<T>) -> &T {
        &self.session[handle]
    }
}

/// # Panics
///
/// When the handle is stale, as after a call that was interrupted; [`AsyncSession::try_edit`] is the fallible form.
impl<T: Model> IndexMut<Handle<T>> for AsyncSession {
    fn index_mut(&mut self, handle: Handle<T>) -> &mut T {
        &mut self.session[handle]
    }
}

/// # Panics
///
/// When the referenced object is not in memory; `session.try_follow(&key)` is the fallible form.
impl<T: Model> Index<&BelongsTo<T>> for AsyncSession {
    type Output = T;

    fn index(&self, key: &BelongsTo<T>) -> &T {
        &self.session[key]
    }
}
