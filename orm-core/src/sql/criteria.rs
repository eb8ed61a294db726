//! Conditions that hold for the rows of models wherever these are read: those of the models, and those of the session.
//!
//! A [`Source`] that stands for a model says so, and [`criteria`] is the only place that knows what that means for its rows. The renderer asks
//! for it with each SELECT, UPDATE, DELETE and upsert that it writes, at any depth. So no path to the database can forget a condition.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use super::joined::{Tables, select_of};
use super::visit::ChildMut;
use super::{
    BinaryOp, Body, Change, ColumnRef, Conflict, Expr, Insert, JoinKind, Nested, Origin, Reads, Select, Source, Write,
};
use crate::schema::{FilterReason, FilterSpec, ForeignKeyDef, ModelId, ModelRef, ModelSpec, TableDef};
use crate::value::{SqlType, Value};

/// Which conditions a statement goes without. What is greater lifts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Lift {
    /// None.
    #[default]
    Nothing,
    /// Those that hide deleted rows.
    Deleted,
    /// All.
    All,
}

/// What a session says of all its statements.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    /// Its conditions on the rows of models.
    pub(crate) filters: Option<Arc<Filters>>,
    /// What it goes without at present.
    pub(crate) lift: Lift,
    /// Whether rows are written that its conditions exclude.
    pub(crate) writes_all: bool,
}

/// The conditions that a session puts on the rows of models.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filters {
    /// What was said of each model.
    given: Vec<(&'static ModelSpec, Expr)>,
    /// What that is for the rows of each table, which may be those of a family.
    by_model: Vec<(ModelId, Expr)>,
}

impl Filters {
    pub(crate) fn of(&self, model: ModelId) -> Option<&Expr> {
        self.by_model.iter().find(|(known, _)| *known == model).map(|(_, filter)| filter)
    }

    /// Puts a condition on the rows of a model, in the place of the one that was there.
    pub(crate) fn set(&mut self, model: ModelRef, filter: Option<Expr>) {
        let (spec, id) = ((model.spec)(), (model.table)().id);
        self.given.retain(|(known, _)| !std::ptr::eq(*known, spec));
        // It says nothing of the rows of other types.
        let filter = filter.map(|filter| match type_condition(model) {
            Some(of_type) => Expr::Or([Expr::Not(Nested::new(of_type)), filter].into()),
            None => filter,
        });
        self.given.extend(filter.map(|filter| (spec, filter)));
        let of_table = self.given.iter().filter(|(known, _)| std::ptr::eq(known.root(), spec.root()));
        let mut all: Vec<Expr> = of_table.map(|(_, filter)| filter.clone()).collect();
        self.by_model.retain(|(known, _)| *known != id);
        self.by_model.extend(match all.len() {
            0 => None,
            1 => all.pop().map(|only| (id, only)),
            _ => Some((id, Expr::And(all.into()))),
        });
    }

    /// What the conditions read in subqueries.
    pub(crate) fn reads(&self) -> Reads {
        let mut reads = Reads::default();
        self.by_model.iter().for_each(|(_, filter)| filter.collect_reads(&mut reads));
        reads
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_model.is_empty()
    }
}

impl Context {
    /// The session's condition on the rows of a model, unless it is lifted.
    pub(crate) fn filter_of(&self, model: ModelId) -> Option<&Expr> {
        self.filters.as_ref().filter(|_| self.lift < Lift::All)?.of(model)
    }

    /// Whether there are conditions on the rows of a model.
    pub(crate) fn restricts(&self, model: ModelRef) -> bool {
        model.criterion().is_some() || self.hides(model)
    }

    /// Whether there are conditions that hide rows of a model.
    pub(crate) fn hides(&self, model: ModelRef) -> bool {
        filters_of(model).any(|filter| self.lift < lifted_by(filter.reason))
            || (self.filters.is_some() && self.filter_of((model.table)().id).is_some())
    }

    /// Whether conditions on the rows of a model are lifted.
    pub(crate) fn lifts(&self, model: ModelRef) -> bool {
        let of_session =
            self.lift == Lift::All && self.filters.as_ref().is_some_and(|all| all.of((model.table)().id).is_some());
        of_session || filters_of(model).any(|filter| self.lift >= lifted_by(filter.reason))
    }

