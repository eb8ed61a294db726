//! Commits in two phases: their order, the names of what is prepared, and the end of what a crash has left.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::render::{TwoPhase, two_phase};

/// The databases that take part in a commit, by number, in the order in which they prepare it.
pub(crate) trait Participants {
    fn count(&self) -> usize;
    fn name(&self, part: usize) -> String;
    fn engine(&self, part: usize) -> Engine;

    /// Prepares the transaction of the part by that statement.
    fn prepare(&mut self, part: usize, sql: &str) -> Result<()>;
}

/// Prepares the transaction on all databases, and then commits it on each.
///
/// The last one is the witness of the decision. It is prepared after all others and committed after all others, so that a crash
/// leaves either a transaction that is not prepared there, which is to be rolled back, or one that is, which is to be committed.
///
/// # Errors
///
/// `PartialCommit` when the commit is decided and not done on all. After any other error nothing is committed.
pub(crate) fn commit_in_two_phases(parts: &mut impl Participants) -> Result<()> {
    let name = PreparedName::new(parts.count());
    let sql = |part: usize| two_phase(parts.engine(part).dialect(), TwoPhase::Prepare, &name.of(part));
    let prepare: Vec<String> = (0..parts.count()).map(sql).collect::<Result<_>>()?;
    for (part, sql) in prepare.iter().enumerate() {
        if let Err(error) = parts.prepare(part, sql) {
            let error = error.context(format!("preparing the commit on `{}`", parts.name(part)));
            return Err(undo_prepared(parts, part, &name, error));
        }
    }
    let mut left = Vec::new();
    for part in 0..parts.count() {
        // The witness stays for as long as others have to be committed.
        let outcome = match name.is_witness(part) && !left.is_empty() {
            true => Ok(false),
            false => parts.engine(part).commit_prepared(&name.of(part)).map(|()| true),
        };
        match outcome {
            Ok(true) => {}
            Ok(false) => left.push(format!("`{}`", parts.name(part))),
            Err(error) => left.push(format!("`{}` ({error})", parts.name(part))),
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the commit is decided, and prepared but not done on {}; `resolve_prepared` of the sessions' factory completes it: `{name}`",
        left.join(", ")
    );
    Err(Error::new(ErrorKind::PartialCommit, message))
}

/// Rolls back what the first parts have prepared.
fn undo_prepared(parts: &impl Participants, prepared: usize, name: &PreparedName, error: Error) -> Error {
    (0..prepared).rev().fold(error, |error, part| match parts.engine(part).rollback_prepared(&name.of(part)) {
        Ok(()) => error,
        Err(second) => error.context(format!(
            "what was prepared on `{}` could not be rolled back ({second}): `resolve_prepared` of the sessions' factory does so",
            parts.name(part)
        )),
    })
}

/// A transaction that `resolve_prepared` has ended on one database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolved {
    /// The database.
    pub database: &'static str,
    /// The id under which it was prepared.
    pub id: String,
    /// Whether it was committed, or else rolled back.
    pub committed: bool,
}

impl Display for Resolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { database, id, committed } = self;
        write!(f, "{database}: {id} was {}", if *committed { "committed" } else { "rolled back" })
    }
}

/// Ends what was prepared on some of the databases and is older than `least_age`.
///
/// # Errors
///
/// The databases'. What was not ended is still there.
pub(crate) fn resolve(databases: &[(&'static str, &Engine)], least_age: Duration) -> Result<Vec<Resolved>> {
    let mut found: BTreeMap<PreparedName, BTreeMap<usize, (usize, String)>> = BTreeMap::new();
    for (database, (_, engine)) in databases.iter().enumerate() {
        if !engine.dialect().capabilities().prepared_transactions {
            continue;
        }
        for id in engine.prepared_transactions()? {
            if let Some((name, part)) = PreparedName::parse(&id).filter(|(name, _)| name.age() >= least_age) {
                // Several engines may be over one database, and each lists it.
                found.entry(name).or_default().entry(part).or_insert((database, id));
            }
        }
    }
    let mut resolved = Vec::new();
    for (name, parts) in found {
        // The witness is committed last, and rolled back first.
        let committed = parts.keys().any(|part| name.is_witness(*part));
        let mut parts: Vec<(usize, String)> = parts.into_values().collect();
        if !committed {
            parts.reverse();
        }
        for (database, id) in parts {
            let (database, engine) = databases[database];
            if committed {
                engine.commit_prepared(&id)?
            } else {
                engine.rollback_prepared(&id)?
            }
            resolved.push(Resolved { database, id, committed });
        }
    }
    Ok(resolved)
}

/// The name of a commit in two phases. The ids of its prepared transactions are made of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PreparedName {
    /// Seconds since 1970, by the clock of the program.
    at: u64,
    random: u64,
    /// How many databases prepare it.
    parts: usize,
}

impl PreparedName {
    fn new(parts: usize) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self { at: now.as_secs(), random: RandomState::new().hash_one(now.as_nanos()), parts }
    }

    /// The id of the transaction on the database that prepares it as number `part`, from 0.
    pub(crate) fn of(&self, part: usize) -> String {
        format!("{self}_{}", part + 1)
    }

    /// The name and the part of an id.
    pub(crate) fn parse(id: &str) -> Option<(Self, usize)> {
        let mut words = id.strip_prefix("orm_")?.split('_');
        let mut word = || words.next();
        let at = word()?.parse().ok()?;
        let random = u64::from_str_radix(word()?, 16).ok()?;
        let (parts, part) = (word()?.parse().ok()?, word()?.parse::<usize>().ok()?.checked_sub(1)?);
        words.next().is_none().then_some((Self { at, random, parts }, part))
    }

    /// Whether the part is the one that is prepared and committed last.
    pub(crate) fn is_witness(&self, part: usize) -> bool {
        part + 1 == self.parts
    }

    /// How long ago it was prepared.
    pub(crate) fn age(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        now.saturating_sub(Duration::from_secs(self.at))
    }
}

impl Display for PreparedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "orm_{}_{:x}_{}", self.at, self.random, self.parts)
    }
}
