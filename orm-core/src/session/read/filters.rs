//! Conditions that are always on: those of the session, what lifts them, and whether an object in memory meets them.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use crate::error::Result;
use crate::model::{Handle, Key as _, Model, model_ref};
use crate::query::scope::Only;
use crate::query::{Condition, select_model};
use crate::schema::{ModelRef, RelationKind};
use crate::session::Session;
use crate::session::store::Store;
use crate::session::store::arena::Populate;
use crate::session::write::evaluate::{ObjectOf, RowValues as _};
use crate::sql::{BinaryOp, Expr, Lift, Nested, criteria};

impl Session {
    /// Puts a condition on the rows of a model: every query, load, include, join, subquery, count, bulk statement and
    /// [`get`](Session::get) of this session sees those rows only, under whatever name. It takes the place of the filter that the session had
    /// for the model.
    ///
    /// A flush, an insert or a bulk update that would write a row outside of the filter is refused before anything is sent. So it has to be a
    /// condition over columns and values, which the session can evaluate for the objects that it writes.
    ///
    /// Statements of raw SQL and of run-time tables are what they say, and are not filtered.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// session.set_filter::<Book>(Book::author_id.eq(1));
    /// assert_eq!(Book::query().count(&mut session)?, 2);
    /// assert_eq!(Author::query().filter(Author::books.any(Book::pages.gt(0))).count(&mut session)?, 1);
    ///
    /// // What belongs to others is neither found nor written.
    /// let foreign = Book::query().unfiltered().filter(Book::author_id.eq(2)).one(&mut session)?;
    /// let key = session[foreign].id;
    /// assert_eq!(session.get::<Book>(key)?, None);
    /// session[foreign].pages += 1;
    /// assert!(session.flush().is_err_and(|error| error.to_string().contains("author_id")));
    ///
    /// session.unfiltered(|session| session.flush())?; // unless it is meant
    /// session.clear_filter::<Book>();
    /// assert_eq!(Book::query().count(&mut session)?, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_filter<M: Model>(&mut self, condition: impl Condition<Scope: Only<M>>) {
        self.replace_filter(model_ref::<M>(), Some(condition.into_sql()));
    }

    /// Takes the session's filter from a model. The filters of the model itself stay.
    ///
    /// See the example of [`set_filter`](Session::set_filter).
    pub fn clear_filter<M: Model>(&mut self) {
        self.replace_filter(model_ref::<M>(), None);
    }

    /// Whether the session's statements may mean other rows than those of a session without filters: it has a filter of its own, or goes without
    /// those of models at present. What is read then is of no use to other sessions.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// assert!(!session.is_filtered());
    /// session.set_filter::<Book>(Book::author_id.eq(1));
    /// assert!(session.is_filtered());
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_filtered(&self) -> bool {
        let context = self.links.context();
        context.filters.is_some() || context.lift != Lift::Nothing
    }

    fn replace_filter(&mut self, model: ModelRef, filter: Option<Expr>) {
        let mut filters = self.links.context().filters.clone().unwrap_or_default();
        Arc::make_mut(&mut filters).set(model, filter);
        let filters = Some(filters).filter(|filters| !filters.is_empty());
        self.links.change_context(|context| context.filters.clone_from(&filters));
        self.store.unload_lists_of(model);
    }

    /// Runs `work` without any filter: neither those of models, nor those of the session. Nothing is refused because of a filter either.
    ///
    /// See the example of [`set_filter`](Session::set_filter).
    pub fn unfiltered<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.links.context().writes_all;
        self.links.change_context(|context| context.writes_all = true);
        let outcome = catch_unwind(AssertUnwindSafe(|| self.lifting(Lift::All, work)));
        self.links.change_context(|context| context.writes_all = before);
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Runs `work` with rows that are marked as deleted. Other filters stay.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "note", soft_delete = deleted)]
    /// struct Note {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     text: String,
    ///     deleted: bool, // or an Option of a date and time
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Note])?;
    /// # let mut session = engine.session();
    /// let note = session.add(Note { text: "Buy milk".into(), ..Default::default() });
    /// session.commit()?;
    /// let key = session[note].id;
    /// session.delete(note)?; // UPDATE note SET deleted = TRUE
    /// session.commit()?;
    /// assert_eq!((session.get::<Note>(key)?, Note::query().count(&mut session)?), (None, 0));
    ///
    /// let Some(note) = session.with_deleted(|session| session.get::<Note>(key))? else { return Ok(()) };
    /// session.undelete(note)?;
    /// session.commit()?;
    /// assert_eq!(Note::query().count(&mut session)?, 1);
    ///
    /// session.purge(note)?; // DELETE FROM note
    /// session.commit()?;
    /// assert_eq!(Note::query().with_deleted().count(&mut session)?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn with_deleted<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        self.lifting(Lift::Deleted, work)
    }

    /// Runs `work` without some of the conditions.
    pub(crate) fn lifting<R>(&mut self, lift: Lift, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.links.context().lift;
        if lift <= before {
            return work(self);
        }
        self.links.change_context(|context| context.lift = lift);
        let outcome = catch_unwind(AssertUnwindSafe(|| work(self)));
        self.links.change_context(|context| context.lift = before);
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// An object that is in memory, unless conditions exclude it. What memory cannot tell, the database is asked.
    pub(super) fn unless_hidden<T: Model>(&mut self, known: Handle<T>, key: &T::Key) -> Result<Option<Handle<T>>> {
        let model = model_ref::<T>();
        if !self.links.context().restricts(model) {
            return Ok(Some(known));
        }
        let conditions = criteria(model, self.links.context());
        let passes = self
            .store
            .any(T::table().id)
            .map_or(Ok(false), |arena| ObjectOf::new(&self.store, arena, known.slot(), &[]).passes(&conditions));
        match passes {
            Ok(passes) => Ok(Some(known).filter(|_| passes)),
            Err(_) => Ok(self.fetch_filtered::<T>(key)?.map(|_| known)),
        }
    }

    /// Reads the row with that key, unless conditions exclude it.
    pub(super) fn fetch_filtered<T: Model>(&mut self, key: &T::Key) -> Result<Option<u32>> {
        let mut select = select_model(model_ref::<T>());
        select.filter.extend(T::table().key_columns().enumerate().map(|(part, column)| {
            let value = Expr::Param(key.part(part).to_value(), column.sql_type);
            Expr::Binary(Nested::new(Expr::column(T::table(), column)), BinaryOp::Eq, Nested::new(value))
        }));
        Ok(self.fetch::<T>(&select, Populate::Keep.into())?.first().copied())
    }
}

impl Store {
    /// Unloads the lists of members of a model: other rows belong to them from now on.
    fn unload_lists_of(&mut self, model: ModelRef) {
        self.sync();
        let table = (model.table)();
        let lists = self.arenas().flat_map(|arena| {
            let slots = 0..u32::try_from(arena.slots().entries.len()).unwrap_or(u32::MAX);
            let relations = arena.table().relations.iter().filter(|relation| {
                relation.kind != RelationKind::BelongsTo && (relation.target.table)().id == table.id
            });
            relations.map(move |relation| (relation, slots.clone().collect::<Vec<u32>>()))
        });
        for (relation, slots) in lists.collect::<Vec<_>>() {
            self.unload(relation, &slots);
        }
    }
}
