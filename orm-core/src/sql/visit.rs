//! Walks through statements: the parts of expressions, and the tables that a statement reads.

#![expect(clippy::ptr_arg, reason = "a copy of a borrowed name costs nothing, and a copy of its text does")]

use std::borrow::Cow;

use super::criteria;
use super::{
    Access, AggregateCall, Body, Change, ChangedRows, ColumnRef, Conflict, ConflictUpdate, Distinct, Expr, Group,
    Insert, InsertRows, Origin, RawBind, Select, Source, Window, Withs, Write,
};
use crate::schema::TableName;

/// The tables that a statement reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// The tables, joins and subqueries included, each once, in the order of their first mention.
    pub tables: Vec<TableName>,
    /// Whether there may be others, because a part was written by hand, or is a declared function of the database.
    pub others: bool,
}

impl Reads {
    /// Adds a table. Tells whether it is the first mention.
    pub(crate) fn add(&mut self, table: &TableName) -> bool {
        let is_new = !self.tables.contains(table);
        if is_new {
            self.tables.push(table.clone());
        }
        is_new
    }

    fn add_with(&mut self, with: &Withs) {
        for with in with {
            match &with.body {
                Body::Write(write) => {
                    self.add(&write.table);
                    write.collect_reads(self);
                }
                body => body.each_child(&mut |child| child.collect_reads(self)),
            }
        }
    }

    fn add_sources<'a>(&mut self, sources: impl Iterator<Item = &'a Source>) {
        for source in sources {
            let Origin::Table(table) = &source.origin else { continue };
            // A condition may read its own model.
            if self.add(table)
                && let Some(model) = source.model
            {
                // Which tables a view reads is known to the database only.
                self.others |= (model.spec)().kind.view().is_some();
                criteria::collect_reads(model, self);
            }
        }
    }
}

impl Select {
    /// What the statement reads.
    pub fn reads(&self) -> Reads {
        let mut reads = Reads::default();
        self.collect_reads(&mut reads);
        reads
    }

    /// What the statement needs of a transaction, all of its parts together.
    pub(crate) fn access(&self) -> Access {
        let mut access = if self.lock.is_some() { Access::Lock } else { Access::Read };
        for with in &self.with {
            access = access.max(with.body.access());
        }
        self.each_child(&mut |child| access = access.max(child.access()));
        access
    }

    fn collect_reads(&self, reads: &mut Reads) {
        reads.add_with(&self.with);
        reads.add_sources(self.sources());
        self.each_child(&mut |child| child.collect_reads(reads));
    }

    /// Whether a source of this name is read here or in a query inside.
    fn has_source(&self, name: &str) -> bool {
        let mut found = self.sources().any(|source| source.name().eq_ignore_ascii_case(name));
        self.each_child(&mut |child| found = found || child.has_source(name));
        found
    }

    /// [`Expr::rename_source`], unless the name means a source of this query here.
    fn rename_source(&mut self, from: &str, to: &Cow<'static, str>) {
        if !self.sources().any(|source| source.name() == from) {
            self.each_child_mut(&mut |child| child.rename_source(from, to));
        }
    }
}

impl Body {
    fn access(&self) -> Access {
        match self {
            Self::Select(select) => select.access(),
            Self::Set(first, more) => more.iter().map(|(_, body)| body.access()).fold(first.access(), Access::max),
            Self::Write(_) => Access::Write,
        }
    }
}

impl Child<'_> {
    fn access(self) -> Access {
        match self {
            Self::Select(select) => select.access(),
            Self::Expr(expr) => {
                let mut access = Access::Read;
                expr.each_child(&mut |child| access = access.max(child.access()));
                access
            }
        }
    }

    fn collect_reads(self, reads: &mut Reads) {
        match self {
            Self::Expr(expr) => expr.collect_reads(reads),
            Self::Select(select) => select.collect_reads(reads),
        }
    }

    fn has_source(self, name: &str) -> bool {
        match self {
            Self::Expr(expr) => expr.has_source(name),
            Self::Select(select) => select.has_source(name),
        }
    }
}

impl ChildMut<'_> {
    fn rename_source(self, from: &str, to: &Cow<'static, str>) {
        match self {
            Self::Expr(expr) => expr.rename_source(from, to),
            Self::Select(select) => select.rename_source(from, to),
        }
    }
}

impl Write {
    /// What the statement reads or writes; the table that it writes comes first.
    pub(crate) fn reads(&self) -> Reads {
        let mut reads = Reads { tables: vec![self.table.clone()], others: false };
        self.collect_reads(&mut reads);
        reads
    }

