//! Relations that are loaded with their owners because they say so.

use super::{Include, Options, Strategy};
use crate::model::{Model, Relation};
use crate::query::{Parts, Query};
use crate::schema::{Load, ModelId, RelationDef, TableDef};
use crate::sql::Distinct;

impl<M: Model, Q> Query<M, Q> {
    /// Leaves a relation to be loaded when it is asked for, though it says `load = "selectin"` or `"joined"`.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "invoice")]
    /// struct Invoice {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[has_many(back_populates = invoice, order_by = id, load = "selectin")]
    ///     lines: HasMany<Line>,
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "line")]
    /// struct Line {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[belongs_to(back_populates = lines)]
    ///     invoice: BelongsTo<Invoice>,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Invoice])?;
    /// # let mut session = engine.session();
    /// session.add(Invoice { lines: [Line::default()].into(), ..Default::default() });
    /// session.commit()?;
    /// session.clear();
    ///
    /// let invoice = Invoice::query().lazy(Invoice::lines).one(&mut session)?; // one statement
    /// assert!(!session.is_loaded(invoice, Invoice::lines)?);
    /// let invoice = Invoice::query().one(&mut session)?; // two
    /// assert!(session.is_loaded(invoice, Invoice::lines)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn lazy<T: Model, K>(mut self, relation: Relation<M, T, K>) -> Self {
        self.parts.lazy.extend(relation.def());
        self
    }
}

impl Parts {
    /// Includes the relations that are loaded with the objects of the query, and with those that it includes, because they say so.
    pub(crate) fn include_defaults(&mut self) {
        let Some(table) = self.objects().filter(|table| has_defaults(table) || !self.includes.is_empty()) else {
            return;
        };
        let joins = !self.populates() && self.select.group_by.is_empty() && self.select.distinct == Distinct::No;
        Defaults { lazy: &self.lazy, above: vec![table.id] }.add(&mut self.includes, table, joins);
    }
}

/// The relations that are loaded with objects of a model because they say so, and the relations of their members.
pub(crate) fn defaults_of(table: &'static TableDef) -> Vec<Include> {
    let mut includes = Vec::new();
    if !has_defaults(table) {
        return includes;
    }
    Defaults { lazy: &[], above: vec![table.id] }.add(&mut includes, table, false);
    includes
}

fn has_defaults(table: &TableDef) -> bool {
    table.relations.iter().any(|relation| matches!(relation.load, Load::SelectIn | Load::Joined))
}

struct Defaults<'q> {
    /// What the query leaves to be loaded on demand.
    lazy: &'q [&'static RelationDef],
    /// The models on the way to the objects at hand. A relation that leads back to one is loaded on demand, so that cycles end.
    above: Vec<ModelId>,
}

impl Defaults<'_> {
    fn add(&mut self, includes: &mut Vec<Include>, table: &'static TableDef, joins: bool) {
        for relation in &table.relations {
            let strategy = match relation.load {
                Load::Joined if joins => Strategy::Joined,
                Load::SelectIn | Load::Joined => Strategy::SelectIn,
                Load::Lazy | Load::Raise | Load::WriteOnly => continue,
            };
            let same = |other: &RelationDef| std::ptr::eq(other, relation);
            let is_said = self.lazy.iter().any(|lazy| same(lazy)) || includes.iter().any(|known| same(known.relation));
            if !is_said && !self.above.contains(&(relation.target.table)().id) {
                let options = Options { strategy, ..Options::default() };
                includes.push(Include { options, ..Include::plain(relation) });
            }
        }
        for include in includes {
            let target = (include.relation.target.table)();
            if !self.above.contains(&target.id) {
                self.above.push(target.id);
                let joins = !include.populates();
                self.add(&mut include.then, target, joins);
                self.above.pop();
            }
        }
    }
}
