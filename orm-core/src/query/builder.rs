use std::marker::PhantomData;

use super::join::{Joinable, Joins};
use super::scope::Scope;
use super::source::{from_clause, table_of};
use super::{
    Condition, Cursor, GroupKeys, IncludePath, Maybe, Of, OrderKeys, Parts, Populated, Readable, Sealed, Selection,
    Source, Within,
};
use crate::model::Model;
use crate::sql::{self, Distinct, JoinKind, Lift, Withs};

/// A query: a plain value that runs when it is handed a session.
///
/// `T` is the type that a row is read as: the model, [`Rows<R>`] after [`select`](Query::select), or [`Columns`] before it. `Q` is the
/// [scope](super::scope): the sources whose columns may be used. Filters never change the type, so an ordinary `if` can add conditions.
///
/// The models are those in the example of [`Session`](crate::session::Session), here as in the other examples of queries.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
/// # fn main() -> orm::Result<()> {
/// # let mut session = library()?;
/// let mut long = Book::query().filter(Book::pages.gt(400)).order_by((Book::pages.desc(), Book::title));
/// let (title, most) = (Some("Ma%"), None);
/// if let Some(title) = title {
///     long = long.filter(Book::title.like(title));
/// }
/// long = long.filter_opt(most.map(|most: i32| Book::pages.le(most)));
///
/// // Objects of the session, or plain values.
/// let book = long.clone().one(&mut session)?;
/// assert_eq!(session[book].title, "Matter");
/// assert_eq!(long.clone().count(&mut session)?, 1);
/// assert!(long.clone().exists(&mut session)?);
/// let values: Vec<Book> = long.values(&mut session)?;
///
/// // A part of the result, and columns instead of objects.
/// let second = Book::query().order_by(Book::title).limit(1).offset(1).first(&mut session)?;
/// assert_eq!(second, Some(book));
/// let titles: Vec<(String, i32)> = Book::query().select((Book::title, Book::pages)).distinct().all(&mut session)?;
/// assert_eq!(titles.len(), 3);
/// assert_eq!(Book::query().filter(Book::pages.lt(9)).one_or_none(&mut session)?, None);
/// # Ok(())
/// # }
/// ```
#[must_use = "a query does nothing until it is run"]
pub struct Query<T, Q = (Of<T>, ())> {
    pub(crate) parts: Parts,
    types: PhantomData<fn() -> (T, Q)>,
}

/// In a [`Query`]: rows of selected expressions, read as `R`.
///
/// See the example of [`Query`].
pub struct Rows<R>(PhantomData<fn() -> R>);

/// In a [`Query`]: nothing is selected yet, and there are no objects to read.
///
/// See the example of [`Query`].
pub struct Columns;

/// What a query may still select from: a model, or [`Columns`].
///
/// See the example of [`Query`].
#[diagnostic::on_unimplemented(message = "this query has selected its columns", label = "call this before `select`")]
pub trait Selectable: Sealed {}

#[diagnostic::do_not_recommend]
impl<M: Model> Selectable for M {}

impl Selectable for Columns {}

/// A query for rows of selected expressions.
pub type Select<R, Q> = Query<Rows<R>, Q>;

impl<T, Q> Query<T, Q> {
    pub(super) fn new(parts: Parts) -> Self {
        Self { parts, types: PhantomData }
    }

    /// Only rows for which the condition holds. Several filters must all hold.
    ///
    /// See the example of [`Query`].
    pub fn filter<C: Condition<Scope: Within<Q, I, Null: Sized>>, I>(mut self, condition: C) -> Self {
        self.parts.select.filter.push(condition.into_sql());
        self
    }

    /// Reads all rows, without the filters that are always on: those of models (`#[orm(filter = ..)]`, `soft_delete`) and those of the session
    /// ([`set_filter`](crate::session::Session::set_filter)). It holds for the whole statement, its joins and subqueries included, and for what it
    /// includes.
    ///
    /// See the example of [`Session::set_filter`](crate::session::Session::set_filter).
    pub fn unfiltered(mut self) -> Self {
        self.parts.select.lift = Lift::All;
        self
    }

    /// Reads rows too that are marked as deleted. Other filters stay.
    ///
    /// See the example of [`Session::with_deleted`](crate::session::Session::with_deleted).
    pub fn with_deleted(mut self) -> Self {
        self.parts.select.lift = self.parts.select.lift.max(Lift::Deleted);
        self
    }

    /// [`filter`](Self::filter), if there is a condition.
    ///
    /// See the example of [`Query`].
    pub fn filter_opt<C: Condition<Scope: Within<Q, I, Null: Sized>>, I>(self, condition: Option<C>) -> Self {
        match condition {
            Some(condition) => self.filter(condition),
            None => self,
        }
    }

    /// Sorts by a column, an expression, one of those with a direction, or a tuple of some. A second call sorts rows that
    /// are equal by the first.
    ///
    /// See the example of [`Query`].
    pub fn order_by<O: OrderKeys<Scope: Within<Q, I, Null: Sized>>, I>(mut self, keys: O) -> Self {
        keys.order_keys(&mut self.parts.select.order_by);
        self
    }

