//! Row operations and what each has to wait for, where tables alone do not decide the order: tables that reference each
//! other in a cycle, and values that one row gives up and another takes.

use std::collections::HashSet;

use crate::model::Foreign;
use crate::schema::TableDef;
use crate::session::flush::changes::unique::{Handover, Newcomers};
use crate::session::flush::changes::work::{TableWork, Work};
use crate::session::flush::plan::{RowId, Unique};
use crate::session::store::Store;
use crate::session::store::slots::SlotMap;

/// Which operations a graph orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// UPDATEs and INSERTs.
    Writes,
    /// DELETEs.
    Deletes,
    /// All of them: a value, or a key, has to be free before it is written elsewhere.
    All,
}

/// What is done to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Some columns become NULL before the rest is done.
    Vacate,
    Update,
    Insert,
    /// Some columns get their values after the rest was done.
    PostUpdate,
    Delete,
}

/// What is done to one row.
#[derive(Debug)]
pub(crate) struct Op {
    /// The index of its table in the graph.
    pub(crate) table: usize,
    pub(crate) verb: Verb,
    pub(crate) slot: u32,
    /// For an UPDATE: which of its table.
    at: usize,
    /// The operation that this one was split off; itself for most.
    pub(crate) main: u32,
    /// The first edge to what it waits for, or [`NONE`].
    first: u32,
}

/// Why one operation waits for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The later one writes a foreign key, by index, and the earlier one makes the row that it references.
    Key(usize),
    /// The earlier one leaves the row that the later one takes away, or whose key it changes; the foreign key by index.
    Leaves(usize),
    /// The earlier one gives a value up that only one row may have.
    Value(Unique),
    /// Both are of one row.
    Same,
}

/// One operation waits for another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) before: u32,
    pub(crate) after: u32,
    pub(crate) why: Why,
    /// The next edge of the same later operation, or [`NONE`].
    pub(crate) next: u32,
    pub(crate) holds: bool,
}

/// No edge.
pub(crate) const NONE: u32 = u32::MAX;

/// Row operations and their order.
pub(crate) struct Graph<'w> {
    pub(crate) store: &'w Store,
    pub(crate) work: &'w Work,
    /// The tables, what is referenced before what references it.
    pub(crate) tables: Vec<&'w TableWork>,
    pub(crate) ops: Vec<Op>,
    pub(crate) edges: Vec<Edge>,
    /// The operation on each row.
    rows: SlotMap<RowId, u32>,
    newcomers: Newcomers<'w>,
    /// The row whose key changes, by the row whose key the database changes with it.
    bearers: SlotMap<RowId, RowId>,
    /// What was split off an operation to break a cycle.
    vacated: SlotMap<u32, u32>,
    post_updates: SlotMap<u32, u32>,
    /// The columns of what was split off, and those that an UPDATE has to write besides its own.
    columns: SlotMap<u32, Vec<usize>>,
    /// New objects that cannot take over the rows of deleted ones: they stand in cycles that nothing else breaks.
    pub(crate) apart: Vec<RowId>,
    /// New objects that have to take over the rows of deleted ones, once somebody asked.
    pub(crate) bound: Option<HashSet<RowId>>,
    /// Whether an operation waits for another part of an UPDATE since the last search for cycles.
    pub(crate) split: bool,
    /// Foreign keys, by table and index, that the plan wants to be looked at when the transaction ends.
    pub(crate) put_off: Vec<(&'static TableDef, usize)>,
}

impl<'w> Graph<'w> {
    pub(crate) fn new(store: &'w Store, work: &'w Work, tables: Vec<&'w TableWork>, scope: Scope) -> Self {
        let mut graph = Self {
            store,
            work,
            tables: Vec::new(),
            ops: Vec::new(),
            edges: Vec::new(),
            rows: SlotMap::default(),
            newcomers: Newcomers::of(store, tables.iter().copied()),
            bearers: work.bearers(),
            vacated: SlotMap::default(),
            post_updates: SlotMap::default(),
            columns: SlotMap::default(),
            apart: Vec::new(),
            bound: None,
            split: false,
            put_off: Vec::new(),
        };
        graph.tables = tables;
        for (index, table) in graph.tables.clone().into_iter().enumerate() {
            if scope != Scope::Deletes {
                for (at, (slot, _)) in table.updates.iter().enumerate() {
                    graph.add_row(index, Verb::Update, *slot, at);
                }
                table.inserts.iter().for_each(|&slot| graph.add_row(index, Verb::Insert, slot, 0));
            }
            if scope != Scope::Writes {
                table.deletes.iter().for_each(|&slot| graph.add_row(index, Verb::Delete, slot, 0));
            }
        }
        for op in 0..graph.ops.len() {
            graph.add_references(op);
        }
        for table in graph.tables.clone() {
            table.handovers.iter().for_each(|handover| graph.add_handover(table.table, handover));
        }
        graph
    }

