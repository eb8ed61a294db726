use std::borrow::Cow;
use std::sync::Arc;

use super::join::{Joins, column_of};
use super::source::{from_clause, table_of};
use super::{Cursor, Include, JoinedLoad, Populated, Source, Steps, Strategy, add_joined_loads, group, keyset, label};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableDef;
use crate::sql::{self, Body, Distinct, Expr, Join, JoinKind, Nested, Origin, SelectItem, SetOperator};

/// A query without its types.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    /// The statement; nothing is selected yet in a query for objects.
    pub(crate) select: sql::Select,
    /// The relations to load with the objects.
    pub(crate) includes: Vec<Include>,
    /// Whether rows overwrite objects that the session has already.
    pub(crate) populate_existing: bool,
    /// The cursor behind which the rows begin.
    pub(super) after: Option<Cursor>,
    /// The table of the objects, which are read from the first source.
    table: Option<&'static TableDef>,
    /// The tables behind names of sources.
    tables: Vec<(Cow<'static, str>, &'static TableDef)>,
    /// The names that are read from a query around this one.
    outer: Vec<Cow<'static, str>>,
}

/// The rows of a table that a statement changes.
#[derive(Debug)]
pub(crate) struct ChangedRows {
    pub(crate) with: sql::Withs,
    /// The other sources.
    pub(crate) sources: Vec<sql::Source>,
    /// The conditions; all must hold.
    pub(crate) filter: Vec<Expr>,
}

/// The name of rows of several queries.
const COMBINED: Cow<'static, str> = Cow::Borrowed("combined");

impl Parts {
    /// A query for the objects of a source.
    pub(super) fn over<S: Source>() -> Self {
        let table = table_of::<S>();
        Self { table: Some(table), tables: vec![(S::name(), table)], ..Self::from_source(from_clause::<S>()) }
    }

    /// A query for columns of a source.
    pub(super) fn from_source(from: sql::Source) -> Self {
        Self {
            select: sql::Select::from_source(from, Vec::new()),
            includes: Vec::new(),
            populate_existing: false,
            after: None,
            table: None,
            tables: Vec::new(),
            outer: Vec::new(),
        }
    }

    /// Notes a mistake, if it is the first.
    pub(super) fn fail(&mut self, kind: ErrorKind, message: String) {
        self.select.problem.get_or_insert((kind, message));
    }

    /// Loads a path of relations with the objects.
    pub(super) fn include(&mut self, path: Steps) {
        let added = path.include().and_then(|include| match include {
            Some(include) => Include::add(&mut self.includes, include),
            None => Ok(()),
        });
        if let Err((kind, message)) = added {
            self.fail(kind, message);
        }
    }

    /// Fills a relation of a source with the objects of another.
    pub(super) fn populate<Q, I>(&mut self, relation: &impl Populated<Q, I>) {
        let [owner, target] = relation.sources();
        let Some(relation) = relation.relation() else {
            let message = "`populate` was given a constant that is no relation".to_owned();
            return self.fail(ErrorKind::Schema, message);
        };
        let includes = if owner == *self.select.from.name() {
            Some(&mut self.includes)
        } else {
            populated_by(&mut self.includes, &owner)
        };
        let name = || format!("{}::{}", (relation.owner.spec)().name, relation.name);
        let added = match includes {
            Some(includes) => Include::add(includes, Include::populated(relation, target)),
            None => Err((
                ErrorKind::InvalidState,
                format!(
                    "`populate({})` needs `{owner}` to be populated before, because its objects get the members",
                    name()
                ),
            )),
        };
        if let Err((kind, message)) = added {
            self.fail(kind, message);
        }
    }

    /// Whether an object may stand in several rows, which bring its members.
    pub(crate) fn populates(&self) -> bool {
        self.includes.iter().any(Include::populates)
    }

    /// Notes that objects cannot be read any more, because their rows may be missing.
    pub(super) fn only_columns(mut self) -> Self {
        self.lose_objects();
        self
    }

    fn lose_objects(&mut self) {
        self.table = None;
        if !self.includes.is_empty() {
            let message = "`include` and `populate` load relations of objects, and this query has none";
            self.fail(ErrorKind::InvalidState, message.to_owned());
        }
    }

