//! Who ends a statement that has reached its limits.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use mysql::prelude::Queryable as _;
use mysql::{Opts, OptsBuilder};
use orm_core::driver::Limits;

/// The time for asking the server to end a statement.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);
/// The pause before the server is asked once more.
const PAUSE: Duration = Duration::from_millis(200);

/// Watches over a statement while another thread waits for it.
#[derive(Debug)]
pub(crate) struct Watch {
    done: Sender<()>,
    thread: JoinHandle<bool>,
}

impl Watch {
    /// Watches over the statement of a connection, where there are limits: others need no thread.
    pub(crate) fn over(limits: &Limits, place: &Arc<Opts>, id: u32) -> Option<Self> {
        if limits.is_empty() {
            return None;
        }
        let (limits, place) = (limits.clone(), Arc::clone(place));
        let (done, waits) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            while !limits.is_reached() {
                match waits.recv_timeout(limits.nap()) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return false,
                }
            }
            loop {
                // When it does not answer, it is asked again.
                let _ = kill(&place, id);
                match waits.recv_timeout(PAUSE) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return true,
                }
            }
        });
        Some(Self { done, thread })
    }

    /// Ends the watch, and tells whether the server was asked to end the statement.
    pub(crate) fn finish(self) -> bool {
        drop(self.done);
        self.thread.join().unwrap_or(true)
    }
}

/// Asks the server over a connection of its own to end the statement of another one, and waits for the answer.
pub(crate) fn kill(place: &Opts, id: u32) -> Result<(), mysql::Error> {
    let place = OptsBuilder::from_opts(place.clone())
        .tcp_connect_timeout(Some(KILL_TIMEOUT))
        .read_timeout(Some(KILL_TIMEOUT))
        .init(Vec::<String>::new());
    mysql::Conn::new(place)?.query_drop(format!("KILL QUERY {id}"))
}
