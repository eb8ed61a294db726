//! From settings to an open connection: hosts, their addresses, and sockets.

use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use orm_core::{Error, ErrorKind, Result};
use postgres::SimpleQueryMessage;
use postgres::error::SqlState;
#[cfg(unix)]
use socket2::SockAddr;
use socket2::{SockRef, TcpKeepalive};

use crate::client::{Client, Failure};
use crate::error::{refusal, refuses_encryption, with_source};
use crate::server::{Host, Server};
use crate::settings::{Settings, SslMode, Target};
use crate::wire::Socket;
#[cfg(unix)]
use crate::wire::unix;

/// Connects to the first server that takes it and is of the kind that is wanted.
///
/// # Errors
///
/// What each server said. One that refuses the login ends the search, as the others would refuse it too.
pub(crate) fn connect(settings: &Settings) -> Result<Client> {
    let mut servers = settings.servers();
    shuffle(settings, &mut servers);
    let several = servers.len() > 1;
    let wanted: &[Target] = match settings.target {
        Target::PreferStandby => &[Target::Standby, Target::Any],
        _ => &[settings.target],
    };
    let (mut reasons, mut last) = (String::new(), None);
    for &target in wanted {
        for server in &servers {
            let failure = match connect_server(settings, server, target) {
                Ok(client) => return Ok(client),
                Err(failure) => failure,
            };
            let (kind, reason) = refusal(&failure);
            if kind == ErrorKind::Config {
                reasons.clear();
            }
            let separator = if reasons.is_empty() { "" } else { "; " };
            let name = if several { format!("{}:{}: ", server.name, server.port) } else { String::new() };
            let _ = write!(reasons, "{separator}{name}{reason}");
            if kind == ErrorKind::Config {
                return Err(with_source(refused(settings, kind, &reasons), failure));
            }
            last = Some(failure);
        }
    }
    let error = refused(settings, ErrorKind::ConnectionLost, &reasons);
    Err(last.into_iter().fold(error, with_source))
}

#[cold]
fn refused(settings: &Settings, kind: ErrorKind, reasons: &str) -> Error {
    Error::new(kind, format!("cannot connect to {settings}: {reasons}"))
}

fn shuffle<T>(settings: &Settings, items: &mut [T]) {
    if settings.shuffles {
        let random = RandomState::new();
        for last in (1..items.len()).rev() {
            items.swap(last, usize::try_from(random.hash_one(last) % (last as u64 + 1)).unwrap_or(0));
        }
    }
}

