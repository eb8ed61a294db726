//! Cycles of row operations: each is broken where a column may be NULL for a while, or where the database looks at a key at the
//! end of the transaction only, or it is refused before any SQL.

use super::graph::{Edge, Graph, NONE, Verb, Why};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableDef;
use crate::session::flush::plan::RowId;
use crate::session::flush::plan::Unique;
use crate::session::store::contents::NoKeys;

/// How far the search for cycles came with an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Unseen,
    /// On the path that is walked.
    Open,
    Done,
}

impl Graph<'_> {
    /// Breaks all cycles.
    ///
    /// # Errors
    ///
    /// `InvalidState` for one that cannot be broken, printing it.
    pub(crate) fn break_cycles(&mut self) -> Result<()> {
        // What is split may leave cycles through operations that were looked at already.
        while {
            self.split = false;
            self.search()?;
            self.split
        } {}
        Ok(())
    }

    /// Breaks the cycles that one search finds.
    fn search(&mut self) -> Result<()> {
        let mut marks = vec![Mark::Unseen; self.ops.len()];
        // Each entry: an operation, and the edge that is to be followed next.
        let mut path: Vec<(u32, u32)> = Vec::new();
        for root in 0..u32::try_from(self.ops.len()).unwrap_or(NONE) {
            path.push((root, self.first_need(root)));
            while let Some((op, next)) = path.last_mut() {
                let op = *op;
                if marks[op as usize] == Mark::Done {
                    path.pop();
                    continue;
                }
                marks[op as usize] = Mark::Open;
                let Some(&edge) = self.edges.get(*next as usize) else {
                    marks[op as usize] = Mark::Done;
                    path.pop();
                    continue;
                };
                let followed = std::mem::replace(next, edge.next);
                if !edge.holds {
                    continue;
                }
                match marks.get(edge.before as usize) {
                    Some(Mark::Done) => {}
                    Some(Mark::Open) => {
                        let broken = self.break_one(&path, followed)?;
                        marks.resize(self.ops.len(), Mark::Unseen);
                        // What came after the edge that went is looked at again: it may stand in other cycles.
                        while path.last().is_some_and(|&(open, _)| open != broken) {
                            path.pop().into_iter().for_each(|(open, _)| marks[open as usize] = Mark::Unseen);
                        }
                        if let Some((open, next)) = path.last_mut() {
                            *next = self.first_need(*open);
                        }
                    }
                    _ => path.push((edge.before, self.first_need(edge.before))),
                }
            }
        }
        Ok(())
    }

    /// Breaks the cycle that ends with the edge `last`, at the last place where that can be done. Gives the operation that waits no more.
    fn break_one(&mut self, path: &[(u32, u32)], last: u32) -> Result<u32> {
        let cycle = self.cycle(path, last);
        for position in (0..cycle.len()).rev() {
            let edge = self.edges[cycle[position] as usize];
            // What waits for the operation that waits here.
            let waiting = self.edges[cycle[(position + cycle.len() - 1) % cycle.len()] as usize];
            if self.try_break(edge, waiting, cycle[position]) {
                return Ok(edge.after);
            }
        }
        for &index in cycle.iter().rev() {
            if self.try_defer(index) {
                return Ok(self.edges[index as usize].after);
            }
        }
        if let Some(broken) = self.try_part(&cycle) {
            return Ok(broken);
        }
        Err(self.unbreakable(&cycle))
    }

    /// New objects of a cycle that take over the rows of deleted ones are inserted after all, and the old rows deleted. The graph is
    /// made anew with them apart; until then the cycle counts as broken.
    fn try_part(&mut self, cycle: &[u32]) -> Option<u32> {
        let rows: Vec<RowId> = cycle.iter().map(|&index| self.row(self.edges[index as usize].after)).collect();
        let known = self.apart.len();
        let (work, store) = (self.work, self.store);
        let bound = self.bound.get_or_insert_with(|| work.bound(store));
        let parts = |row: &RowId| work.succeeded.contains_key(row) && !bound.contains(row);
        self.apart.extend(rows.into_iter().filter(parts));
        let &first = cycle.first().filter(|_| self.apart.len() > known)?;
        self.edges[first as usize].holds = false;
        Some(self.edges[first as usize].after)
    }

    /// The edges of the cycle that `last` closes, from an operation on to what it waits for.
    fn cycle(&self, path: &[(u32, u32)], last: u32) -> Vec<u32> {
        let closing = self.edges[last as usize];
        let start = path.iter().rposition(|&(op, _)| op == closing.before).unwrap_or_default();
        let ops: Vec<u32> = path[start..].iter().map(|&(op, _)| op).collect();
        let between = ops.windows(2).filter_map(|pair| {
            // The edge that was followed: of several between two operations the first that holds is as good as any.
            let mut next = self.first_need(pair[0]);
            while let Some(edge) = self.edges.get(next as usize) {
                if edge.holds && edge.before == pair[1] {
                    return Some(next);
                }
                next = edge.next;
            }
            None
        });
        between.chain(std::iter::once(last)).collect()
    }

    fn try_break(&mut self, edge: Edge, waiting: Edge, index: u32) -> bool {
        let Edge { before, after, why, .. } = edge;
        match why {
            Why::Key(key) => {
                let table = self.table(after);
                let columns = self.written_together(after, key);
                let may_wait = match self.ops[after as usize].verb {
                    Verb::Insert => may_be_null(table, key),
                    // A key that an UPDATE makes has to be one that is looked at when the transaction ends anyway.
                    Verb::Update
                        if self.ops[before as usize].verb == Verb::Update && self.work.is_deferred(table, key) =>
                    {
                        false
                    }
                    Verb::Update => self.may_split(after, &columns, waiting),
                    _ => false,
                };
                if may_wait {
                    self.edges[index as usize].holds = false;
                    let post_update = self.postpone(after, &columns);
                    self.wait(before, post_update, why);
                    self.hand_on(after, post_update, &columns);
                }
                may_wait
            }
            Why::Leaves(key) => {
                let table = self.table(before);
                let columns: Vec<usize> = table.foreign_keys[key].columns.clone().collect();
                may_be_null(table, key) && self.free(edge, index, &columns)
            }
            Why::Value(unique) => {
                let table = self.table(before);
                unique.free_by_null(table).is_some_and(|columns| self.free(edge, index, &columns))
            }
            Why::Same => false,
        }
    }

    /// Nothing waits for the other end of a key that is looked at when the transaction ends, if its value is known by then.
    fn try_defer(&mut self, index: u32) -> bool {
        let Edge { before, after, why, .. } = self.edges[index as usize];
        let (op, key, is_known) = match why {
            Why::Key(key) => (after, key, self.knows(after, key)),
            Why::Leaves(key) => (before, key, true),
            Why::Value(_) | Why::Same => return false,
        };
        let deferred = is_known && self.work.is_deferred(self.table(op), key);
        if deferred {
            self.edges[index as usize].holds = false;
            if self.table(op).foreign_keys[key].is_checked() {
                self.put_off.push((self.table(op), key));
            }
        }
        deferred
    }

    /// Whether the key to which a foreign key leads was set by hand, or is that of a row.
    fn knows(&self, op: u32, key: usize) -> bool {
        let (model, slot) = self.row(op);
        let mut columns = self.table(op).foreign_keys[key].columns.clone();
        let value = |column| self.store.any(model).and_then(|arena| self.store.key_value(arena, slot, column, &NoKeys));
        columns.all(|column| value(column).is_some())
    }

    /// The columns of a foreign key, and for an UPDATE those that it writes of the same unique values: between two UPDATEs of a row no such
    /// value is half the old one and half the new one, which may be that of another row.
    fn written_together(&self, op: u32, key: usize) -> Vec<usize> {
        let table = self.table(op);
        let mut columns: Vec<usize> = table.foreign_keys[key].columns.clone().collect();
        if self.ops[op as usize].verb != Verb::Update {
            return columns;
        }
        let set = self.set(op);
        let mut known = 0;
        while known < columns.len() {
            known = columns.len();
            for unique in Unique::all(table).map(|unique| unique.columns(table)) {
                if unique.iter().any(|column| columns.contains(column)) {
                    let more = unique.iter().copied().filter(|column| set.contains(column));
                    columns.extend(more.flat_map(|column| table.fields[table.columns[column].field].columns.clone()));
                }
            }
            columns.sort_unstable();
            columns.dedup();
        }
        columns
    }

    /// Whether an UPDATE may write some columns later: if it writes others, and they are not what is waited for. The primary key says
    /// which row it is.
    fn may_split(&self, op: u32, columns: &[usize], waiting: Edge) -> bool {
        let table = self.table(op);
        !is_about(table, waiting.why, columns)
            && !columns.iter().any(|column| table.primary_key.contains(column))
            && self.set(op).iter().any(|column| !columns.contains(column))
    }

    /// What waited for an UPDATE because of columns that are written later waits for that.
    fn hand_on(&mut self, op: u32, post_update: u32, columns: &[usize]) {
        if self.ops[op as usize].verb != Verb::Update {
            return;
        }
        let table = self.table(op);
        for index in 0..self.edges.len() {
            let edge = self.edges[index];
            if edge.holds && edge.before == op && edge.after != post_update && is_about(table, edge.why, columns) {
                self.edges[index].holds = false;
                self.split = true;
                self.wait(post_update, edge.after, edge.why);
            }
        }
    }

    /// Columns become NULL before all else, so that nothing waits for the rest.
    fn free(&mut self, edge: Edge, index: u32, columns: &[usize]) -> bool {
        if self.ops[edge.before as usize].verb == Verb::PostUpdate {
            return false;
        }
        self.edges[index as usize].holds = false;
        let first = self.vacate(edge.before, columns);
        self.wait(first, edge.after, edge.why);
        true
    }

    fn unbreakable(&self, cycle: &[u32]) -> Error {
        let edges: Vec<Edge> = cycle.iter().map(|&index| self.edges[index as usize]).collect();
        let value = edges.iter().find_map(|edge| match edge.why {
            Why::Value(unique) => Some((self.table(edge.after), unique)),
            _ => None,
        });
        let message = match value {
            None => format!(
                "rows reference each other in a cycle, and none of the keys may be NULL: {}; make one of the fields an Option, or{}",
                self.chain(&edges),
                self.rigid(&edges)
            ),
            Some((table, unique)) => {
                let fields = unique.fields(table);
                let chain = edges.iter().filter_map(|edge| self.sentence(edge)).collect::<Vec<_>>().join(", ");
                let or = if unique == Unique::Key { String::new() } else { format!(", or make {fields} an Option") };
                format!(
                    "rows take each other's values of {}.{fields}, and no column may be NULL meanwhile: {chain}; flush one of them \
                     with a value that no row has before the others{or}",
                    table.model
                )
            }
        };
        Error::new(ErrorKind::InvalidState, message)
    }

    /// What deferring would take.
    fn rigid(&self, edges: &[Edge]) -> String {
        let keys = edges.iter().filter_map(|edge| match edge.why {
            Why::Key(key) => Some((self.table(edge.after), key)),
            Why::Leaves(key) => Some((self.table(edge.before), key)),
            Why::Value(_) | Why::Same => None,
        });
        let rigid = keys.filter(|&(table, key)| self.work.is_rigid(table, key)).map(|(table, key)| {
            let def = &table.foreign_keys[key];
            let columns: Vec<&str> = def.columns.clone().map(|column| &*table.columns[column].name).collect();
            format!("{}::{} (table {}, {})", table.model, table.fields[def.field].name, table.name, columns.join(", "))
        });
        let rigid: Vec<String> = rigid.collect();
        if rigid.is_empty() {
            return ", with a key that is deferrable, set the primary keys of new objects before the flush".to_owned();
        }
        format!(
            " make one of the constraints DEFERRABLE: the database looks at them with each statement: {}",
            rigid.join(" and ")
        )
    }

    /// `A#1.b -> B#2.a -> A#1`: along the foreign keys.
    fn chain(&self, edges: &[Edge]) -> String {
        let mut links: Vec<(u32, usize)> = Vec::new();
        for edge in edges {
            match edge.why {
                Why::Key(key) => links.push((edge.after, key)),
                Why::Leaves(key) => links.insert(0, (edge.before, key)),
                Why::Value(_) | Why::Same => {}
            }
        }
        let named = links.iter().map(|&(op, key)| format!("{} -> ", self.field(op, key)));
        let end = links.first().map(|&(op, _)| self.label(op));
        named.chain(end).collect()
    }

    fn sentence(&self, edge: &Edge) -> Option<String> {
        let (before, after) = (self.label(edge.before), self.label(edge.after));
        match edge.why {
            Why::Key(key) => Some(format!("{} -> {before}", self.field(edge.after, key))),
            Why::Leaves(key) => Some(format!("{} leaves {after}", self.field(edge.before, key))),
            Why::Value(unique) => Some(format!("{after}.{} <- {before}", unique.fields(self.table(edge.after)))),
            Why::Same => None,
        }
    }

    /// An operation that waits for ever.
    pub(crate) fn left_over(&self, op: u32) -> Error {
        let message =
            format!("{} waits for rows that wait for it; flush some of the changes before the others", self.label(op));
        Error::new(ErrorKind::InvalidState, message)
    }

    fn field(&self, op: u32, key: usize) -> String {
        let table = self.table(op);
        format!("{}.{}", self.label(op), table.fields[table.foreign_keys[key].field].name)
    }

    fn label(&self, op: u32) -> String {
        let (model, slot) = self.row(op);
        self.store.label(model, slot)
    }
}

/// Whether an operation waits for some of the columns that another one of the table writes.
fn is_about(table: &TableDef, why: Why, columns: &[usize]) -> bool {
    match why {
        Why::Leaves(key) => table.foreign_keys[key].columns.clone().any(|column| columns.contains(&column)),
        Why::Value(unique) => unique.columns(table).iter().any(|column| columns.contains(column)),
        Why::Key(_) | Why::Same => false,
    }
}

/// Whether a foreign key may be NULL for a while.
fn may_be_null(table: &TableDef, key: usize) -> bool {
    let def = &table.foreign_keys[key];
    def.nullable && !def.primary_key
}
