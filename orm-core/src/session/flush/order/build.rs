//! From row operations to a plan: operations are ordered, and grouped into batches.

use super::batches::Batch;
use super::graph::{Edge, Graph, Scope, Verb, Why};
use super::parts::of_tables;
use super::tables::{in_order, references};
use crate::error::Result;
use crate::schema::{Component, ModelId, TableDef};
use crate::session::arena_of;
use crate::session::flush::changes::compare::Comparing;
use crate::session::flush::changes::post_update::PostRow;
use crate::session::flush::changes::work::{Lessons, TableWork, Work, filled_by_server, left_to_server};
use crate::session::flush::plan::RowId;
use crate::session::flush::plan::{Association, Because, Fill, FlushPlan, Insert, Stage, Step, Update};
use crate::session::store::Store;
use crate::session::store::slots::SlotMap;
use crate::value::Value;
use crate::value::version;

/// The plan for everything that `store` has to write.
///
/// Where tables alone decide the order, the order of statements is that of the tables. Rows are looked at one by one in two
/// places only: in tables that reference each other in a cycle, and where a row takes a unique value that another gives up.
///
/// # Errors
///
/// When something cannot be written, see [`Work::collect`], or rows form a cycle that cannot be broken.
pub(crate) fn plan(store: &Store, lessons: &mut Lessons) -> Result<FlushPlan> {
    loop {
        match attempt(store, lessons.clone())? {
            Attempt::Planned(plan) => return Ok(*plan),
            // Each attempt parts at least one more.
            Attempt::Part(rows) => lessons.apart.extend(rows),
        }
    }
}

/// What became of an attempt to make a plan.
enum Attempt {
    Planned(Box<FlushPlan>),
    /// These new objects must not take over the rows of deleted ones.
    Part(Vec<RowId>),
}

fn attempt(store: &Store, lessons: Lessons) -> Result<Attempt> {
    let mut work = Work::collect(store, lessons)?;
    let components = in_order(work.concerned());
    for component in &components {
        work.find_handovers(store, component);
    }
    let mixed = mixed(&work, &components);
    let mut builder = Builder { store, work: &work, plan: FlushPlan::default(), apart: Vec::new() };
    // Both ends of a link that goes have rows. It goes first: an object of a `through` model may take its place.
    for (association, links) in &work.unlinks {
        builder.plan.steps.push(Step::Unlink { association: *association, links: links.clone() });
    }
    // A soft-deleted row takes no new reference, but may release a value that is unique among the others.
    for (table, rows) in &work.marked {
        builder.update(table, Stage::Mark, rows.iter().map(|(slot, set)| (*slot, set)));
    }
    builder.post(&work.post.vacated, Stage::Vacate);
    if mixed.contains(&true) {
        builder.post(&work.post.leaving, Stage::Vacate);
    }
    for (component, _) in components.iter().zip(&mixed).filter(|(_, mixed)| !**mixed) {
        builder.write(component)?;
    }
    let members = || components.iter().zip(&mixed).filter(|(_, mixed)| **mixed).map(|(component, _)| component);
    builder.graph(members().flat_map(|component| builder.work_of(component)).collect(), Scope::All)?;
    builder.post(&work.post.updates, Stage::PostUpdate);
    for (association, links) in &work.links {
        let fill = fill(*association, links.len());
        builder.plan.steps.push(Step::Link { association: *association, links: links.clone(), fill });
    }
    for (component, _) in components.iter().zip(&mixed).rev().filter(|(_, mixed)| !**mixed) {
        builder.delete(component)?;
    }
    if !builder.apart.is_empty() {
        return Ok(Attempt::Part(builder.apart));
    }
    let mut plan = builder.plan;
    plan.first_versions = first_versions(&work);
    plan.put_off.extend(&work.put_off);
    plan.put_off.sort_unstable_by_key(|&(table, key)| (&table.name, table.id, key));
    plan.put_off.dedup_by_key(|&mut (table, key)| (table.id, key));
    Ok(Attempt::Planned(Box::new(FlushPlan {
        rekeyed: work.rekeyed,
        overrides: work.overrides,
        successors: work.successors,
        succeeded: work.succeeded,
        cascaded_parents: work.cascaded.iter().map(|one| (((one.table.id, one.slot), one.key), one.parent)).collect(),
        cascaded: work.cascaded,
        ..plan
    })))
}