    /// One row per group of rows that are equal in a column, an expression, or a tuple of some.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// use orm::functions::{count, sum};
    ///
    /// let query = Author::query()
    ///     .left_join(Author::books)
    ///     .group_by((Author::id, Author::name))
    ///     .having(count(Book::id).lt(2))
    ///     .order_by(Author::name)
    ///     .select((Author::name, count(Book::id), sum(Book::pages)));
    /// let rows: Vec<(String, i64, Option<i64>)> = query.all(&mut session)?;
    /// assert_eq!(rows, [("Ted".into(), 0, None), ("Ursula".into(), 1, Some(341))]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn group_by<G: GroupKeys<Scope: Within<Q, I, Null: Sized>>, I>(mut self, keys: G) -> Self {
        let mut list = Vec::new();
        keys.group_keys(&mut list);
        self.parts.select.group_by.extend(list.into_iter().map(sql::Group::Key));
        self
    }

    /// Only groups for which the condition holds.
    ///
    /// See the example of [`group_by`](Self::group_by).
    pub fn having<C: Condition<Scope: Within<Q, I, Null: Sized>>, I>(mut self, condition: C) -> Self {
        self.parts.select.having.push(condition.into_sql());
        self
    }

    /// At most that many rows.
    ///
    /// See the example of [`Query`].
    pub fn limit(mut self, rows: u64) -> Self {
        self.parts.select.limit = Some(rows);
        self
    }

    /// Skips that many rows.
    ///
    /// See the example of [`Query`].
    pub fn offset(mut self, rows: u64) -> Self {
        self.parts.select.offset = Some(rows);
        self
    }

    /// Only rows behind a cursor in the query's order. [`slice`](Self::slice) returns the cursor of the next slice. `None` is the
    /// beginning.
    ///
    /// See the example of [`slice`](Self::slice).
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.parts.after = cursor.into();
        self
    }

    /// Removes duplicate rows.
    ///
    /// See the example of [`Query`].
    pub fn distinct(mut self) -> Self {
        self.parts.select.distinct = Distinct::Rows;
        self
    }

    /// The first row, by the order, of each group of rows that are equal in a column, an expression, or a tuple of some. The order must
    /// start with these.
    ///
    /// ```no_run
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// // The longest book of each author.
    /// let longest = Book::query().distinct_on(Book::author_id).order_by((Book::author_id, Book::pages.desc()));
    /// let books: Vec<String> = longest.select(Book::title).all(&mut session)?;
    /// assert_eq!(books, ["Matter", "The Dispossessed"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn distinct_on<G: GroupKeys<Scope: Within<Q, I, Null: Sized>>, I>(mut self, keys: G) -> Self {
        let mut list = Vec::new();
        keys.group_keys(&mut list);
        self.parts.select.distinct = Distinct::On(list);
        self
    }

    /// Joins the target of a relation, or a source on a condition: only rows that have one, once for each.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// // Along a relation; its columns may then be used.
    /// let iains = Book::query().join(Book::author).filter(Author::name.eq("Iain"));
    /// assert_eq!(iains.count(&mut session)?, 2);
    ///
    /// // All authors, with or without books: the columns of the books are `Option`.
    /// let all = Author::query().left_join(Author::books).select((Author::name, Book::title));
    /// let rows: Vec<(String, Option<String>)> = all.all(&mut session)?;
    /// assert!(rows.contains(&("Ted".into(), None)));
    ///
    /// // On a condition, for what no relation leads to.
    /// let longer = Author::query().join(Book::on(Book::author_id.eq(Author::id).and(Book::pages.gt(500))));
    /// assert_eq!(longer.count(&mut session)?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn join<J: Joinable, I, O>(mut self, target: J) -> Query<T, (Of<J::Source>, Q)>
    where
        J::Reads: Within<Q, I, Null: Sized>,
        J::On: Within<(Of<J::Source>, Q), O, Null: Sized>,
    {
        self.parts.join(target.joins(JoinKind::Inner));
        Query::new(self.parts)
    }

    /// Joins the target of a relation, or a source on a condition, where there is one: all rows stay, and the target's columns are
    /// selected as `Option`.
    ///
    /// See the example of [`join`](Self::join).
    pub fn left_join<J: Joinable, I, O>(mut self, target: J) -> Query<T, (Maybe<J::Source>, Q)>
    where
        J::Reads: Within<Q, I, Null: Sized>,
        J::On: Within<(Of<J::Source>, Q), O, Null: Sized>,
    {
        self.parts.join(target.joins(JoinKind::Left));
        Query::new(self.parts)
    }

    /// Joins every row of a model, or of another name of one: `.cross_join::<Size>()`.
    ///
    /// See the example of [`right_join`](Self::right_join).
    pub fn cross_join<S: Source>(mut self) -> Query<T, (Of<S>, Q)> {
        let on = sql::Expr::And(sql::Exprs::new());
        let join = sql::Join { kind: JoinKind::Cross, source: from_clause::<S>(), on };
        let what = format!("{}::query()", S::name());
        self.parts.join(Joins { joins: Ok(vec![join]), with: Withs::new(), table: Some(table_of::<S>()), what });
        Query::new(self.parts)
    }
}

