//! `ON CONFLICT`: what happens to existing rows.

use crate::query::Sealed;
use std::borrow::Cow;
use std::marker::PhantomData;

use super::super::scope::{Found, Here, No, Nullability};
use super::super::{Column, Condition, Expr, Itself, Of, Within};
use super::assign::set_list;
use super::{ColumnList, FieldValues, FromIter, Insert, UpsertAssignments};
use crate::error::{Error, ErrorKind};
use crate::model::Model;
use crate::schema::TableDef;
use crate::sql::{self, ColumnRef, Conflict, ConflictTarget, ConflictUpdate, SetList, WrittenColumns};
use crate::value::ColumnType;

/// In a scope and in an expression: the new row of `M`.
pub struct Excluded<M>(PhantomData<fn() -> M>);

/// The scope `Self` has the new row of `M`.
#[diagnostic::on_unimplemented(
    message = "no row of `{M}` is inserted here",
    label = "`excluded` reads the row that was to be inserted into `{M}`",
    note = "it stands in the `do_update` of an insert into `{M}`, and in the `filter` behind that"
)]
pub trait Proposes<M>: Sealed {
    /// The new row is there, so its columns are not NULL by a join.
    type Null: Nullability;
}

#[diagnostic::do_not_recommend]
impl<Q: Sealed + Itself<Both<M>>, M> Proposes<M> for Q {
    type Null = No;
}

impl<M, Q: Proposes<M>> Found<Q, Here> for Excluded<M> {
    type Null = Q::Null;
}

/// In an [`Insert`]: existing rows are updated.
#[derive(Debug, Clone, Copy)]
pub enum Updating {}

/// A column of the new row, in what [`do_update`](OnConflict::do_update) sets and reads.
///
/// See the example of [`insert_all`](crate::query::ModelQuery::insert_all).
pub fn excluded<M: Model, V: ColumnType, K>(column: Column<M, V, K>) -> Expr<V, Excluded<M>> {
    // The column is missing only in a constant that no derive wrote. The database then names it.
    Expr::new(sql::Expr::Column(match M::table().field_columns(column.field()) {
        [column, ..] => ColumnRef::of("excluded".into(), column),
        [] => ColumnRef::named(Some("excluded".into()), Default::default()),
    }))
}

/// An insert with `ON CONFLICT`, before [`do_nothing`](OnConflict::do_nothing) or [`do_update`](OnConflict::do_update).
#[must_use = "say `do_nothing` or `do_update`"]
#[derive(Debug)]
pub struct OnConflict<M, S> {
    insert: Insert<M, S>,
    target: ConflictTarget,
    others: Option<Vec<Vec<Cow<'static, str>>>>,
}

/// The scope of what an update on conflict reads: the existing row, and the new one.
type Both<M> = (Of<M>, (Excluded<M>, ()));

impl<M: Model, S> Insert<M, S> {
    /// Handles rows that have the values of existing rows in these columns, which must be those of a unique constraint or of the
    /// primary key: `User::email`, or a tuple of columns.
    ///
    /// See the example of [`insert_all`](crate::query::ModelQuery::insert_all).
    pub fn on_conflict<C: ColumnList<M, Checked: Sized>>(mut self, columns: C) -> OnConflict<M, S> {
        let mut fields = Vec::new();
        columns.list_fields(&mut fields);
        let mut names: Vec<Cow<'static, str>> = Vec::with_capacity(fields.len());
        for field in fields {
            let columns = M::table().field_columns(field);
            if columns.is_empty() {
                let message = format!("`on_conflict` takes constants of columns of {}", M::table().model);
                self.fail((ErrorKind::Schema, message));
            }
            names.extend(columns.iter().map(|column| column.name.clone()));
        }
        let others = other_keys(M::table(), &names);
        self.on_conflict_with(ConflictTarget::Columns(names), Some(others))
    }

    /// Handles rows that have the primary keys of existing rows.
    ///
    /// See the example of [`insert_all`](crate::query::ModelQuery::insert_all).
    pub fn on_conflict_key(self) -> OnConflict<M, S> {
        let names: Vec<_> = M::table().key_columns().map(|column| column.name.clone()).collect();
        let others = other_keys(M::table(), &names);
        self.on_conflict_with(ConflictTarget::Columns(names), Some(others))
    }
}

impl<M, S> Insert<M, S> {
    pub(in crate::query) fn on_conflict_with(
        self,
        target: ConflictTarget,
        others: Option<Vec<Vec<Cow<'static, str>>>>,
    ) -> OnConflict<M, S> {
        OnConflict { insert: self, target, others }
    }

