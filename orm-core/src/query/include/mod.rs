//! Relations that are loaded together with the objects of a query.

mod defaults;
mod deferred;
mod joined;
mod joined_load;
mod one_of;
mod path;
mod populate;
mod statement;

pub(crate) use defaults::defaults_of;
pub(crate) use deferred::leave_out;
pub use joined::Joined;
pub(crate) use joined_load::{JoinedLoad, add_joined_loads};
pub use one_of::OneOfPath;
pub use path::{IncludePath, Itself, LoadPath, Path, SeveralMembers, Steps};
pub use populate::Populated;
pub(crate) use statement::{association_members, member_condition, members, select_columns, select_model, select_some};

use std::borrow::Cow;

use crate::error::ErrorKind;
use crate::schema::{Load, RelationDef};
use crate::sql::{Expr, OrderBy, Problem, Reads};

/// A relation to load with the objects of a query, with its options and the relations of its members.
#[derive(Debug, Clone)]
pub(crate) struct Include {
    pub(crate) relation: &'static RelationDef,
    pub(crate) options: Options,
    /// The relations of its members.
    pub(crate) then: Vec<Include>,
}

/// The options of loading a relation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Options {
    pub(crate) strategy: Strategy,
    /// The conditions on members; all must hold.
    pub(crate) filter: Vec<Expr>,
    /// The order of the members; that of the relation when empty.
    pub(crate) order_by: Vec<OrderBy>,
    /// At most that many members of each object.
    pub(crate) limit: Option<u64>,
    /// The number of levels, for a relation from a model to itself.
    pub(crate) levels: u32,
    /// The deferred columns that are read, by the numbers of their fields.
    pub(crate) undeferred: Vec<usize>,
}

/// Where members come from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Strategy {
    /// From a statement of their own, which looks for the keys of the owners.
    SelectIn,
    /// From the statement of their owners, which joins them.
    Joined,
    /// From a source that the query itself has joined, by its name.
    Populated(Cow<'static, str>),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            strategy: Strategy::SelectIn,
            filter: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            levels: 1,
            undeferred: Vec::new(),
        }
    }
}

impl Options {
    /// Whether some of the members may be left out.
    pub(crate) fn is_partial(&self) -> bool {
        !self.filter.is_empty() || self.limit.is_some() || matches!(self.strategy, Strategy::Populated(_))
    }
}

impl Include {
    /// All members of a relation, and nothing with them.
    pub(crate) fn plain(relation: &'static RelationDef) -> Self {
        Self { relation, options: Options::default(), then: Vec::new() }
    }

    /// The members of a relation that come from a source of the query.
    pub(super) fn populated(relation: &'static RelationDef, source: Cow<'static, str>) -> Self {
        let options = Options { strategy: Strategy::Populated(source), ..Options::default() };
        Self { options, ..Self::plain(relation) }
    }

    /// Whether its members come with the rows of their owners.
    pub(crate) fn is_joined_load(&self) -> bool {
        self.options.strategy != Strategy::SelectIn
    }

    /// Whether its members come from a source of the query.
    pub(super) fn populates(&self) -> bool {
        matches!(self.options.strategy, Strategy::Populated(_))
    }

    /// The tables that loading it reads, without the members' relations.
    pub(crate) fn reads(&self) -> Reads {
        let mut reads = Reads::default();
        self.collect_reads(&mut reads);
        reads
    }

    fn collect_reads(&self, reads: &mut Reads) {
        reads.add(&(self.relation.target.table)().name);
        self.then.iter().filter(|include| include.is_joined_load()).for_each(|include| include.collect_reads(reads));
        let Options { filter, order_by, .. } = &self.options;
        filter.iter().for_each(|condition| condition.collect_reads(reads));
        order_by.iter().for_each(|order| order.expr.collect_reads(reads));
    }

    /// Adds an include to others, and merges their common part. An include without options of its members is merged with one that has some.
    pub(super) fn add(includes: &mut Vec<Self>, new: Self) -> Result<(), Problem> {
        let Some(known) = includes.iter_mut().find(|known| std::ptr::eq(known.relation, new.relation)) else {
            includes.push(new);
            return Ok(());
        };
        let plain = Options::default();
        if known.options == plain {
            known.options = new.options;
        } else if new.options != plain && new.options != known.options {
            let (model, name) = ((new.relation.owner.spec)().name, new.relation.name);
            let message = format!(
                "`{model}::{name}` is included twice with different options; combine the options in one include"
            );
            return Err((ErrorKind::InvalidState, message));
        }
        new.then.into_iter().try_for_each(|next| Self::add(&mut known.then, next))
    }

    /// Relations one after the other as an include of the first.
    fn chain(steps: Vec<Self>) -> Result<Option<Self>, Problem> {
        let mut last: Option<Self> = None;
        for mut step in steps.into_iter().rev() {
            if step.relation.load == Load::WriteOnly {
                return Err((ErrorKind::InvalidState, never_loaded(step.relation)));
            }
            if let Some(last) = last {
                Self::add(&mut step.then, last)?;
            }
            last = Some(step);
        }
        Ok(last)
    }
}

/// Why the members of a relation cannot be loaded.
pub(crate) fn never_loaded(relation: &RelationDef) -> String {
    let (model, name) = ((relation.owner.spec)().name, relation.name);
    format!(
        "`{model}::{name}` says `load = \"write_only\"`, so it is never loaded; session.query_related(handle, {model}::{name}) asks for its members"
    )
}
