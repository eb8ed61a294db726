//! What every model begins queries and statements with.

use super::cells::{CellInsert, CellSource};
use super::scope::Closed;
use super::{
    Assignments, BulkInsert, BulkItem, BulkUpdateRows, ColumnList, Condition, Insert, InsertAll, InsertFrom, KeyedRow,
    Object, ObjectsSql, On, Parts, Query, RowFor, Select, Sql, UpdateByKey, Updating, ValuesFor, Within,
};
use crate::model::{Model, require_key, require_new_rows, require_writable};

/// `M::query()`, `M::insert_all(..)` and the like, for every model.
///
/// See the example of [`Query`].
pub trait ModelQuery: Model {
    /// A query for the objects of this model.
    ///
    /// See the example of [`Query`].
    fn query() -> Query<Self> {
        Query::new(Parts::over::<Self>())
    }

    /// This model as something to join on a condition: `.join(Order::on(Order::customer_id.eq(Customer::id)))`.
    ///
    /// See the example of [`join`](Query::join).
    fn on<C: Condition>(condition: C) -> On<Self, (), C::Scope> {
        On::source(condition)
    }

    /// The objects of this model among the values of rows: `.select((Customer::object(), sum(Order::total)))`.
    fn object() -> Object<Self> {
        const { require_key::<Self>() };
        Object::new()
    }

    /// The objects of this model in the rows of a handwritten statement, which selects their columns by name.
    fn from_sql(sql: Sql) -> ObjectsSql<Self> {
        const { require_key::<Self>() };
        ObjectsSql::new(sql)
    }

    /// Inserts a plain value, without making an object of it.
    ///
    /// See the example of [`insert_all`](ModelQuery::insert_all).
    fn insert(value: Self) -> InsertAll<Self> {
        const { require_new_rows::<Self>() };
        Insert::values(vec![value])
    }

    /// Inserts plain values in their order, without making objects of them. That is the fastest way to write many rows.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = empty_library()?;
    /// use orm::query::excluded;
    ///
    /// let author = |id, name: &str| Author { id, name: name.into(), ..Default::default() };
    /// Author::insert(author(1, "Iain")).execute(&mut session)?;
    /// Author::insert_all([author(2, "Ursula"), author(3, "Ted")]).execute(&mut session)?; // one statement
    ///
    /// let upsert = Author::insert_all([author(3, "Edward"), author(4, "Ann")]).on_conflict(Author::id);
    /// let written = upsert.do_update(Author::name.set(excluded(Author::name))).execute(&mut session)?;
    /// assert_eq!(written, 2);
    /// let skipped = Author::insert(author(4, "Bob")).on_conflict_key().do_nothing().execute(&mut session)?;
    /// assert_eq!(skipped, 0);
    /// Author::update_by_key(Author::name, [(1, "I. M."), (2, "U. K.")]).execute(&mut session)?; // one statement
    /// session.commit()?;
    /// # Ok(())
    /// # }
    /// ```
    fn insert_all(values: impl IntoIterator<Item = Self>) -> InsertAll<Self> {
        const { require_new_rows::<Self>() };
        Insert::values(values.into_iter().collect())
    }

    /// Inserts the rows of an iterator, of any number: they are taken some thousand at a time, in memory that does not grow. An item is a
    /// value, or a `Result` of making one. The rows travel by `COPY` where the database has it (PostgreSQL), else by one prepared
    /// statement. Keys that are not set, and unset columns with defaults of the database, are left to it. What values may be and what is
    /// done for them is as with [`insert_all`](Self::insert_all).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = empty_library()?;
    /// let authors = (1..=20_000).map(|id| Author { id, name: format!("author {id}"), ..Default::default() });
    /// let count = Author::bulk_insert(authors.clone()).on_progress(|rows| eprintln!("{rows}")).execute(&mut session)?;
    /// assert_eq!(count, 20_000);
    /// let again = Author::bulk_insert(authors).on_conflict_key().do_update(Author::name).execute(&mut session)?;
    /// assert_eq!(again, 20_000);
    /// session.commit()?;
    /// # Ok(())
    /// # }
    /// ```
    fn bulk_insert<I: IntoIterator<Item: BulkItem<Self>>>(rows: I) -> BulkInsert<Self, I::IntoIter> {
        const { require_new_rows::<Self>() };
        Insert::from_iter(rows.into_iter())
    }

