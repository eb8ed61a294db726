//! From a configuration to an open connection: hosts, their addresses, and sockets.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
#[cfg(unix)]
use std::path::PathBuf;
use std::time::{Duration, Instant};

use postgres::SimpleQueryMessage;
use socket2::{SockRef, TcpKeepalive};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, LoadBalanceHosts, TargetSessionAttrs};

use crate::client::{Client, Failure};
use crate::wire::Socket;

/// A place to connect to.
enum Place {
    Name(String),
    Address(IpAddr),
    #[cfg(unix)]
    Directory(PathBuf),
}

/// Connects to the first host that accepts.
///
/// # Errors
///
/// The last host's.
pub(crate) fn connect(config: &Config) -> Result<Client, Failure> {
    let mut failure = None;
    for (place, port) in places(config) {
        match connect_place(config, &place, port) {
            Ok(client) => return Ok(client),
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.unwrap_or_else(|| invalid("the URL names no host").into()))
}

/// The hosts in the order of trying. An address that is given with a name replaces its resolution.
fn places(config: &Config) -> Vec<(Place, u16)> {
    let (hosts, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let port = |index: usize| ports.get(index).or(ports.first()).copied().unwrap_or(5432);
    let place = |index: usize| match (addresses.get(index), hosts.get(index)) {
        (Some(address), _) => Some(Place::Address(*address)),
        (None, Some(Host::Tcp(name))) => Some(Place::Name(name.clone())),
        #[cfg(unix)]
        (None, Some(Host::Unix(directory))) => Some(Place::Directory(directory.clone())),
        (None, None) => None,
    };
    let count = hosts.len().max(addresses.len());
    let mut places: Vec<_> = (0..count).filter_map(|index| Some((place(index)?, port(index)))).collect();
    shuffle(config, &mut places);
    places
}

fn shuffle<T>(config: &Config, items: &mut [T]) {
    if config.get_load_balance_hosts() == LoadBalanceHosts::Random {
        let random = RandomState::new();
        for last in (1..items.len()).rev() {
            items.swap(last, usize::try_from(random.hash_one(last) % (last as u64 + 1)).unwrap_or(0));
        }
    }
}

fn connect_place(config: &Config, place: &Place, port: u16) -> Result<Client, Failure> {
    let mut addresses: Vec<SocketAddr> = match place {
        Place::Name(name) => (name.as_str(), port).to_socket_addrs()?.collect(),
        Place::Address(address) => vec![(*address, port).into()],
        #[cfg(unix)]
        Place::Directory(directory) => {
            let socket = UnixStream::connect(directory.join(format!(".s.PGSQL.{port}")))?;
            return speak(config, Socket::Unix(socket), deadline(config));
        }
    };
    shuffle(config, &mut addresses);
    let mut failure = Failure::Socket(io::Error::new(io::ErrorKind::NotFound, "the host has no address"));
    for address in addresses {
        let deadline = deadline(config);
        match open(config, &address).map_err(Failure::from).and_then(|socket| speak(config, socket, deadline)) {
            Ok(client) => return Ok(client),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// The time by which the connection must be ready, login included.
fn deadline(config: &Config) -> Option<Instant> {
    config.get_connect_timeout().and_then(|timeout| Instant::now().checked_add(*timeout))
}

fn open(config: &Config, address: &SocketAddr) -> io::Result<Socket> {
    let socket = match config.get_connect_timeout() {
        Some(timeout) => TcpStream::connect_timeout(address, *timeout)?,
        None => TcpStream::connect(address)?,
    };
    socket.set_nodelay(true)?;
    let options = SockRef::from(&socket);
    #[cfg(target_os = "linux")]
    if let Some(timeout) = config.get_tcp_user_timeout() {
        options.set_tcp_user_timeout(Some(*timeout))?;
    }
    if config.get_keepalives() {
        let mut keepalive = TcpKeepalive::new().with_time(config.get_keepalives_idle());
        if let Some(interval) = config.get_keepalives_interval() {
            keepalive = keepalive.with_interval(interval);
        }
        #[cfg(not(windows))]
        if let Some(retries) = config.get_keepalives_retries() {
            keepalive = keepalive.with_retries(retries);
        }
        options.set_tcp_keepalive(&keepalive)?;
    }
    Ok(Socket::Tcp(socket))
}

/// Logs in, and checks `target_session_attrs`.
fn speak(config: &Config, socket: Socket, deadline: Option<Instant>) -> Result<Client, Failure> {
    const LONG: Duration = Duration::from_secs(60);
    let mut client = Client::connect(socket, config, deadline)?;
    let read_only = match config.get_target_session_attrs() {
        TargetSessionAttrs::ReadWrite => "off",
        TargetSessionAttrs::ReadOnly => "on",
        _ => return Ok(client),
    };
    let deadline = deadline.unwrap_or_else(|| Instant::now() + LONG);
    let answer = client.run_until(deadline, |client| client.simple_query("SHOW transaction_read_only"))?;
    let fits = answer.iter().any(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0) == Some(read_only),
        _ => false,
    });
    if fits {
        Ok(client)
    } else {
        Err(invalid("the server is not of the kind that `target_session_attrs` wants").into())
    }
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}
