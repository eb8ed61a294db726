//! Statements that change many rows at once, and the objects that stand for some of them.

use super::evaluate::{Inexact, RowOf, RowValues as _};
use super::read_back::part_with;
use super::returning::{EachRow, Effect, Run, Wanted};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Foreign, Model, Row, model_ref};
use crate::query::{BulkDelete, BulkUpdate, BulkWrite, Statement as _, Synchronize};
use crate::schema::{ModelRef, TableDef};
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;
use crate::session::store::arena::fields::RowCell;
use crate::session::{Session, arena_of};
use crate::sql::{Body, ChangedRows, Context, Expr, SelectItem, Withs, Write};
use crate::value::Value;

/// Which objects stand for rows that a statement changes.
pub(crate) enum Matched {
    /// None that anybody cares about.
    None,
    /// These, for sure.
    Known(Vec<u32>),
    /// These, as far as memory tells: others may have changed the rows since they were read.
    Likely(Vec<u32>),
    /// Those whose keys the statement returns.
    Returned,
    /// These, whose rows were locked before: their columns are read behind the statement, which does not return them.
    Locked(Vec<u32>),
}

/// The objects whose rows a statement has changed, each with the columns that were asked for.
pub(crate) type Followers = Vec<(u32, Vec<Value>)>;

impl<M: Model, Q, S> BulkWrite<M, Q, S>
where
    Self: Run,
{
    /// Updates or deletes the rows and tells how many there were. Changes that the statement could read are flushed first.
    ///
    /// # Errors
    ///
    /// `InvalidState` when the query is more than rows to change, when it sets the primary key of objects in the session,
    /// or when [`Synchronize::Evaluate`] cannot tell; the database's, and those of an autoflush.
    pub fn execute(self, session: &mut Session) -> Result<u64> {
        self.run(session, Wanted::nothing(), &mut |_, _| Ok(())).map(|(count, _)| count)
    }
}

