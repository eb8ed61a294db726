//! Encrypted connections: rustls over the blocking socket, below the protocol's state machine.

mod binding;
mod config;
mod socket;
mod verify;

pub(crate) use config::client_config;
pub(crate) use socket::{Asked, Encryption, TlsSocket};
