//! One session, and the additions of its unit so far.

use std::collections::BTreeMap;

use orm::prelude::*;
use orm::{Error, ErrorKind, Result, Synchronize};

use super::Sums;
use super::operation::{Cell, Operation};
use crate::models::Tally;

pub(super) struct Actor {
    session: Session,
    /// The objects that the session has loaded, by their keys.
    handles: BTreeMap<i64, Handle<Tally>>,
    /// Additions to objects that are not flushed yet.
    unsaved: Sums,
    /// Additions that the open transaction has written.
    saved: Sums,
}

fn add(sums: &mut Sums, cell: Cell, number: i64) {
    *sums.entry(cell).or_default() += number;
}

fn move_to(sums: &mut Sums, from: &mut Sums) {
    std::mem::take(from).into_iter().for_each(|(cell, number)| add(sums, cell, number));
}

/// The errors of a conflict with the other session.
fn is_expected(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StaleData
            | ErrorKind::Serialization
            | ErrorKind::Busy
            | ErrorKind::Deadlock
            | ErrorKind::Unsupported
    )
}

impl Actor {
    pub(super) fn new(engine: &Engine, expires: bool) -> Self {
        let mut session = engine.session();
        session.set_expire_on_commit(expires);
        Self { session, handles: BTreeMap::new(), unsaved: Sums::new(), saved: Sums::new() }
    }

    /// Whether the session has a transaction.
    pub(super) fn is_busy(&self) -> bool {
        self.session.in_transaction()
    }

    pub(super) fn close(mut self) -> Result<()> {
        self.session.close()
    }

    /// Does one operation. After a conflict the unit is rolled back.
    pub(super) fn act(&mut self, operation: &Operation, number: i64, committed: &mut Sums) -> Result<()> {
        match self.perform(operation, number) {
            Ok(()) => {}
            Err(error) if is_expected(&error) => return self.give_up(),
            Err(error) => return Err(error),
        }
        self.note_saved();
        if matches!(operation, Operation::Commit) {
            move_to(committed, &mut self.saved);
        }
        Ok(())
    }

    fn give_up(&mut self) -> Result<()> {
        self.unsaved.clear();
        self.saved.clear();
        self.session.rollback()
    }

    fn perform(&mut self, operation: &Operation, number: i64) -> Result<()> {
        match *operation {
            Operation::Get(id) => self.session.get::<Tally>(id).map(drop),
            Operation::Query => self.query(),
            Operation::Lock(id) => {
                let locked = Tally::query().filter(Tally::id.eq(id)).for_update().one(&mut self.session);
                locked.map(drop)
            }
            Operation::Refresh(id) => {
                let Some(tally) = self.known(id)? else { return Ok(()) };
                self.session.refresh(tally)?;
                self.unsaved.retain(|cell, _| cell.id != id);
                Ok(())
            }
            Operation::Expire(id) => {
                let Some(tally) = self.known(id)? else { return Ok(()) };
                self.session.expire(tally)?;
                self.unsaved.retain(|cell, _| cell.id != id);
                Ok(())
            }
            Operation::Add(cell) => self.add(cell, number),
            Operation::AddInSavepoint { cell, keep } => self.add_in_savepoint(cell, number, keep),
            Operation::AddByStatement(cell, how) => self.add_by_statement(cell, number, how),
            Operation::AddByExpression(cell) => self.add_by_expression(cell, number),
            Operation::Flush => self.session.flush(),
            Operation::Begin(isolation) => {
                if self.session.in_transaction() {
                    Ok(())
                } else {
                    self.session.begin_with(isolation)
                }
            }
            Operation::Commit => self.session.commit(),
            Operation::Rollback => self.give_up(),
        }
    }

    /// The object of a row, with the values that the session knows. A row that it has never seen is read.
    fn known(&mut self, id: i64) -> Result<Option<Handle<Tally>>> {
        match self.handles.get(&id) {
            Some(&tally) => Ok(Some(tally)),
            None => {
                let tally = self.session.get::<Tally>(id)?;
                self.handles.extend(tally.map(|tally| (id, tally)));
                Ok(tally)
            }
        }
    }

    /// Checks that memory agrees with the result of a query.
    fn query(&mut self) -> Result<()> {
        let rows = Tally::query().select((Tally::object(), Tally::here, Tally::there)).all(&mut self.session)?;
        for (tally, here, there) in rows {
            let object = &self.session[tally];
            let is_shown = (object.here, object.there) == (here, there);
            assert!(is_shown || self.session.is_modified(tally), "a row holds {here:#b}, {there:#b}: {object:?}");
        }
        Ok(())
    }

    fn add(&mut self, cell: Cell, number: i64) -> Result<()> {
        let Some(tally) = self.known(cell.id)? else { return Ok(()) };
        *value(&mut self.session[tally], cell) += number;
        add(&mut self.unsaved, cell, number);
        Ok(())
    }

    fn add_in_savepoint(&mut self, cell: Cell, number: i64, keep: bool) -> Result<()> {
        let Some(tally) = self.known(cell.id)? else { return Ok(()) };
        let enough = || Error::new(ErrorKind::Invalid, "enough");
        let outcome = self.session.nested(|session| {
            *value(&mut session[tally], cell) += number;
            session.flush()?;
            if keep { Ok(()) } else { Err(enough()) }
        });
        match outcome {
            Ok(()) => add(&mut self.saved, cell, number),
            Err(error) if error.kind() == ErrorKind::Invalid => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn add_by_statement(&mut self, cell: Cell, number: i64, how: Synchronize) -> Result<()> {
        let row = Tally::query().filter(Tally::id.eq(cell.id));
        let session = &mut self.session;
        match cell.is_here {
            true => row.update(Tally::here.set(Tally::here + number)).synchronize(how).execute(session)?,
            false => row.update(Tally::there.set(Tally::there + number)).synchronize(how).execute(session)?,
        };
        add(&mut self.saved, cell, number);
        Ok(())
    }

    fn add_by_expression(&mut self, cell: Cell, number: i64) -> Result<()> {
        let Some(tally) = self.known(cell.id)? else { return Ok(()) };
        self.session.flush()?;
        match cell.is_here {
            true => self.session.set_expr(tally, Tally::here, Tally::here + number)?,
            false => self.session.set_expr(tally, Tally::there, Tally::there + number)?,
        }
        self.session.flush()?;
        add(&mut self.saved, cell, number);
        Ok(())
    }

    /// Moves the additions of objects that equal their rows by now to the transaction.
    fn note_saved(&mut self) {
        let (mut unsaved, mut saved) = (Sums::new(), Sums::new());
        for (cell, number) in std::mem::take(&mut self.unsaved) {
            let is_unsaved = self.handles.get(&cell.id).is_some_and(|&tally| self.session.is_modified(tally));
            add(if is_unsaved { &mut unsaved } else { &mut saved }, cell, number);
        }
        self.unsaved = unsaved;
        move_to(&mut self.saved, &mut saved);
    }
}

fn value(tally: &mut Tally, cell: Cell) -> &mut i64 {
    if cell.is_here { &mut tally.here } else { &mut tally.there }
}