    /// The table of the objects of a query for objects.
    pub(super) fn objects(&self) -> Option<&'static TableDef> {
        self.table
    }

    /// Where columns are selected instead of objects.
    pub(super) fn items(&mut self) -> &mut Vec<SelectItem> {
        self.lose_objects();
        &mut self.select.items
    }

    pub(super) fn join(&mut self, joins: Joins) {
        self.define(joins.with);
        let added = match joins.joins {
            Ok(added) => added,
            Err((kind, message)) => return self.fail(kind, message),
        };
        if let (Some(table), Some(last)) = (joins.table, added.last()) {
            self.tables.push((last.source.name().clone(), table));
        }
        for join in added {
            let name = join.source.name();
            if self.knows(name) {
                let message = taken(&format!("`.join({})`", joins.what), name);
                return self.fail(ErrorKind::InvalidState, message);
            }
            self.select.joins.push(join);
        }
    }

    /// Reads `name` from an outer query.
    pub(super) fn correlate(&mut self, name: Cow<'static, str>) {
        if self.knows(&name) {
            return self.fail(ErrorKind::InvalidState, taken("a query within another one", &name));
        }
        self.outer.push(name);
    }

    /// Reads the members of a relation whose owner is in an outer query.
    pub(super) fn members(&mut self, mut joins: Vec<Join>) {
        let Some(target) = joins.pop() else { return };
        self.select.from = target.source;
        match joins.pop() {
            None => self.select.filter.push(target.on),
            Some(pairs) => {
                self.select.filter.push(pairs.on);
                self.select.joins.push(Join { on: target.on, ..pairs });
            }
        }
    }

    /// Whether there is a source of that name. Some databases ignore the case of letters.
    pub(super) fn knows(&self, name: &str) -> bool {
        let own = self.select.sources().map(sql::Source::name);
        own.chain(&self.outer).any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Adds common table expressions, each once.
    pub(super) fn define(&mut self, with: sql::Withs) {
        for with in with {
            match self.select.with.iter().find(|known| known.name.eq_ignore_ascii_case(&with.name)) {
                None => self.select.with.push(with),
                Some(known) if Arc::ptr_eq(known, &with) => {}
                Some(_) => {
                    let message = format!(
                        "two different queries are called `{}`; name the columns of one by another type",
                        with.name
                    );
                    return self.fail(ErrorKind::InvalidState, message);
                }
            }
        }
    }

    /// The rows of this query and of another one, read as the rows of one source.
    pub(super) fn combine(mut self, operator: SetOperator, mut other: Self) -> Self {
        if self.populates() || other.populates() {
            let message = "`populate` reads objects from the joins of one query, and not of several that are combined";
            self.fail(ErrorKind::InvalidState, message.to_owned());
        }
        let problem = self.select.problem.take().or(other.select.problem.take());
        let with = std::mem::take(&mut self.select.with);
        let more = std::mem::take(&mut other.select.with);
        let (table, tables) = (self.table, self.tables.first().cloned());
        let (includes, populate_existing) = (std::mem::take(&mut self.includes), self.populate_existing);
        let body = Body::combined(self.into_body(), operator, other.into_body());
        let name = table.map_or(COMBINED, |table| table.name.name.clone());
        let mut parts = Self::from_source(sql::Source { origin: Origin::Query(body), alias: Some(name) });
        parts.select.problem = problem;
        parts.define(with);
        parts.define(more);
        parts.tables.extend(tables.filter(|_| table.is_some()));
        Self { table, includes, populate_existing, ..parts }
    }

    /// The query as the body of another one. A combination of queries without further clauses stays that combination.
    pub(super) fn into_body(self) -> Body {
        let is_bare = self.after.is_none() && is_bare(&self.select);
        match self.select.from.origin {
            Origin::Query(body @ Body::Set(..)) if is_bare => body,
            origin => {
                let from = sql::Source { origin, ..self.select.from };
                Body::Select(Nested::new(Self { select: sql::Select { from, ..self.select }, ..self }.embedded()))
            }
        }
    }

    /// The statement as a part of another one.
    pub(super) fn embedded(mut self) -> sql::Select {
        let after = self.after.take();
        if after.is_some() {
            self.complete_order();
        }
        let mut select = self.select;
        if let Some(table) = self.table
            && select.items.is_empty()
        {
            let source = select.from.name().clone();
            select.items = table.columns.iter().map(|def| column_of(&source, def).into()).collect();
        }
        if let Some(cursor) = after {
            keyset::go_on(&mut select, self.table, cursor);
        }
        if select.problem.is_none() {
            let problem = group::problem(&select, &self.tables).or_else(|| label::problem(&select));
            select.problem = problem.or_else(|| hidden_table(&select));
        }
        select
    }

    /// The statement as a part of another one that only asks whether there are rows.
    pub(super) fn embedded_test(mut self) -> sql::Select {
        if self.select.items.is_empty() {
            self.select.items = vec![Expr::One.into()];
        }
        self.embedded()
    }

    /// The statement as a part of another one that takes one value of it: the first, if there are several.
    pub(super) fn embedded_value(mut self) -> sql::Select {
        let aggregate =
            self.select.group_by.is_empty() && self.select.items.iter().any(|item| item.expr.is_aggregate());
        if !aggregate {
            self.limit_to_first();
        }
        self.embedded()
    }

    /// Whether columns of an outer query are read.
    pub(super) fn is_correlated(&self) -> bool {
        !self.outer.is_empty()
    }

    fn checked(&self) -> Result<sql::Select> {
        let select = self.clone().embedded();
        if let Some((kind, message)) = select.problem {
            return Err(Error::new(kind, message));
        }
        if let Some(outer) = self.outer.first() {
            let message = format!(
                "this query reads `{outer}` of a query around it, and there is none; make it part of one, for example by `exists(..)`"
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        Ok(select)
    }

    /// The statement of a query for objects with their joined members, and the places of these in a row.
    pub(crate) fn object_statement(&self) -> Result<(sql::Select, Vec<JoinedLoad>)> {
        let select = self.checked()?;
        let Some(table) = self.table else { return Ok((select, Vec::new())) };
        if self.includes.iter().any(Include::populates) && !select.group_by.is_empty() {
            let message = "`populate` reads objects from the rows of the query, which `group_by` merges".to_owned();
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        add_joined_loads(select, table, &self.includes)
    }

    /// The statement of a query for the objects alone: the model's columns, in the order of [`TableDef::columns`].
    ///
    /// # Errors
    ///
    /// `InvalidState` for includes, because plain values have no relations.
    pub(crate) fn entity_statement(&self) -> Result<sql::Select> {
        if !self.includes.is_empty() {
            let message = "`include` and `populate` load relations into the session, and plain values are not in it; `all` reads objects";
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        self.checked()
    }

    /// The statement of a query for rows.
    pub(crate) fn row_statement(&self) -> Result<sql::Select> {
        self.checked()
    }

    /// A statement whose one row holds the number of rows of this query.
    pub(crate) fn count_statement(&self) -> Result<sql::Select> {
        let mut select = self.checked()?;
        if select.lock.is_some() {
            let message = "`count` locks no rows: count without a lock, or read the rows".to_owned();
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        let rows = Expr::count_all();
        if select.limit.is_none() && select.offset.is_none() && !matches!(select.distinct, Distinct::On(_)) {
            select.order_by.clear();
        }
        if is_plain(&select) {
            select.items = vec![rows.into()];
            return Ok(select);
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
            select = around(select, Expr::One.into());
        }
        select.limit = Some(1);
        Ok(select)
    }

    /// The rows of one table that `verb` changes.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a query with further clauses.
    pub(crate) fn changed_rows(&self, verb: &str) -> Result<ChangedRows> {
        let select = self.checked()?;
        let keys = "filter by the relation, for example `.filter(Car::model.has(..))`, or by a subquery";
        let rows = "filter the rows themselves";
        let more = [
            (
                !matches!(select.from, sql::Source { origin: Origin::Table(_), alias: None }),
                "other source than the model",
                keys,
            ),
            (
                select.joins.iter().any(|join| !matches!(join.kind, JoinKind::Inner | JoinKind::Cross)),
                "left, right or full join",
                "join by `join`, or set the columns to a subquery's value",
            ),
            (!select.order_by.is_empty(), "order_by", "the order of the rows is the database's"),
            (!select.group_by.is_empty(), "group_by", rows),
            (!select.having.is_empty(), "having", rows),
            (!matches!(select.distinct, Distinct::No), "distinct", "each row is changed once anyway"),
            (
                select.limit.is_some() || select.offset.is_some(),
                "limit or offset",
                "filter by a subquery that reads the keys",
            ),
            (select.lock.is_some(), "lock", "rows that are changed are locked anyway"),
            (!self.includes.is_empty(), "include", "nothing is loaded"),
        ];
        if let Some((_, clause, cure)) = more.into_iter().find(|(present, ..)| *present) {
            let subject = self.subject();
            let message = format!("`{verb}` of a query over {subject} takes no {clause}; {cure}");
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        let mut filter = Vec::with_capacity(select.joins.len() + select.filter.len());
        let mut sources = Vec::with_capacity(select.joins.len());
        for join in select.joins {
            sources.push(join.source);
            if join.kind != JoinKind::Cross {
                filter.push(join.on);
            }
        }
        filter.extend(select.filter);
        Ok(ChangedRows { with: select.with, sources, filter })
    }

    /// Sets a limit, if the query has none.
    pub(crate) fn limit_if_unlimited(&mut self, rows: u64) {
        self.select.limit.get_or_insert(rows);
    }

    /// Limits the query to one row, or to none if its limit is 0.
    pub(crate) fn limit_to_first(&mut self) {
        self.select.limit = Some(self.select.limit.map_or(1, |limit| limit.min(1)));
    }

    /// The query's model, or the name of its source, for messages.
    pub(crate) fn subject(&self) -> Cow<'static, str> {
        let source = self.select.from.name();
        let known = self.tables.iter().find(|(name, _)| name == source);
        known.map_or_else(|| source.clone(), |(_, table)| Cow::Borrowed(table.model))
    }

    /// The tables that the query reads.
    pub(crate) fn reads(&self) -> sql::Reads {
        self.select.reads()
    }
}

/// The includes of the members that come from the source of that name.
fn populated_by<'i>(includes: &'i mut [Include], name: &str) -> Option<&'i mut Vec<Include>> {
    includes.iter_mut().find_map(|include| match &include.options.strategy {
        Strategy::Populated(known) if known == name => Some(&mut include.then),
        _ => populated_by(&mut include.then, name),
    })
}

fn taken(what: &str, name: &str) -> String {
    format!(
        "{what}: `{name}` is in this query already, and a name can be in a query once; `alias!` gives a model another name, which a \
         relation takes by `.to(..)`"
    )
}

/// A table that a common table expression of the same name hides, on databases that ignore the case of letters.
fn hidden_table(select: &sql::Select) -> Option<sql::Problem> {
    let tables = if select.with.is_empty() { Vec::new() } else { select.reads().tables };
    let same = |with: &&Arc<sql::With>| tables.iter().any(|table| table.name.eq_ignore_ascii_case(&with.name));
    let name = &select.with.iter().find(same)?.name;
    let message =
        format!("`{name}` is the name of a query and of a table that is read; give its columns a type of another name");
    Some((ErrorKind::InvalidState, message))
}

/// Whether each row of the joined sources is one row of the result.
fn is_plain(select: &sql::Select) -> bool {
    let grouped = !select.group_by.is_empty()
        || !select.having.is_empty()
        || select.items.iter().any(|item| item.expr.is_aggregate());
    matches!(select.distinct, Distinct::No) && !grouped && select.limit.is_none() && select.offset.is_none()
}

/// `SELECT item FROM (select) AS "counted"`.
fn around(select: sql::Select, item: SelectItem) -> sql::Select {
    let origin = Origin::Query(Body::Select(Nested::new(select)));
    sql::Select::from_source(sql::Source { origin, alias: Some("counted".into()) }, vec![item])
}

/// Whether the query has nothing but its first source.
fn is_bare(select: &sql::Select) -> bool {
    select.items.is_empty()
        && select.with.is_empty()
        && select.joins.is_empty()
        && select.filter.is_empty()
        && select.order_by.is_empty()
        && select.lock.is_none()
        && is_plain(select)
}
