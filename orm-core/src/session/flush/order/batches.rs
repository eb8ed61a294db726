//! The order of a graph's operations, as batches: rows of one table and one kind that nothing keeps apart go together.

use super::graph::{Graph, NONE, Verb};
use crate::error::Result;

/// Operations of one table and kind that go together.
#[derive(Debug)]
pub(crate) struct Batch {
    /// The index of the table in the graph.
    pub(crate) table: usize,
    pub(crate) verb: Verb,
    pub(crate) ops: Vec<u32>,
}

/// Finds the batches of a graph without cycles.
struct Schedule<'g, 'w> {
    graph: &'g Graph<'w>,
    /// How many operations each one waits for still.
    waits: Vec<u32>,
    /// The operations that wait for each one, from `first[op]` to `first[op + 1]`.
    first: Vec<u32>,
    dependents: Vec<u32>,
    /// What waits for nothing any more, by table and kind.
    ready: Vec<[Vec<u32>; 5]>,
    batches: Vec<Batch>,
}

/// Kinds of one step of the schedule.
const UPDATES: [Verb; 3] = [Verb::Vacate, Verb::Update, Verb::PostUpdate];

impl Graph<'_> {
    /// The batches, in order: as many UPDATEs as can be, then INSERTs, and DELETEs when nothing else is left to do before
    /// them.
    ///
    /// # Errors
    ///
    /// `InvalidState` when operations are left that wait for each other.
    pub(crate) fn batches(&self) -> Result<Vec<Batch>> {
        let mut schedule = Schedule::new(self);
        loop {
            let done = schedule.batches.len();
            while schedule.sweep(&UPDATES, false) {}
            while schedule.sweep(&[Verb::Insert], false) {}
            if schedule.batches.len() == done {
                while schedule.sweep(&[Verb::Delete], true) {}
            }
            if schedule.batches.len() == done {
                return match (0..).zip(&schedule.waits).find(|(_, waits)| **waits > 0) {
                    None => Ok(schedule.batches),
                    Some((op, _)) => Err(self.left_over(op)),
                };
            }
        }
    }
}

impl<'g, 'w> Schedule<'g, 'w> {
    fn new(graph: &'g Graph<'w>) -> Self {
        let count = graph.ops.len();
        let (mut waits, mut first) = (vec![0; count], vec![0; count + 1]);
        for edge in graph.edges.iter().filter(|edge| edge.holds) {
            waits[edge.after as usize] += 1;
            first[edge.before as usize + 1] += 1;
        }
        for op in 0..count {
            first[op + 1] += first[op];
        }
        let mut next = first.clone();
        let mut dependents = vec![NONE; first.last().map_or(0, |&count| count as usize)];
        for edge in graph.edges.iter().filter(|edge| edge.holds) {
            let place = &mut next[edge.before as usize];
            dependents[*place as usize] = edge.after;
            *place += 1;
        }
        let ready = graph.tables.iter().map(|_| Default::default()).collect();
        let mut schedule = Self { graph, waits, first, dependents, ready, batches: Vec::new() };
        for op in (0..).zip(&schedule.waits.clone()).filter(|(_, waits)| **waits == 0).map(|(op, _)| op) {
            schedule.make_ready(op);
        }
        schedule
    }

    fn make_ready(&mut self, op: u32) {
        let known = &self.graph.ops[op as usize];
        self.ready[known.table][known.verb as usize].push(op);
    }

    /// Batches what is ready, table by table; what becomes ready by that goes along when its table comes later. `false` when there
    /// was nothing.
    fn sweep(&mut self, verbs: &[Verb], backwards: bool) -> bool {
        let mut any = false;
        for place in 0..self.ready.len() {
            let table = if backwards { self.ready.len() - 1 - place } else { place };
            for &verb in verbs {
                let mut ops = std::mem::take(&mut self.ready[table][verb as usize]);
                if ops.is_empty() {
                    continue;
                }
                any = true;
                ops.sort_unstable_by_key(|&op| (self.graph.ops[op as usize].main, op));
                for &op in &ops {
                    for place in self.first[op as usize]..self.first[op as usize + 1] {
                        let dependent = self.dependents[place as usize];
                        let waits = &mut self.waits[dependent as usize];
                        *waits -= 1;
                        if *waits == 0 {
                            self.make_ready(dependent);
                        }
                    }
                }
                self.batches.push(Batch { table, verb, ops });
            }
        }
        any
    }
}