/// The components in which DELETEs cannot wait for the end: a deleted row holds a value that a written one takes, or leaves one
/// whose key changes. What references them belongs to them.
fn mixed(work: &Work, components: &[Component]) -> Vec<bool> {
    let starts = |component: &Component| {
        let tables = component.tables.iter().filter_map(|table| work.of(table));
        tables.into_iter().any(|work| work.inherits() || work.is_left)
    };
    let mut mixed: Vec<bool> = Vec::with_capacity(components.len());
    for component in components {
        let references_mixed = |table: &&'static TableDef| {
            let mut before = components.iter().zip(&mixed);
            before.any(|(target, mixed)| *mixed && target.tables.iter().any(|target| references(table, target)))
        };
        let is_mixed = starts(component) || component.tables.iter().any(references_mixed);
        mixed.push(is_mixed);
    }
    mixed
}

impl Work {
    /// The tables whose rows are written, and those whose keys the database changes: what references these comes after them.
    fn concerned(&self) -> Vec<&'static TableDef> {
        let mut tables: Vec<&'static TableDef> = self.tables.iter().map(|work| work.table).collect();
        for cascaded in &self.cascaded {
            if !tables.iter().any(|table| std::ptr::eq(*table, cascaded.table)) {
                tables.push(cascaded.table);
            }
        }
        tables
    }

    pub(crate) fn of(&self, table: &TableDef) -> Option<&TableWork> {
        self.tables.iter().find(|work| work.table.id == table.id)
    }

    fn find_handovers(&mut self, store: &Store, component: &Component) {
        for table in &component.tables {
            let Some(at) = self.tables.iter().position(|work| work.table.id == table.id) else { continue };
            let found = self.handovers(store, &self.tables[at], component.cyclic);
            self.tables[at].handovers = found;
        }
    }
}

/// The versions that rows begin with, for the tables that have versions.
fn first_versions(work: &Work) -> SlotMap<ModelId, Value> {
    let versioned = work.tables.iter().filter(|work| !work.inserts.is_empty());
    let first = versioned.filter_map(|work| {
        let column = &work.table.columns[work.table.version?];
        Some((work.table.id, version::first(column.sql_type)?))
    });
    first.collect()
}

struct Builder<'w> {
    store: &'w Store,
    work: &'w Work,
    plan: FlushPlan,
    /// New objects that must not take over the rows of deleted ones.
    apart: Vec<RowId>,
}

