//! A session that commits together with others.

use std::sync::Arc;

use crate::error::Result;
use crate::model::{Foreign, RawHandle};
use crate::schema::TableDef;
use crate::session::Session;
use crate::session::flush::{Placement, Then};
use crate::session::store::slots::State;
use crate::session::{CommitNames, Link};

impl Session {
    /// Asks `placement` of each row from now on whether it may be written here.
    pub(crate) fn set_placement(&mut self, placement: Arc<dyn Placement>) {
        self.placement = Some(placement);
    }

    /// Whether it has the object.
    pub(crate) fn has(&self, object: RawHandle) -> bool {
        self.store.state(object) != State::Detached
    }

    /// Whether it has the object that a foreign key references.
    pub(crate) fn has_target(&self, target: &TableDef, foreign: Foreign<'_>) -> bool {
        self.store.resolve(target, foreign).is_some()
    }

    /// Whether statements are refused until a rollback.
    pub(crate) fn needs_rollback(&self) -> bool {
        self.links.needs_rollback()
    }

    /// Whether its commit would write, or complete what was written.
    pub(crate) fn is_writer(&mut self) -> Result<bool> {
        Ok(self.links.has_written() || self.has_work()?)
    }

    /// Writes all changes within the transaction, as a commit does first.
    pub(crate) fn flush_part(&mut self) -> Result<()> {
        self.before_commit(Then::GoOn)
    }

    /// Commits what [`flush_part`](Self::flush_part) has written.
    pub(crate) fn commit_part(&mut self) -> Result<()> {
        self.links.commit()?;
        self.after_commit()
    }

    /// The way to the database of a part, to prepare what [`flush_part`](Self::flush_part) has written. Memory is still that of the transaction.
    pub(crate) fn link_of_part(&mut self) -> &mut Link {
        self.links.main()
    }

    /// Commits in two phases with others, which take their names from the same place.
    pub(crate) fn name_commits(&mut self, names: CommitNames) {
        self.links.name_commits(names);
    }
}
