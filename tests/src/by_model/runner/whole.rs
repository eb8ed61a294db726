//! Operations on the whole session.

use std::collections::BTreeSet;

use orm::{ErrorKind, Result, Session, State};

use super::Runner;
use crate::by_model::things::Kind;
use crate::by_model::world::{Life, World};

impl Runner<'_> {
    pub(super) fn query(&mut self, session: &mut Session, kind: Kind) -> Result<()> {
        if self.world.is_refused() {
            return Ok(());
        }
        let mut flushed = self.world.clone();
        flushed.flush();
        let rows = |world: &World| -> BTreeSet<usize> {
            world.rows.keys().copied().filter(|&number| world.kind(number) == kind).collect()
        };
        let concerned = rows(&flushed) != rows(&self.world)
            || rows(&flushed).iter().any(|number| flushed.rows.get(number) != self.world.rows.get(number));
        self.tell(format!("query {kind:?}"));
        let found = match concerned {
            true => kind.all(session)?,
            false => session.no_autoflush(|session| kind.all(session))?,
        };
        if concerned {
            self.world = flushed;
            self.note_keys(session);
        }
        let found: BTreeSet<usize> = found.into_iter().map(|thing| self.number(session, thing)).collect();
        assert_eq!(found, rows(&self.world), "the objects that a query found");
        Ok(())
    }

    pub(super) fn flush(&mut self, session: &mut Session) -> Result<()> {
        if self.world.is_refused() {
            return self.refuse(session);
        }
        self.tell("flush");
        session.flush()?;
        self.world.flush();
        self.note_keys(session);
        Ok(())
    }

    fn refuse(&mut self, session: &mut Session) -> Result<()> {
        self.tell("flush, refused");
        match session.flush() {
            Err(error) if matches!(error.kind(), ErrorKind::NotNullViolation | ErrorKind::InvalidState) => Ok(()),
            other => panic!("the flush should refuse a key that is not set: {other:?}"),
        }
    }

    pub(super) fn commit_or_refuse(&mut self, session: &mut Session) -> Result<()> {
        match self.world.is_refused() {
            true => self.refuse(session),
            false => self.commit(session),
        }
    }

    pub(super) fn commit(&mut self, session: &mut Session) -> Result<()> {
        self.tell("commit");
        session.commit()?;
        self.world.flush();
        self.world.commit();
        self.note_keys(session);
        self.committed = self.world.clone();
        self.forgot = false;
        self.expect_memory(session);
        self.expect_rows();
        self.expect_same(session)
    }

    pub(super) fn rollback(&mut self, session: &mut Session) -> Result<()> {
        self.tell("rollback");
        session.rollback()?;
        let committed = std::mem::take(&mut self.committed);
        self.restore(session, &committed)?;
        self.committed = committed;
        self.forgot = false;
        self.expect_memory(session);
        Ok(())
    }

    /// The reference goes back, as the session did. What the session forgot and loaded again since cannot be restored by it: it
    /// reads it anew when it is asked for.
    pub(super) fn restore(&mut self, session: &mut Session, before: &World) -> Result<()> {
        self.world.restore(before);
        if !self.forgot {
            return Ok(());
        }
        for number in self.world.numbers() {
            let (kind, thing) = (self.world.kind(number), self.things[number]);
            if thing.state(session) != State::Persistent {
                continue;
            }
            let Some(key) = thing.key(session) else { panic!("{} has no key", self.name(number)) };
            let found = session.no_autoflush(|session| kind.get(session, &key))?;
            assert!(found.is_none_or(|found| found == thing), "another object for {}", self.name(number));
            if found.is_some() && !self.world.rows.contains_key(&number) {
                // It was read with a key that a row which is back had left to it: it is the object of that row now.
                let is_row =
                    |&other: &usize| self.world.kind(other) == kind && self.world.key(other).as_ref() == Some(&key);
                let Some(row) = self.world.numbers().find(is_row) else { panic!("{} has no row", self.name(number)) };
                self.things.swap(number, row);
                self.world.objects[number].life = Life::Gone;
            }
        }
        Ok(())
    }

    pub(super) fn forget(&mut self, session: &mut Session) {
        session.clear();
        self.world.clear();
        self.forgot = true;
    }
}
