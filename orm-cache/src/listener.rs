//! Changes that the database itself tells from process to process: `LISTEN` and `NOTIFY`.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use orm_core::engine::{Conn, Engine};
use orm_core::{Error, ErrorKind, Result};

use crate::stamps::LocalStamps;
use crate::tags::Tag;

/// How long one look at the channel takes: what is owed waits as long, and so does the end.
const LOOK: Duration = Duration::from_millis(500);

/// The most places that one message names. PostgreSQL takes 8,000 bytes.
const MOST: usize = 1_500;

/// Hears what other processes commit, and tells them what this one does, as long as it lives; see [`Cache::listen`](crate::Cache::listen).
#[must_use = "a cache whose listener is dropped believes nothing"]
pub struct Listener {
    link: Arc<Link>,
    thread: Option<JoinHandle<()>>,
}

/// The way from one process to the others.
pub(crate) struct Link {
    stamps: Arc<LocalStamps>,
    channel: String,
    /// The sender, so that it skips its own messages.
    name: u64,
    hears: AtomicBool,
    ends: AtomicBool,
    voice: Mutex<Voice>,
    errors: AtomicU64,
}

/// What tells the others, and what they were not told yet.
#[derive(Default)]
struct Voice {
    conn: Option<Conn>,
    owed: BTreeSet<u16>,
}

impl Listener {
    /// Connects, so that errors are told at once, and starts the thread that listens.
    pub(crate) fn start(stamps: Arc<LocalStamps>, engine: &Engine, channel: String) -> Result<Self> {
        let name = RandomState::new().build_hasher().finish();
        let (hears, ends, voice, errors) = Default::default();
        let link = Arc::new(Link { stamps, channel, name, hears, ends, voice, errors });
        let ear = link.connect(engine)?;
        let (own, engine) = (Arc::clone(&link), engine.clone());
        let thread = thread::Builder::new().name("orm-cache".to_owned()).spawn(move || own.run(&engine, ear));
        let thread = thread.map_err(|error| {
            Error::new(ErrorKind::InvalidState, "the system gives no thread for a listener").with_source(error)
        })?;
        Ok(Self { link, thread: Some(thread) })
    }

    pub(crate) fn link(&self) -> Weak<Link> {
        Arc::downgrade(&self.link)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.link.ends.store(true, Ordering::Release);
        self.link.hears.store(false, Ordering::Release);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!(target: "orm::cache", "the thread of a listener panicked");
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("channel", &self.link.channel).field("hears", &self.link.hears()).finish()
    }
}

impl Link {
    /// Whether everything that others commit is heard. Otherwise nothing that is kept can be believed.
    pub(crate) fn hears(&self) -> bool {
        self.hears.load(Ordering::Acquire)
    }

    /// How often the database did not answer.
    pub(crate) fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    /// Tells the others of a change. What they cannot be told now is owed to them.
    pub(crate) fn tell(&self, tags: &[Tag]) {
        let mut voice = self.voice();
        voice.owed.extend(tags.iter().map(Tag::place));
        self.pay(&mut voice);
    }

    fn voice(&self) -> MutexGuard<'_, Voice> {
        self.voice.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pay(&self, voice: &mut Voice) {
        let Voice { conn: Some(conn), owed } = voice else { return };
        if owed.is_empty() {
            return;
        }
        match conn.notify(&self.channel, &message(self.name, owed)) {
            Ok(()) => owed.clear(),
            Err(error) => {
                self.note(&error);
                voice.conn = None;
            }
        }
    }

    fn note(&self, error: &Error) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(target: "orm::cache", %error, "nothing is believed until the database is heard again");
    }

    /// Listens, on a connection of its own. What was said before was missed.
    fn connect(&self, engine: &Engine) -> Result<Conn> {
        let mut ear = engine.connection()?;
        ear.listen(&self.channel)?;
        let conn = engine.connection()?;
        self.stamps.change(&[Tag::everything()]);
        self.hears.store(true, Ordering::Release);
        let mut voice = self.voice();
        voice.conn = Some(conn);
        self.pay(&mut voice);
        Ok(ear)
    }

    fn run(&self, engine: &Engine, ear: Conn) {
        let mut ear = Some(ear);
        while !self.ends.load(Ordering::Acquire) {
            let heard = match ear.take() {
                Some(ear) => self.hear(ear),
                None => self.connect(engine).map(|found| ear = Some(found)),
            };
            if let Err(error) = heard {
                self.note(&error);
                thread::sleep(LOOK);
            }
        }
        self.voice().conn = None;
    }

    /// Hears until the end, or until a connection breaks.
    fn hear(&self, mut ear: Conn) -> Result<()> {
        let outcome = loop {
            match ear.notifications(LOOK).next() {
                Some(Ok(message)) => self.understand(&message.payload),
                Some(Err(error)) => break Err(error),
                None => {}
            }
            let mut voice = self.voice();
            self.pay(&mut voice);
            if voice.conn.is_none() || self.ends.load(Ordering::Acquire) {
                break Ok(());
            }
        };
        self.hears.store(false, Ordering::Release);
        outcome
    }

    fn understand(&self, message: &str) {
        match places(message) {
            Some((name, _)) if name == self.name => {}
            Some((_, places)) => self.stamps.change_places(places),
            // Its content is not known.
            None => self.stamps.change(&[Tag::everything()]),
        }
    }
}

/// A message on the channel: its sender, and the places that have changed.
fn message(name: u64, places: &BTreeSet<u16>) -> String {
    let everything = BTreeSet::from([Tag::everything().place()]);
    let places = if places.len() > MOST { &everything } else { places };
    let places: Vec<String> = places.iter().map(|place| format!("{place:x}")).collect();
    format!("{name:x} {}", places.join(","))
}

fn places(message: &str) -> Option<(u64, Vec<u16>)> {
    let (name, places) = message.split_once(' ')?;
    let places = places.split(',').map(|place| u16::from_str_radix(place, 16).ok()).collect::<Option<_>>()?;
    Some((u64::from_str_radix(name, 16).ok()?, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_understood_and_never_too_long() {
        let some = BTreeSet::from([0, 7, u16::MAX]);
        assert_eq!(places(&message(u64::MAX, &some)), Some((u64::MAX, vec![0, 7, u16::MAX])));
        let most: BTreeSet<u16> = (0..=u16::MAX).rev().take(MOST).collect();
        assert!(message(u64::MAX, &most).len() < 8_000);
        assert_eq!(places(&message(u64::MAX, &most)).map(|(_, places)| places.len()), Some(MOST));
        let all: BTreeSet<u16> = (0..=u16::MAX).collect();
        assert_eq!(places(&message(1, &all)), Some((1, vec![Tag::everything().place()])));
        for other in ["", "1", "1 ", "x 1", "1 10000", "hello world"] {
            assert_eq!(places(other), None, "{other:?}");
        }
    }
}