impl<'w> Builder<'w> {
    fn work_of(&self, component: &Component) -> Vec<&'w TableWork> {
        component.tables.iter().filter_map(|table| self.work.of(table)).collect()
    }

    /// UPDATEs and INSERTs of the tables of a component.
    fn write(&mut self, component: &Component) -> Result<()> {
        let tables = self.work_of(component);
        if component.cyclic || tables.iter().any(|work| work.hands_over()) {
            return self.graph(tables, Scope::Writes);
        }
        for work in tables {
            self.update(work.table, Stage::Main, work.updates.iter().map(|(slot, set)| (*slot, set)));
            self.insert(work.table, &work.inserts, |slot| {
                self.work.post.deferred.get(&(work.table.id, slot)).map_or(&[], Vec::as_slice)
            });
        }
        Ok(())
    }

    fn delete(&mut self, component: &Component) -> Result<()> {
        let tables = self.work_of(component);
        if component.cyclic {
            return self.graph(tables, Scope::Deletes);
        }
        for work in tables.iter().filter(|work| !work.deletes.is_empty()) {
            self.push([Step::Delete { table: work.table, rows: work.deletes.clone() }]);
        }
        Ok(())
    }

    /// Rows one by one.
    fn graph(&mut self, tables: Vec<&'w TableWork>, scope: Scope) -> Result<()> {
        if tables.is_empty() {
            return Ok(());
        }
        let mut graph = Graph::new(self.store, self.work, tables, scope);
        graph.break_cycles()?;
        self.apart.append(&mut graph.apart);
        self.plan.put_off.append(&mut graph.put_off);
        let values = Values::of(&graph);
        for batch in graph.batches()? {
            let first = self.plan.steps.len();
            self.batch(&graph, &batch);
            if let Some(because) = because(&graph, &values, &batch) {
                self.plan.because.extend((first..self.plan.steps.len()).map(|step| (step, because)));
            }
        }
        Ok(())
    }

    fn batch(&mut self, graph: &Graph<'_>, batch: &Batch) {
        let table = graph.tables[batch.table].table;
        let slot = |op: u32| graph.ops[op as usize].slot;
        let stage = match batch.verb {
            Verb::Delete => {
                let rows = batch.ops.iter().map(|&op| slot(op)).collect();
                return self.push([Step::Delete { table, rows }]);
            }
            Verb::Insert => {
                let rows: Vec<u32> = batch.ops.iter().map(|&op| slot(op)).collect();
                let deferred: SlotMap<u32, Vec<usize>> = batch
                    .ops
                    .iter()
                    .filter_map(|&op| {
                        let mut keys = graph.deferred(op);
                        keys.extend(self.work.post.deferred.get(&graph.row(op)).into_iter().flatten());
                        keys.sort_unstable();
                        (!keys.is_empty()).then(|| (slot(op), keys))
                    })
                    .collect();
                return self.insert(table, &rows, |slot| deferred.get(&slot).map_or(&[], Vec::as_slice));
            }
            Verb::Vacate => Stage::Vacate,
            Verb::Update => Stage::Main,
            Verb::PostUpdate => Stage::PostUpdate,
        };
        let sets: Vec<Vec<usize>> = batch.ops.iter().map(|&op| graph.set(op)).collect();
        let rows = batch.ops.iter().map(|&op| slot(op)).zip(&sets);
        self.update(table, stage, rows);
        if stage == Stage::Vacate {
            let rows = batch.ops.iter().map(|&op| graph.row(op)).zip(sets);
            rows.for_each(|(row, columns)| self.plan.vacate(row, &columns));
        }
    }

    /// Foreign keys that are written apart from their rows.
    fn post(&mut self, tables: &[(&'static TableDef, Vec<PostRow>)], stage: Stage) {
        for (table, rows) in tables {
            let of =
                |whole: bool| rows.iter().filter(move |row| row.whole == whole).map(|row| (row.slot, &row.columns));
            let first = self.plan.steps.len();
            self.update(table, Stage::Main, of(true));
            self.update(table, stage, of(false));
            let because = (first..self.plan.steps.len()).map(|step| (step, Because::PostUpdate));
            self.plan.because.extend(because);
            if stage == Stage::Vacate {
                rows.iter().for_each(|row| self.plan.vacate((table.id, row.slot), &row.columns));
            }
        }
    }

    /// One batch for all rows of which the same columns are written and compared.
    fn update<'a>(
        &mut self,
        table: &'static TableDef,
        stage: Stage,
        rows: impl Iterator<Item = (u32, &'a Vec<usize>)>,
    ) {
        let comparing = Comparing::new(self.store, self.work, table);
        let mut batches: Vec<(&[usize], Vec<usize>, Vec<u32>)> = Vec::new();
        let mut known: SlotMap<(&[usize], Vec<usize>), usize> = SlotMap::default();
        for (slot, set) in rows {
            let left_out = comparing.as_ref().map_or_else(Vec::new, |comparing| comparing.left_out(slot, set));
            let batch = *known.entry((set, left_out)).or_insert_with_key(|(set, left_out)| {
                batches.push((set, left_out.clone(), Vec::new()));
                batches.len() - 1
            });
            batches[batch].2.push(slot);
        }
        let steps = batches.into_iter().map(|(set, left_out, rows)| {
            let compare =
                comparing.as_ref().map_or_else(Vec::new, |comparing| comparing.columns(&rows, set, &left_out));
            Step::Update(Update { table, set: set.to_vec(), compare, rows, stage })
        });
        let steps: Vec<Step> = steps.collect();
        self.push(steps);
    }

    fn push(&mut self, steps: impl IntoIterator<Item = Step>) {
        let store = self.store;
        self.plan.steps.extend(steps.into_iter().flat_map(|step| of_tables(store, step)));
    }

    /// Batches of consecutive rows with the same columns.
    fn insert<'a>(&mut self, table: &'static TableDef, rows: &[u32], deferred: impl Fn(u32) -> &'a [usize]) {
        let Some(arena) = self.store.any(table.id) else { return };
        let mut current: Option<Insert> = None;
        let filled = filled_by_server(table);
        for &slot in rows {
            // What the INSERT leaves to the database: a generated key, computed columns, and columns with server defaults
            // that hold `None`.
            let generated = self.store.open_key(arena, slot);
            let omitted: Vec<usize> = left_to_server(arena, slot, &filled).collect();
            let fetch: Vec<usize> = match table.read_back.is_empty() {
                true => omitted.clone(),
                false => {
                    (0..table.columns.len()).filter(|c| omitted.contains(c) || table.read_back.contains(c)).collect()
                }
            };
            let sent = |c: usize| Some(c) != generated && !omitted.contains(&c);
            let deferred = deferred(slot);
            match &mut current {
                Some(batch)
                    if batch.generated == generated
                        && same(&batch.fetch, &fetch)
                        && table.read_back.iter().all(|&c| batch.columns.contains(&c) == sent(c))
                        && same(&batch.deferred, deferred) =>
                {
                    batch.rows.push(slot);
                }
                _ => {
                    let columns = 0..table.columns.len();
                    let next = Insert {
                        table,
                        columns: columns.filter(|&c| sent(c)).collect(),
                        generated,
                        fetch,
                        deferred: deferred.to_vec(),
                        rows: vec![slot],
                    };
                    self.push(current.replace(next).map(Step::Insert));
                }
            }
        }
        self.push(current.map(Step::Insert));
    }
}

