//! What queries find: the methods that end a query by handing it a session.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::joined::How;
use super::pages::Slice;
use super::rows::{at_most_one, none, populate};
use crate::error::Result;
use crate::model::{Handle, Model, RowReader, model_ref, require_key};
use crate::query::{Combinable, Extent, Parts, Query, RowType, Rows, Shape};
use crate::session::Session;
use crate::session::events::loaded;
use crate::sql::{Reads, Select};

/// A query that can be run: for the objects of a model, or for [`Rows`].
///
/// See the example of [`Query`].
pub trait Fetch: Combinable + Sized {
    /// What [`all`](Query::all) gives for each row: a [`Handle`], or the row.
    type Item;
    /// What [`iter`](Query::iter) gives for each row: the object as a plain value, or the row.
    type Value;

    #[doc(hidden)]
    fn all<Q>(query: Query<Self, Q>, session: &mut Session) -> Result<Vec<Self::Item>>;

    #[doc(hidden)]
    fn slice<Q>(query: Query<Self, Q>, session: &mut Session, size: u64) -> Result<Slice<Self::Item>>;

    /// Reads what [`all`](Query::all) gives for a row.
    #[doc(hidden)]
    fn item(row: &mut RowReader<'_>) -> Result<Self::Item>;

    /// Loads what a query includes for some of the objects that it has read.
    #[doc(hidden)]
    fn include<Q>(query: &Query<Self, Q>, session: &mut Session, items: &[Self::Item]) -> Result<()>;

    /// Reads a plain value.
    #[doc(hidden)]
    fn read(row: &mut RowReader<'_>) -> Result<Self::Value>;

    /// How a row is called while it is read.
    #[doc(hidden)]
    fn row_name() -> &'static str;

    /// What is known of the columns of a row.
    #[doc(hidden)]
    fn shapes() -> Vec<Shape>;
}

impl<M: Model> Fetch for M {
    type Item = Handle<M>;
    type Value = M;

    fn all<Q>(mut query: Query<M, Q>, session: &mut Session) -> Result<Vec<Handle<M>>> {
        const { require_key::<M>() };
        query.parts.include_defaults();
        let (select, loads) = query.parts.object_statement()?;
        let populate = populate(&query.parts);
        let how = How { populate, extent: query.parts.extent() };
        session.autoflush(&reads_of(&query.parts, &select))?;
        let includes = &query.parts.includes;
        let read = |session: &mut Session| {
            session.store.forget_incomplete(M::table());
            let mut slots = match loads.is_empty() {
                true => session.fetch::<M>(&select, how)?,
                false => session.fetch_joined(model_ref::<M>(), &select, loads, how)?,
            };
            let gone = session.read_rest(M::table(), (select.lock.as_ref(), populate))?;
            slots.retain(|slot| !gone.contains(slot));
            session.store.group(M::table(), &slots);
            session.lifting(select.lift, |session| session.load_includes(&slots, includes, populate))?;
            Ok(slots)
        };
        let is_one = includes.is_empty() && how.extent == Extent::Whole;
        let manner = query.parts.manner;
        let slots = session.raising(manner.raises, |session| match is_one {
            true => read(session),
            false => session.in_snapshot(manner, read),
        })?;
        session.tell_states();
        Ok(session.handles(&slots))
    }

    fn slice<Q>(mut query: Query<M, Q>, session: &mut Session, size: u64) -> Result<Slice<Handle<M>>> {
        const { require_key::<M>() };
        query.parts.include_defaults();
        let (includes, how) = (std::mem::take(&mut query.parts.includes), populate(&query.parts));
        let (lift, lock, manner) = (query.parts.select.lift, query.parts.select.lock.clone(), query.parts.manner);
        let read = |session: &mut Session| {
            session.store.forget_incomplete(M::table());
            let mut slice: Slice<Handle<M>> = session.slice(query.parts, M::spec().name, size)?;
            let gone = session.read_rest(M::table(), (lock.as_ref(), how))?;
            slice.items.retain(|handle| !gone.contains(&handle.slot()));
            let slots: Vec<u32> = slice.items.iter().map(|handle| handle.slot()).collect();
            session.lifting(lift, |session| session.load_includes(&slots, &includes, how))?;
            Ok(slice)
        };
        session.raising(manner.raises, |session| session.in_snapshot(manner, read))
    }

    fn item(row: &mut RowReader<'_>) -> Result<Handle<M>> {
        Handle::read(row)
    }

    fn include<Q>(query: &Query<M, Q>, session: &mut Session, items: &[Handle<M>]) -> Result<()> {
        let mut parts = query.parts.clone();
        parts.include_defaults();
        let slots: Vec<u32> = items.iter().map(|handle| handle.slot()).collect();
        let load = |session: &mut Session| session.load_includes(&slots, &parts.includes, populate(&parts));
        session.raising(parts.manner.raises, |session| session.lifting(parts.select.lift, load))
    }

    fn read(row: &mut RowReader<'_>) -> Result<M> {
        loaded(M::read(row)?)
    }

    fn row_name() -> &'static str {
        M::spec().name
    }

    fn shapes() -> Vec<Shape> {
        M::table().columns.iter().map(Shape::of_column).collect()
    }
}

impl<R: RowType> Fetch for Rows<R> {
    type Item = R;
    type Value = R;

