//! The way back from a delete.

use std::collections::HashSet;

use super::marks::{Object, reached_by};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model, model_ref};
use crate::schema::{ModelId, SoftDelete};
use crate::session::Session;
use crate::session::objects::delete::by_table;
use crate::session::store::Store;
use crate::session::store::slots::State;
use crate::sql::Lift;
use crate::value::Value;

impl Session {
    /// Takes back a [`delete`](Session::delete) that was not flushed yet, and what its cascade marked. A pending object that
    /// it took out of the session is pending again.
    ///
    /// An object of a model with `soft_delete` whose row is marked as deleted gets the mark taken away, to be written by the next flush, and so
    /// do the rows that its delete cascade reaches and that were deleted with it: those with the same mark.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let iain = session.get::<Author>(1)?.ok_or_else(|| orm::Error::new(ErrorKind::NotFound, "Iain"))?;
    /// session.load(iain, Author::books)?;
    /// session.delete(iain)?;
    /// assert_eq!(session.deleted().len(), 3); // his books, by the cascade, and he
    /// session.undelete(iain)?;
    /// assert!(session.deleted().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, `InvalidState` when the delete was flushed and the handle is from before, and those of loading what the
    /// cascade reaches.
    pub fn undelete<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        let slot = self.store.slot(handle)?;
        let table = T::table();
        if self.store.state(handle.raw()) == State::Deleted {
            let object = self.store.label(table.id, slot);
            let cure = if table.soft_delete.is_some() {
                "read it by a query with `.with_deleted()`, and undelete that"
            } else {
                "roll back, or add a new value"
            };
            return Err(Error::new(ErrorKind::InvalidState, format!("the delete of {object} was flushed; {cure}")));
        }
        self.store.undelete((table, slot));
        if let Some(soft_delete) = table.soft_delete
            && self.store.state(handle.raw()) == State::Persistent
        {
            self.ask_old(model_ref::<T>(), &[slot])?;
            if let Some(mark) = self.store.mark_of((table, slot), soft_delete) {
                self.take_marks((table, slot), &mark)?;
            }
        }
        self.tell_states();
        Ok(())
    }

    /// Takes the mark of deletion from an object, and from what its delete cascade reaches with the same mark, level by level.
    fn take_marks(&mut self, object: Object, mark: &Value) -> Result<()> {
        let mut level = vec![object];
        let mut seen: HashSet<(ModelId, u32)> = HashSet::new();
        while !level.is_empty() {
            level.retain(|&(table, slot)| seen.insert((table.id, slot)));
            for &(table, slot) in &level {
                self.store.take_mark((table, slot))?;
            }
            let mut next = Vec::new();
            for (table, slots) in by_table(level) {
                for relation in reached_by(table, true) {
                    self.lifting(Lift::Deleted, |session| session.load_relation(relation, &slots))?;
                    let target = (relation.target.table)();
                    let members = slots.iter().flat_map(|&slot| self.store.in_memory(relation, slot));
                    let Some(soft_delete) = target.soft_delete else { continue };
                    next.extend(
                        members.map(|member| (target, member)).filter(|&member| {
                            self.store.mark_of(member, soft_delete).is_some_and(|other| other == *mark)
                        }),
                    );
                    // What is deleted still does not belong to the lists.
                    self.store.unload(relation, &slots);
                }
            }
            level = next;
        }
        Ok(())
    }
}

impl Store {
    /// The mark of an object that is marked as deleted.
    fn mark_of(&self, (table, slot): Object, soft_delete: SoftDelete) -> Option<Value> {
        let value = self.any(table.id)?.value(slot, soft_delete.column).to_value();
        (value != (soft_delete.marks.live)()).then_some(value)
    }

    fn take_mark(&mut self, (table, slot): Object) -> Result<()> {
        let Some(soft_delete) = table.soft_delete else { return Ok(()) };
        self.prepare_write(table, slot);
        let Some(arena) = self.any_mut(table.id) else { return Ok(()) };
        let live = (soft_delete.marks.live)();
        arena.set_value(slot, soft_delete.marks.field, live.to_ref()).map_err(|mismatch| {
            let field = table.fields[soft_delete.marks.field].name;
            Error::new(ErrorKind::Decode, format!("{}, field `{field}`: {mismatch}", table.model))
        })
    }
}
