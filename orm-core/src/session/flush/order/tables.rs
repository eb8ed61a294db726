//! The order of tables: parents before children, and tables that reference each other together.

use crate::schema::TableDef;

/// Tables that reference each other in a cycle, or one table that stands alone.
#[derive(Debug)]
pub(crate) struct Component {
    pub(crate) tables: Vec<&'static TableDef>,
    /// Whether a table in here references one in here: rows must be ordered one by one.
    pub(crate) cyclic: bool,
}

impl Component {
    /// Whether `table` references a table in here.
    pub(crate) fn is_referenced_by(&self, table: &TableDef) -> bool {
        self.tables.iter().any(|target| references(table, target))
    }
}

/// Whether the order of statements depends on a key from one table to the other.
fn references(from: &TableDef, to: &TableDef) -> bool {
    from.foreign_keys.iter().any(|key| !key.post_update && std::ptr::eq((key.target.table)(), to))
}

/// The components of `tables`, every one after those that it references. Among equals the names decide.
pub(crate) fn components(mut tables: Vec<&'static TableDef>) -> Vec<Component> {
    tables.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let reaches = reachability(&tables);
    let count = tables.len();
    let mut placed = vec![false; count];
    let mut components = Vec::new();
    while let Some(next) = (0..count).find(|&table| !placed[table] && is_free(&reaches, &placed, table)) {
        let together = |&other: &usize| other == next || (reaches[next][other] && reaches[other][next]);
        let members: Vec<usize> = (0..count).filter(together).collect();
        for &member in &members {
            placed[member] = true;
        }
        components.push(Component {
            cyclic: reaches[next][next],
            tables: members.into_iter().map(|member| tables[member]).collect(),
        });
    }
    components
}

/// Whether all tables that `table` references are placed, but for those of its own cycle.
fn is_free(reaches: &[Vec<bool>], placed: &[bool], table: usize) -> bool {
    (0..placed.len()).all(|other| placed[other] || !reaches[table][other] || reaches[other][table])
}

/// `[a][b]`: `a` references `b`, directly or over others.
fn reachability(tables: &[&'static TableDef]) -> Vec<Vec<bool>> {
    let mut reaches: Vec<Vec<bool>> =
        tables.iter().map(|from| tables.iter().map(|to| references(from, to)).collect()).collect();
    for middle in 0..tables.len() {
        let over = reaches[middle].clone();
        for row in &mut reaches {
            if row[middle] {
                row.iter_mut().zip(&over).for_each(|(direct, over)| *direct |= over);
            }
        }
    }
    reaches
}