    fn add_row(&mut self, table: usize, verb: Verb, slot: u32, at: usize) {
        let op = self.add(table, verb, slot, at, None);
        self.rows.insert((self.tables[table].table.id, slot), op);
    }

    fn add(&mut self, table: usize, verb: Verb, slot: u32, at: usize, main: Option<u32>) -> u32 {
        let op = u32::try_from(self.ops.len()).unwrap_or(NONE);
        self.ops.push(Op { table, verb, slot, at, main: main.unwrap_or(op), first: NONE });
        op
    }

    pub(crate) fn wait(&mut self, before: u32, after: u32, why: Why) {
        let edge = u32::try_from(self.edges.len()).unwrap_or(NONE);
        let next = std::mem::replace(&mut self.ops[after as usize].first, edge);
        self.edges.push(Edge { before, after, why, next, holds: true });
    }

    /// What an operation waits for.
    pub(crate) fn needs(&self, op: u32) -> impl Iterator<Item = Edge> {
        let mut next = self.ops[op as usize].first;
        let edges = std::iter::from_fn(move || {
            let edge = *self.edges.get(next as usize)?;
            next = edge.next;
            Some(edge)
        });
        edges.filter(|edge| edge.holds)
    }

    pub(crate) fn first_need(&self, op: u32) -> u32 {
        self.ops[op as usize].first
    }