    /// Handles rows that violate the constraint of that name. Not every database supports names of constraints here.
    pub fn on_constraint(self, name: impl Into<Cow<'static, str>>) -> OnConflict<M, S> {
        self.on_conflict_with(ConflictTarget::Constraint(name.into()), None)
    }

    /// Skips the rows that violate any unique constraint: `ON CONFLICT DO NOTHING`.
    pub fn ignore_conflicts(self) -> Self {
        self.on_conflict_with(ConflictTarget::Any, None).do_nothing()
    }
}

impl<M, S> OnConflict<M, S> {
    /// Keeps the existing row, and skips the new one.
    ///
    /// See the example of [`insert_all`](crate::query::ModelQuery::insert_all).
    pub fn do_nothing(self) -> Insert<M, S> {
        self.resolved(None)
    }

    /// Updates the columns of the existing row.
    pub(in crate::query) fn updating(self, set: SetList) -> Insert<M, S, Updating> {
        self.resolved(Some(ConflictUpdate { set, filter: Vec::new(), written: None }))
    }

    fn resolved<C>(self, update: Option<ConflictUpdate>) -> Insert<M, S, C> {
        let Self { insert: Insert { source, problem, .. }, target, others } = self;
        Insert { source, conflict: Some(Conflict { target, others, update }), problem, types: PhantomData }
    }
}

impl<M: Model, I> OnConflict<M, FromIter<I>> {
    /// Updates all columns of the existing row that the new one writes, but for those of the keys.
    pub(in crate::query) fn do_update_written(self) -> Insert<M, FromIter<I>, Updating> {
        let table = M::table();
        let mut kept: Vec<Cow<'static, str>> = table.key_columns().map(|column| column.name.clone()).collect();
        if let ConflictTarget::Columns(target) = &self.target {
            kept.extend(target.iter().cloned());
        }
        let counted = table.version.map(|version| table.columns[version].name.clone());
        let written = Some(WrittenColumns { kept, counted });
        self.resolved(Some(ConflictUpdate { set: SetList::new(), filter: Vec::new(), written }))
    }
}

impl<M: Model, S> OnConflict<M, S> {
    /// Updates the existing row. A column alone gets the value of the new row. `column.set(..)` sets an expression, which may read the
    /// existing row, and the new one by [`excluded`].
    ///
    /// See the example of [`insert_all`](crate::query::ModelQuery::insert_all).
    pub fn do_update<A: UpsertAssignments<M, Scope: Within<Both<M>, I, Null: Sized>>, I>(
        mut self,
        assignments: A,
    ) -> Insert<M, S, Updating> {
        let mut set = FieldValues::new();
        assignments.assign(&mut set);
        let set = set_list::<M>("do_update", set).unwrap_or_else(|error| {
            self.insert.fail(problem_of(&error));
            SetList::new()
        });
        self.updating(set)
    }
}

impl<M, S> Insert<M, S, Updating> {
    /// The update of existing rows.
    pub(in crate::query) fn update_mut(&mut self) -> Option<&mut ConflictUpdate> {
        self.conflict.as_mut().and_then(|conflict| conflict.update.as_mut())
    }
}

impl<M: Model, S> Insert<M, S, Updating> {
    /// Updates an existing row only if a condition holds, which may read it, and the new row by [`excluded`]. Otherwise the row stays as it
    /// is, and does not count.
    pub fn filter<C: Condition<Scope: Within<Both<M>, I, Null: Sized>>, I>(mut self, condition: C) -> Self {
        if let Some(update) = self.update_mut() {
            update.filter.push(condition.into_sql());
        }
        self
    }
}

/// The unique keys of a table besides that of `target`.
fn other_keys(table: &TableDef, target: &[Cow<'static, str>]) -> Vec<Vec<Cow<'static, str>>> {
    let unique = table.indexes.iter().filter(|index| index.is_unique_by_columns()).map(|index| &index.columns);
    let names = |columns: &Vec<usize>| columns.iter().map(|&column| table.columns[column].name.clone()).collect();
    let keys = std::iter::once(&table.primary_key).chain(unique).map(names);
    let is_target = |key: &Vec<_>| key.len() == target.len() && key.iter().all(|name| target.contains(name));
    keys.filter(|key| !is_target(key)).collect()
}

/// The message about a mistake when the statement runs.
pub(super) fn problem_of(error: &Error) -> sql::Problem {
    (error.kind(), error.to_string())
}
