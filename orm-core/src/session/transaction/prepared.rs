//! Commits in two phases: their order, and the end of what a crash has left.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

use super::link::Link;
use super::names::{CommitNames, PreparedName};
use crate::engine::{Engine, Second};
use crate::error::{Error, ErrorKind, Result};

/// The databases that take part in a commit, by number, in their order.
pub(crate) trait Participants {
    fn count(&self) -> usize;
    fn name(&self, part: usize) -> String;

    /// The way to a database. What has failed on another one does not matter here.
    fn link(&mut self, part: usize) -> &mut Link;
}

/// Prepares the transaction on all databases, and then commits it on each.
///
/// The last one decides. It is prepared after all others and committed after all others, so that a crash leaves either a transaction that is not
/// prepared there, which is to be rolled back, or one that is, which is to be committed.
///
/// # Errors
///
/// `PartialCommit` when the commit is decided and not done on all. After any other error nothing is committed.
pub(crate) fn commit_in_two_phases(parts: &mut impl Participants, names: &CommitNames) -> Result<()> {
    let order = arrange(parts, names)?;
    for (done, (part, id)) in order.iter().enumerate() {
        if let Err(error) = parts.link(*part).prepare(id) {
            let error = error.context(format!("preparing the commit on `{}`", parts.name(*part)));
            return Err(undo_prepared(parts, &order[..done], error));
        }
    }
    let mut left = Vec::new();
    for (number, (part, id)) in order.iter().enumerate() {
        let decides = number + 1 == order.len();
        // The one that decides stays for as long as others have to be committed.
        let outcome = match decides && !left.is_empty() {
            true => Ok(false),
            false => parts.link(*part).end_prepared(Second::Commit, id).map(|()| true),
        };
        match outcome {
            Ok(true) => {}
            Ok(false) => left.push(format!("`{}`", parts.name(*part))),
            Err(error) => left.push(format!("`{}` ({error})", parts.name(*part))),
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the commit is decided, and prepared but not done on {}; `resolve_prepared` of the sessions' factory completes it: {}",
        left.join(", "),
        order.iter().map(|(_, id)| format!("`{id}`")).collect::<Vec<_>>().join(", ")
    );
    Err(Error::new(ErrorKind::PartialCommit, message))
}

/// The parts in the order in which they prepare, with their ids. The last one decides: that which was begun as the first of those that had to be
/// named then, or else the last one that is named now.
fn arrange(parts: &mut impl Participants, names: &CommitNames) -> Result<Vec<(usize, String)>> {
    let all = 0..parts.count();
    let decides = all.clone().find(|&part| parts.link(part).decides());
    let decides = decides.or_else(|| all.clone().rev().find(|&part| !parts.link(part).is_named_from_begin()));
    let Some(decides) = decides else { return Err(undecided(parts)) };
    let mut order: Vec<usize> = all.filter(|&part| part != decides).collect();
    order.push(decides);
    let named = order.into_iter().map(|part| {
        let given = parts.link(part).named_id();
        let id = given.unwrap_or_else(|| if part == decides { names.deciding() } else { names.next() });
        parts.link(part).check_id(&id).map(|()| (part, id))
    });
    named.collect()
}

/// The transaction that was to decide has changed nothing, and the others have had their names since they began.
#[cold]
fn undecided(parts: &impl Participants) -> Error {
    let written: Vec<String> = (0..parts.count()).map(|part| format!("`{}`", parts.name(part))).collect();
    let message = format!(
        "the transaction has written to {}, and not to the database on which it began first: after a crash in the middle of a commit nothing would          tell whether that was decided. Begin with a write to one of these, without `begin()`, locks and isolation before",
        written.join(", ")
    );
    Error::new(ErrorKind::InvalidState, message)
}

/// Rolls back what was prepared.
fn undo_prepared(parts: &mut impl Participants, prepared: &[(usize, String)], error: Error) -> Error {
    prepared.iter().rev().fold(error, |error, (part, id)| match parts.link(*part).end_prepared(Second::Rollback, id) {
        Ok(()) => error,
        Err(second) => error.context(format!(
            "what was prepared on `{}` could not be rolled back ({second}): `resolve_prepared` of the sessions' factory does so",
            parts.name(*part)
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
    let mut found: BTreeMap<u64, BTreeMap<PreparedName, usize>> = BTreeMap::new();
    for (database, (_, engine)) in databases.iter().enumerate() {
        if !engine.dialect().capabilities().prepared_transactions {
            continue;
        }
        for name in engine.prepared_transactions()?.iter().filter_map(|id| PreparedName::parse(id)) {
            // Several engines may be over one database, and each lists it.
            found.entry(name.commit).or_default().entry(name).or_insert(database);
        }
    }
    let mut resolved = Vec::new();
    for parts in found.into_values().filter(|parts| parts.keys().all(|name| name.age() >= least_age)) {
        // The one that decides is the first by name. It is committed last, and never there to be rolled back.
        let committed = parts.keys().any(PreparedName::decides);
        for (name, database) in parts.into_iter().rev() {
            let (database, engine) = databases[database];
            let id = name.to_string();
            engine.end_prepared(if committed { Second::Commit } else { Second::Rollback }, &id)?;
            resolved.push(Resolved { database, id, committed });
        }
    }
    Ok(resolved)
}
