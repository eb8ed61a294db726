//! Inserts of plain rows.

use super::bulk::{Followers, Matched, followed, follower};
use super::returning::{EachRow, Effect, Run, Wanted};
use crate::error::{Error, ErrorKind, Result, Violation};
use crate::model::{Adopter, Foreign, Model, New, model_ref};
use crate::query::{FromRows, Insert, Statement as _};
use crate::schema::TableDef;
use crate::session::Session;
use crate::session::events::broken_rules;
use crate::session::store::Store;
use crate::sql::Conflict;

impl<M: Model, S, C> Insert<M, S, C>
where
    Self: Run,
{
    /// Inserts the rows, values in their order, and tells how many were inserted, or updated as `on_conflict` says. They are not
    /// tracked, their keys do not come back, and loaded collections do not follow; [`returning`](crate::query::Writes::returning)
    /// brings them back. Objects of the session whose rows are updated follow. Defaults of values are applied and rules are checked as
    /// a flush does it; no other hook is called. Changes that the statement could read are flushed first.
    ///
    /// A foreign key may name an object of the session; when that object has no key yet, the session is flushed first.
    ///
    /// # Errors
    ///
    /// Mistakes in the statement; `Invalid` with all broken rules, and `InvalidState` when a value carries children, before anything is written; what a flush refuses; and the
    /// database's, after which the session needs a [`rollback`](Session::rollback).
    pub fn execute(self, session: &mut Session) -> Result<u64> {
        self.run(session, Wanted::nothing(), &mut |_, _| Ok(())).map(|(count, _)| count)
    }
}

impl<M: Model, C> Run for Insert<M, Vec<M>, C> {
    fn run(self, session: &mut Session, wanted: Wanted, each: EachRow<'_>) -> Result<(u64, Effect)> {
        self.check()?;
        let table = M::table();
        let updated = self.followed_columns(wanted.objects);
        let conflict = session.links.upsert_of(model_ref::<M>(), self.conflict)?;
        let mut effect = match &conflict {
            Some(Conflict { update: Some(_), .. }) => Effect::Changed,
            _ => Effect::Inserted(Vec::new()),
        };
        if conflict.is_some() {
            session.autoflush_for(&[table])?;
        }
        let mut values = session.untracked(self.source, None)?;
        let Some(count) = values.arena::<M>().map(|arena| arena.values.len()) else { return Ok((0, effect)) };
        if conflict.is_none() && wanted.items.is_empty() {
            session.write_untracked(&mut values)?;
            return Ok((count as u64, effect));
        }
        let mut items = wanted.items;
        let first = items.len();
        let follows = updated.as_ref().filter(|_| session.store.has_persistent(table));
        if let Some(columns) = follows {
            items.extend(followed(table, columns));
        }
        let mut followers = Followers::new();
        let count = session.write_values(&mut values, conflict.as_ref(), &items, &mut |store, number, row| {
            each(number, row)?;
            if let (Some(columns), Some(arena)) = (follows, store.any(table.id)) {
                followers.extend(follower(arena, row, first, columns)?);
            }
            Ok(())
        })?;
        session.store.follow_rows(table, updated.as_deref().unwrap_or_default(), followers)?;
        if let (Effect::Inserted(drawn), Some(arena)) = (&mut effect, values.any(table.id)) {
            drawn.extend(arena.slots().pending().map(|slot| values.open_key(arena, slot)));
        }
        Ok((count, effect))
    }
}

impl<M: Model, C> Run for Insert<M, FromRows, C> {
    fn run(self, session: &mut Session, wanted: Wanted, each: EachRow<'_>) -> Result<(u64, Effect)> {
        let table = M::table();
        let updated = self.followed_columns(wanted.objects);
        let effect = match &self.conflict {
            Some(Conflict { update: Some(_), .. }) => Effect::Changed,
            _ => Effect::Inserted(vec![table.primary_key.first().copied().filter(|_| self.draws_keys())]),
        };
        let statement = session.bulk_statement(model_ref::<M>(), self.into_write(wanted.items)?)?;
        session.store.sync();
        let updated = updated.filter(|_| session.store.has_persistent(table));
        let matched = if updated.is_some() { Matched::Returned } else { Matched::None };
        let columns = updated.unwrap_or_default();
        let (count, followers) = session.run_write(table, statement, matched, &columns, each)?;
        session.store.follow_rows(table, &columns, followers).inspect_err(|error| session.links.fail(error))?;
        Ok((count, effect))
    }
}

impl<M: Model, S, C> Insert<M, S, C> {
    /// The columns that objects of the session have to follow, where rows may be updated that are there.
    fn followed_columns(&self, objects: bool) -> Option<Vec<usize>> {
        let table = M::table();
        let updates = self.conflict.as_ref().is_some_and(|conflict| conflict.update.is_some());
        let columns = || self.updated(table).into_iter().chain(table.computed.iter().copied()).collect();
        (updates && !objects).then(columns)
    }
}

impl Store {
    /// Gives objects these columns of their rows.
    fn follow_rows(&mut self, table: &'static TableDef, columns: &[usize], followers: Followers) -> Result<()> {
        for (slot, values) in followers {
            let changes: Vec<_> = columns.iter().copied().zip(values).collect();
            self.follow_row(table, slot, &changes)?;
            self.expire_read_back(table, slot);
        }
        self.sync();
        Ok(())
    }
}

impl Session {
    /// The values in a store of their own, ready to be written. Broken rules name their rows, if it is said how many were before.
    pub(super) fn untracked<M: Model>(&mut self, values: Vec<M>, before: Option<u64>) -> Result<Store> {
        let table = M::table();
        self.store.sync();
        let mut rows = Store::new();
        let mut broken = Vec::new();
        for (number, mut value) in (1..).zip(values) {
            let mut pending = FirstPending(None);
            value.hand_over(&mut pending);
            if let Some(field) = pending.0 {
                let message = format!(
                    "an insert of {} writes one table, and a value carries children in `{}`; add() it to the session",
                    table.model, table.fields[field].name
                );
                return Err(Error::new(ErrorKind::InvalidState, message));
            }
            self.key_references(&mut value)?;
            value.fill_on_insert();
            let label = || match before {
                Some(before) => format!("row {} ({}#new)", before + number, table.model),
                None => format!("{}#new", table.model),
            };
            let named = |invalid| Violation::new(table.model, label(), invalid);
            broken.extend(broken_rules(&mut value)?.into_iter().map(named));
            rows.add(value);
        }
        if broken.is_empty() { Ok(rows) } else { Err(Error::invalid(broken)) }
    }
}

/// The first field that carries children.
struct FirstPending(Option<usize>);

impl Adopter for FirstPending {
    fn adopt<T: Model>(&mut self, field: usize, _: New<T>) {
        self.0.get_or_insert(field);
    }
}

impl Session {
    /// References to objects become their keys; the flush gives them to those that have none.
    fn key_references<M: Model>(&mut self, value: &mut M) -> Result<()> {
        let waits = M::table().foreign_keys.iter().any(|def| {
            let (target, foreign) = ((def.target.table)(), value.foreign(def.field));
            let parent = matches!(foreign, Foreign::New { .. }).then(|| self.store.resolve(target, foreign)).flatten();
            parent.is_some_and(|parent| self.store.is_pending(target, parent))
        });
        if waits {
            self.flush()?;
        }
        self.store.resolve_references(value);
        Ok(())
    }
}