    pub(crate) fn table(&self, op: u32) -> &'static TableDef {
        self.tables[self.ops[op as usize].table].table
    }

    pub(crate) fn row(&self, op: u32) -> RowId {
        (self.table(op).id, self.ops[op as usize].slot)
    }

    /// The operation on the row that a foreign key leads to.
    fn target(&self, table: &'static TableDef, foreign: Foreign<'_>) -> Option<u32> {
        let mut row = (table.id, self.store.resolve(table, foreign)?);
        // A key that the database changes is there when the row is written that it follows.
        while let Some(&bearer) = self.bearers.get(&row) {
            row = bearer;
        }
        self.rows.get(&row).copied()
    }

    /// What an operation and those on the rows that its row references have to do with each other.
    fn add_references(&mut self, op: usize) {
        let Op { verb, slot, at, table: index, .. } = self.ops[op];
        let (table, id) = (self.tables[index].table, u32::try_from(op).unwrap_or(NONE));
        let Some(arena) = self.store.any(table.id) else { return };
        let row = self.work.row_slot(table, slot);
        for (key, def) in table.foreign_keys.iter().enumerate() {
            // A key with `post_update` is written apart from its row where it waits for another one, and before its target goes.
            if def.post_update && verb != Verb::Update {
                continue;
            }
            let target = (def.target.table)();
            let new = || {
                // Rows of one table keep the order in which they were added.
                let is_due = |parent: &u32| table.id != target.id || *parent > id;
                let named = || {
                    let parent = self.rows.get(&(target.id, self.newcomers.find(arena, slot, def)?)).copied();
                    parent.filter(is_due)
                };
                let makes_key = |parent: &u32| !def.post_update && self.makes_key(*parent);
                let known = self.target(target, arena.foreign(slot, def.field)).filter(makes_key);
                known.or_else(|| named().filter(makes_key))
            };
            let old =
                || self.target(target, arena.row_foreign(row, def.field)).filter(|&parent| self.takes_key(parent));
            match verb {
                Verb::Insert => {
                    if let Some(parent) = new() {
                        self.wait(parent, id, Why::Key(key));
                    }
                }
                Verb::Update => {
                    let set = &self.tables[index].updates[at].1;
                    if def.columns.clone().any(|column| set.contains(&column)) {
                        let (new, old) = (new(), old());
                        if let Some(parent) = new.filter(|&parent| parent != id) {
                            self.wait(parent, id, Why::Key(key));
                        }
                        if let Some(parent) = old.filter(|&parent| parent != id && Some(parent) != new) {
                            self.wait(id, parent, Why::Leaves(key));
                        }
                    }
                }
                Verb::Delete => {
                    if let Some(parent) = old().filter(|&parent| parent != id) {
                        self.wait(id, parent, Why::Leaves(key));
                    }
                }
                Verb::Vacate | Verb::PostUpdate => {}
            }
        }
    }

    /// Whether there is a key only after the operation that a row may wait for.
    fn makes_key(&self, op: u32) -> bool {
        match self.ops[op as usize].verb {
            Verb::Insert => true,
            Verb::Update => {
                let Op { table, at, .. } = self.ops[op as usize];
                let TableWork { table, updates, .. } = self.tables[table];
                updates[at].1.iter().any(|column| table.primary_key.contains(column))
            }
            _ => false,
        }
    }

    /// Whether there is a key only until the operation.
    fn takes_key(&self, op: u32) -> bool {
        self.ops[op as usize].verb == Verb::Delete || self.makes_key(op)
    }

    fn add_handover(&mut self, table: &TableDef, handover: &Handover) {
        let of = |slot: u32| self.rows.get(&(table.id, slot)).copied();
        if let (Some(giver), Some(taker)) = (of(handover.giver), of(handover.taker)) {
            self.wait(giver, taker, Why::Value(handover.unique));
        }
    }

    /// The columns that an UPDATE writes.
    pub(crate) fn set(&self, op: u32) -> Vec<usize> {
        let Op { verb, table, at, .. } = self.ops[op as usize];
        let own = self.columns.get(&op).map_or(&[][..], Vec::as_slice);
        if verb != Verb::Update {
            return own.to_vec();
        }
        let post_update = self
            .post_updates
            .get(&op)
            .and_then(|post_update| self.columns.get(post_update))
            .map_or(&[][..], Vec::as_slice);
        let set = self.tables[table].updates[at].1.iter().copied().filter(|column| !post_update.contains(column));
        let mut set: Vec<usize> = set.chain(own.iter().copied()).collect();
        set.sort_unstable();
        set
    }

    /// The foreign keys, by index, that an INSERT leaves to a later UPDATE.
    pub(crate) fn deferred(&self, op: u32) -> Vec<usize> {
        let Some(columns) = self.post_updates.get(&op).and_then(|post_update| self.columns.get(post_update)) else {
            return Vec::new();
        };
        let keys = self.table(op).foreign_keys.iter().enumerate();
        keys.filter(|(_, def)| columns.contains(&def.columns.start)).map(|(key, _)| key).collect()
    }

    /// Splits columns off an operation: into one that makes them NULL before it.
    pub(crate) fn vacate(&mut self, op: u32, columns: &[usize]) -> u32 {
        let known = self.vacated.get(&op).copied();
        let first = known.unwrap_or_else(|| {
            let Op { table, slot, .. } = self.ops[op as usize];
            let first = self.add(table, Verb::Vacate, slot, 0, Some(op));
            self.vacated.insert(op, first);
            self.wait(first, op, Why::Same);
            first
        });
        self.add_columns(first, columns);
        // What became NULL gets its value with the rest.
        if self.ops[op as usize].verb == Verb::Update {
            let set = self.set(op);
            let lost: Vec<usize> = columns.iter().copied().filter(|column| !set.contains(column)).collect();
            self.add_columns(op, &lost);
        }
        first
    }

    /// Splits columns off an operation: into one that writes them after it.
    pub(crate) fn postpone(&mut self, op: u32, columns: &[usize]) -> u32 {
        let known = self.post_updates.get(&op).copied();
        let post_update = known.unwrap_or_else(|| {
            let Op { table, slot, .. } = self.ops[op as usize];
            let post_update = self.add(table, Verb::PostUpdate, slot, 0, Some(op));
            self.post_updates.insert(op, post_update);
            self.wait(op, post_update, Why::Same);
            post_update
        });
        self.add_columns(post_update, columns);
        post_update
    }

    fn add_columns(&mut self, op: u32, columns: &[usize]) {
        let own = self.columns.entry(op).or_default();
        own.extend(columns);
        own.sort_unstable();
        own.dedup();
    }
}
