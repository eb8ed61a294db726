//! The order of rows in tables that reference each other: level by level, and circles broken where a key may be NULL.

use crate::error::{Error, ErrorKind, Result};
use crate::model::Foreign;
use crate::schema::{ModelId, TableDef};
use crate::session::arena::AnyArena;
use crate::session::slots::SlotMap;
use crate::session::store::Store;

/// One row of a flush.
pub(super) type RowId = (ModelId, u32);

/// Rows and the rows that they reference, among themselves.
pub(super) struct RowGraph {
    nodes: Vec<(&'static TableDef, u32)>,
    /// Per row: the row that each foreign key references.
    edges: Vec<Vec<(usize, usize)>>,
}

/// The levels of rows: a row is at a higher level than every row that it references.
#[derive(Debug, Default)]
pub(super) struct Levels {
    level: SlotMap<RowId, usize>,
    /// Foreign keys, by index, that are left out to break a circle.
    pub(super) broken: SlotMap<RowId, Vec<usize>>,
    pub(super) count: usize,
}

impl Levels {
    /// The rows of a table, level by level.
    pub(super) fn split(&self, table: &TableDef, rows: &[u32]) -> Vec<Vec<u32>> {
        let mut levels = vec![Vec::new(); self.count];
        for &slot in rows {
            if let Some(&level) = self.level.get(&(table.id, slot)) {
                levels[level].push(slot);
            }
        }
        levels
    }
}

/// The depth of a row that no walk has reached.
const UNSEEN: usize = usize::MAX;
/// The depth of a row on the path that is walked.
const OPEN: usize = usize::MAX - 1;

/// Which state of a foreign key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// As the objects have it: for rows to be inserted.
    Object,
    /// As the rows have it: for rows to be deleted.
    Row,
}

impl RowGraph {
    pub(super) fn new(store: &Store, rows: Vec<(&'static TableDef, u32)>, side: Side) -> Self {
        let index: SlotMap<RowId, usize> =
            rows.iter().enumerate().map(|(index, (table, slot))| ((table.id, *slot), index)).collect();
        let edges = rows
            .iter()
            .map(|&(table, slot)| {
                let keys = table.foreign_keys.iter().enumerate();
                let arena = store.any(table.id);
                keys.filter_map(|(key, def)| {
                    let foreign = foreign(arena?, slot, def.field, side);
                    let target = (def.target.table)();
                    let parent = store.resolve(target, foreign)?;
                    Some((key, *index.get(&(target.id, parent))?))
                })
                .collect()
            })
            .collect();
        Self { nodes: rows, edges }
    }

    /// The levels, with circles broken at keys that may be NULL.
    ///
    /// # Errors
    ///
    /// `InvalidState` when every key of a circle must be set, printing the circle.
    pub(super) fn levels(mut self, store: &Store, side: Side) -> Result<Levels> {
        let mut levels = Levels::default();
        for node in 0..self.nodes.len() {
            // A row may go while it references itself; it cannot come before itself.
            let own: Vec<usize> = self.edges[node].iter().filter(|edge| edge.1 == node).map(|edge| edge.0).collect();
            for key in own {
                match side {
                    Side::Row => self.edges[node].retain(|&edge| edge != (key, node)),
                    Side::Object => self.break_one(store, &[(node, key)], &mut levels)?,
                }
            }
        }
        let mut depths = vec![UNSEEN; self.nodes.len()];
        for root in 0..self.nodes.len() {
            while let Err(circle) = self.walk(root, &mut depths) {
                self.break_one(store, &circle, &mut levels)?;
            }
        }
        levels.count = depths.iter().map(|depth| depth + 1).max().unwrap_or(0);
        let rows = self.nodes.iter().map(|&(table, slot)| (table.id, slot));
        levels.level = rows.zip(depths).collect();
        Ok(levels)
    }

    /// Finds the depths of a row and of all rows that it references, or the edges of a circle.
    fn walk(&self, root: usize, depths: &mut [usize]) -> Result<(), Vec<(usize, usize)>> {
        if depths[root] != UNSEEN {
            return Ok(());
        }
        // Each entry: a row, and how many of its edges were followed.
        let mut path: Vec<(usize, usize)> = vec![(root, 0)];
        depths[root] = OPEN;
        while let Some((node, followed)) = path.last_mut() {
            let node = *node;
            let Some(&(_, parent)) = self.edges[node].get(*followed) else {
                let parents = self.edges[node].iter().map(|&(_, parent)| depths[parent] + 1);
                depths[node] = parents.max().unwrap_or(0);
                path.pop();
                continue;
            };
            *followed += 1;
            if depths[parent] == UNSEEN {
                depths[parent] = OPEN;
                path.push((parent, 0));
            } else if depths[parent] == OPEN {
                // Depths that are known stay known without the edge that goes; the path is walked again.
                path.iter().for_each(|&(node, _)| depths[node] = UNSEEN);
                let circle = path.iter().skip_while(|(node, _)| *node != parent);
                return Err(circle.map(|&(node, followed)| (node, self.edges[node][followed - 1].0)).collect());
            }
        }
        Ok(())
    }

    /// Leaves out one edge of a circle: the last that may be NULL.
    fn break_one(&mut self, store: &Store, circle: &[(usize, usize)], levels: &mut Levels) -> Result<()> {
        let breakable = circle.iter().rev().find(|&&(node, key)| {
            let def = &self.nodes[node].0.foreign_keys[key];
            def.nullable && !def.primary_key
        });
        let Some(&(node, key)) = breakable else { return Err(self.unbreakable(store, circle)) };
        self.edges[node].retain(|edge| edge.0 != key);
        let (table, slot) = self.nodes[node];
        levels.broken.entry((table.id, slot)).or_default().push(key);
        Ok(())
    }

    fn unbreakable(&self, store: &Store, circle: &[(usize, usize)]) -> Error {
        let mut path = String::new();
        for &(node, key) in circle {
            let (table, slot) = self.nodes[node];
            let field = table.fields[table.foreign_keys[key].field].name;
            path.push_str(&format!("{}.{field} -> ", store.label(table.id, slot)));
        }
        if let Some(&(node, _)) = circle.first() {
            path.push_str(&store.label(self.nodes[node].0.id, self.nodes[node].1));
        }
        let message = format!(
            "rows reference each other in a circle, and none of the keys may be NULL: {path}; make one of the fields an Option"
        );
        Error::new(ErrorKind::InvalidState, message)
    }
}

fn foreign(arena: &dyn AnyArena, slot: u32, field: usize, side: Side) -> Foreign<'_> {
    match side {
        Side::Object => arena.foreign(slot, field),
        Side::Row => arena.row_foreign(slot, field),
    }
}