fn connect_server(settings: &Settings, server: &Server, target: Target) -> Result<Client, Failure> {
    let mut addresses: Vec<SocketAddr> = match &server.host {
        Host::Name(name) => (name.as_str(), server.port).to_socket_addrs()?.collect(),
        Host::Address(address) => vec![(*address, server.port).into()],
        #[cfg(unix)]
        Host::Directory(directory) => {
            let deadline = deadline(settings);
            let address = SockAddr::unix(directory.join(format!(".s.PGSQL.{}", server.port)))?;
            let socket = unix(&address, settings.connect_timeout)?;
            return speak(settings, server, target, Socket::Unix(socket), deadline);
        }
    };
    shuffle(settings, &mut addresses);
    let mut failure = Failure::Socket(io::Error::new(io::ErrorKind::NotFound, "the host has no address"));
    for address in addresses {
        match connect_address(settings, server, target, &address) {
            Ok(client) => return Ok(client),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn connect_address(
    settings: &Settings,
    server: &Server,
    target: Target,
    address: &SocketAddr,
) -> Result<Client, Failure> {
    let (first, second) = Security::of(settings.sslmode());
    let attempt = |security| {
        let deadline = deadline(settings);
        let socket = secure(settings, server, open(settings, address)?, security, deadline)?;
        if matches!(socket, Socket::Tcp(_)) {
            settings.say_clear(address);
        }
        speak(settings, server, target, socket, deadline)
    };
    match (attempt(first), second) {
        (Err(failure), Some(second)) if may_be_for_security(&failure) => attempt(second),
        (outcome, _) => outcome,
    }
}

/// Whether a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    Clear,
    /// If the server offers it.
    Offered,
    Encrypted,
}

impl Security {
    /// What is tried, and what then.
    fn of(mode: SslMode) -> (Self, Option<Self>) {
        match mode {
            SslMode::Disable => (Self::Clear, None),
            SslMode::Allow | SslMode::Prefer if !cfg!(feature = "tls") => (Self::Clear, None),
            SslMode::Allow => (Self::Clear, Some(Self::Encrypted)),
            SslMode::Prefer => (Self::Offered, Some(Self::Clear)),
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => (Self::Encrypted, None),
        }
    }
}

/// Whether the server may take a connection that is encrypted, or is not, where it has not taken the other kind.
fn may_be_for_security(failure: &Failure) -> bool {
    match failure {
        Failure::Driver(error) => match error.as_db_error() {
            Some(told) => *told.code() == SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
            None => refuses_encryption(error),
        },
        Failure::Refused(kind, _) => *kind == ErrorKind::Config,
        Failure::Socket(_) | Failure::Silent => false,
    }
}

#[cfg(feature = "tls")]
fn secure(
    settings: &Settings,
    server: &Server,
    socket: TcpStream,
    security: Security,
    deadline: Option<Instant>,
) -> Result<Socket, Failure> {
    use crate::tls::{Asked, Encryption, client_config};
    if security == Security::Clear {
        return Ok(Socket::Tcp(socket));
    }
    match Encryption::new(client_config(settings)?, &server.name)?.ask(socket, deadline)? {
        Asked::Encrypted(socket) => Ok(Socket::Tls(socket)),
        Asked::Clear(socket) if security == Security::Offered => Ok(Socket::Tcp(socket)),
        Asked::Clear(_) => {
            let reason =
                format!("the server does not offer encryption, which `sslmode={}` asks for", settings.sslmode());
            Err(Failure::Refused(ErrorKind::Config, reason))
        }
    }
}

#[cfg(not(feature = "tls"))]
fn secure(_: &Settings, _: &Server, socket: TcpStream, _: Security, _: Option<Instant>) -> Result<Socket, Failure> {
    Ok(Socket::Tcp(socket))
}

/// When a connection has to be made, which includes what is said on it.
fn deadline(settings: &Settings) -> Option<Instant> {
    settings.connect_timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}

fn open(settings: &Settings, address: &SocketAddr) -> io::Result<TcpStream> {
    let socket = match settings.connect_timeout {
        Some(timeout) => TcpStream::connect_timeout(address, timeout)?,
        None => TcpStream::connect(address)?,
    };
    socket.set_nodelay(true)?;
    let options = SockRef::from(&socket);
    #[cfg(target_os = "linux")]
    if let Some(timeout) = settings.tcp_user_timeout {
        options.set_tcp_user_timeout(Some(timeout))?;
    }
    if settings.keepalives {
        let mut keepalive = TcpKeepalive::new().with_time(settings.keepalives_idle);
        if let Some(interval) = settings.keepalives_interval {
            keepalive = keepalive.with_interval(interval);
        }
        #[cfg(not(windows))]
        if let Some(count) = settings.keepalives_count {
            keepalive = keepalive.with_retries(count);
        }
        options.set_tcp_keepalive(&keepalive)?;
    }
    Ok(socket)
}

/// Logs in, and sees whether the server is of the kind that is wanted.
fn speak(
    settings: &Settings,
    server: &Server,
    target: Target,
    socket: Socket,
    deadline: Option<Instant>,
) -> Result<Client, Failure> {
    const LONG: Duration = Duration::from_secs(60);
    let mut client = Client::connect(socket, &settings.login(server)?, settings.prepared, deadline)?;
    let (question, answer, other) = match target {
        Target::Any | Target::PreferStandby => return Ok(client),
        Target::ReadWrite => ("SHOW transaction_read_only", "off", "it takes no writes"),
        Target::ReadOnly => ("SHOW transaction_read_only", "on", "it takes writes"),
        Target::Primary => ("SELECT pg_catalog.pg_is_in_recovery()", "f", "it is a standby"),
        Target::Standby => ("SELECT pg_catalog.pg_is_in_recovery()", "t", "it is no standby"),
    };
    let deadline = deadline.unwrap_or_else(|| Instant::now() + LONG);
    let told = client.run_until(deadline, |client| client.simple_query(question))?;
    let fits =
        |message: &SimpleQueryMessage| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some(answer));
    match told.iter().any(fits) {
        true => Ok(client),
        false => Err(Failure::Refused(
            ErrorKind::ConnectionLost,
            format!("{other}, and `target_session_attrs` wants another"),
        )),
    }
}