    fn restricts_source(&self, source: &Source) -> bool {
        source.model.is_some_and(|model| self.restricts(model) || Tables::of(model).is_some())
    }
}

/// What lifts a condition of a model.
fn lifted_by(reason: FilterReason) -> Lift {
    match reason {
        FilterReason::Deleted => Lift::Deleted,
        FilterReason::Rule => Lift::All,
    }
}

/// Hides the type of a condition from the schema, which keeps it for [`criteria`].
pub(crate) fn opaque(condition: Expr) -> Box<dyn Any> {
    Box::new(condition)
}

/// The conditions of a model, and of those that it inherits from.
fn filters_of(model: ModelRef) -> impl Iterator<Item = &'static FilterSpec> {
    std::iter::successors(Some((model.spec)()), |spec| spec.base()).flat_map(|spec| spec.filters)
}

/// What tells the rows of a subtype from those of other types in the table of its family. Nothing lifts it.
pub(crate) fn type_condition(model: ModelRef) -> Option<Expr> {
    let criterion = model.criterion()?;
    let column = Nested::new(Expr::column(criterion.table, criterion.discriminator()));
    let text = |identity: &str| Value::Text(identity.to_owned());
    Some(match criterion.identities {
        [only] => Expr::Binary(column, BinaryOp::Eq, Nested::new(Expr::Param(text(only), SqlType::Text))),
        all => Expr::InList(column, all.iter().map(|identity| text(identity)).collect(), SqlType::Text),
    })
}

/// The condition that a foreign key is the one that is set, of those to several models that have its columns. The table goes by the name
/// `source`.
pub(crate) fn key_condition(table: &TableDef, key: &ForeignKeyDef, source: &str) -> Option<Expr> {
    let (column, text) = key.named_by()?;
    let column = Expr::Column(ColumnRef::of(source.to_owned().into(), &table.columns[column]));
    let text = Expr::Param(Value::Text(text.to_owned()), SqlType::Text);
    Some(Expr::Binary(Nested::new(column), BinaryOp::Eq, Nested::new(text)))
}

/// What holds for the rows of a model that go by the name of its table.
pub(crate) fn criteria(model: ModelRef, context: &Context) -> Vec<Expr> {
    let mut all: Vec<Expr> = type_condition(model).into_iter().collect();
    all.extend(filters(model, context));
    all
}

/// The conditions of a model and of the session on its rows.
fn filters(model: ModelRef, context: &Context) -> Vec<Expr> {
    let of_model = filters_of(model).filter(|filter| context.lift < lifted_by(filter.reason));
    let of_model =
        of_model.filter_map(|filter| (filter.condition)().downcast::<Expr>().ok().map(|condition| *condition));
    let of_session = context.filters.as_ref().and_then(|_| context.filter_of((model.table)().id)).cloned();
    let mut all: Vec<Expr> = of_model.chain(of_session).collect();
    all.iter_mut().for_each(lift_within);
    all
}

/// What a condition reads by itself it reads as it says: conditions do not restrict each other, and not themselves.
fn lift_within(condition: &mut Expr) {
    condition.each_child_mut(&mut |child| match child {
        ChildMut::Expr(expr) => lift_within(expr),
        ChildMut::Select(select) => select.lift = Lift::All,
    });
}

/// [`criteria`] for a source, under its own name.
fn criteria_of(source: &Source, context: &Context) -> Vec<Expr> {
    let Some(model) = source.model else { return Vec::new() };
    let is_joined = Tables::of(model).is_some_and(Tables::are_chosen_by_join);
    let mut all = if is_joined { filters(model, context) } else { criteria(model, context) };
    if let (Some(alias), Origin::Table(table)) = (&source.alias, &source.origin) {
        all.iter_mut().for_each(|condition| condition.rename_source(&table.name, alias));
    }
    all
}

