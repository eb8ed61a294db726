use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use orm_core::Result;
use orm_core::query::Query;
use orm_core::session::{Fetch, Session};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::call::Call;
use super::{AsyncSession, Held};
use crate::task::Task;

/// How many rows are handed over at a time.
const BATCH: usize = 64;

/// The rows of a query, from [`AsyncSession::stream`]. They are read on a thread, some ahead of those that were taken.
///
/// It is a [`Stream`], for the combinators of `futures` and `tokio-stream`; [`next`](AsyncRows::next) needs neither.
///
/// See the example of [`AsyncSession::stream`].
#[must_use = "rows are read as they are asked for"]
pub struct AsyncRows<'s, V> {
    session: &'s mut AsyncSession,
    batches: Receiver<Vec<V>>,
    batch: vec::IntoIter<V>,
    /// The reading, until it is done.
    reading: Option<Task<(Held, Result<()>)>>,
}

impl<'s, V: Send + 'static> AsyncRows<'s, V> {
    pub(super) async fn open<T, Q>(session: &'s mut AsyncSession, query: Query<T, Q>) -> Result<Self>
    where
        T: Fetch<Value = V> + 'static,
        Q: Send + 'static,
    {
        session.refuse_interrupted()?;
        if session.place.is_none() {
            session.place = session.engine.place().await?;
        }
        let (sender, batches) = channel(1);
        let work = move |session: &mut Session| read(query, session, &sender);
        let call = Call { held: session.hold()?, work };
        let reading = session.engine.places().start_placed(call, session.waits.clone());
        Ok(Self { session, batches, batch: Vec::new().into_iter(), reading: Some(reading) })
    }

    /// The next row. An error is the last item.
    ///
    /// See the example of [`AsyncSession::stream`].
    ///
    /// # Panics
    ///
    /// When reading a row does, as a conversion of the program's own may.
    pub async fn next(&mut self) -> Option<Result<V>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Ends the reading before its end, and waits until the session is back.
    ///
    /// See the example of [`AsyncSession::stream`].
    ///
    /// # Errors
    ///
    /// Those of the query.
    ///
    /// # Panics
    ///
    /// As [`next`](AsyncRows::next).
    pub async fn close(mut self) -> Result<()> {
        self.batches.close();
        match self.reading.as_mut() {
            Some(reading) => {
                let (held, outcome) = reading.await?;
                self.reading = None;
                self.session.put_back(held);
                outcome
            }
            None => Ok(()),
        }
    }
}

/// Sends the rows of a query, until nobody takes them.
fn read<T: Fetch, Q>(query: Query<T, Q>, session: &mut Session, rows: &Sender<Vec<T::Value>>) -> Result<()> {
    let mut found = query.iter(session)?;
    loop {
        let (mut batch, mut outcome) = (Vec::with_capacity(BATCH), Ok(()));
        for row in found.by_ref().take(BATCH) {
            match row {
                Ok(row) => batch.push(row),
                Err(error) => outcome = Err(error),
            }
        }
        // The rows before an error are handed over, too.
        let is_last = batch.len() < BATCH;
        let is_wanted = batch.is_empty() || rows.blocking_send(batch).is_ok();
        if is_last || !is_wanted || outcome.is_err() {
            return outcome;
        }
    }
}

impl<V: Send + 'static> Stream for AsyncRows<'_, V> {
    type Item = Result<V>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<V>>> {
        loop {
            if let Some(row) = self.batch.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            match ready!(self.batches.poll_recv(context)) {
                Some(batch) => self.batch = batch.into_iter(),
                None => break,
            }
        }
        let Some(reading) = &mut self.reading else { return Poll::Ready(None) };
        let ended = ready!(Pin::new(reading).poll(context));
        self.reading = None;
        let outcome = ended.and_then(|(held, outcome)| {
            self.session.put_back(held);
            outcome
        });
        Poll::Ready(outcome.err().map(Err))
    }
}

impl<V> Drop for AsyncRows<'_, V> {
    fn drop(&mut self) {
        // A session that the reading has not begun with may be in a transaction, and is interrupted as well.
        if let Some(taken) = self.reading.as_mut().and_then(Task::withdraw) {
            self.session.engine.places().drop_on_thread(taken.held);
        }
    }
}

impl<V> Unpin for AsyncRows<'_, V> {}

impl<V> fmt::Debug for AsyncRows<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncRows").field("ended", &self.reading.is_none()).finish_non_exhaustive()
    }
}