    fn collect_reads(&self, reads: &mut Reads) {
        reads.add_with(&self.with);
        self.model.into_iter().for_each(|model| criteria::collect_reads(model, reads));
        reads.add_sources(self.change.rows().into_iter().flat_map(|rows| &rows.sources));
        self.each_child(&mut |child| child.collect_reads(reads));
    }
}

/// What an expression or a SELECT is directly made of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Child<'a> {
    Expr(&'a Expr),
    Select(&'a Select),
}

/// [`Child`], to be changed.
#[derive(Debug)]
pub(crate) enum ChildMut<'a> {
    Expr(&'a mut Expr),
    Select(&'a mut Select),
}

/// The only list of the parts of every kind of expression and of a SELECT, for reading and for writing.
macro_rules! each_child {
    ($each_child:ident $child:ident $($mutable:ident)?) => {
        impl Expr {
            /// Calls `visit` with each expression and each subquery that this one is directly made of, in the order of the text.
            pub(crate) fn $each_child<'a>(&'a $($mutable)? self, visit: &mut dyn FnMut($child<'a>)) {
                match self {
                    Self::Column(_) | Self::Param(..) | Self::One | Self::Null | Self::TooDeep => {}
                    Self::Binary(left, _, right) | Self::Like(left, _, right) | Self::Arithmetic(left, _, right, _) => {
                        visit($child::Expr(left));
                        visit($child::Expr(right));
                    }
                    Self::And(all)
                    | Self::Or(all)
                    | Self::Function(_, all, _)
                    | Self::Named(_, all, _)
                    | Self::Row(all) => all.into_iter().for_each(|expr| visit($child::Expr(expr))),
                    Self::InRows(all, _) => all.into_iter().for_each(|(expr, _)| visit($child::Expr(expr))),
                    Self::Not(inner) | Self::IsNull(inner) | Self::InList(inner, ..) | Self::Cast(inner, _) | Self::Stored(inner, ..) => {
                        visit($child::Expr(inner));
                    }
                    Self::InSelect(inner, select) => {
                        visit($child::Expr(inner));
                        visit($child::Select(select));
                    }
                    Self::Between(inner, low, high) => {
                        [inner, low, high].into_iter().for_each(|expr| visit($child::Expr(expr)));
                    }
                    Self::Exists(select) | Self::Scalar(select) => visit($child::Select(select)),
                    Self::Aggregate(call) => {
                        let AggregateCall { arguments, order_by, filter, .. } = &$($mutable)? **call;
                        arguments.into_iter().for_each(|expr| visit($child::Expr(expr)));
                        order_by.into_iter().for_each(|order| visit($child::Expr(&$($mutable)? order.expr)));
                        filter.into_iter().for_each(|expr| visit($child::Expr(expr)));
                    }
                    // What is computed over a window is not computed over a group, so only its parts are in it.
                    Self::Over(call, window) => {
                        call.$each_child(visit);
                        let Window { partition_by, order_by, .. } = &$($mutable)? **window;
                        partition_by.into_iter().for_each(|expr| visit($child::Expr(expr)));
                        order_by.into_iter().for_each(|order| visit($child::Expr(&$($mutable)? order.expr)));
                    }
                    Self::After(keys) => {
                        for (order, _) in keys {
                            visit($child::Expr(&$($mutable)? order.expr));
                        }
                    }
                    Self::Raw(raw, _) => {
                        for (_, bind) in &$($mutable)? raw.binds {
                            if let RawBind::Expr(expr) = bind {
                                visit($child::Expr(expr));
                            }
                        }
                    }
                    Self::Case(arms, otherwise, _) => {
                        for (when, then) in arms {
                            visit($child::Expr(when));
                            visit($child::Expr(then));
                        }
                        otherwise.into_iter().for_each(|expr| visit($child::Expr(expr)));
                    }
                }
            }
        }

        impl Select {
            /// Calls `visit` with each expression and each query that this one is directly made of, but for those under a name.
            pub(crate) fn $each_child<'a>(&'a $($mutable)? self, visit: &mut dyn FnMut($child<'a>)) {
                let Self { items, distinct, from, joins, filter, group_by, having, order_by, .. } = self;
                if let Distinct::On(keys) = distinct {
                    keys.into_iter().for_each(|key| visit($child::Expr(key)));
                }
                items.into_iter().for_each(|item| visit($child::Expr(&$($mutable)? item.expr)));
                from.$each_child(visit);
                for join in joins {
                    join.source.$each_child(visit);
                    visit($child::Expr(&$($mutable)? join.on));
                }
                filter.into_iter().for_each(|condition| visit($child::Expr(condition)));
                for group in group_by {
                    match group {
                        Group::Key(key) => visit($child::Expr(key)),
                        Group::Sets(_, sets) => sets.into_iter().flatten().for_each(|key| visit($child::Expr(key))),
                    }
                }
                having.into_iter().for_each(|condition| visit($child::Expr(condition)));
                order_by.into_iter().for_each(|order| visit($child::Expr(&$($mutable)? order.expr)));
            }
        }

        impl Source {
            fn $each_child<'a>(&'a $($mutable)? self, visit: &mut dyn FnMut($child<'a>)) {
                match &$($mutable)? self.origin {
                    Origin::Table(_) | Origin::With(_) => {}
                    Origin::Query(body) | Origin::Lateral(body) => body.$each_child(visit),
                }
            }
        }

        impl Body {
            pub(crate) fn $each_child<'a>(&'a $($mutable)? self, visit: &mut dyn FnMut($child<'a>)) {
                match self {
                    Self::Select(select) => visit($child::Select(select)),
                    Self::Set(first, more) => {
                        first.$each_child(visit);
                        more.into_iter().for_each(|(_, body)| body.$each_child(visit));
                    }
                    Self::Write(write) => write.$each_child(visit),
                }
            }
        }

        impl Write {
            /// Calls `visit` with each expression and each query that this statement is directly made of, but for those under a
            /// name.
            pub(crate) fn $each_child<'a>(&'a $($mutable)? self, visit: &mut dyn FnMut($child<'a>)) {
                let (set, rows) = match &$($mutable)? self.change {
                    Change::Insert(Insert { rows, conflict, .. }) => {
                        match rows {
                            InsertRows::Values(rows) => {
                                rows.into_iter().flatten().for_each(|value| visit($child::Expr(value)));
                            }
                            InsertRows::Query(body) => body.$each_child(visit),
                        }
                        if let Some(Conflict { update: Some(ConflictUpdate { set, filter, .. }), .. }) = conflict {
                            set.into_iter().for_each(|(_, value)| visit($child::Expr(value)));
                            filter.into_iter().for_each(|condition| visit($child::Expr(condition)));
                        }
                        (None, None)
                    }
                    Change::Update(set, rows) => (Some(set), Some(rows)),
                    Change::Delete(rows) => (None, Some(rows)),
                };
                set.into_iter().flatten().for_each(|(_, value)| visit($child::Expr(value)));
                if let Some(ChangedRows { sources, filter }) = rows {
                    sources.into_iter().for_each(|source| source.$each_child(visit));
                    filter.into_iter().for_each(|condition| visit($child::Expr(condition)));
                }
                let returning = &$($mutable)? self.returning;
                returning.into_iter().for_each(|item| visit($child::Expr(&$($mutable)? item.expr)));
            }
        }
    };
}

each_child! { each_child Child }
each_child! { each_child_mut ChildMut mut }

impl Expr {
    /// Whether `test` holds for this expression or one in it. Subqueries are on their own.
    pub(crate) fn any(&self, test: fn(&Self) -> bool) -> bool {
        let mut found = test(self);
        self.each_child(&mut |child| {
            if let Child::Expr(expr) = child {
                found = found || expr.any(test);
            }
        });
        found
    }

    /// Whether an aggregate is in it, so that its value is one of a group of rows. Subqueries are on their own.
    pub fn is_aggregate(&self) -> bool {
        self.any(|expr| matches!(expr, Self::Aggregate(_)))
    }

    /// Whether a window function is in it. Subqueries are on their own.
    pub(crate) fn has_window(&self) -> bool {
        self.any(|expr| matches!(expr, Self::Over(..)))
    }

    /// Adds what the expression reads in subqueries.
    pub(crate) fn collect_reads(&self, reads: &mut Reads) {
        reads.others |= matches!(self, Self::Raw(..) | Self::Named(..));
        self.each_child(&mut |child| child.collect_reads(reads));
    }

    /// Whether a subquery reads a source of this name.
    pub(crate) fn has_source(&self, name: &str) -> bool {
        let mut found = false;
        self.each_child(&mut |child| found = found || child.has_source(name));
        found
    }

    /// Reads the columns of the source `to` instead of those of `from`, in subqueries too.
    pub(crate) fn rename_source(&mut self, from: &str, to: &Cow<'static, str>) {
        match self {
            Self::Column(ColumnRef { qualifier: Some(qualifier), .. }) if qualifier == from => qualifier.clone_from(to),
            other => other.each_child_mut(&mut |child| child.rename_source(from, to)),
        }
    }
}