impl<T: Selectable, Q: Scope> Query<T, Q> {
    /// Joins the target of a relation, or a source on a condition: all rows of the target stay, and the columns of the sources before
    /// are selected as `Option`. A row may have no object of the first model, so columns must be selected.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// // All authors, with or without books.
    /// let rows: Vec<(Option<String>, String)> =
    ///     Book::query().right_join(Book::author).select((Book::title, Author::name)).all(&mut session)?;
    /// assert_eq!(rows.len(), 4);
    /// let rows: Vec<(Option<String>, Option<String>)> =
    ///     Book::query().full_join(Book::author).select((Book::title, Author::name)).all(&mut session)?;
    /// assert_eq!(rows.len(), 4);
    ///
    /// // Each author with each book.
    /// assert_eq!(Author::query().cross_join::<Book>().select((Author::name, Book::title)).count(&mut session)?, 9);
    /// # Ok(())
    /// # }
    /// ```
    pub fn right_join<J: Joinable, I, O>(self, target: J) -> Query<Columns, (Of<J::Source>, Q::Nullable)>
    where
        J::Reads: Within<Q, I, Null: Sized>,
        J::On: Within<(Of<J::Source>, Q), O, Null: Sized>,
    {
        let mut parts = self.parts.only_columns();
        parts.join(target.joins(JoinKind::Right));
        Query::new(parts)
    }

    /// Joins the target of a relation, or a source on a condition: all rows of both stay, and all columns are selected as `Option`.
    /// A row may have no object of the first model, so columns must be selected.
    ///
    /// See the example of [`right_join`](Self::right_join).
    pub fn full_join<J: Joinable, I, O>(self, target: J) -> Query<Columns, (Maybe<J::Source>, Q::Nullable)>
    where
        J::Reads: Within<Q, I, Null: Sized>,
        J::On: Within<(Of<J::Source>, Q), O, Null: Sized>,
    {
        let mut parts = self.parts.only_columns();
        parts.join(target.joins(JoinKind::Full));
        Query::new(parts)
    }
}

impl<T: Selectable, Q> Query<T, Q> {
    /// Selects a column, an expression, one of those with a label, or a tuple of some, instead of objects.
    ///
    /// See the example of [`Query`].
    pub fn select<S: Selection, I>(mut self, selection: S) -> Select<<S::Picks as Readable<Q, I>>::Row, Q>
    where
        S::Picks: Readable<Q, I>,
    {
        selection.select_items(self.parts.items());
        Query::new(self.parts)
    }
}

impl<M: Model, Q> Query<M, Q> {
    /// Loads a relation, or a path of relations, together with the objects: one statement for each, however many objects. The path can
    /// filter, order and limit the members: `User::orders.filter(..).limit_each(3)`.
    ///
    /// A relation that the session has loaded completely in this unit stays as it is, except with
    /// [`populate_existing`](Self::populate_existing).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let long = Author::books.filter(Book::pages.gt(500)).order_by(Book::pages.desc()).limit_each(3);
    /// let authors = Author::query().order_by(Author::id).include(long).all(&mut session)?; // two statements
    /// let books = session.related(authors[0], Author::books)?;
    /// assert_eq!(session[books[0]].title, "Matter");
    ///
    /// // A path of relations.
    /// let books = Book::query().include(Book::author.then(Author::books)).all(&mut session)?; // three
    /// assert_eq!(session[&session[books[0]].author].name, "Iain");
    /// # Ok(())
    /// # }
    /// ```
    pub fn include<P: IncludePath<M, Checked: Sized>>(mut self, path: P) -> Self {
        self.parts.include(path.steps());
        self
    }

    /// Fills a relation with the joined objects that pass the filters:
    /// `User::query().join(User::orders).filter(Order::total.gt(100)).populate(User::orders)`.
    ///
    /// The session knows that these need not be all members: [`load`](crate::session::Session::load) still loads all. An object that stands
    /// in several rows comes once, but `limit` counts the rows. A relation of something joined is populated after the relation that leads
    /// there.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let query = Author::query().join(Author::books).filter(Book::pages.gt(500)).populate(Author::books);
    /// let iain = query.one(&mut session)?; // one statement
    /// assert_eq!(session.related(iain, Author::books)?.len(), 1);
    /// assert_eq!(session.load(iain, Author::books)?.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn populate<R: Populated<Q, I>, I>(mut self, relation: R) -> Self {
        self.parts.populate(&relation);
        self
    }

    /// Overwrites known objects with the rows that are read, even their unflushed changes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let book = Book::query().filter(Book::title.eq("Matter")).one(&mut session)?;
    /// session.set_autoflush(false);
    /// session[book].pages = 1;
    /// Book::query().populate_existing().all(&mut session)?;
    /// assert_eq!(session[book].pages, 593);
    /// # Ok(())
    /// # }
    /// ```
    pub fn populate_existing(mut self) -> Self {
        self.parts.populate_existing = true;
        self
    }
}

impl<T, Q> Clone for Query<T, Q> {
    fn clone(&self) -> Self {
        Self::new(self.parts.clone())
    }
}
