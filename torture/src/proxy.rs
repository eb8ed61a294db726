//! A proxy before a server that cuts the connection at a chosen request.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::spawn;

use crate::Result;

/// Where the connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The server does not get the request.
    Before(usize),
    /// The server has answered the request, and the client does not get the answer.
    After(usize),
}

/// How messages begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// A type, and a length that counts itself. A request is what the client ends with `Sync`, or a simple query; its answer ends with
    /// `ReadyForQuery`.
    Postgres,
    /// A length of three bytes, and a number that begins anew with each request. An answer that has begun is one that is done.
    MySql,
}

/// Requests are counted.
#[derive(Default)]
struct Plan {
    cut: Mutex<Option<Cut>>,
    requests: AtomicUsize,
}

pub(crate) struct Proxy {
    address: SocketAddr,
    plan: Arc<Plan>,
}

impl Proxy {
    /// A proxy before the server at `server`. Its threads end with the process.
    pub(crate) fn start(server: SocketAddr, protocol: Protocol) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, plan) = (listener.local_addr()?, Arc::new(Plan::default()));
        let shared = Arc::clone(&plan);
        spawn(move || {
            for client in listener.incoming().flatten() {
                // A client whose server does not answer sees a closed connection.
                let _closed = serve(client, server, protocol, &shared);
            }
        });
        Ok(Self { address, plan })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Counts anew, and cuts where `cut` says.
    pub(crate) fn arm(&self, cut: Option<Cut>) {
        *self.plan.cut.lock().unwrap_or_else(PoisonError::into_inner) = cut;
        self.plan.requests.store(0, Ordering::SeqCst);
    }

    /// The requests since [`arm`](Self::arm).
    pub(crate) fn requests(&self) -> usize {
        self.plan.requests.load(Ordering::SeqCst)
    }
}

impl Plan {
    /// Counts a request; which cut it meets.
    fn meets(&self) -> Option<Cut> {
        let request = self.requests.fetch_add(1, Ordering::SeqCst);
        let mut planned = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        planned.take_if(|cut| matches!(*cut, Cut::Before(at) | Cut::After(at) if at == request))
    }
}

fn serve(client: TcpStream, server: SocketAddr, protocol: Protocol, plan: &Arc<Plan>) -> Result<()> {
    let server = TcpStream::connect(server)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let answer_is_lost = Arc::new(AtomicBool::new(false));
    let (from, to) = (client.try_clone()?, server.try_clone()?);
    let (lost, plan) = (Arc::clone(&answer_is_lost), Arc::clone(plan));
    spawn(move || {
        // Either way the connection is at its end.
        let _ended = requests(protocol, &from, &to, &plan, &lost);
        close(&from, &to);
    });
    spawn(move || {
        let _ended = answers(protocol, &server, &client, &answer_is_lost);
        close(&client, &server);
    });
    Ok(())
}

fn requests(
    protocol: Protocol,
    mut client: &TcpStream,
    mut server: &TcpStream,
    plan: &Plan,
    answer_is_lost: &AtomicBool,
) -> Result<()> {
    if protocol == Protocol::Postgres {
        // The first message has no type.
        server.write_all(&body(&mut client, Vec::new())?)?;
    }
    loop {
        let message = protocol.message(&mut client)?;
        if protocol.is_request(&message) {
            match plan.meets() {
                Some(Cut::Before(_)) => return Ok(()),
                Some(Cut::After(_)) => answer_is_lost.store(true, Ordering::SeqCst),
                None => {}
            }
        }
        server.write_all(&message)?;
    }
}

fn answers(
    protocol: Protocol,
    mut server: &TcpStream,
    mut client: &TcpStream,
    answer_is_lost: &AtomicBool,
) -> Result<()> {
    loop {
        let message = protocol.message(&mut server)?;
        if !answer_is_lost.load(Ordering::SeqCst) {
            client.write_all(&message)?;
        } else if protocol == Protocol::MySql || message[0] == b'Z' {
            return Ok(());
        }
    }
}

impl Protocol {
    /// A message with its head.
    fn message(self, from: &mut &TcpStream) -> Result<Vec<u8>> {
        if self == Self::Postgres {
            let mut kind = vec![0];
            from.read_exact(&mut kind)?;
            return body(from, kind);
        }
        let mut message = vec![0; 4];
        from.read_exact(&mut message)?;
        let length = u32::from_le_bytes([message[0], message[1], message[2], 0]);
        message.resize(4 + length as usize, 0);
        from.read_exact(&mut message[4..])?;
        Ok(message)
    }

    /// Whether the client waits for an answer to a message: it waits for none when it closes a statement or says goodbye.
    fn is_request(self, message: &[u8]) -> bool {
        const QUIT: u8 = 1;
        const CLOSE: u8 = 25;
        match self {
            Self::Postgres => matches!(message[0], b'S' | b'Q'),
            Self::MySql => message[3] == 0 && message.get(4).is_some_and(|command| ![QUIT, CLOSE].contains(command)),
        }
    }
}

/// A length, which counts itself, and that many bytes, behind what was read before.
fn body(from: &mut &TcpStream, mut message: Vec<u8>) -> Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    message.extend(length);
    let start = message.len();
    message.resize(start + (u32::from_be_bytes(length) as usize).saturating_sub(4), 0);
    from.read_exact(&mut message[start..])?;
    Ok(message)
}

fn close(one: &TcpStream, other: &TcpStream) {
    // One side may be closed already.
    let _one = one.shutdown(Shutdown::Both);
    let _other = other.shutdown(Shutdown::Both);
}
