//! Relations that are loaded again and again at one place of the program.

use std::collections::HashMap;

use crate::engine::{At, LazyLoads};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::RelationDef;
use crate::session::Session;

/// How often a relation was loaded at a place of the program, from [`Session::lazy_loads`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LazyLoad {
    /// The relation: `User::addresses`.
    pub relation: String,
    /// The place.
    pub at: &'static std::panic::Location<'static>,
    /// How often.
    pub count: u32,
}

/// The loads of a unit of work, by relation and place.
#[derive(Debug)]
pub(crate) struct LazyWatch {
    reaction: LazyLoads,
    counts: HashMap<(&'static str, &'static str, At), u32>,
}

impl LazyWatch {
    pub(crate) fn new(reaction: LazyLoads) -> Self {
        Self { reaction, counts: HashMap::new() }
    }

    /// A new unit of work begins.
    pub(crate) fn forget(&mut self) {
        self.counts.clear();
    }

    /// `cure` is the clause of a query that loads it for all objects.
    fn note(&mut self, (model, name): (&'static str, &'static str), cure: &str, at: At) -> Result<()> {
        let count = self.counts.entry((model, name, at)).or_default();
        *count += 1;
        let count = *count;
        match self.reaction {
            LazyLoads::Warn(most) if count == most.saturating_add(1) => {
                tracing::warn!(
                    target: "orm::lazy",
                    relation = format_args!("{model}::{name}"),
                    %at,
                    count,
                    "it is loaded again and again: `.{cure}({model}::{name})` in the query loads it for all objects at once"
                );
                Ok(())
            }
            LazyLoads::Fail(most) if count > most => Err(Error::new(
                ErrorKind::RepeatedLoad,
                format!(
                    "`{model}::{name}` is loaded at {at} for the {count}. time in this unit of work, and {most} are allowed: \
                     `.{cure}({model}::{name})` in the query loads it for all objects at once"
                ),
            )),
            _ => Ok(()),
        }
    }
}

impl Session {
    /// Watches how often relations are loaded one by one; `None` ends it. A unit of work, up to its commit or rollback, is counted by
    /// itself.
    pub fn watch_lazy_loads(&mut self, reaction: impl Into<Option<LazyLoads>>) {
        self.lazy = reaction.into().map(|reaction| Box::new(LazyWatch::new(reaction)));
    }

    /// How often relations were loaded one by one in this unit of work, by relation and place, the most frequent first. Nothing unless that
    /// is watched.
    pub fn lazy_loads(&self) -> Vec<LazyLoad> {
        let counts = self.lazy.iter().flat_map(|watch| &watch.counts);
        let mut loads: Vec<LazyLoad> = counts
            .map(|(&(model, name, at), &count)| LazyLoad { relation: format!("{model}::{name}"), at, count })
            .collect();
        loads.sort_by(|a, b| (b.count, &a.relation, a.at).cmp(&(a.count, &b.relation, b.at)));
        loads
    }

    /// A relation is about to be loaded because an object was asked for it at `at`.
    pub(crate) fn note_lazy_load(&mut self, relation: &RelationDef, at: At) -> Result<()> {
        match &mut self.lazy {
            Some(watch) => watch.note(((relation.owner.spec)().name, relation.name), "include", at),
            None => Ok(()),
        }
    }

    /// A deferred column, by its model and name, is about to be loaded because an object was asked for it at `at`.
    pub(crate) fn note_lazy_column(&mut self, column: (&'static str, &'static str), at: At) -> Result<()> {
        match &mut self.lazy {
            Some(watch) => watch.note(column, "undefer", at),
            None => Ok(()),
        }
    }
}
