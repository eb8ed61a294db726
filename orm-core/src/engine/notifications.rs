//! What connections tell each other.

use std::fmt;
use std::time::Duration;

use super::Conn;
use crate::dialect::names;
use crate::driver::Notification;
use crate::error::{Error, ErrorKind, Result};
use crate::value::ValueRef;

impl Conn {
    /// Listens to a channel: what others tell it from now on comes by [`notifications`](Conn::notifications). Within a transaction it begins
    /// with the commit. The channel is any text without NUL that is no longer than a name of the database. It ends when the connection is given
    /// back, or by [`unlisten`](Conn::unlisten).
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// let engine = orm::Engine::connect("postgresql://localhost/shop")?;
    /// let mut listener = engine.connection()?;
    /// listener.listen("orders")?;
    /// engine.connection()?.notify("orders", "4711")?; // usually another program
    ///
    /// for notification in listener.notifications(Duration::from_secs(30)) {
    ///     let notification = notification?;
    ///     println!("{}: {}", notification.channel, notification.payload);
    /// }
    /// // No notification came for 30 seconds.
    /// listener.unlisten("orders")?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` where there are no channels, `Config` for a name that cannot be one, and the database's.
    pub fn listen(&mut self, channel: &str) -> Result<()> {
        let channel = self.channel(channel)?;
        self.run_script(&format!("LISTEN {channel}"))
    }

    /// Listens to a channel no longer. What has arrived stays.
    ///
    /// See the example of [`listen`](Conn::listen).
    ///
    /// # Errors
    ///
    /// As [`listen`](Conn::listen).
    pub fn unlisten(&mut self, channel: &str) -> Result<()> {
        let channel = self.channel(channel)?;
        self.run_script(&format!("UNLISTEN {channel}"))
    }

    /// Sends a text to all listeners of a channel, this connection included. Within a transaction they get it after the commit, and of equal texts
    /// once. PostgreSQL takes a payload of up to 8,000 bytes.
    ///
    /// See the example of [`listen`](Conn::listen).
    ///
    /// # Errors
    ///
    /// As [`listen`](Conn::listen).
    pub fn notify(&mut self, channel: &str, payload: &str) -> Result<()> {
        let sql = self.dialect().notify()?;
        self.channel(channel)?;
        self.execute(sql, &[ValueRef::Text(channel), ValueRef::Text(payload)]).map(drop)
    }

    /// What the channels that the connection listens to were told, in its order: what has arrived during other statements, then what arrives.
    /// The iterator waits up to `timeout` for each, and ends when nothing has arrived in that time; it may be asked again. An error is its last
    /// item.
    ///
    /// Nothing is lost while other statements run. A connection that listens and is never asked keeps everything in memory.
    ///
    /// See the example of [`listen`](Conn::listen).
    ///
    /// # Errors
    ///
    /// The iterator's: `Unsupported` where there are no channels, `InvalidState` within a transaction, in which nothing arrives,
    /// `Cancelled` by the connection's [token](Conn::cancel_token), and `ConnectionLost`.
    pub fn notifications(&mut self, timeout: Duration) -> Notifications<'_> {
        Notifications { conn: self, timeout, failed: false }
    }

    /// A channel's quoted name.
    fn channel(&self, channel: &str) -> Result<String> {
        self.dialect().notify()?;
        let longest = self.dialect().capabilities().longest_name;
        if channel.is_empty() || !longest.takes(channel) || channel.contains('\0') {
            let message = format!(
                "{channel:?} cannot be the name of a channel: it takes up to {longest}, at least one, and none of them NUL"
            );
            return Err(Error::new(ErrorKind::Config, message));
        }
        Ok(names::quoted(self.dialect(), channel))
    }
}

/// The messages of the channels that a connection listens to, from [`Conn::notifications`].
#[must_use = "messages are read as they are asked for"]
pub struct Notifications<'c> {
    conn: &'c mut Conn,
    timeout: Duration,
    failed: bool,
}

impl Iterator for Notifications<'_> {
    type Item = Result<Notification>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let found = self.conn.notification(self.timeout);
        self.failed = found.is_err();
        found.transpose()
    }
}

impl fmt::Debug for Notifications<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifications").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
