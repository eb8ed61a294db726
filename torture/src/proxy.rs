//! A proxy before a PostgreSQL server that cuts the connection at a chosen request.

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

/// Requests are counted: what the client ends with `Sync`, and simple queries.
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
    pub(crate) fn start(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, plan) = (listener.local_addr()?, Arc::new(Plan::default()));
        let shared = Arc::clone(&plan);
        spawn(move || {
            for client in listener.incoming().flatten() {
                // A client whose server does not answer sees a closed connection.
                let _closed = serve(client, server, &shared);
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

fn serve(client: TcpStream, server: SocketAddr, plan: &Arc<Plan>) -> Result<()> {
    let server = TcpStream::connect(server)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let answer_is_lost = Arc::new(AtomicBool::new(false));
    let (from, to) = (client.try_clone()?, server.try_clone()?);
    let (lost, plan) = (Arc::clone(&answer_is_lost), Arc::clone(plan));
    spawn(move || {
        // Either way the connection is at its end.
        let _ended = requests(&from, &to, &plan, &lost);
        close(&from, &to);
    });
    spawn(move || {
        let _ended = answers(&server, &client, &answer_is_lost);
        close(&client, &server);
    });
    Ok(())
}

fn requests(mut client: &TcpStream, mut server: &TcpStream, plan: &Plan, answer_is_lost: &AtomicBool) -> Result<()> {
    // The first message has no type.
    server.write_all(&body(&mut client, Vec::new())?)?;
    loop {
        let message = message(&mut client)?;
        if matches!(message[0], b'S' | b'Q') {
            match plan.meets() {
                Some(Cut::Before(_)) => return Ok(()),
                Some(Cut::After(_)) => answer_is_lost.store(true, Ordering::SeqCst),
                None => {}
            }
        }
        server.write_all(&message)?;
    }
}

fn answers(mut server: &TcpStream, mut client: &TcpStream, answer_is_lost: &AtomicBool) -> Result<()> {
    loop {
        let message = message(&mut server)?;
        if !answer_is_lost.load(Ordering::SeqCst) {
            client.write_all(&message)?;
        } else if message[0] == b'Z' {
            return Ok(());
        }
    }
}

/// A message with its type.
fn message(from: &mut &TcpStream) -> Result<Vec<u8>> {
    let mut kind = vec![0];
    from.read_exact(&mut kind)?;
    body(from, kind)
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
