//! Running statements whose rows come back, and bringing the objects of the session in step with them.

use crate::error::Result;
use crate::model::{Handle, Model, Row, RowReader, Stores};
use crate::query::table::{TableReturning, TableRow};
use crate::query::{Returning, RowType, Rows, Writes};
use crate::session::Session;
use crate::session::events::loaded;
use crate::session::read::rows::{at_most_one, none};
use crate::session::store::Store;
use crate::session::store::arena::Identity as _;
use crate::session::store::slots::State;
use crate::sql::SelectItem;

/// Who takes what comes back of each row; the number says which of the values of the statement it is, where that is known.
pub(crate) type EachRow<'e> = &'e mut dyn FnMut(u32, &dyn Row) -> Result<()>;

/// What a statement is to give back.
#[derive(Debug)]
pub struct Wanted {
    pub(crate) items: Vec<SelectItem>,
    /// Whether all columns of the model are among these, by which the objects of the session are brought in step.
    pub(crate) objects: bool,
}

/// What a statement has done to its rows.
#[derive(Debug)]
pub enum Effect {
    /// They are new; by the number of the value, the part of the key that the database chose.
    Inserted(Vec<Option<usize>>),
    /// They were there, or may have been.
    Changed,
    /// They are gone.
    Deleted,
}

/// A statement that changes rows.
pub trait Run: Writes {
    /// Runs the statement, and tells how many rows there were. Objects of the session follow, but for what `wanted` is told to do
    /// itself.
    ///
    /// # Errors
    ///
    /// Mistakes in the statement, and the database's.
    #[doc(hidden)]
    fn run(
        self,
        session: &mut Session,
        wanted: Wanted,
        each: &mut dyn FnMut(u32, &dyn Row) -> Result<()>,
    ) -> Result<(u64, Effect)>;
}

impl Wanted {
    /// Nothing but the number of rows.
    pub(crate) fn nothing() -> Self {
        Self { items: Vec::new(), objects: false }
    }
}

impl<W: Run, R: RowType> Returning<W, Rows<R>> {
    /// Runs the statement, and gives what comes back of its rows.
    ///
    /// # Errors
    ///
    /// Mistakes in the statement, the database's, `Decode` when a cell does not fit, and those of an autoflush.
    pub fn all(self, session: &mut Session) -> Result<Vec<R>> {
        if self.objects {
            return self.with_objects(session);
        }
        let mut rows: Vec<(u32, R)> = Vec::new();
        let wanted = Wanted { items: self.items, objects: false };
        self.write.run(session, wanted, &mut |number, row| {
            rows.push((number, R::read(&mut RowReader::new(row, 0, R::subject()))?));
            Ok(())
        })?;
        Ok(in_order(rows))
    }
}

/// Objects of a model as a session keeps them, each with the number of its value, or of its slot.
type Numbered<M> = Vec<(u32, <M as Model>::Stored)>;

impl<M: Model, W: Run<Model = M>> Returning<W, M> {
    /// Runs the statement, and gives the objects of its rows. Those that the session has already get the columns of their rows, but
    /// for what was written to them since. Those of deleted rows are readable until the commit.
    ///
    /// A rollback takes new objects of inserted rows out again, and marks others that came new, to be read again.
    ///
    /// # Errors
    ///
    /// Mistakes in the statement, the database's, `Decode` when a row does not fit the model, and those of an autoflush.
    pub fn all(self, session: &mut Session) -> Result<Vec<Handle<M>>> {
        let (rows, effect) = self.read(session)?;
        let slots = session.store.take_all_in::<M>(rows, &effect).inspect_err(|error| session.links.fail(error))?;
        session.tell_states();
        Ok(session.handles(&slots))
    }

    /// Runs the statement, and gives its rows as plain values, which the session does not track. The objects that it has already
    /// follow.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all).
    pub fn values(self, session: &mut Session) -> Result<Vec<M>> {
        let (rows, effect) = self.read(session)?;
        let arena = session.store.arena_mut::<M>();
        let known = rows.iter().filter_map(|(_, row)| Some((arena.slot_of(row)?, row.snapshot())));
        let known: Numbered<M> = known.collect();
        let values = rows.into_iter().map(|(_, row)| loaded(row)).collect::<Result<Vec<M::Stored>>>();
        let values = values.inspect_err(|error| session.links.fail(error))?;
        known.iter().for_each(|(slot, row)| session.store.follow::<M>(*slot, row, &effect));
        session.store.sync();
        session.tell_states();
        Ok(values.into_iter().filter_map(Stores::unstore).collect())
    }

