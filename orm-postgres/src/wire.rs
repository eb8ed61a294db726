//! The socket below the protocol. A read waits only after it was allowed to. So the thread that waits for the answer can drive the state
//! machine of the protocol, without a runtime.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use bytes::{Buf, BytesMut};
#[cfg(unix)]
use socket2::{Domain, SockAddr, SockRef, Type};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::protocol::{Ahead, COMPLETE, COPY_IN, COPY_OUT, Message, PROCESS, Protocol, READY};
#[cfg(feature = "tls")]
use crate::tls::TlsSocket;

/// The bytes of one read.
const LARGEST_READ: usize = 32 * 1024;
/// The greatest number that an operating system gives to a process. Poolers give random numbers to the connections that they invent.
const LARGEST_PROCESS: i32 = 1 << 22;

/// An open blocking socket.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    #[cfg(feature = "tls")]
    Tls(TlsSocket),
}

/// Calls a method of either kind of socket.
macro_rules! each_socket {
    ($socket:expr, $name:ident => $call:expr) => {
        match $socket {
            Socket::Tcp($name) => $call,
            #[cfg(unix)]
            Socket::Unix($name) => $call,
            #[cfg(feature = "tls")]
            Socket::Tls($name) => $call,
        }
    };
}

impl Socket {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        each_socket!(self, socket => Read::read(&mut &*socket, buffer))
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        each_socket!(self, socket => Write::write(&mut &*socket, bytes))
    }

    /// Sets the timeout of reads and writes. `None` waits without end.
    pub(crate) fn set_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        // A timeout of zero is refused.
        let timeout = timeout.map(|timeout| timeout.max(Duration::from_millis(1)));
        each_socket!(self, socket => socket.set_read_timeout(timeout).and_then(|()| socket.set_write_timeout(timeout)))
    }

    /// Opens another connection to the same place.
    pub(crate) fn another(&self, timeout: Duration) -> io::Result<Self> {
        match self {
            Self::Tcp(socket) => TcpStream::connect_timeout(&socket.peer_addr()?, timeout).map(Self::Tcp),
            #[cfg(unix)]
            Self::Unix(socket) => unix(&SockRef::from(socket).peer_addr()?, Some(timeout)).map(Self::Unix),
            #[cfg(feature = "tls")]
            Self::Tls(socket) => socket.another(timeout).map(Self::Tls),
        }
    }

    /// What binds a login to an encrypted connection.
    fn end_point(&self) -> Option<Vec<u8>> {
        match self {
            #[cfg(feature = "tls")]
            Self::Tls(socket) => socket.end_point(),
            _ => None,
        }
    }

    /// Sends the last message, if the other side takes it at once.
    pub(crate) fn say_goodbye(&self) {
        const TERMINATE: &[u8] = b"X\0\0\0\x04";
        // The socket closes either way; the server then notes an unexpected end.
        let _ = self.set_nonblocking(true).and_then(|()| self.write(TERMINATE));
    }

    pub(crate) fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        each_socket!(self, socket => socket.set_nonblocking(nonblocking))
    }

    /// Ends the connection at once, in both directions: the next read finds its end.
    pub(crate) fn hang_up(&self) -> io::Result<()> {
        each_socket!(self, socket => socket.shutdown(Shutdown::Both))
    }

    /// Waits until the other side closes the connection or sends something.
    pub(crate) fn wait_for_end(&self) -> io::Result<()> {
        self.read(&mut [0; 1]).map(drop)
    }
}

/// Opens a Unix socket. A server that has stopped taking connections lets them wait.
///
/// # Errors
///
/// `TimedOut` after the timeout, and what the system says.
#[cfg(unix)]
pub(crate) fn unix(address: &SockAddr, timeout: Option<Duration>) -> io::Result<UnixStream> {
    let socket = socket2::Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // Unlike that of TCP, such a connect has the timeout of writes.
    socket.set_write_timeout(timeout)?;
    socket.connect(address).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
        _ => error,
    })?;
    socket.set_write_timeout(None)?;
    Ok(socket.into())
}

