//! What changes, table by table.

use crate::catalog::{
    Catalog, CatalogColumn, CatalogTable, Change, Check, Difference, Exclusion, ForeignKey, Index, PrimaryKey, Trigger,
    Unique,
};
use crate::render::catalog::order::mentions;
use crate::schema::TableName;

/// The changes of a table that both catalogs have.
pub(super) struct TableChange<'c> {
    pub(super) from: &'c CatalogTable,
    pub(super) to: &'c CatalogTable,
    /// Whether its own facts change: its comment, its options, its parents.
    pub(super) itself: bool,
    pub(super) columns: Vec<Change<'c, CatalogColumn>>,
    pub(super) keys: Vec<Change<'c, PrimaryKey>>,
    pub(super) uniques: Vec<Change<'c, Unique>>,
    pub(super) checks: Vec<Change<'c, Check>>,
    pub(super) exclusions: Vec<Change<'c, Exclusion>>,
    pub(super) foreign_keys: Vec<Change<'c, ForeignKey>>,
    pub(super) indexes: Vec<Change<'c, Index>>,
    pub(super) triggers: Vec<Change<'c, Trigger>>,
}

/// The tables of both catalogs, changed or not.
pub(super) fn of_tables<'c>(
    from: &'c Catalog,
    to: &'c Catalog,
    differences: &[Difference<'c>],
) -> Vec<TableChange<'c>> {
    let pair = |table: &'c CatalogTable| {
        let other = to.tables.iter().find(|other| from.is_named(&other.name, &table.name.to_string()))?;
        Some(of_table(table, other, differences))
    };
    from.tables.iter().filter_map(pair).collect()
}

fn of_table<'c>(from: &'c CatalogTable, to: &'c CatalogTable, differences: &[Difference<'c>]) -> TableChange<'c> {
    macro_rules! of {
        ($kind:ident) => {
            differences.iter().filter_map(|each| match each {
                Difference::$kind(table, change) if **table == from.name => Some(*change),
                _ => None,
            })
        };
    }
    let is_own = |each: &Difference<'_>| matches!(each, Difference::Table(Change::Changed { from: own, .. }) if own.name == from.name);
    TableChange {
        from,
        to,
        itself: differences.iter().any(is_own),
        columns: of!(TableColumn).collect(),
        keys: of!(PrimaryKey).collect(),
        uniques: of!(Unique).collect(),
        checks: of!(Check).collect(),
        exclusions: of!(Exclusion).collect(),
        foreign_keys: of!(ForeignKey).collect(),
        indexes: of!(Index).collect(),
        triggers: of!(Trigger).collect(),
    }
}

impl<'c> TableChange<'c> {
    pub(super) fn name(&self) -> &'c TableName {
        &self.to.name
    }

    /// Columns whose values get another type or are computed anew: what is built on them is built again.
    pub(super) fn moved(&self) -> Vec<&'c str> {
        let is_moved = |change: &Change<'c, CatalogColumn>| match *change {
            Change::Changed { from, to } if from.data_type.kind != to.data_type.kind || is_remade(from, to) => {
                Some(&*to.name)
            }
            _ => None,
        };
        let mut moved: Vec<&str> = self.columns.iter().filter_map(is_moved).collect();
        // A computed column follows those that it is computed of.
        for column in &self.from.columns {
            let expression = column.generated.as_ref().map(|generated| &*generated.expression);
            let follows = expression.is_some_and(|text| moved.iter().any(|name| mentions(text, name)));
            let stays = self.to.column(&column.name).is_some_and(|other| other.generated.is_some());
            if follows && stays && !moved.contains(&&*column.name) {
                moved.push(&column.name);
            }
        }
        moved
    }

    /// Whether a column of it is gone or moved, so that views have to go before.
    pub(super) fn disturbs(&self) -> bool {
        !self.moved().is_empty() || self.columns.iter().any(|change| matches!(change, Change::Removed(_)))
    }
}

/// Whether a column is dropped and added to become the other: its values are computed in another way.
pub(super) fn is_remade(from: &CatalogColumn, to: &CatalogColumn) -> bool {
    match (&from.generated, &to.generated) {
        (None, None) => false,
        (Some(before), None) => !before.stored,
        (None, Some(_)) => true,
        (Some(before), Some(after)) => before != after || from.data_type.kind != to.data_type.kind,
    }
}

/// The parts to drop and those to create: what changes, and what stays and is built on something that moves.
pub(super) fn split<'c, P>(
    parts: &'c [P],
    changes: &[Change<'c, P>],
    is_disturbed: impl Fn(&P) -> bool,
) -> (Vec<&'c P>, Vec<&'c P>) {
    let mut dropped: Vec<&P> = changes.iter().filter_map(|change| change.before()).collect();
    let mut created: Vec<&P> = changes.iter().filter_map(|change| change.after()).collect();
    for part in parts {
        let changes = dropped.iter().any(|other| std::ptr::eq(*other, part));
        if !changes && is_disturbed(part) {
            dropped.push(part);
            created.push(part);
        }
    }
    (dropped, created)
}
