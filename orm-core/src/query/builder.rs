use std::fmt;
use std::marker::PhantomData;

use super::{
    Condition, GroupKeys, Has, Include, IncludePath, InsertAll, Maybe, Of, OrderKeys, Readable, RowType, Selection,
    Within, join,
};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Model, Relation};
use crate::render;
use crate::schema::{RelationDef, TableDef, TableName};
use crate::sql::{self, Expr, JoinKind, SelectItem, With};
use crate::value::Value;

/// A query: a plain value that runs when it is handed a session.
///
/// `T` is what a row is read as: the model, or [`Rows<R>`] after [`select`](Query::select). `Q` is the
/// [scope](super::scope): the models whose columns may be used. Filters never change the type, so conditions may be added
/// by an ordinary `if`.
#[must_use = "a query does nothing until it is run"]
pub struct Query<T, Q = (Of<T>, ())> {
    pub(crate) parts: Parts,
    types: PhantomData<fn() -> (T, Q)>,
}

/// In a [`Query`]: rows of selected expressions, read as `R`.
pub struct Rows<R>(PhantomData<fn() -> R>);

/// A query for rows of selected expressions.
pub type Select<R, Q> = Query<Rows<R>, Q>;

/// A query without its types.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    /// The model that the query starts with.
    pub(crate) table: &'static TableDef,
    /// What to load with the objects.
    pub(crate) includes: Vec<Include>,
    /// Whether rows overwrite objects that the session has already.
    pub(crate) populate_existing: bool,
    /// The statement; nothing is selected yet in a query for objects.
    select: sql::Select,
    /// The first thing that went wrong while building.
    problem: Option<(ErrorKind, String)>,
}

/// `M::query()` and `M::insert_all(..)`, for every model.
pub trait ModelQuery: Model {
    /// A query for the objects of this model.
    fn query() -> Query<Self> {
        let table = Self::table();
        let select = sql::Select::from_table(table.name.clone(), Vec::new());
        Query::new(Parts { table, includes: Vec::new(), populate_existing: false, select, problem: None })
    }

    /// Inserts plain values in their order, without making objects of them: the fast way to write.
    fn insert_all(values: impl IntoIterator<Item = Self>) -> InsertAll<Self> {
        InsertAll::new(values.into_iter().collect())
    }
}

impl<M: Model> ModelQuery for M {}

impl<T, Q> Query<T, Q> {
    fn new(parts: Parts) -> Self {
        Self { parts, types: PhantomData }
    }

    /// Only rows for which the condition holds. Several filters must all hold.
    pub fn filter<C, I>(mut self, condition: C) -> Self
    where
        C: Condition,
        C::Scope: Within<Q, I>,
    {
        self.parts.select.filter.push(condition.into_sql());
        self
    }

    /// [`filter`](Self::filter), where there is a condition.
    pub fn filter_opt<C, I>(self, condition: Option<C>) -> Self
    where
        C: Condition,
        C::Scope: Within<Q, I>,
    {
        match condition {
            Some(condition) => self.filter(condition),
            None => self,
        }
    }

    /// Sorts by a column, an expression, one of those with a direction, or a tuple of some. A second call sorts rows that
    /// are equal by the first.
    pub fn order_by<O, I>(mut self, keys: O) -> Self
    where
        O: OrderKeys,
        O::Scope: Within<Q, I>,
    {
        keys.order_keys(&mut self.parts.select.order_by);
        self
    }

    /// One row per group of rows that are equal in a column, an expression, or a tuple of some.
    pub fn group_by<G, I>(mut self, keys: G) -> Self
    where
        G: GroupKeys,
        G::Scope: Within<Q, I>,
    {
        keys.group_keys(&mut self.parts.select.group_by);
        self
    }

    /// Only groups for which the condition holds.
    pub fn having<C, I>(mut self, condition: C) -> Self
    where
        C: Condition,
        C::Scope: Within<Q, I>,
    {
        self.parts.select.having.push(condition.into_sql());
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.parts.select.limit = Some(rows);
        self
    }

