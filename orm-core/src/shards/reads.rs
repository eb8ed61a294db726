//! Queries over shards.

use super::groups::{Plan, Values, is_grouped, is_shard_key};
use super::merge::{Merged, Window, merge};
use super::order::{Order, unsupported};
use super::session::ShardedSession;
use super::{locality, route};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Model, RowReader};
use crate::query::{Cursor, Include, Parts, Query};
use crate::schema::TableDef;
use crate::session::pages::{check_page, limit_to_page};
use crate::session::{Fetch, Page, Slice, at_most_one, none};
use crate::sql::{Distinct, Origin, Select, SelectItem};
use crate::value::SqlType;

impl ShardedSession {
    /// The objects, or the rows of what was selected, in the order of the query; see [`Query::all`]. If a condition that must hold names the
    /// shard key, by `eq` or `in_`, the shards of these keys are asked, and else all, at the same time.
    ///
    /// See the example of [`Shards`](super::Shards).
    ///
    /// # Errors
    ///
    /// `Unsupported` for what the rows of several shards cannot be made into, which is said; and as [`Query::all`].
    pub fn all<T: Fetch<Item: Send>, Q>(&mut self, query: Query<T, Q>) -> Result<Vec<T::Item>> {
        let databases = self.databases(&query.parts)?;
        if let [only] = databases[..] {
            return self.on_one(only, |session| query.all(session));
        }
        let select = query.parts.row_statement()?;
        require_parts(&select)?;
        if is_grouped(&self.shards.layout, &select) {
            let groups = self.groups::<T, Q>(&query, &select, &databases)?;
            let read = |group| T::item(&mut RowReader::new(&Values(group), 0, T::row_name()));
            return window(groups, &select).map(read).collect();
        }
        if query.parts.populates() {
            return self.populated(&query, &select, &databases);
        }
        let merged = self.merged(&query, select, &databases, None, T::item)?;
        self.included(&query, merged)
    }

    /// The first object or row, if there is any.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all).
    pub fn first<T: Fetch<Item: Send>, Q>(&mut self, mut query: Query<T, Q>) -> Result<Option<T::Item>> {
        if !query.parts.populates() {
            query.parts.limit_to_first();
        }
        Ok(self.all(query)?.into_iter().next())
    }

    /// The only object or row.
    ///
    /// See the example of [`Shards`](super::Shards).
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `MultipleFound` when there are more, and as [`all`](Self::all).
    pub fn one<T: Fetch<Item: Send>, Q>(&mut self, query: Query<T, Q>) -> Result<T::Item> {
        let subject = query.parts.subject();
        self.one_or_none(query)?.ok_or_else(|| none(&subject))
    }

    /// The only object or row, or `None`.
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there are more, and as [`all`](Self::all).
    pub fn one_or_none<T: Fetch<Item: Send>, Q>(&mut self, mut query: Query<T, Q>) -> Result<Option<T::Item>> {
        if !query.parts.populates() {
            query.parts.limit_if_unlimited(2);
        }
        let subject = query.parts.subject();
        at_most_one(self.all(query)?, &subject)
    }

    /// How many objects or rows there are.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all).
    pub fn count<T: Fetch, Q>(&mut self, mut query: Query<T, Q>) -> Result<u64> {
        let databases = self.databases(&query.parts)?;
        if let [only] = databases[..] {
            return self.on_one(only, |session| query.count(session));
        }
        let select = query.parts.row_statement()?;
        require_parts(&select)?;
        if distinct_terms(&self.shards.layout, &select)? > 0 {
            return Err(unsupported("a count of `distinct_on`", "count distinct values of its columns"));
        }
        if is_grouped(&self.shards.layout, &select) {
            let groups = self.groups::<T, Q>(&query, &select, &databases)?;
            return Ok(window(groups, &select).count() as u64);
        }
        (query.parts.select.limit, query.parts.select.offset) = (None, None);
        let counts = self.each(&databases, |_, session| query.clone().count(session))?;
        let total: u64 = counts.into_iter().map(|(_, count)| count).sum();
        let total = total.saturating_sub(select.offset.unwrap_or(0));
        Ok(select.limit.map_or(total, |limit| total.min(limit)))
    }

    /// Whether there is any object or row.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all).
    pub fn exists<T: Fetch, Q>(&mut self, query: Query<T, Q>) -> Result<bool> {
        let select = &query.parts.select;
        if select.limit.is_some() || select.offset.is_some() || is_grouped(&self.shards.layout, select) {
            return Ok(self.count(query)? > 0);
        }
        let databases = self.databases(&query.parts)?;
        let found = self.each(&databases, |_, session| query.clone().exists(session))?;
        Ok(found.into_iter().any(|(_, found)| found))
    }

