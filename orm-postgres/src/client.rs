//! The protocol's state machine, driven on the thread that waits for the answer.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use bytes::Bytes;
use futures_core::Stream;
use futures_sink::Sink;
use orm_core::ErrorKind;
use orm_core::driver::{Limits, Notification};
use postgres::{Error, Row, Statement};
use tokio_postgres::{AsyncMessage, Config, Connection, CopyInSink, CopyOutStream, RowStream};

use crate::arranged::Arranged;
use crate::watch::{END_TIMEOUT, Watch};
use crate::wire::{Copy, Line, Prepared, Socket, Status, Wire};

/// An error of an operation with a deadline.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The driver's error.
    Driver(Error),
    /// The socket's.
    Socket(io::Error),
    /// The server did not answer in time.
    Silent,
    /// The server is not the one that is wanted, or cannot be asked.
    Refused(ErrorKind, String),
}

impl From<orm_core::Error> for Failure {
    fn from(error: orm_core::Error) -> Self {
        Self::Refused(error.kind(), error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Driver(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Socket(error)
    }
}

/// A connection to a server.
///
/// `tokio-postgres` is a state machine over a stream. It has to be polled, and needs no runtime. Here the thread that waits for an answer
/// polls it, and blocks in `read` until data arrives. So a connection can be used and dropped wherever a thread can block, on the workers
/// of an async runtime and in the destructors of thread locals too.
pub(crate) struct Client {
    requests: tokio_postgres::Client,
    connection: Connection<Wire, Wire>,
    line: Arc<Line>,
    /// Marks the line as woken, for the loop that drives the connection.
    waker: Waker,
    limits: Limits,
    /// What channels were told.
    inbox: VecDeque<Notification>,
}

impl Client {
    /// Starts the protocol on `socket` and logs in.
    ///
    /// # Errors
    ///
    /// What the server refuses, and `Silent` after the deadline.
    pub(crate) fn connect(
        socket: Socket,
        config: &Config,
        prepared: Prepared,
        deadline: Option<Instant>,
    ) -> Result<Self, Failure> {
        let line = Arc::new(Line::new(socket, prepared));
        let mut handshake = pin!(config.connect_raw(Wire::new(Arc::clone(&line)), Arranged));
        let mut context = Context::from_waker(Waker::noop());
        let (requests, connection) = loop {
            wait_until(&line, deadline)?;
            line.let_wait();
            if let Poll::Ready(made) = handshake.as_mut().poll(&mut context) {
                break made?;
            }
        };
        line.socket.set_timeout(None)?;
        line.begin();
        let waker = Waker::from(Arc::clone(&line));
        Ok(Self { requests, connection, line, waker, limits: Limits::default(), inbox: VecDeque::new() })
    }

    /// Limits what [`run`](Client::run) waits for.
    pub(crate) fn set_limits(&mut self, limits: &Limits) -> io::Result<()> {
        if limits.is_empty() && !self.limits.is_empty() {
            self.line.socket.set_timeout(None)?;
        }
        self.limits = limits.clone();
        Ok(())
    }

    /// Runs the future that `ask` returns, within the limits.
    pub(crate) fn run<'c, T, F>(&'c mut self, ask: impl FnOnce(&'c tokio_postgres::Client) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let Self { requests, connection, line, waker, limits, inbox } = self;
        let mut watch = Watch::new(limits, requests, line);
        // Where the socket is broken, the next read says so.
        let look = || watch.look().or_else(|_| line.socket.hang_up()).or(Ok(()));
        drive(connection, line, waker, inbox, pin!(ask(requests)), look)
    }

    /// [`run`](Client::run) with a deadline. After `Silent` the answer may still arrive.
    pub(crate) fn run_until<'c, T, F>(
        &'c mut self,
        deadline: Instant,
        ask: impl FnOnce(&'c tokio_postgres::Client) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let Self { requests, connection, line, waker, inbox, .. } = self;
        let asked = pin!(async { ask(requests).await.map_err(Failure::from) });
        let answer = drive(connection, line, waker, inbox, asked, || wait_until(line, Some(deadline)));
        line.socket.set_timeout(None)?;
        answer
    }

    /// Sends the request of `ask` together with the next one. Nobody waits for its answer.
    pub(crate) fn send_ahead<'c, T, F>(&'c mut self, ask: impl FnOnce(&'c tokio_postgres::Client) -> F)
    where
        F: Future<Output = T>,
    {
        // The first poll queues the request. Its answer is skipped when it arrives.
        let _: Poll<T> = pin!(ask(&self.requests)).poll(&mut Context::from_waker(Waker::noop()));
    }

    /// Begins a transaction by `sql`, which goes with the next request.
    pub(crate) fn begin_with_next(&self, sql: Cow<'static, str>) {
        *self.line.ahead() = Some(sql);
    }

    /// Whether a transaction has begun that the server has not heard of.
    pub(crate) fn is_beginning(&self) -> bool {
        self.line.ahead().is_some()
    }

    /// Takes such a beginning back, if there is one.
    pub(crate) fn take_beginning(&self) -> bool {
        self.line.ahead().take().is_some()
    }

    /// The next row of a result.
    pub(crate) fn next(&mut self, rows: Pin<&mut RowStream>) -> Result<Option<Row>, Error> {
        self.run(|_| next(rows))
    }

    /// Reads the rest of a result and discards it. After `Silent` there is more to read.
    pub(crate) fn drain(&mut self, deadline: Instant, rows: Pin<&mut RowStream>) -> Result<(), Failure> {
        self.run_until(deadline, |_| rest(rows))
    }

    /// Cancels the statement of a result, as a limit that is reached does, and reads what has arrived of it.
    pub(crate) fn cancel(&mut self, rows: Pin<&mut RowStream>) -> Result<(), Failure> {
        let limits = self.limits.clone();
        self.set_limits(&Limits { deadline: Some(Instant::now()), cancel: None })?;
        let ended = self.run(|_| rest(rows));
        self.set_limits(&limits)?;
        Ok(ended?)
    }

    /// Waits until the server is ready for a new statement, which it says after the end of the last one.
    ///
    /// # Errors
    ///
    /// `Silent` if it does not say so in time.
    pub(crate) fn settle(&mut self) -> Result<(), Failure> {
        let Self { connection, line, inbox, .. } = self;
        if !line.is_busy() {
            return Ok(());
        }
        let deadline = Instant::now() + END_TIMEOUT;
        let mut context = Context::from_waker(Waker::noop());
        while line.is_busy() {
            wait_until(line, Some(deadline))?;
            line.let_wait();
            advance(connection, inbox, &mut context)?;
        }
        Ok(line.socket.set_timeout(None)?)
    }

    /// Begins a copy of rows into a table.
    pub(crate) fn copy_in(&mut self, statement: &Statement) -> Result<Pin<Box<CopyInSink<Bytes>>>, Error> {
        let sink = self.run(|client| client.copy_in(statement))?;
        self.line.take_copy();
        Ok(Box::pin(sink))
    }

    /// Sends rows of a copy.
    pub(crate) fn send_copy(&mut self, mut sink: Pin<&mut CopyInSink<Bytes>>, bytes: Bytes) -> Result<(), Failure> {
        // Notices fill the socket. A server that cannot send any more reads no more either.
        self.look()?;
        let sent = self.run(|_| async move {
            poll_fn(|context| sink.as_mut().poll_ready(context)).await?;
            sink.as_mut().start_send(bytes)?;
            poll_fn(|context| sink.as_mut().poll_flush(context)).await
        });
        Ok(sent?)
    }

    /// Ends a copy, and tells how many rows the server has.
    pub(crate) fn finish_copy(&mut self, sink: Pin<&mut CopyInSink<Bytes>>) -> Result<u64, Error> {
        self.run(|_| sink.finish())
    }

    /// Begins a copy of rows out of tables.
    pub(crate) fn copy_out(&mut self, statement: &Statement) -> Result<Pin<Box<CopyOutStream>>, Error> {
        let pieces = self.run(|client| client.copy_out(statement))?;
        self.line.take_copy();
        Ok(Box::pin(pieces))
    }

    /// The next piece of it.
    pub(crate) fn next_piece(&mut self, mut pieces: Pin<&mut CopyOutStream>) -> Result<Option<Bytes>, Error> {
        self.run(|_| async move { poll_fn(|context| pieces.as_mut().poll_next(context)).await.transpose() })
    }

    /// Waits until the server has forgotten a copy that was dropped. The transaction has failed by that.
    pub(crate) fn abandon_copy(&mut self) -> Result<(), Failure> {
        let Self { connection, inbox, .. } = self;
        // It is polled for what the drop has left to send.
        advance(connection, inbox, &mut Context::from_waker(Waker::noop()))?;
        self.settle()
    }

    /// The COPY that a statement has begun, which no statement here can go on with. One that waits for rows ends with the connection.
    pub(crate) fn end_copy(&mut self) -> Option<Copy> {
        let copy = self.line.take_copy()?;
        if copy == Copy::In {
            // Where the socket is broken, the connection has ended already.
            let _ = self.line.socket.hang_up();
        }
        Some(copy)
    }

    /// Whether the server has ended the connection. It reads what the server has sent unasked, and waits for nothing.
    pub(crate) fn has_ended(&mut self) -> bool {
        match self.look() {
            Ok(()) => false,
            Err(failure) => {
                tracing::info!(target: "orm::pool", ?failure, "the server has ended a connection");
                true
            }
        }
    }

    /// Reads what the server has sent unasked, and waits for nothing.
    fn look(&mut self) -> Result<(), Failure> {
        let Self { connection, line, inbox, .. } = self;
        line.socket.set_nonblocking(true)?;
        line.let_wait();
        advance(connection, inbox, &mut Context::from_waker(Waker::noop()))?;
        Ok(line.socket.set_nonblocking(false)?)
    }

    /// The next notification: one that has arrived, or one that arrives by then, within the limits.
    ///
    /// # Errors
    ///
    /// `Silent` when a limit is reached, and what ends the connection.
    pub(crate) fn notification(&mut self, deadline: Option<Instant>) -> Result<Option<Notification>, Failure> {
        if self.inbox.is_empty() {
            self.look()?;
        }
        let Self { connection, line, limits, inbox, .. } = self;
        while inbox.is_empty() {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                break;
            }
            if limits.is_reached() {
                return Err(Failure::Silent);
            }
            let nap = (!limits.is_empty()).then(|| limits.nap());
            line.socket.set_timeout(left.into_iter().chain(nap).min())?;
            line.let_wait();
            advance(connection, inbox, &mut Context::from_waker(Waker::noop()))?;
        }
        line.socket.set_timeout(None)?;
        Ok(inbox.pop_front())
    }

    /// Forgets what channels were told.
    pub(crate) fn clear_inbox(&mut self) {
        self.inbox.clear();
    }

    /// The state of the transaction.
    pub(crate) fn status(&self) -> Status {
        self.line.status()
    }

    /// How many commands have begun or committed a transaction.
    pub(crate) fn turns(&self) -> u64 {
        self.line.turns()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.requests.is_closed()
    }

    /// The server has lost the connection's statements: they go without names from now on, if the URL leaves that open. Tells whether
    /// they do, and can be run as they are.
    pub(crate) fn lost_statements(&self) -> bool {
        self.line.note_pooler()
    }

    /// Forgets the cached definitions of user-defined types.
    pub(crate) fn forget_types(&self) {
        self.requests.clear_type_cache();
    }
}

impl Drop for Client {
    /// Sends the message of termination if that needs no waiting. The socket closes in any case.
    fn drop(&mut self) {
        if !self.line.is_busy() {
            self.line.socket.say_goodbye();
        }
    }
}

/// Reads the rest of a result and discards it.
async fn rest(mut rows: Pin<&mut RowStream>) -> Result<(), Error> {
    while next(rows.as_mut()).await?.is_some() {}
    Ok(())
}

async fn next(mut rows: Pin<&mut RowStream>) -> Result<Option<Row>, Error> {
    poll_fn(|context| rows.as_mut().poll_next(context)).await.transpose()
}

/// Sends the requests of `future` and reads until it is ready. `before_wait` is called each time before waiting for the server.
///
/// The client and the connection pass requests and parts of answers through bounded queues, and wake each other. Reading may wait only if
/// neither has been woken. Otherwise it could wait for an answer that has arrived already, or for a request that was not sent.
fn drive<T, E: From<Error>>(
    connection: &mut Connection<Wire, Wire>,
    line: &Line,
    waker: &Waker,
    inbox: &mut VecDeque<Notification>,
    mut future: Pin<&mut impl Future<Output = Result<T, E>>>,
    mut before_wait: impl FnMut() -> Result<(), E>,
) -> Result<T, E> {
    let mut context = Context::from_waker(waker);
    loop {
        if let Poll::Ready(answer) = future.as_mut().poll(&mut context) {
            return answer;
        }
        line.take_woken();
        advance(connection, inbox, &mut context)?;
        if line.take_woken() {
            continue;
        }
        before_wait()?;
        line.let_wait();
        advance(connection, inbox, &mut context)?;
    }
}

/// Polls once, without waiting except for one read if the line allows it.
fn advance(
    connection: &mut Connection<Wire, Wire>,
    inbox: &mut VecDeque<Notification>,
    context: &mut Context<'_>,
) -> Result<(), Error> {
    loop {
        match connection.poll_message(context) {
            Poll::Ready(Some(Ok(AsyncMessage::Notice(notice)))) => {
                tracing::info!(target: "orm::notice", severity = notice.severity(), "{}", notice.message());
            }
            Poll::Ready(Some(Ok(AsyncMessage::Notification(told)))) => {
                inbox.push_back(Notification::new(told.channel(), told.payload(), told.process_id()));
            }
            Poll::Ready(Some(Ok(_))) => {}
            Poll::Ready(Some(Err(error))) => return Err(error),
            Poll::Ready(None) | Poll::Pending => return Ok(()),
        }
    }
}

/// Sets the timeout of the socket to the deadline.
fn wait_until(line: &Line, deadline: Option<Instant>) -> Result<(), Failure> {
    let Some(deadline) = deadline else { return Ok(()) };
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Failure::Silent);
    }
    Ok(line.socket.set_timeout(Some(left))?)
}
