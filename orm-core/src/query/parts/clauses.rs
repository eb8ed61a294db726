//! The clauses of a query.

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::ErrorKind;
use crate::query::join::Joins;
use crate::query::source::{from_clause, table_of};
use crate::query::{Cursor, Include, Manner, Populated, Source, Steps, Strategy, Subtypes};
use crate::schema::{RelationDef, TableDef};
use crate::sql::{self, Join, SelectItem};

/// A query without its types.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    /// The statement; nothing is selected yet in a query for objects.
    pub(crate) select: sql::Select,
    /// The relations to load with the objects.
    pub(crate) includes: Vec<Include>,
    /// The relations that the query leaves to be loaded on demand, though they say another.
    pub(in crate::query) lazy: Vec<&'static RelationDef>,
    /// The deferred columns that are read with the objects, by the numbers of their fields.
    pub(in crate::query) undeferred: Vec<usize>,
    /// Whether rows overwrite objects that the session has already.
    pub(crate) populate_existing: bool,
    /// How the query is run.
    pub(crate) manner: Manner,
    /// How the query brings what types below its own have in tables of their own.
    pub(in crate::query) subtypes: Subtypes,
    /// The cursor behind which the rows begin.
    pub(in crate::query) after: Option<Cursor>,
    /// The table of the objects, which are read from the first source.
    pub(super) table: Option<&'static TableDef>,
    /// The tables behind names of sources.
    pub(super) tables: Vec<(Cow<'static, str>, &'static TableDef)>,
    /// The names that are read from a query around this one.
    pub(super) outer: Vec<Cow<'static, str>>,
}

impl Parts {
    /// A query for the objects of a source.
    pub(in crate::query) fn over<S: Source>() -> Self {
        let table = table_of::<S>();
        Self { table: Some(table), tables: vec![(S::name(), table)], ..Self::from_source(from_clause::<S>()) }
    }

    /// A query for columns of a source.
    pub(in crate::query) fn from_source(from: sql::Source) -> Self {
        Self {
            select: sql::Select::from_source(from, Vec::new()),
            includes: Vec::new(),
            lazy: Vec::new(),
            undeferred: Vec::new(),
            populate_existing: false,
            manner: Manner::default(),
            subtypes: Subtypes::default(),
            after: None,
            table: None,
            tables: Vec::new(),
            outer: Vec::new(),
        }
    }

    /// Notes a mistake, if it is the first.
    pub(in crate::query) fn fail(&mut self, kind: ErrorKind, message: String) {
        self.select.problem.get_or_insert((kind, message));
    }

    /// Loads a path of relations with the objects.
    pub(in crate::query) fn include(&mut self, path: Steps) {
        let added = path
            .includes()
            .and_then(|includes| includes.into_iter().try_for_each(|new| Include::add(&mut self.includes, new)));
        if let Err((kind, message)) = added {
            self.fail(kind, message);
        }
    }

    /// Fills a relation of a source with the objects of another.
    pub(in crate::query) fn populate<Q, I>(&mut self, relation: &impl Populated<Q, I>) {
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
    pub(in crate::query) fn only_columns(mut self) -> Self {
        self.lose_objects();
        self
    }

    fn lose_objects(&mut self) {
        self.table = None;
        let message = if !self.includes.is_empty() {
            "`include` and `populate` load relations of objects, and this query has none"
        } else if self.manner.raises {
            "`raise_all` is about relations of objects, and this query has none"
        } else {
            return;
        };
        self.fail(ErrorKind::InvalidState, message.to_owned());
    }

    /// The table of the objects of a query for objects.
    pub(in crate::query) fn objects(&self) -> Option<&'static TableDef> {
        self.table
    }

    /// Where columns are selected instead of objects.
    pub(in crate::query) fn items(&mut self) -> &mut Vec<SelectItem> {
        self.lose_objects();
        &mut self.select.items
    }

    pub(in crate::query) fn join(&mut self, joins: Joins) {
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
    pub(in crate::query) fn correlate(&mut self, name: Cow<'static, str>) {
        if self.knows(&name) {
            return self.fail(ErrorKind::InvalidState, taken("a query within another one", &name));
        }
        self.outer.push(name);
    }

    /// Reads the members of a relation whose owner is in an outer query.
    pub(in crate::query) fn members(&mut self, mut joins: Vec<Join>) {
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
    pub(in crate::query) fn knows(&self, name: &str) -> bool {
        let own = self.select.sources().map(sql::Source::name);
        own.chain(&self.outer).any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Adds common table expressions, each once.
    pub(in crate::query) fn define(&mut self, with: sql::Withs) {
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

    /// Sets a limit, if the query has none.
    pub(crate) fn limit_if_unlimited(&mut self, rows: u64) {
        self.select.limit.get_or_insert(rows);
    }

    /// Limits the query to one row, or to none if its limit is 0.
    pub(crate) fn limit_to_first(&mut self) {
        self.select.limit = Some(self.select.limit.map_or(1, |limit| limit.min(1)));
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