/// The edges along which unique values go, by the operation that gives and by the one that takes.
#[derive(Default)]
struct Values {
    given: SlotMap<u32, Edge>,
    taken: SlotMap<u32, Edge>,
}

impl Values {
    fn of(graph: &Graph<'_>) -> Self {
        let mut values = Self::default();
        // That an UPDATE comes before an INSERT needs no reason.
        let verb = |op: u32| graph.ops[op as usize].verb;
        let is_plain = |edge: &Edge| verb(edge.before) == Verb::Update && verb(edge.after) == Verb::Insert;
        let edges = graph.edges.iter().filter(|edge| edge.holds && matches!(edge.why, Why::Value(_)));
        for &edge in edges.filter(|edge| !is_plain(edge)) {
            values.given.insert(edge.before, edge);
            values.taken.insert(edge.after, edge);
        }
        values
    }
}

/// Why a batch stands where it does, when that is not obvious.
fn because(graph: &Graph<'_>, values: &Values, batch: &Batch) -> Option<Because> {
    let find = |edges: &SlotMap<u32, Edge>| batch.ops.iter().find_map(|op| edges.get(op).copied());
    let frees = || match find(&values.given) {
        Some(Edge { why: Why::Value(unique), after, .. }) => Some(Because::Frees { unique, taker: graph.row(after) }),
        _ => None,
    };
    let takes = || match find(&values.taken) {
        Some(Edge { why: Why::Value(unique), before, .. }) => Some(Because::Takes { unique, giver: graph.row(before) }),
        _ => None,
    };
    let follows = || {
        let mut needs = batch.ops.iter().flat_map(|&op| graph.needs(op));
        let is_in_table =
            |edge: &Edge| batch.verb == Verb::Update || graph.table(edge.before).id == graph.table(edge.after).id;
        needs.any(|edge| matches!(edge.why, Why::Key(_)) && is_in_table(&edge)).then_some(Because::Follows)
    };
    match batch.verb {
        Verb::Vacate => frees().or(Some(Because::Opens)),
        Verb::PostUpdate => Some(Because::Closes),
        Verb::Insert | Verb::Update => takes().or_else(follows),
        Verb::Delete => frees(),
    }
}

/// Whether two lists of columns are equal. Nearly all are empty, and handing nothing to the memory comparison, once for
/// every row, was a tenth of a flush.
fn same(a: &[usize], b: &[usize]) -> bool {
    a.len() == b.len() && (a.is_empty() || a == b)
}

/// What the rows of new links hold beside the two keys. Each row gets values of its own: a default may be a new UUID.
fn fill(association: Association, links: usize) -> Fill {
    let Some(arena) = association.def.through().and_then(arena_of) else { return Fill::default() };
    let is_key = |column: &usize| association.def.left.contains(column) || association.def.right.contains(column);
    let row = || {
        let mut values = arena.defaults();
        let version = association.table.version.filter(|&version| values.iter().all(|(column, _)| *column != version));
        values.extend(
            version.and_then(|version| Some((version, version::first(association.table.columns[version].sql_type)?))),
        );
        values.into_iter().filter(|(column, _)| !is_key(column))
    };
    let columns: Vec<usize> = row().map(|(column, _)| column).collect();
    let rows = if columns.is_empty() { 0 } else { links };
    Fill { columns, rows: (0..rows).map(|_| row().map(|(_, value)| value).collect()).collect() }
}
