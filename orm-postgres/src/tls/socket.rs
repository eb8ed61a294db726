use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use orm_core::ErrorKind;
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, ClientConnection};

use super::binding::end_point;
use crate::client::Failure;

/// How connections to one server are encrypted.
#[derive(Debug, Clone)]
pub(crate) struct Encryption {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

/// What has become of a socket whose server was asked for encryption.
pub(crate) enum Asked {
    Encrypted(TlsSocket),
    /// The server does not offer it.
    Clear(TcpStream),
}

impl Encryption {
    /// The encryption of connections to the server of that name.
    ///
    /// # Errors
    ///
    /// When a certificate could not have such a name.
    pub(crate) fn new(config: Arc<ClientConfig>, name: &str) -> Result<Self, Failure> {
        let name = ServerName::try_from(name.to_owned())
            .map_err(|_| refused(format!("`{name}` is no name of a host, and encryption needs one")))?;
        Ok(Self { config, name })
    }

    /// Asks the server for encryption, and shakes hands.
    ///
    /// # Errors
    ///
    /// The socket's, `Silent` after the deadline, and what is wrong with a certificate.
    pub(crate) fn ask(&self, socket: TcpStream, deadline: Option<Instant>) -> Result<Asked, Failure> {
        /// The length of the message, and the code of the request.
        const REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
        let mut answer = [0];
        limit(&socket, deadline)?;
        (&socket).write_all(&REQUEST).and_then(|()| (&socket).read_exact(&mut answer)).map_err(failed)?;
        match answer {
            [b'S'] => self.shake_hands(socket, deadline).map(Asked::Encrypted),
            [b'N'] => Ok(Asked::Clear(socket)),
            _ => Err(refused("the server does not speak PostgreSQL's protocol".to_owned())),
        }
    }

    fn shake_hands(&self, socket: TcpStream, deadline: Option<Instant>) -> Result<TlsSocket, Failure> {
        let made = ClientConnection::new(Arc::clone(&self.config), self.name.clone());
        let mut session = made.map_err(|error| refused(error.to_string()))?;
        while session.is_handshaking() {
            limit(&socket, deadline)?;
            if session.wants_write() {
                session.write_tls(&mut &socket).map_err(failed)?;
            } else if session.read_tls(&mut &socket).map_err(failed)? == 0 {
                return Err(Failure::Socket(io::ErrorKind::UnexpectedEof.into()));
            } else if let Err(error) = session.process_new_packets() {
                // The server is told why, as far as it takes that.
                let _ = session.write_tls(&mut &socket);
                return Err(refused(explain(&error)));
            }
        }
        while session.wants_write() {
            limit(&socket, deadline)?;
            session.write_tls(&mut &socket).map_err(failed)?;
        }
        Ok(TlsSocket { socket, session: Box::new(Mutex::new(session)), encryption: self.clone() })
    }
}

/// Lets the socket wait until the deadline.
fn limit(socket: &TcpStream, deadline: Option<Instant>) -> Result<(), Failure> {
    let left = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
        Some(left) if left.is_zero() => return Err(Failure::Silent),
        left => left,
    };
    Ok(socket.set_read_timeout(left).and_then(|()| socket.set_write_timeout(left))?)
}

fn failed(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Failure::Silent,
        _ => Failure::Socket(error),
    }
}

fn refused(reason: String) -> Failure {
    Failure::Refused(ErrorKind::Config, reason)
}

/// What is wrong, and what to do about it.
fn explain(error: &rustls::Error) -> String {
    use CertificateError::{
        ApplicationVerificationFailure, Expired, ExpiredContext, NotValidForName, NotValidForNameContext, UnknownIssuer,
    };
    let rustls::Error::InvalidCertificate(wrong) = error else { return format!("the encryption fails: {error}") };
    let cure = match wrong {
        Expired | ExpiredContext { .. } => "it has expired",
        NotValidForName | NotValidForNameContext { .. } => {
            "it is for another name: the URL must name the server as its certificate does, among its alternative names"
        }
        UnknownIssuer => {
            "it is not signed by a trusted authority: name the certificate of its authority in `sslrootcert`"
        }
        ApplicationVerificationFailure => "it was not accepted",
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "it is that of an authority: give the server a certificate of its own, which the authority has signed"
        }
        _ => return format!("the server's certificate is refused: {error}"),
    };
    format!("the server's certificate is refused: {cure} ({error})")
}

/// An encrypted socket, which blocks.
#[derive(Debug)]
pub(crate) struct TlsSocket {
    socket: TcpStream,
    session: Box<Mutex<ClientConnection>>,
    encryption: Encryption,
}

impl TlsSocket {
    fn session(&self) -> MutexGuard<'_, ClientConnection> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What binds a login to this connection.
    pub(crate) fn end_point(&self) -> Option<Vec<u8>> {
        self.session().peer_certificates()?.first().and_then(|certificate| end_point(certificate))
    }

    /// One more encrypted connection to the same place.
    pub(crate) fn another(&self, timeout: Duration) -> io::Result<Self> {
        let socket = TcpStream::connect_timeout(&self.socket.peer_addr()?, timeout)?;
        match self.encryption.ask(socket, Instant::now().checked_add(timeout)) {
            Ok(Asked::Encrypted(socket)) => Ok(socket),
            Ok(Asked::Clear(_)) => Err(io::Error::other("the server does not offer encryption any more")),
            Err(Failure::Socket(error)) => Err(error),
            Err(Failure::Refused(_, reason)) => Err(io::Error::other(reason)),
            Err(Failure::Silent | Failure::Driver(_)) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    pub(crate) fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.socket.set_read_timeout(timeout)
    }

    pub(crate) fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.socket.set_write_timeout(timeout)
    }

    pub(crate) fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        self.socket.set_nonblocking(nonblocking)
    }

    pub(crate) fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.socket.shutdown(how)
    }
}

impl Read for &TlsSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match rustls::Stream::new(&mut *self.session(), &mut &self.socket).read(buffer) {
            // The protocol knows where its messages end: nobody can cut one off unnoticed.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            other => other,
        }
    }
}

impl Write for &TlsSocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        rustls::Stream::new(&mut *self.session(), &mut &self.socket).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        rustls::Stream::new(&mut *self.session(), &mut &self.socket).flush()
    }
}
