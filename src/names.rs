//! Whatever a public signature says has a name in this crate: programs can write functions over it, and keep it in their structs.

#![expect(dead_code, reason = "compiling it is the test")]

use crate::query::scope::{Maybe, Of, Within};
use crate::query::table::{Table, TableInsert, TableQuery, TableRow};
use crate::query::types::{OrderKeys, Readable, Selection, Source};
use crate::query::{
    BulkDelete, BulkUpdate, Expr, Expression, InsertAll, InsertFrom, Members, ModelQuery, Path, Select, Subquery,
};
use crate::schema::{ForeignField, ModelSpec, RelationType, RowReader, TableDef, kind};
use crate::{
    BelongsTo, Engine, EngineBuilder, Fetch, Filter, Handle, Key, List, Model, Nested, Page, Query, Relation, Result,
    RowIter, Run, Session, Slice, Sql, TextForm, ValueForm, driver, sql,
};

/// What a derive makes of a model.
fn described<M: Model<Key: Key>>(row: &mut RowReader<'_>) -> Result<(M, &'static ModelSpec, &'static TableDef)> {
    Ok((M::read(row)?, M::spec(), M::table()))
}

/// A constant of a relation, and the path that it begins.
fn path<M: Model, T: Model>(list: Relation<M, T, kind::HasMany>) -> Path<M, M, T, kind::HasMany> {
    list.limit_each(3)
}

/// What `session.load` returns.
fn loaded<T: Model, K: RelationType>(members: Vec<Handle<T>>) -> Option<K::Loaded<T>> {
    K::loaded(members.into_iter())
}

/// The column of a foreign key.
fn target<T: Model>(_: <BelongsTo<T> as ForeignField>::Column) {}

/// An expression, and the tree behind it.
fn tree<M: Model>(condition: Filter<M>) -> sql::Expr {
    let condition: Expr<bool, Of<M>> = condition;
    condition.into_sql()
}

/// What a query of `M` with a left join of `T` may use.
type Joined<M, T> = (Maybe<T>, (Of<M>, ()));

/// What a method of queries takes, taken by a function of one's own.
fn sorted<M: Model, O: OrderKeys<Scope: Within<(Of<M>, ()), I, Null: Sized>>, I>(query: Query<M>, keys: O) -> Query<M> {
    query.order_by(keys)
}

/// What `select` takes, and the rows that it makes.
fn selected<M: Model, S, I>(query: Query<M>, selection: S) -> Select<Row<S, M, I>, (Of<M>, ())>
where
    S: Selection<Picks: Readable<(Of<M>, ()), I>>,
{
    query.select(selection)
}

/// A row of what was selected.
type Row<S, M, I> = <<S as Selection>::Picks as Readable<(Of<M>, ()), I>>::Row;

/// A query whose rows are read, whatever they are read as.
fn counted<T: Fetch, Q>(query: Query<T, Q>, session: &mut Session) -> Result<(Vec<T::Item>, u64)> {
    Ok((query.clone().all(session)?, query.count(session)?))
}

/// The name of a model, or another one of it.
fn named<S: Source>() -> String {
    S::name().into_owned()
}

/// Queries, by what they read and what they join.
struct Queries<M: Model, T: Model, D> {
    objects: Query<M>,
    joined: Query<M, Joined<M, T>>,
    rows: Select<(i64, String), (Of<M>, ())>,
    members: Members<M, T>,
    subquery: Subquery<D>,
    inserts: (InsertAll<M>, InsertFrom<M>),
    changes: (BulkUpdate<M>, BulkDelete<M>),
    raw: Sql,
    table: (Table, TableQuery, TableInsert),
}

/// What running them returns.
struct Results<'s, M: Model> {
    page: Page<M>,
    slice: Slice<Handle<M>>,
    rows: RowIter<'s, TableRow>,
    savepoint: Nested<'s>,
}

/// A write, and a query for the objects that it changed.
fn followed<W: Run>(write: W) -> (W, Query<W::Model>) {
    (write, W::Model::query())
}

/// What a backend is made of.
struct Backend<'v> {
    builder: EngineBuilder,
    engine: Engine,
    dialect: &'static dyn driver::Dialect,
    form: (ValueForm, TextForm, driver::Stored),
    list: List<'v>,
    url: driver::DatabaseUrl,
}