/// The state of the conversation, read from the messages of both sides, and whether the next read may wait.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) socket: Socket,
    /// Whether the next read may wait for the server. One read resets it.
    may_wait: AtomicBool,
    /// Whether the client or the connection was woken.
    woken: AtomicBool,
    /// The state of the transaction, in the protocol's letter.
    status: AtomicU8,
    /// How many commands have begun or committed a transaction.
    turns: AtomicU64,
    /// Whether login is over. Messages before are not requests, and the first of them has no tag.
    made: AtomicBool,
    /// The numbers of requests sent, and of requests that the server has completed.
    asked: AtomicU64,
    answered: AtomicU64,
    prepared: Prepared,
    /// Whether statements have no names.
    unnamed: AtomicBool,
    /// The tag of the last COPY that a statement has begun, or 0.
    copy: AtomicU8,
    /// What goes ahead of the next request.
    ahead: Mutex<Ahead>,
}

/// What a statement has begun that moves rows outside of statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copy {
    /// The server waits for rows.
    In,
    /// The server sends rows.
    Out,
}

/// Whether the server keeps statements by name: what `prepared=` in the URL says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// Yes, until there is a sign of a pooler.
    Auto,
    Always,
    Never,
}

/// The state of a connection's transaction, from the server's last message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// No transaction is open.
    Idle,
    /// A transaction is open.
    Open,
    /// A statement of the transaction has failed. It takes only a rollback.
    Failed,
}

impl Line {
    pub(crate) fn new(socket: Socket, prepared: Prepared) -> Self {
        Self {
            socket,
            may_wait: AtomicBool::new(false),
            woken: AtomicBool::new(false),
            status: AtomicU8::new(b'I'),
            turns: AtomicU64::new(0),
            made: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            prepared,
            unnamed: AtomicBool::new(prepared == Prepared::Never),
            copy: AtomicU8::new(0),
            ahead: Mutex::new(None),
        }
    }

    /// What goes ahead of the next request, in the same round trip.
    pub(crate) fn ahead(&self) -> MutexGuard<'_, Ahead> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the next read wait.
    pub(crate) fn let_wait(&self) {
        self.may_wait.store(true, Ordering::Relaxed);
    }

    /// Whether it was woken since the last call.
    pub(crate) fn take_woken(&self) -> bool {
        self.woken.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn status(&self) -> Status {
        match self.status.load(Ordering::Relaxed) {
            b'T' => Status::Open,
            b'E' => Status::Failed,
            _ => Status::Idle,
        }
    }

    /// The COPY that a statement has begun since the last call.
    pub(crate) fn take_copy(&self) -> Option<Copy> {
        match self.copy.swap(0, Ordering::Relaxed) {
            COPY_IN => Some(Copy::In),
            COPY_OUT => Some(Copy::Out),
            _ => None,
        }
    }

    /// The number of commands that have begun or committed a transaction. While it stays the same, an open transaction is the same one.
    pub(crate) fn turns(&self) -> u64 {
        self.turns.load(Ordering::Relaxed)
    }

    /// Whether the server still works on something.
    pub(crate) fn is_busy(&self) -> bool {
        self.asked.load(Ordering::Relaxed) > self.answered.load(Ordering::Relaxed)
    }

    /// Ends the login. Requests are counted from now on.
    pub(crate) fn begin(&self) {
        self.asked.store(0, Ordering::Relaxed);
        self.answered.store(0, Ordering::Relaxed);
        self.made.store(true, Ordering::Relaxed);
    }

    /// There is a sign of a pooler: statements go without names from now on, if the URL leaves that open. Tells whether they do.
    pub(crate) fn note_pooler(&self) -> bool {
        if self.prepared == Prepared::Auto {
            self.unnamed.store(true, Ordering::Relaxed);
        }
        self.unnamed.load(Ordering::Relaxed)
    }

    fn received(&self, message: &Message) {
        match message.tag {
            READY => {
                self.status.store(message.last, Ordering::Relaxed);
                self.answered.fetch_add(1, Ordering::Relaxed);
            }
            // `BEGIN`, `START TRANSACTION`, `COMMIT`.
            COMPLETE if [*b"BEGIN", *b"START", *b"COMMI"].contains(&message.start) => {
                self.turns.fetch_add(1, Ordering::Relaxed);
            }
            PROCESS => {
                let [a, b, c, d, _] = message.start;
                if !(1..=LARGEST_PROCESS).contains(&i32::from_be_bytes([a, b, c, d])) {
                    self.note_pooler();
                }
            }
            COPY_IN => {
                // The statement's SYNC is answered with that of the end of the copy.
                self.answered.fetch_add(1, Ordering::Relaxed);
                self.copy.store(message.tag, Ordering::Relaxed);
            }
            COPY_OUT => self.copy.store(message.tag, Ordering::Relaxed),
            _ => {}
        }
    }
}

impl Wake for Line {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
    }
}