    /// The rows as plain values, which no session tracks; see [`Query::values`].
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all).
    pub fn values<M: Model, Q>(&mut self, query: Query<M, Q>) -> Result<Vec<M>> {
        let databases = self.databases(&query.parts)?;
        if let [only] = databases[..] {
            return self.on_one(only, |session| query.values(session));
        }
        let select = query.parts.plain_statement()?;
        require_parts(&select)?;
        let merged = self.merged(&query, select, &databases, None, <M as Fetch>::read)?;
        Ok(merged.rows.into_iter().map(|(_, value)| value).collect())
    }

    /// Page `number`, counted from 1, of pages with `size` objects or rows, and how many there are in all; see [`Query::page`]. A shard is
    /// asked for the rows of all pages up to this one: for pages far behind there is [`slice`](Self::slice).
    ///
    /// # Errors
    ///
    /// As [`Query::page`] and [`all`](Self::all).
    pub fn page<T: Fetch<Item: Send>, Q>(
        &mut self,
        mut query: Query<T, Q>,
        number: u64,
        size: u64,
    ) -> Result<Page<T::Item>> {
        check_page(&query.parts, number, size)?;
        let total = self.count(query.clone())?;
        limit_to_page(&mut query.parts, number, size);
        Ok(Page { items: self.all(query)?, total, number, size })
    }

    /// The first `size` objects or rows, or those behind a cursor; see [`Query::slice`]. The cursor is that of one database.
    ///
    /// # Errors
    ///
    /// As [`Query::slice`] and [`all`](Self::all).
    pub fn slice<T: Fetch<Item: Send>, Q>(&mut self, mut query: Query<T, Q>, size: u64) -> Result<Slice<T::Item>> {
        let databases = self.databases(&query.parts)?;
        if let [only] = databases[..] {
            return self.on_one(only, |session| query.slice(session, size));
        }
        if size == 0 {
            return Err(Error::new(ErrorKind::InvalidState, "a slice has at least 1 row"));
        }
        query.parts.complete_order();
        let order = query.parts.order_keys()?;
        let select = query.parts.row_statement()?;
        require_parts(&select)?;
        if is_grouped(&self.shards.layout, &select) || query.parts.populates() {
            return Err(unsupported("slices of groups or of populated objects", "read them by `all`"));
        }
        let merged = self.merged(&query, select, &databases, Some(size), T::item)?;
        let next = merged.more.then(|| Cursor::new(&order, merged.last.clone()));
        Ok(Slice { items: self.included(&query, merged)?, next })
    }

    /// The databases that a query asks.
    pub(super) fn databases(&self, parts: &Parts) -> Result<Vec<usize>> {
        let (layout, select) = (&self.shards.layout, &parts.select);
        let reads = select.reads();
        if !reads.tables.iter().any(|table| layout.has(table)) {
            let table = reads.tables.first().cloned().unwrap_or_default();
            return Ok(vec![self.shards.default_database(&table)?]);
        }
        locality::check(layout, select)?;
        if let Origin::Table(table) = &select.from.origin
            && let Some(owner) = layout.table(table)
        {
            self.require_includes(owner, &parts.includes)?;
        }
        let databases: Vec<usize> = match route::keys(layout, select) {
            Some(keys) => {
                let mut databases = keys.iter().map(|key| self.places.of(key)).collect::<Result<Vec<_>>>()?;
                databases.sort_unstable();
                databases.dedup();
                databases
            }
            None => (0..self.shards.names.len()).collect(),
        };
        match databases.len() {
            // No row has no key, which any shard knows.
            0 => Ok(vec![0]),
            1 => Ok(databases),
            _ if reads.others => Err(unsupported(
                "handwritten SQL or functions of the database, which may read anything",
                "name one shard key by `eq`, or run it on each shard by `shard(name)`",
            )),
            _ if parts.manner.consistent => Err(unsupported(
                "one snapshot of several databases",
                "leave `consistent` out, or name one shard key by `eq`",
            )),
            _ => Ok(databases),
        }
    }

    fn require_includes(&self, owner: &TableDef, includes: &[Include]) -> Result<()> {
        includes.iter().try_for_each(|include| {
            let target = (include.relation.target.table)();
            self.require_here(owner, target)?;
            self.require_includes(target, &include.then)
        })
    }

    pub(super) fn on_one<R>(
        &mut self,
        database: usize,
        work: impl FnOnce(&mut crate::session::Session) -> Result<R>,
    ) -> Result<R> {
        self.refuse_failed()?;
        let outcome = work(self.open(database));
        outcome.map_err(|error| error.context(self.shards.on(database)))
    }

    /// The rows of all shards, as the order says, each as `read` reads it. `size` is that of a slice.
    fn merged<T: Fetch, Q, R: Send>(
        &mut self,
        query: &Query<T, Q>,
        mut select: Select,
        databases: &[usize],
        size: Option<u64>,
        read: fn(&mut RowReader<'_>) -> Result<R>,
    ) -> Result<Merged<R>> {
        let types: Vec<SqlType> = T::shapes().into_iter().map(|shape| shape.sql_type).collect();
        let order = Order::of(&self.shards, &query.parts, &select, &types)?;
        let distinct = distinct_terms(&self.shards.layout, &select)?;
        let (skip, limit) = (select.offset.take().unwrap_or(0), size.or(select.limit));
        // One row more tells whether there is a next slice.
        let extra = skip + u64::from(size.is_some());
        select.limit = limit.map(|limit| limit.saturating_add(extra));
        let selected = |expr: &crate::sql::Expr| select.items.iter().any(|item| item.expr == *expr);
        if select.distinct == Distinct::Rows && !order.terms.iter().all(|term| selected(&term.expr)) {
            return Err(unsupported("distinct rows in the order of what is not selected", "select it too"));
        }
        select.items.extend(order.terms.iter().map(|term| SelectItem::from(term.expr.clone())));
        let behind = order.types();
        let parts =
            self.each(databases, |_, session| session.keyed(&query.parts, &select, &behind, T::row_name(), read))?;
        Ok(merge(&order, parts, Window { skip, limit, distinct }))
    }

    /// The objects or rows, with what the query includes.
    fn included<T: Fetch<Item: Send>, Q>(
        &mut self,
        query: &Query<T, Q>,
        merged: Merged<T::Item>,
    ) -> Result<Vec<T::Item>> {
        let sequence: Vec<usize> = merged.rows.iter().map(|(database, _)| *database).collect();
        let mut items: Vec<Vec<T::Item>> = (0..self.sessions.len()).map(|_| Vec::new()).collect();
        merged.rows.into_iter().for_each(|(database, item)| items[database].push(item));
        for (database, session) in self.sessions.iter_mut().enumerate() {
            if let Some(session) = session.as_mut().filter(|_| !items[database].is_empty()) {
                T::include(query, session, &items[database])?;
            }
        }
        let mut items: Vec<_> = items.into_iter().map(Vec::into_iter).collect();
        Ok(sequence.into_iter().filter_map(|database| items[database].next()).collect())
    }

    /// Objects that stand in several rows, each on one shard.
    fn populated<T: Fetch<Item: Send>, Q>(
        &mut self,
        query: &Query<T, Q>,
        select: &Select,
        databases: &[usize],
    ) -> Result<Vec<T::Item>> {
        if !select.order_by.is_empty() || select.limit.is_some() || select.offset.is_some() {
            return Err(unsupported("`populate` with an order or a limit", "include the relation"));
        }
        let parts = self.each(databases, |_, session| query.clone().all(session))?;
        Ok(parts.into_iter().flat_map(|(_, items)| items).collect())
    }

    /// The groups of all shards.
    fn groups<T: Fetch, Q>(
        &mut self,
        query: &Query<T, Q>,
        select: &Select,
        databases: &[usize],
    ) -> Result<Vec<Vec<crate::value::Value>>> {
        let types: Vec<SqlType> = T::shapes().into_iter().map(|shape| shape.sql_type).collect();
        let plan = Plan::of(&self.shards, &query.parts, select, &types)?;
        let parts = self.each(databases, |_, session| {
            session.keyed(&query.parts, &plan.partial, &plan.types, "group", |_| Ok(()))
        })?;
        plan.groups(parts.into_iter().flat_map(|(_, keyed)| keyed.values).collect())
    }
}

