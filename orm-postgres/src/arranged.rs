//! Encryption as the driver sees it: it is arranged before the driver gets the stream, which is why the stream stays what it is. The
//! driver only learns what binds a login to the encrypted connection.

use std::convert::Infallible;
use std::future::{Ready, ready};

use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use crate::wire::Wire;

/// The stream is ready for the protocol, encrypted or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arranged;

impl TlsConnect<Wire> for Arranged {
    type Stream = Wire;
    type Error = Infallible;
    type Future = Ready<Result<Wire, Infallible>>;

    fn connect(self, stream: Wire) -> Self::Future {
        ready(Ok(stream))
    }
}

impl TlsStream for Wire {
    fn channel_binding(&self) -> ChannelBinding {
        self.end_point().map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}