impl Select {
    /// The statement with the conditions that hold for its sources: those of the first one in WHERE, and those of a joined one in ON, so that a
    /// left join keeps the other side.
    pub(crate) fn restricted(&self, context: &Context) -> Cow<'_, Self> {
        if !self.sources().any(|source| context.restricts_source(source)) {
            return Cow::Borrowed(self);
        }
        let mut select = self.clone();
        // Where a right or full join brings rows of the one side without the other, a condition beside it would not do.
        let keeps =
            |join: usize| self.joins[join..].iter().any(|join| matches!(join.kind, JoinKind::Right | JoinKind::Full));
        if keeps(0) {
            wrap(&mut select.from, context);
        } else {
            select.filter.extend(criteria_of(&self.from, context));
        }
        let tables = select.from.model.and_then(Tables::of);
        for (index, join) in select.joins.iter_mut().enumerate() {
            if keeps(index) || join.source.model.and_then(Tables::of).is_some() {
                wrap(&mut join.source, context);
                continue;
            }
            let conditions = criteria_of(&join.source, context);
            match join.kind {
                JoinKind::Cross => select.filter.extend(conditions),
                _ if conditions.is_empty() => {}
                _ => join.on = all_of(std::mem::replace(&mut join.on, Expr::One), conditions),
            }
        }
        select.from.model = None;
        select.joins.iter_mut().for_each(|join| join.source.model = None);
        tables.into_iter().for_each(|tables| select.join_tables(tables));
        Cow::Owned(select)
    }
}

/// Puts a source with conditions into a query in parentheses, which goes by its name.
fn wrap(source: &mut Source, context: &Context) {
    if context.restricts_source(source) {
        let name = source.name().clone();
        let plain = || Select::from_source(Source { alias: None, ..source.clone() }, Vec::new());
        let select = select_of(source).unwrap_or_else(plain);
        *source = Source { alias: Some(name), ..Source::of(Origin::Query(Body::Select(Nested::new(select)))) };
    }
}

fn all_of(on: Expr, conditions: Vec<Expr>) -> Expr {
    let mut all = match on {
        Expr::And(all) => all,
        on => [on].into(),
    };
    all.extend(conditions);
    Expr::And(all)
}

impl Write {
    /// The statement with the conditions that hold for the rows that it changes, and for those that it reads beside them.
    pub(crate) fn restricted(&self, context: &Context) -> Cow<'_, Self> {
        let beside = self.change.rows().into_iter().flat_map(|rows| &rows.sources);
        let restricts = self.model.is_some_and(|model| context.restricts(model) || Tables::of(model).is_some())
            || beside.into_iter().any(|source| context.restricts_source(source));
        if !restricts {
            return Cow::Borrowed(self);
        }
        let mut write = self.clone();
        write.rows_of = write.model;
        let of_table = write.model.take().map(|model| criteria(model, context)).unwrap_or_default();
        match &mut write.change {
            Change::Insert(Insert { conflict, .. }) => {
                let update = conflict.as_mut().and_then(|conflict| conflict.update.as_mut());
                update.into_iter().for_each(|update| update.filter.extend(of_table.clone()));
            }
            Change::Update(_, rows) | Change::Delete(rows) => {
                rows.filter.extend(of_table);
                for source in &mut rows.sources {
                    if source.model.and_then(Tables::of).is_some() {
                        wrap(source, context);
                    }
                    rows.filter.extend(criteria_of(source, context));
                    source.model = None;
                }
            }
        }
        Cow::Owned(write)
    }
}

impl Conflict {
    /// The clause, which does not update rows that conditions exclude.
    #[must_use]
    pub(crate) fn restricted(mut self, model: ModelRef, context: &Context) -> Self {
        if let Some(update) = &mut self.update
            && context.restricts(model)
        {
            update.filter.extend(criteria(model, context));
        }
        self
    }
}

/// What the conditions on a model's rows read in subqueries, and the tables that the rows are in besides.
pub(super) fn collect_reads(model: ModelRef, reads: &mut Reads) {
    for joined in (model.table)().tables().iter().filter(|table| table.joined().is_some()) {
        reads.add(&joined.name);
    }
    if filters_of(model).next().is_some() {
        criteria(model, &Context::default()).iter().for_each(|condition| condition.collect_reads(reads));
    }
}
