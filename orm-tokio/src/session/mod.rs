//! A session between whose calls the program awaits other things.
//!
//! [`memory`] has what needs no database, [`awaited`] what does, [`rows`] the rows of a query as a stream. [`call`] moves the session to a thread and back.

mod awaited;
mod call;
mod execute;
mod memory;
mod rows;

use std::fmt;
use std::mem::replace;

use orm_core::driver::CancelToken;
use orm_core::session::Session;
use orm_core::{Error, ErrorKind, Result};

use crate::AsyncEngine;
use crate::places::Place;
use call::Calling;

pub(crate) use call::Held;
pub use execute::Execute;
pub use rows::AsyncRows;

/// A [`Session`] in an async program, from [`AsyncEngine::session`]. What needs the database is awaited, what needs memory alone is not.
///
/// ```
/// use orm::AsyncEngine;
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "author")]
/// struct Author {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
///     #[has_many(back_populates = author, cascade(all, delete_orphan))]
///     books: HasMany<Book>,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "book")]
/// struct Book {
///     #[orm(primary_key)]
///     id: i64,
///     title: String,
///     #[belongs_to(back_populates = books)]
///     author: BelongsTo<Author>,
/// }
///
/// # #[tokio::main]
/// # async fn main() -> orm::Result<()> {
/// # let engine = AsyncEngine::new(Engine::connect("sqlite://")?);
/// # engine.blocking(|engine| engine.create_all(models![Author])).await?;
/// let mut session = engine.session();
/// let iain = session.add(Author { name: "Iain".into(), ..Default::default() });
/// session.push(iain, Author::books, Book { title: "Excession".into(), ..Default::default() }).await?;
/// session.commit().await?;
///
/// let author = session.one(Author::query().filter(Author::name.eq("Iain"))).await?;
/// assert_eq!(author, iain); // the same row is the same object
/// for book in session.load(author, Author::books).await? {
///     println!("{} wrote {}", session[author].name, session[book].title);
/// }
/// session[author].name = "Iain M.".into();
/// session.commit().await?;
///
/// // Everything else a session can do: a closure, which may block.
/// let books = session.run(move |session| session.nested(|session| session.load(author, Author::books))).await?;
///
/// session.delete(author).await?;
/// session.commit().await?;
/// assert_eq!((books.len(), session.count(Book::query()).await?), (1, 0));
/// session.close().await?;
/// # Ok(())
/// # }
/// ```
///
/// It can be sent to other tasks between two calls, as its handles can. All methods of [`Session`] that only read memory are its own, by `Deref`. While
/// a call runs, the session is on the thread that does the work. Between two calls it holds a connection of the pool only in a
/// transaction, as any session.
///
/// **Dropped futures.** When the future of a call is dropped before it is done, the session is interrupted: what it has not committed is rolled back
/// on the thread of the call, and its objects go with it. Each further call is an error of the kind `Cancelled`, until
/// [`rollback`](AsyncSession::rollback), after which the session is as a new one. Handles from before are stale then: `session[handle]` panics, as it does on any
/// stale handle, and `session.try_get(handle)` is `Detached`. A panic in a call does the same.
///
/// **Dropping** the session rolls back what is not committed, on a thread that may block.
pub struct AsyncSession {
    engine: AsyncEngine,
    /// While a call has the session, an empty one that stands in for it.
    session: Session,
    /// The place of its connection, while it has one.
    place: Option<Place>,
    /// Cancelled when nobody waits for a call any more.
    waits: CancelToken,
    interrupted: bool,
}

impl AsyncSession {
    pub(crate) fn new(engine: AsyncEngine, mut session: Session) -> Self {
        let waits = CancelToken::default();
        engine.limit(&mut session, &waits);
        Self { engine, session, place: None, waits, interrupted: false }
    }

    /// Whether a call was interrupted and [`rollback`](AsyncSession::rollback) is needed.
    ///
    /// See the example of [`rollback`](AsyncSession::rollback).
    pub fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// Runs `work` with the session on a thread.
    async fn call<R: Send + 'static>(&mut self, work: impl FnOnce(&mut Session) -> R + Send + 'static) -> Result<R> {
        Calling::begin(self, work)?.end().await
    }

    /// Takes the session out, with the place of its connection. Until it is [put back](Self::put_back), the session counts as interrupted.
    fn hold(&mut self) -> Result<Held> {
        self.refuse_interrupted()?;
        self.interrupted = true;
        Ok(Held { session: self.take_session(), place: self.place.take() })
    }

    fn put_back(&mut self, held: Held) {
        Held { session: self.session, place: self.place } = held;
        self.interrupted = false;
    }

    fn take_session(&mut self) -> Session {
        replace(&mut self.session, self.engine.engine().session())
    }

    fn refuse_interrupted(&self) -> Result<()> {
        if !self.interrupted {
            return Ok(());
        }
        let message = "a call of the session was interrupted, because its future was dropped or its work panicked: what was not committed \
                       is rolled back; call rollback() to go on, with a session that has no objects";
        Err(Error::new(ErrorKind::Cancelled, message))
    }
}

impl Drop for AsyncSession {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            let session = self.take_session();
            self.engine.places().drop_on_thread(Held { session, place: Some(place) });
        }
    }
}

impl fmt::Debug for AsyncSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session, interrupted, .. } = self;
        f.debug_struct("AsyncSession")
            .field("session", session)
            .field("interrupted", interrupted)
            .finish_non_exhaustive()
    }
}