/// The stream that the driver reads and writes.
#[derive(Debug)]
pub(crate) struct Wire {
    line: Arc<Line>,
    protocol: Protocol,
    /// Where the socket's bytes arrive.
    room: Box<[u8]>,
    /// What the driver has not read yet.
    incoming: BytesMut,
    /// What the socket has not taken yet.
    outgoing: BytesMut,
}

impl Wire {
    pub(crate) fn new(line: Arc<Line>) -> Self {
        Self {
            line,
            protocol: Protocol::new(),
            room: vec![0; LARGEST_READ].into_boxed_slice(),
            incoming: BytesMut::new(),
            outgoing: BytesMut::new(),
        }
    }

    /// Reads once from the socket; `false` at its end.
    fn read(&mut self) -> io::Result<bool> {
        let Self { line, protocol, room, incoming, .. } = self;
        let count = line.socket.read(room)?;
        protocol.receive(&room[..count], incoming, |message| line.received(message))?;
        Ok(count > 0)
    }

    /// Writes until the socket has taken everything.
    fn write(&mut self) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            match self.line.socket.write(&self.outgoing) {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(count) => self.outgoing.advance(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return unless_timeout(error),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// What binds a login to the connection, if it is encrypted.
    pub(crate) fn end_point(&self) -> Option<Vec<u8>> {
        self.line.socket.end_point()
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let (may_wait, mut open) = (wire.line.may_wait.swap(false, Ordering::Relaxed), true);
        // What the server has sent may be nothing for the driver; more is to come then.
        while wire.incoming.is_empty() && open {
            if !may_wait {
                return Poll::Pending;
            }
            match wire.read() {
                Ok(more) => open = more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return unless_timeout(error),
            }
        }
        let count = buffer.remaining().min(wire.incoming.len());
        buffer.put_slice(&wire.incoming[..count]);
        wire.incoming.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    /// The driver gives whole messages.
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        // What the socket does not take now it takes with the next call.
        if wire.write()?.is_pending() {
            return Poll::Pending;
        }
        let Line { made, asked, unnamed, .. } = &*wire.line;
        if made.load(Ordering::Relaxed) {
            let (unnamed, mut ahead) = (unnamed.load(Ordering::Relaxed), wire.line.ahead());
            let requests = wire.protocol.send(bytes, unnamed, &mut ahead, &mut wire.outgoing)?;
            asked.fetch_add(requests, Ordering::Relaxed);
        } else {
            wire.outgoing.extend_from_slice(bytes);
        }
        let _: Poll<()> = wire.write()?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().write()
    }

    /// The socket closes with its owner. A pooler takes one that is closed for writing for that of a client that is gone, and forgets what it has
    /// asked for, as to cancel a statement.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}

/// The loop that drives the protocol checks the deadline.
fn unless_timeout<T>(error: io::Error) -> Poll<io::Result<T>> {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Poll::Pending,
        _ => Poll::Ready(Err(error)),
    }
}