    /// Not the first so many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.parts.select.offset = Some(rows);
        self
    }

    /// Equal rows once.
    pub fn distinct(mut self) -> Self {
        self.parts.select.distinct = true;
        self
    }

    /// Joins the target of a relation: only rows that have one, once for each member.
    pub fn join<A, B, K, I>(mut self, relation: Relation<A, B, K>) -> Query<T, (Of<B>, Q)>
    where
        A: Model,
        B: Model,
        Q: Has<A, I>,
    {
        self.parts.join(relation.def(), JoinKind::Inner);
        Query::new(self.parts)
    }

    /// Joins the target of a relation where there is one: all rows stay, and the target's columns are selected as `Option`.
    pub fn left_join<A, B, K, I>(mut self, relation: Relation<A, B, K>) -> Query<T, (Maybe<B>, Q)>
    where
        A: Model,
        B: Model,
        Q: Has<A, I>,
    {
        self.parts.join(relation.def(), JoinKind::Left);
        Query::new(self.parts)
    }
}

impl<M: Model, Q> Query<M, Q> {
    /// Selects a column, an expression, one of those with a label, or a tuple of some, instead of objects.
    pub fn select<S, I>(mut self, selection: S) -> Select<<S::Picks as Readable<Q, I>>::Row, Q>
    where
        S: Selection,
        S::Picks: Readable<Q, I>,
    {
        selection.select_items(&mut self.parts.select.items);
        Query::new(self.parts)
    }

    /// Loads a relation, or a path of relations, together with the objects: one statement for each, however many objects.
    pub fn include<P: IncludePath<M>>(mut self, path: P) -> Self {
        match path.relations() {
            Some(path) => Include::add(&mut self.parts.includes, &path),
            None => self.parts.fail(ErrorKind::Schema, "`include` was given a constant that is no relation".to_owned()),
        }
        self
    }

    /// Overwrites objects that the session has already with the rows that are read, changes not flushed included.
    pub fn populate_existing(mut self) -> Self {
        self.parts.populate_existing = true;
        self
    }

    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// Mistakes in joins, and `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        render::select(dialect, &self.parts.entity_statement()?)
    }
}

impl<R: RowType, Q> Query<Rows<R>, Q> {
    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// Mistakes in joins, and `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        render::select(dialect, &self.parts.row_statement()?)
    }
}

impl Parts {
    fn fail(&mut self, kind: ErrorKind, message: String) {
        self.problem.get_or_insert((kind, message));
    }

    fn join(&mut self, relation: Option<&'static RelationDef>, kind: JoinKind) {
        let Some(relation) = relation else {
            return self.fail(ErrorKind::Schema, "`join` was given a constant that is no relation".to_owned());
        };
        let joins = match join::along(relation, kind) {
            Ok(joins) => joins,
            Err(error) => return self.fail(error.kind(), error.to_string()),
        };
        for join in joins {
            let name = join.source.alias.as_ref().unwrap_or(&join.source.table.name);
            let mut present =
                std::iter::once(&self.select.from).chain(self.select.joins.iter().map(|join| &join.source));
            if present.any(|source| source.alias.as_ref().unwrap_or(&source.table.name) == name) {
                let (owner, target) = ((relation.owner.spec)().name, (relation.target.spec)().name);
                let message = format!(
                    "`.join({owner}::{})`: `{target}` (table {name}) is in this query already, and a model can be in a query once",
                    relation.name
                );
                return self.fail(ErrorKind::InvalidState, message);
            }
            self.select.joins.push(join);
        }
    }

    fn checked(&self) -> Result<sql::Select> {
        match &self.problem {
            Some((kind, message)) => Err(Error::new(*kind, message.clone())),
            None => Ok(self.select.clone()),
        }
    }

    /// The statement of a query for objects: the model's columns, in the order of [`TableDef::columns`].
    pub(crate) fn entity_statement(&self) -> Result<sql::Select> {
        let mut select = self.checked()?;
        select.items = self.table.columns.iter().map(|column| Expr::column(self.table, column).into()).collect();
        Ok(select)
    }