    fn all<Q>(query: Query<Self, Q>, session: &mut Session) -> Result<Vec<R>> {
        let rows = session.values(&query)?;
        session.tell_states();
        Ok(rows)
    }

    fn slice<Q>(query: Query<Self, Q>, session: &mut Session, size: u64) -> Result<Slice<R>> {
        session.slice(query.parts, R::subject(), size)
    }

    fn item(row: &mut RowReader<'_>) -> Result<R> {
        R::read(row)
    }

    fn include<Q>(_: &Query<Self, Q>, _: &mut Session, _: &[R]) -> Result<()> {
        Ok(())
    }

    fn read(row: &mut RowReader<'_>) -> Result<R> {
        R::read(row)
    }

    fn row_name() -> &'static str {
        R::subject()
    }

    fn shapes() -> Vec<Shape> {
        let mut shapes = Vec::new();
        R::shapes(&mut shapes);
        shapes
    }
}

impl<T: Fetch, Q> Query<T, Q> {
    /// The objects, or the rows of what was selected, in the order of the rows. A row that is an object of the session already is that
    /// object.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// The database's, `Decode` when a row does not fit, and those of an autoflush.
    pub fn all(self, session: &mut Session) -> Result<Vec<T::Item>> {
        T::all(self, session)
    }

    /// The first object or row, if there is any.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all).
    pub fn first(mut self, session: &mut Session) -> Result<Option<T::Item>> {
        if !self.parts.populates() {
            self.parts.limit_to_first();
        }
        Ok(self.all(session)?.into_iter().next())
    }

    /// The only object or row.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `MultipleFound` when there are more, and as [`all`](Query::all).
    pub fn one(self, session: &mut Session) -> Result<T::Item> {
        let subject = self.parts.subject();
        self.one_or_none(session)?.ok_or_else(|| none(&subject))
    }

    /// The only object or row, or `None`.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there are more, and as [`all`](Query::all).
    pub fn one_or_none(mut self, session: &mut Session) -> Result<Option<T::Item>> {
        // Two rows tell as much as all of them, unless they bring members; and a limit of the query's own stays.
        if !self.parts.populates() {
            self.parts.limit_if_unlimited(2);
        }
        let subject = self.parts.subject();
        at_most_one(self.all(session)?, &subject)
    }

    /// How many objects or rows there are.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// The database's, and those of an autoflush.
    pub fn count(self, session: &mut Session) -> Result<u64> {
        session.autoflush(&self.parts.reads())?;
        session.count(&self.parts.count_statement()?)
    }

    /// Whether there is any.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// The database's, and those of an autoflush.
    pub fn exists(self, session: &mut Session) -> Result<bool> {
        session.autoflush(&self.parts.reads())?;
        session.exists(&self.parts.exists_statement()?)
    }
}

impl<M: Model, Q> Query<M, Q> {
    /// The rows as plain values, which the session does not track: the fast way to read.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all).
    pub fn values(self, session: &mut Session) -> Result<Vec<M>> {
        session.values(&self)
    }
}

/// What is flushed before a query for objects: what it reads, and all changes where nothing may be written between its statements.
fn reads_of(parts: &Parts, select: &Select) -> Reads {
    let reads = select.reads();
    Reads { others: reads.others || parts.manner.consistent, ..reads }
}

impl Session {
    /// Runs `work`. If it `raises`, relations of the objects that it brings are not loaded on demand.
    pub(super) fn raising<R>(&mut self, raises: bool, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.store.raising, raises);
        let outcome = catch_unwind(AssertUnwindSafe(|| work(self)));
        self.store.raising = before;
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// The plain values of a query.
    fn values<T: Fetch, Q>(&mut self, query: &Query<T, Q>) -> Result<Vec<T::Value>> {
        self.autoflush(&query.parts.reads())?;
        let (select, mut values) = (query.parts.value_statement()?, Vec::new());
        self.read_rows(&select, T::row_name(), populate(&query.parts), |row| {
            values.push(T::read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(values)
    }
}
