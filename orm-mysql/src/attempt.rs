//! Connecting within a time.
//!
//! The driver has a limit for the connection of TCP and none for what the server says then, but one that would hold for all later statements. So each
//! attempt has a thread of its own. One that takes too long is left behind: when it comes back, it closes its connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use orm_core::{Error, ErrorKind, Result};

/// So many attempts may be left behind, each with a thread and a connection.
const MOST: usize = 8;

/// The attempts to connect to one server that nobody waits for any more.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Arc<AtomicUsize>);

impl Attempts {
    /// Runs `connect`, and waits so long for it.
    ///
    /// # Errors
    ///
    /// Those of `connect`, and `ConnectionLost` when it takes longer, or too many attempts before it still do.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        place: &str,
        limit: Duration,
        connect: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if self.0.load(Ordering::Relaxed) >= MOST {
            return Err(lost(place, &format!("{MOST} attempts to connect still wait for the server to answer")));
        }
        let (told, outcome) = mpsc::sync_channel(0);
        let left = Arc::clone(&self.0);
        thread::spawn(move || {
            // Nobody takes it when the time is up.
            if told.send(connect()).is_err() {
                left.fetch_sub(1, Ordering::Relaxed);
            }
        });
        outcome.recv_timeout(limit).unwrap_or_else(|_| {
            self.0.fetch_add(1, Ordering::Relaxed);
            Err(lost(place, &format!("the server has not answered within {limit:?} (`connect_timeout`)")))
        })
    }
}

fn lost(place: &str, message: &str) -> Error {
    Error::new(ErrorKind::ConnectionLost, format!("connecting to {place}: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_takes_too_long_is_left_behind() {
        let attempts = Attempts::default();
        assert_eq!(attempts.run("here", Duration::from_secs(60), || Ok(1)).ok(), Some(1));
        let (go_on, waits) = mpsc::channel::<()>();
        let waits = Arc::new(std::sync::Mutex::new(waits));
        let short = Duration::from_millis(5);
        for said in [vec!["within 5ms"; MOST], vec!["8 attempts"; 2]].concat() {
            let waits = Arc::clone(&waits);
            let outcome = attempts.run("here", short, move || {
                let _ = waits.lock().map(|waits| waits.recv());
                Ok(())
            });
            let text = outcome.err().map_or_else(String::new, |error| error.to_string());
            assert!(text.contains(said), "{text}");
        }
        drop(go_on);
        while attempts.0.load(Ordering::Relaxed) > 0 {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(attempts.run("here", Duration::from_secs(60), || Ok(2)).ok(), Some(2));
    }
}