    /// The statement of a query for rows.
    pub(crate) fn row_statement(&self) -> Result<sql::Select> {
        self.checked()
    }

    /// A statement whose one row holds the number of rows of this query.
    pub(crate) fn count_statement(&self) -> Result<sql::Select> {
        let mut select = self.checked()?;
        let rows = Expr::Aggregate {
            function: sql::Aggregate::Count,
            argument: None,
            distinct: false,
            result: crate::value::SqlType::I64,
        };
        if select.limit.is_none() && select.offset.is_none() {
            select.order_by.clear();
        }
        if is_plain(&select) {
            select.items = vec![rows.into()];
            return Ok(select);
        }
        if select.items.is_empty() {
            select = self.entity_statement()?;
        }
        Ok(around(select, rows.into()))
    }

    /// A statement that returns a row when this query does.
    pub(crate) fn exists_statement(&self) -> Result<sql::Select> {
        let mut select = self.checked()?;
        if is_plain(&select) {
            select.order_by.clear();
            select.items = vec![Expr::One.into()];
        } else {
            if select.items.is_empty() {
                select = self.entity_statement()?;
            }
            select = around(select, Expr::One.into());
        }
        select.limit = Some(1);
        Ok(select)
    }

    /// The conditions of a query that names rows of one table, which `verb` changes.
    ///
    /// # Errors
    ///
    /// `InvalidState` when it does more than that.
    pub(crate) fn rows_of_one_table(&self, verb: &str) -> Result<Vec<Expr>> {
        let select = self.checked()?;
        let more = [
            (
                !select.joins.is_empty(),
                "join",
                "filter by the foreign key's column, for example `.filter(Car::model_id.in_(keys))`",
            ),
            (!select.order_by.is_empty(), "order_by", "the order of the rows is the database's"),
            (!select.group_by.is_empty(), "group_by", "filter the rows themselves"),
            (!select.having.is_empty(), "having", "filter the rows themselves"),
            (select.distinct, "distinct", "each row is changed once anyway"),
            (
                select.limit.is_some() || select.offset.is_some(),
                "limit or offset",
                "read the keys first, and filter by them",
            ),
            (!self.includes.is_empty(), "include", "nothing is loaded"),
        ];
        match more.into_iter().find(|(present, ..)| *present) {
            Some((_, clause, cure)) => {
                let message = format!("`{verb}` of a query over {} takes no {clause}; {cure}", self.table.model);
                Err(Error::new(ErrorKind::InvalidState, message))
            }
            None => Ok(select.filter),
        }
    }

    /// Asks for so many rows where the query does not say how many.
    pub(crate) fn limit_if_unlimited(&mut self, rows: u64) {
        self.select.limit.get_or_insert(rows);
    }

    /// Asks for one row, or for none where the query wants none.
    pub(crate) fn limit_to_first(&mut self) {
        self.select.limit = Some(self.select.limit.map_or(1, |limit| limit.min(1)));
    }

    /// The tables that the query reads.
    pub(crate) fn tables(&self) -> Vec<TableName> {
        self.select.tables()
    }
}

/// Whether each row of the joined tables is one row of the result.
fn is_plain(select: &sql::Select) -> bool {
    let grouped = !select.group_by.is_empty()
        || !select.having.is_empty()
        || select.items.iter().any(|item| item.expr.is_aggregate());
    !select.distinct && !grouped && select.limit.is_none() && select.offset.is_none()
}

/// `WITH "counted" AS (select) SELECT item FROM "counted"`.
fn around(select: sql::Select, item: SelectItem) -> sql::Select {
    let name = TableName { schema: None, name: "counted".into() };
    let mut outer = sql::Select::from_table(name, vec![item]);
    outer.with.push(With { name: "counted".into(), select });
    outer
}

impl<T, Q> Clone for Query<T, Q> {
    fn clone(&self) -> Self {
        Self::new(self.parts.clone())
    }
}

impl<T, Q> fmt::Debug for Query<T, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}
