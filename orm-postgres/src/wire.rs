//! The socket below the protocol. A read waits only after it was allowed to. So the thread that waits for the answer can drive the state
//! machine of the protocol, without a runtime.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

#[cfg(feature = "tls")]
use crate::tls::TlsSocket;

/// The tags of messages.
const READY: u8 = b'Z';
const COMPLETE: u8 = b'C';
const SYNC: u8 = b'S';
const QUERY: u8 = b'Q';

/// The bytes of one read. The buffer has to be zeroed, so it is small.
const LARGEST_READ: usize = 32 * 1024;

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
            Self::Unix(socket) => UnixStream::connect_addr(&socket.peer_addr()?).map(Self::Unix),
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
        let _ = each_socket!(self, socket => socket.set_nonblocking(true)).and_then(|()| self.write(TERMINATE));
    }

    fn shutdown(&self) -> io::Result<()> {
        each_socket!(self, socket => socket.shutdown(Shutdown::Write))
    }

    /// Waits until the other side closes the connection or sends something.
    pub(crate) fn wait_for_end(&self) -> io::Result<()> {
        self.read(&mut [0; 1]).map(drop)
    }
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
    pub(crate) fn new(socket: Socket) -> Self {
        Self {
            socket,
            may_wait: AtomicBool::new(false),
            woken: AtomicBool::new(false),
            status: AtomicU8::new(b'I'),
            turns: AtomicU64::new(0),
            made: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            answered: AtomicU64::new(0),
        }
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

    fn sent(&self, message: &Message) {
        // Each request is answered by one `ReadyForQuery`.
        if matches!(message.tag, SYNC | QUERY) {
            self.asked.fetch_add(1, Ordering::Relaxed);
        }
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

/// The stream that the protocol reads and writes.
#[derive(Debug)]
pub(crate) struct Wire {
    line: Arc<Line>,
    incoming: Frames,
    outgoing: Frames,
}

impl Wire {
    pub(crate) fn new(line: Arc<Line>) -> Self {
        Self { line, incoming: Frames::default(), outgoing: Frames::default() }
    }

    /// What binds a login to the connection, if it is encrypted.
    pub(crate) fn end_point(&self) -> Option<Vec<u8>> {
        self.line.socket.end_point()
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Self { line, incoming, .. } = self.get_mut();
        if !line.may_wait.swap(false, Ordering::Relaxed) {
            return Poll::Pending;
        }
        loop {
            let room = buffer.remaining().min(LARGEST_READ);
            match line.socket.read(buffer.initialize_unfilled_to(room)) {
                Ok(count) => {
                    let start = buffer.filled().len();
                    buffer.advance(count);
                    incoming.feed(&buffer.filled()[start..], |message| line.received(message));
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return unless_timeout(error),
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { line, outgoing, .. } = self.get_mut();
        loop {
            match line.socket.write(bytes) {
                Ok(count) => {
                    if line.made.load(Ordering::Relaxed) {
                        outgoing.feed(&bytes[..count], |message| line.sent(message));
                    }
                    return Poll::Ready(Ok(count));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return unless_timeout(error),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.line.socket.shutdown())
    }
}

/// The loop that drives the protocol checks the deadline.
fn unless_timeout<T>(error: io::Error) -> Poll<io::Result<T>> {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Poll::Pending,
        _ => Poll::Ready(Err(error)),
    }
}

/// The parts of a message that are read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Message {
    tag: u8,
    /// The first bytes of its body, if they are a word.
    start: [u8; 5],
    /// The last byte of its body.
    last: u8,
}

/// Finds the borders of messages. A message is a tag, a length, and that many bytes.
#[derive(Debug, Default)]
struct Frames {
    head: [u8; 5],
    /// The bytes of the head that have arrived.
    known: usize,
    /// The length of the body, and the bytes of it that are missing.
    length: usize,
    missing: usize,
    message: Message,
}

impl Frames {
    /// Calls `found` for each message that ends within `bytes`.
    fn feed(&mut self, mut bytes: &[u8], mut found: impl FnMut(&Message)) {
        while !bytes.is_empty() {
            let wanted = (self.head.len() - self.known).min(bytes.len());
            let (head, rest) = bytes.split_at(wanted);
            self.head[self.known..self.known + wanted].copy_from_slice(head);
            self.known += wanted;
            bytes = rest;
            if self.known < self.head.len() {
                return;
            }
            if wanted > 0 {
                let [tag, length @ ..] = self.head;
                // The length counts itself.
                self.length = (u32::from_be_bytes(length) as usize).saturating_sub(length.len());
                self.missing = self.length;
                self.message = Message { tag, ..Message::default() };
            }
            let (body, rest) = bytes.split_at(self.missing.min(bytes.len()));
            self.note(body);
            self.missing -= body.len();
            bytes = rest;
            if self.missing == 0 {
                self.known = 0;
                found(&self.message);
            }
        }
    }

    fn note(&mut self, body: &[u8]) {
        self.message.last = body.last().copied().unwrap_or(self.message.last);
        let read = self.length - self.missing;
        if self.message.tag == COMPLETE && read < self.message.start.len() {
            let start = &mut self.message.start[read..];
            start.iter_mut().zip(body).for_each(|(place, byte)| *place = *byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_apart_however_they_are_cut() {
        let bytes = [&b"D\0\0\0\x06ab"[..], b"S\0\0\0\x04", b"Z\0\0\0\x05T", b"C\0\0\0\x0bCOMMIT\0"].concat();
        let expected = [(b'D', b'b', [0; 5]), (b'S', 0, [0; 5]), (b'Z', b'T', [0; 5]), (b'C', 0, *b"COMMI")];
        for size in 1..=bytes.len() {
            let (mut frames, mut found) = (Frames::default(), Vec::new());
            for chunk in bytes.chunks(size) {
                frames.feed(chunk, |message| found.push((message.tag, message.last, message.start)));
            }
            assert_eq!(found, expected, "in pieces of {size}");
        }
    }
}