/// Refuses what several shards cannot compute together.
fn require_parts(select: &Select) -> Result<()> {
    let terms = select.order_by.iter().map(|order| &order.expr);
    if select.items.iter().map(|item| &item.expr).chain(terms).any(crate::sql::Expr::has_window) {
        return Err(unsupported(
            "window functions, which look at the rows of all shards",
            "name one shard key by `eq`",
        ));
    }
    Ok(())
}

/// How many terms of the order tell rows apart of which only the first is wanted, where these may be on several shards.
fn distinct_terms(layout: &super::layout::Layout, select: &Select) -> Result<usize> {
    let Distinct::On(keys) = &select.distinct else { return Ok(0) };
    if keys.iter().any(|key| is_shard_key(layout, select, key)) {
        return Ok(0);
    }
    let ordered = select.order_by.iter().take(keys.len()).filter(|order| keys.contains(&order.expr)).count();
    if ordered == keys.len() {
        return Ok(ordered);
    }
    Err(unsupported("`distinct_on` without an order that begins with it", "order by the same columns first"))
}

/// The rows that the limit and the offset leave.
fn window<R>(rows: Vec<R>, select: &Select) -> impl Iterator<Item = R> {
    let number = |rows: u64| usize::try_from(rows).unwrap_or(usize::MAX);
    rows.into_iter().skip(number(select.offset.unwrap_or(0))).take(select.limit.map_or(usize::MAX, number))
}