impl<M: Model, Q> Run for BulkUpdate<M, Q> {
    fn run(self, session: &mut Session, wanted: Wanted, each: EachRow<'_>) -> Result<(u64, Effect)> {
        let table = M::table();
        let (set, synchronize) = (self.set.clone(), self.synchronize);
        let statement = self.into_write(wanted.items)?;
        let columns: Vec<usize> = set.iter().map(|(field, _)| table.fields[*field].columns.start).collect();
        if let Some(&key) = columns.iter().find(|column| table.columns[**column].primary_key)
            && (synchronize != Synchronize::None || wanted.objects)
        {
            let message = format!(
                "a bulk update cannot set `{}`, which is part of the primary key, under objects of the session; assign it through \
                     session[handle], or say .synchronize(Synchronize::None)",
                table.columns[key].name
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        let how = if wanted.objects { Synchronize::None } else { synchronize };
        // What memory does not know: expressions, and the columns that the database computes of others.
        let expressions = columns.iter().zip(&set).filter(|(_, (_, value))| !is_plain(value));
        let computed = part_with(table, &columns).computed.iter().copied();
        let computed: Vec<usize> = expressions.map(|(&column, _)| column).chain(computed).collect();
        let mut plain: Vec<(usize, Value)> = columns
            .iter()
            .zip(&set)
            .filter_map(|(&column, (_, value))| match value {
                Expr::Param(value, _) => Some((column, value.clone())),
                _ => None,
            })
            .collect();
        let settled = plain.iter_mut().map(|(column, value)| (*column, value));
        session.settle(table, settled)?;
        let statement = session.bulk_statement(model_ref::<M>(), statement)?;
        let matched = session.matched(table, &statement, how, !computed.is_empty())?;
        let (count, followers) = session.run_write(table, statement, matched, &computed, each)?;
        for (slot, back) in followers {
            let changes: Vec<(usize, Value)> =
                plain.iter().cloned().chain(computed.iter().copied().zip(back)).collect();
            session.store.follow_row(table, slot, &changes).inspect_err(|error| session.links.fail(error))?;
            session.store.expire_read_back(table, slot);
        }
        session.store.sync();
        Ok((count, Effect::Changed))
    }
}

impl<M: Model, Q> Run for BulkDelete<M, Q> {
    fn run(self, session: &mut Session, wanted: Wanted, each: EachRow<'_>) -> Result<(u64, Effect)> {
        let table = M::table();
        let how = if wanted.objects { Synchronize::None } else { self.synchronize };
        let statement = self.into_write(wanted.items)?;
        let statement = session.bulk_statement(model_ref::<M>(), statement)?;
        let matched = session.matched(table, &statement, how, false)?;
        let (count, followers) = session.run_write(table, statement, matched, &[], each)?;
        for (slot, _) in followers {
            session.store.apply_delete(table, &[slot]);
        }
        session.tell_states();
        Ok((count, Effect::Deleted))
    }
}

impl Session {
    /// A bulk statement as it is run, when changes that it could read are flushed: with the conditions on its rows, by which objects in
    /// memory are found too.
    pub(super) fn bulk_statement(&mut self, model: ModelRef, statement: Write) -> Result<Write> {
        self.links.check_write(model, &statement)?;
        self.autoflush(&statement.reads())?;
        let lift = self.links.context().lift.max(statement.lift);
        let context = Context { lift, ..self.links.context().clone() };
        Ok(statement.restricted(&context).into_owned())
    }

    /// Which objects stand for the rows that an UPDATE or a DELETE changes.
    fn matched(&mut self, table: &TableDef, statement: &Write, how: Synchronize, computes: bool) -> Result<Matched> {
        self.store.sync();
        if how == Synchronize::None || !self.store.has_persistent(table) {
            return Ok(Matched::None);
        }
        if how == Synchronize::Fetch || (how == Synchronize::Auto && computes) {
            return Ok(Matched::Returned);
        }
        self.store.protect(self.links.protection());
        match self.store.evaluate(table, statement.change.rows()) {
            Ok((slots, true)) if !computes => Ok(Matched::Known(slots)),
            Ok((slots, false)) if !computes && how == Synchronize::Evaluate => Ok(Matched::Likely(slots)),
            Ok(_) => Ok(Matched::Returned),
            Err(_) if how == Synchronize::Auto => Ok(Matched::Returned),
            Err(reason) => {
                let message = format!(
                    "the conditions on {} cannot be evaluated in memory because of {reason}; use Synchronize::Fetch or Auto",
                    table.model
                );
                Err(Error::new(ErrorKind::InvalidState, message))
            }
        }
    }

    /// Runs a statement, hands what it returns to `each`, and tells how many rows it changed and which objects stand for them, those
    /// with returned keys with `columns` of their rows. But for the marks on objects of models that it changes besides, memory is not
    /// written to.
    pub(crate) fn run_write(
        &mut self,
        table: &'static TableDef,
        mut statement: Write,
        matched: Matched,
        columns: &[usize],
        each: EachRow<'_>,
    ) -> Result<(u64, Followers)> {
        let wanted = statement.returning.len();
        let matched = match matched {
            Matched::Returned if !self.returns(&statement) => Matched::Locked(self.lock_matched(table, &statement)?),
            matched => matched,
        };
        if matches!(matched, Matched::Returned) {
            statement.returning.extend(followed(table, columns));
        }
        let Self { links, store, .. } = self;
        // Rows that are not in memory change too, and may be read before a rollback.
        store.go_beside();
        let mut followers = Followers::new();
        let arena = store.any(table.id).filter(|_| matches!(matched, Matched::Returned));
        let count = links.write(&statement, |row| {
            each(0, row)?;
            followers.extend(arena.map(|arena| follower(arena, row, wanted, columns)).transpose()?.flatten());
            Ok(())
        })?;
        match matched {
            Matched::Likely(slots) if slots.len() as u64 != count => store.expire_table(table),
            Matched::Known(slots) | Matched::Likely(slots) => {
                followers.extend(slots.into_iter().map(|slot| (slot, Vec::new())));
            }
            Matched::Locked(slots) => followers = self.read_followers(table, slots, columns)?,
            Matched::None | Matched::Returned => {}
        }
        self.store.expire_written(&statement.with);
        Ok((count, followers))
    }
}

/// What a statement returns for objects to follow: their keys, and these columns.
pub(crate) fn followed(table: &'static TableDef, columns: &[usize]) -> impl Iterator<Item = SelectItem> {
    let all = table.primary_key.iter().chain(columns);
    all.map(move |&column| Expr::column(table, &table.columns[column]).into())
}

/// The object that stands for a row that came back, with the columns that follow its key at `first`.
pub(crate) fn follower(
    arena: &dyn AnyArena,
    row: &dyn Row,
    first: usize,
    columns: &[usize],
) -> Result<Option<(u32, Vec<Value>)>> {
    let Some(slot) = arena.find_in_row(row, first)? else { return Ok(None) };
    let first = first + arena.table().primary_key.len();
    let values = (first..).zip(columns).map(|(index, &column)| fetched(arena, column, row, index));
    Ok(Some((slot, values.collect::<Result<_>>()?)))
}

impl Store {
    pub(crate) fn has_persistent(&self, table: &TableDef) -> bool {
        self.any(table.id).is_some_and(|arena| arena.slots().persistent().next().is_some())
    }

    /// The persistent objects whose rows pass all conditions, and whether that is certain; or why it cannot be told.
    fn evaluate(&self, table: &TableDef, rows: Option<&ChangedRows>) -> Result<(Vec<u32>, bool), Inexact> {
        let (Some(arena), Some(ChangedRows { sources, filter })) = (self.any(table.id), rows) else {
            return Ok((Vec::new(), true));
        };
        if !sources.is_empty() {
            return Err("a join");
        }
        let (mut slots, mut is_certain) = (Vec::new(), true);
        for slot in arena.slots().persistent() {
            is_certain &= arena.slots().is_all_protected(slot);
            if RowOf::new(arena, slot).passes(filter)? {
                slots.push(slot);
            }
        }
        Ok((slots, is_certain))
    }

    /// Marks the objects of models whose rows were changed under a name: which rows is not known.
    pub(crate) fn expire_written(&mut self, with: &Withs) {
        for with in with {
            let Body::Write(write) = &with.body else { continue };
            for arena in self.arenas_mut().filter(|arena| arena.table().name == write.table) {
                arena.slots_mut().expire_all();
            }
        }
    }

    /// Marks the objects of a table whose rows were changed: which rows is not known.
    pub(crate) fn expire_table(&mut self, table: &TableDef) {
        if let Some(arena) = self.any_mut(table.id) {
            arena.slots_mut().expire_all();
        }
    }

    /// An object of a row that a statement updated is read again, if triggers set columns of it.
    pub(crate) fn expire_read_back(&mut self, table: &'static TableDef, slot: u32) {
        if !table.read_back.is_empty() {
            self.mark_expired(table, slot);
        }
    }

    /// Gives an object what a statement wrote into its row. Columns that the user wrote to since stay as the user has them.
    pub(crate) fn follow_row(&mut self, table: &'static TableDef, slot: u32, changes: &[(usize, Value)]) -> Result<()> {
        if changes.iter().any(|(column, _)| table.fields[table.columns[*column].field].foreign_key.is_some()) {
            self.note_parents(table, slot);
        }
        for (column, value) in changes {
            let field = &table.fields[table.columns[*column].field];
            let Some(arena) = self.any_mut(table.id) else { continue };
            // What can be set only as a whole is read again.
            if field.whole.is_some() {
                arena.slots_mut().expire(slot);
                continue;
            }
            let Some(key) = field.foreign_key else {
                arena.change_row(slot, table.columns[*column].field, RowCell::Value(value.to_ref()));
                continue;
            };
            let def = &table.foreign_keys[key];
            match arena_of(def.target).filter(|_| !matches!(value, Value::Null)) {
                Some(keys) => {
                    keys.with_key_of(value.to_ref(), &mut |key| {
                        arena.change_row(slot, def.field, RowCell::Foreign(Foreign::Key(key)));
                    })?;
                }
                None => arena.change_row(slot, def.field, RowCell::Foreign(Foreign::Null)),
            }
        }
        Ok(())
    }

    pub(crate) fn mark_expired(&mut self, table: &TableDef, slot: u32) {
        if let Some(arena) = self.any_mut(table.id) {
            arena.slots_mut().expire(slot);
        }
    }
}

/// A value that the database computed, if it fits its field.
pub(crate) fn fetched(arena: &dyn AnyArena, column: usize, row: &dyn Row, index: usize) -> Result<Value> {
    let table = arena.table();
    let def = &table.columns[column];
    // A column of a whole value is not given to an object alone.
    let is_whole = table.fields[def.field].whole.is_some();
    let fits = |value| if is_whole { Ok(()) } else { arena.fits(def.field, value) };
    let value = row.get(index).and_then(|value| fits(value).map(|()| value.to_value()));
    value.map_err(|mismatch| {
        let message = format!("{}, column `{}`, as the database computed it: {mismatch}", table.model, def.name);
        Error::new(ErrorKind::Decode, message)
    })
}

fn is_plain(value: &Expr) -> bool {
    matches!(value, Expr::Param(..))
}