    /// Inserts the rows of an iterator, or updates those that are there: each unset key is a new row, and each key that is set is that of an
    /// existing row or of a new one. New values and changed ones may be mixed. All columns that a value sets are written; a version is counted on.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let mut authors = Author::query().order_by(Author::id).values(&mut session)?;
    /// authors[0].name = "Iain M.".into();
    /// authors.push(Author { name: "Ann".into(), ..Default::default() });
    /// assert_eq!(Author::bulk_save(authors).execute(&mut session)?, 4);
    /// Author::bulk_update(Author::name, [(1, "Iain"), (2, "Ursula K.")]).execute(&mut session)?;
    /// let names = Author::query().order_by(Author::id).select(Author::name).all(&mut session)?;
    /// assert_eq!(names, ["Iain", "Ursula K.", "Ted", "Ann"]);
    /// # Ok(())
    /// # }
    /// ```
    fn bulk_save<I: IntoIterator<Item: BulkItem<Self>>>(rows: I) -> BulkInsert<Self, I::IntoIter, Updating> {
        Self::bulk_insert(rows).on_conflict_key().do_update_written()
    }

    /// Inserts the rows of an iterator, or updates those that have their values in these columns, which must be those of a unique constraint.
    /// All columns that a value sets are written but for these and the primary key; a version is counted on.
    ///
    /// See the example of [`bulk_save`](Self::bulk_save).
    fn bulk_upsert<C: ColumnList<Self, Checked: Sized>, I: IntoIterator<Item: BulkItem<Self>>>(
        columns: C,
        rows: I,
    ) -> BulkInsert<Self, I::IntoIter, Updating> {
        Self::bulk_insert(rows).on_conflict(columns).do_update_written()
    }

    /// Updates rows by their primary keys, as [`update_by_key`](Self::update_by_key) does, in memory that does not grow with their number. An
    /// item is a key with the values of its row, or a `Result` of making these. Each key is listed once. The rows go through a temporary
    /// table on databases with `COPY`, and else by one prepared statement.
    ///
    /// See the example of [`bulk_save`](Self::bulk_save).
    fn bulk_update<C, V, I>(columns: C, rows: I) -> BulkUpdateRows<Self, I::IntoIter, V>
    where
        C: ColumnList<Self, Checked: Sized>,
        V: ValuesFor<C::Values, Checked: Sized>,
        I: IntoIterator<Item: BulkItem<KeyedRow<Self, V>>>,
    {
        const { require_writable::<Self>() };
        BulkUpdateRows::new(columns, rows.into_iter())
    }

    /// Inserts rows of cells, in memory that does not grow with their number: of a file or a frame. Each of its columns is found by its name or
    /// that of its field. Columns that are missing get their defaults, and the others must be nullable or filled by the database.
    ///
    /// It is for the crates that read such sources; `orm::files` and `orm::arrow` have methods of their own.
    fn insert_cells<S: CellSource>(source: S) -> CellInsert<Self, S> {
        const { require_new_rows::<Self>() };
        Insert::of_cells(source)
    }

    /// Inserts the rows of a query: `INSERT INTO .. SELECT ..`, one statement, whatever the number of rows. The query selects a value
    /// for each of the columns, in their order. Columns that are not named get their defaults, one value for all rows.
    fn insert_from<C: ColumnList<Self, Checked: Sized>, R: RowFor<C::Values, Checked: Sized>, Q: Closed>(
        columns: C,
        query: Select<R, Q>,
    ) -> InsertFrom<Self> {
        const { require_new_rows::<Self>() };
        Insert::from_query(columns, query)
    }

    /// Inserts one row of expressions that the database computes: `User::insert_with((User::name.set("Ann"), User::joined.set(now())))`.
    /// Columns that are not named get their defaults.
    fn insert_with<A: Assignments<Self, Scope: Within<(), I, Null: Sized>>, I>(assignments: A) -> InsertFrom<Self> {
        const { require_new_rows::<Self>() };
        Insert::from_expressions(assignments)
    }

    /// Updates rows by their primary keys. It sets the same columns of each row to different values:
    /// `User::update_by_key((User::name, User::age), [(1, ("Ann", 30)), (2, ("Bob", 40))])`. If a key is listed twice, the last
    /// values win.
    ///
    /// See the example of [`insert_all`](ModelQuery::insert_all).
    fn update_by_key<
        C: ColumnList<Self, Checked: Sized>,
        V: ValuesFor<C::Values, Checked: Sized>,
        R: IntoIterator<Item = (Self::Key, V)>,
    >(
        columns: C,
        rows: R,
    ) -> UpdateByKey<Self> {
        const { require_writable::<Self>() };
        UpdateByKey::new(columns, rows)
    }
}

impl<M: Model> ModelQuery for M {}
