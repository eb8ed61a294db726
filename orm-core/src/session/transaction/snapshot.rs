//! Snapshots that the reads of one call share.

use std::mem::take;

use super::link::{Link, Way};
use crate::driver::{Isolation, TransactionMode, TransactionOptions};
use crate::error::{Error, ErrorKind, Result};

/// Whether the reads of a call share a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sharing {
    #[default]
    No,
    /// Because it costs next to nothing.
    Cheap,
    /// Because the query asks for it.
    Asked,
}

impl Link {
    /// From now on reads share one snapshot if they are `asked` to, or where that costs next to nothing and they would not share one anyway.
    /// Tells whether they do: then [`end_snapshot`](Self::end_snapshot) ends it.
    pub(crate) fn begin_snapshot(&mut self, asked: bool) -> bool {
        if self.sharing != Sharing::No {
            return false;
        }
        let is_cheap = self.dialect().capabilities().snapshot_reads;
        self.sharing = match asked {
            true => Sharing::Asked,
            false if is_cheap && matches!(self.way, Way::Free) && !self.is_begun_by_reads() => Sharing::Cheap,
            false => Sharing::No,
        };
        self.sharing != Sharing::No
    }

    pub(crate) fn end_snapshot(&mut self) -> Result<()> {
        self.sharing = Sharing::No;
        match take(&mut self.way) {
            Way::Snapshot(mut conn) => conn.commit(),
            way => {
                self.way = way;
                Ok(())
            }
        }
    }

    /// Begins what a read needs: a transaction where reads begin one, else a snapshot if this one shares it with others.
    pub(super) fn prepare_snapshot(&mut self) -> Result<()> {
        let is_free = matches!(self.way, Way::Free);
        if self.is_begun_by_reads() {
            let asked = (self.sharing == Sharing::Asked && self.options.isolation.is_none())
                .then_some(Isolation::RepeatableRead);
            self.begin_with(TransactionOptions { isolation: asked, ..TransactionOptions::new() })?;
        } else if is_free && self.sharing != Sharing::No {
            self.way = Way::Snapshot(self.begin_read(self.snapshot_mode())?);
        }
        match self.sharing == Sharing::Asked && self.in_transaction() && !self.has_snapshot {
            true => Err(Error::new(ErrorKind::InvalidState, NO_SNAPSHOT)),
            false => Ok(()),
        }
    }

    /// How a transaction begins whose reads see one snapshot.
    fn snapshot_mode(&self) -> TransactionMode {
        let reading = TransactionOptions::new().isolation(Isolation::RepeatableRead).read_only(true);
        if self.dialect().capabilities().snapshot_reads {
            TransactionMode::Read
        } else {
            TransactionMode::With(reading)
        }
    }

    /// Whether another replica may answer the next statement: one of the same snapshot may not.
    pub(super) fn may_change_replica(&self) -> bool {
        match self.way {
            Way::Free => true,
            Way::Snapshot(_) => self.sharing != Sharing::Asked,
            Way::Alone(_) | Way::Transaction(_) => false,
        }
    }
}

const NO_SNAPSHOT: &str = "a query that is `consistent` reads in one snapshot, and the open transaction does not say that its statements see \
                           one: begin it by `begin_with(Isolation::RepeatableRead)`, or run the query before it";