    fn read(self, session: &mut Session) -> Result<(Numbered<M>, Effect)> {
        let mut rows: Numbered<M> = Vec::new();
        let wanted = Wanted { items: self.items, objects: true };
        let (_, effect) = self.write.run(session, wanted, &mut |number, row| {
            rows.push((number, M::Stored::read(&mut RowReader::new(row, 0, M::spec().name))?));
            Ok(())
        })?;
        rows.sort_by_key(|(number, _)| *number);
        Ok((rows, effect))
    }
}

macro_rules! only_row {
    ($([$($generic:tt)*] $ty:ty => $item:ty, $subject:expr;)+) => {$(
        impl<$($generic)*> $ty {
            /// Runs the statement, and gives what [`all`](Self::all) gives of its only row.
            ///
            /// # Errors
            ///
            /// `NotFound` when there was none and `MultipleFound` when there were more, though they are changed; and as
            /// [`all`](Self::all).
            pub fn one(self, session: &mut Session) -> Result<$item> {
                self.one_or_none(session)?.ok_or_else(|| none($subject))
            }

            /// Runs the statement, and gives what [`all`](Self::all) gives of its only row, or `None`.
            ///
            /// # Errors
            ///
            /// `MultipleFound` when there were more, though they are changed; and as [`all`](Self::all).
            pub fn one_or_none(self, session: &mut Session) -> Result<Option<$item>> {
                at_most_one(self.all(session)?, $subject)
            }
        }
    )+};
}

only_row! {
    [W: Run, R: RowType] Returning<W, Rows<R>> => R, "row";
    [M: Model, W: Run<Model = M>] Returning<W, M> => Handle<M>, M::spec().name;
    [] TableReturning => TableRow, "row";
}

fn in_order<R>(mut rows: Vec<(u32, R)>) -> Vec<R> {
    rows.sort_by_key(|(number, _)| *number);
    rows.into_iter().map(|(_, row)| row).collect()
}

impl Store {
    /// The objects of rows that a statement has changed, each with the number of the value that it is of.
    pub(crate) fn take_all_in<M: Model>(&mut self, rows: Numbered<M>, effect: &Effect) -> Result<Vec<u32>> {
        let mut ready = Vec::with_capacity(rows.len());
        for (number, row) in rows {
            let is_known = self.arena_mut::<M>().slot_of(&row).is_some();
            ready.push((number, if is_known { row } else { loaded(row)? }));
        }
        let slots: Vec<u32> = ready.into_iter().map(|(number, row)| self.take_in::<M>(row, number, effect)).collect();
        self.sync();
        self.sync_overwritten(M::table());
        self.group(M::table(), &slots);
        Ok(slots)
    }

    /// The object of a row that a statement has changed: the one that is there, or a new one.
    fn take_in<M: Model>(&mut self, row: M::Stored, number: u32, effect: &Effect) -> u32 {
        let table = M::table();
        if let Some(slot) = self.arena_mut::<M>().slot_of(&row) {
            self.follow::<M>(slot, &row, effect);
            return slot;
        }
        let stamp = self.stamp();
        let arena = self.arena_mut::<M>();
        let slot = arena.reserve(stamp, State::Persistent);
        arena.place(slot, row);
        arena.register(slot);
        arena.slots.note_all_locked(slot);
        match effect {
            Effect::Inserted(drawn) => {
                let drawn = drawn.get(number as usize).copied().flatten();
                arena.slots.note_inserted(slot, drawn);
                self.note_unseen(table, slot);
            }
            Effect::Changed => arena.slots.brought.push(slot),
            Effect::Deleted => self.apply_delete(table, &[slot]),
        }
        slot
    }

    /// An object whose row a statement has changed.
    fn follow<M: Model>(&mut self, slot: u32, row: &M::Stored, effect: &Effect) {
        if matches!(effect, Effect::Deleted) {
            return self.apply_delete(M::table(), &[slot]);
        }
        self.note_parents(M::table(), slot);
        self.arena_mut::<M>().follow(slot, row);
    }
}
