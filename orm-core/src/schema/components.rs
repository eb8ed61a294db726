//! The order of tables by their foreign keys.

use super::TableDef;

/// Tables that reference each other in a cycle, or one table that stands alone.
#[derive(Debug)]
pub(crate) struct Component {
    pub(crate) tables: Vec<&'static TableDef>,
    /// Whether a table in here references one in here.
    pub(crate) cyclic: bool,
}

/// The components of `tables`, each after those that it references. Among equals the names decide.
pub(crate) fn components(
    mut tables: Vec<&'static TableDef>,
    references: impl Fn(&TableDef, &TableDef) -> bool,
) -> Vec<Component> {
    tables.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let reaches = reachability(&tables, references);
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

/// Whether all tables that `table` references are placed, except those of its own cycle.
fn is_free(reaches: &[Vec<bool>], placed: &[bool], table: usize) -> bool {
    (0..placed.len()).all(|other| placed[other] || !reaches[table][other] || reaches[other][table])
}

/// `[a][b]`: `a` references `b`, directly or through others.
fn reachability(tables: &[&'static TableDef], references: impl Fn(&TableDef, &TableDef) -> bool) -> Vec<Vec<bool>> {
    let mut reaches: Vec<Vec<bool>> =
        tables.iter().map(|from| tables.iter().map(|to| references(from, to)).collect()).collect();
    for middle in 0..tables.len() {
        let through = reaches[middle].clone();
        for row in &mut reaches {
            if row[middle] {
                row.iter_mut().zip(&through).for_each(|(direct, through)| *direct |= through);
            }
        }
    }
    reaches
}
