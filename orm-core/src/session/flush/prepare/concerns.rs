//! Which tables a flush would write, as far as it shows before the flush has loaded what it needs.

use crate::schema::{Cascade, OnDelete, RelationDef, RelationKind, TableDef, TableName, is_deferred};
use crate::session::relations::owners::Owners;
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;

impl Store {
    /// Whether there is anything to flush.
    pub(crate) fn has_any_work(&self) -> bool {
        self.changed_associations().next().is_some() || self.arenas().any(|arena| self.has_work(arena))
    }

    /// Whether a flush would write objects of an arena, without what follows from others.
    pub(crate) fn has_work(&self, arena: &dyn AnyArena) -> bool {
        let slots = arena.slots();
        slots.pending().next().is_some()
            || slots.deleting().next().is_some()
            || slots.touched().any(|slot| self.changed(arena, slot))
    }

    /// Whether a flush could write to one of `tables`, or have the database do so.
    pub(crate) fn concerns(&self, tables: &[TableName]) -> bool {
        self.changed_associations().any(|table| tables.contains(&table.name))
            || self.arenas().any(|arena| {
                arena.table().tables().iter().any(|table| tables.contains(&table.name)) && self.has_work(arena)
            })
            || self.deletes_concern(tables)
            || self.keys_concern(tables)
    }

    /// Whether changed keys concern one of `tables`: rows that reference them follow, by the session or by the database.
    fn keys_concern(&self, tables: &[TableName]) -> bool {
        if self.arenas().all(|arena| arena.slots().touched().next().is_none()) {
            return false;
        }
        // The database may change the rows of a model that the session has not met.
        let is_unmet = tables.iter().any(|table| self.arenas().all(|arena| arena.table().name != *table));
        let matters = |table| is_unmet || self.following_tables(table).iter().any(|other| tables.contains(&other.name));
        !self.rekeyed(matters).is_empty()
    }

    /// The tables whose rows follow when a key of `table` changes.
    fn following_tables(&self, table: &'static TableDef) -> Vec<&'static TableDef> {
        let (mut following, mut changing) = (Vec::new(), vec![table]);
        let mut next = 0;
        while let Some(&table) = changing.get(next) {
            next += 1;
            let listed = table.relations.iter().filter_map(RelationDef::member_key);
            let referencing = self.arenas().flat_map(|arena| {
                let keys = arena.table().foreign_keys.iter().enumerate();
                keys.filter(|(_, def)| std::ptr::eq((def.target.table)(), table)).map(|(key, _)| (arena.table(), key))
            });
            for (child, key) in listed.chain(referencing) {
                let def = &child.foreign_keys[key];
                if def.on_update_cascade || is_deferred(child, key) {
                    add(&mut following, child);
                    if def.primary_key {
                        add(&mut changing, child);
                    }
                }
            }
            let pairs = self.associations.iter().map(|set| set.canonical).filter(|canonical| joins(canonical, table));
            let pairs = pairs.chain(table.relations.iter().filter(|relation| joins(relation, table)));
            pairs.filter_map(association_table).for_each(|pairs| add(&mut following, pairs));
        }
        following
    }

    fn changed_associations(&self) -> impl Iterator<Item = &'static TableDef> {
        self.associations.iter().filter(|set| set.has_changes()).filter_map(|set| association_table(set.canonical))
    }

    /// Whether deletes, and what follows from them, concern one of `tables`.
    ///
    /// Whether one could is known from the tables alone. Only then the objects are looked at.
    fn deletes_concern(&self, tables: &[TableName]) -> bool {
        let could = self.losses_concern(self.tables_that_could_lose(), tables);
        could && self.losses_concern(self.losing_tables(), tables)
    }

    /// The tables whose rows a flush could delete because of what the user did: written ones, and those of which these may own objects.
    fn tables_that_could_lose(&self) -> Vec<&'static TableDef> {
        let written = |arena: &&dyn AnyArena| {
            let slots = arena.slots();
            slots.touched().next().is_some() || slots.deleting().next().is_some() || slots.pending().next().is_some()
        };
        let linked = self.associations.iter().filter(|set| set.has_changes()).map(|set| set.canonical);
        let linked = linked.flat_map(|relation| [(relation.owner.table)(), (relation.target.table)()]);
        let mut tables = Vec::new();
        for table in self.arenas().filter(written).map(AnyArena::table).chain(linked) {
            add(&mut tables, table);
            // What a row referenced, and what it takes the place of in a `has_one`.
            for key in &table.foreign_keys {
                if table.relations[key.relation].cascade.has(Cascade::DELETE_ORPHAN) {
                    add(&mut tables, (key.target.table)());
                }
            }
        }
        tables
    }

    /// Whether it concerns one of `tables` when tables lose rows: members of deleted objects lose their keys or go too, by the session or
    /// by the database.
    fn losses_concern(&self, mut losing: Vec<&'static TableDef>, tables: &[TableName]) -> bool {
        let mut next = 0;
        while let Some(&table) = losing.get(next) {
            next += 1;
            let concerned = |table: &TableDef| tables.contains(&table.name);
            if concerned(table) {
                return true;
            }
            for relation in table.relations.iter().filter(|relation| !relation.view_only) {
                let on_delete = relation.member_key().and_then(|(child, key)| child.foreign_keys[key].on_delete);
                let written = match relation.kind {
                    RelationKind::BelongsTo => None,
                    RelationKind::ManyToMany => association_table(relation).filter(|_| !relation.has_through()),
                    RelationKind::HasMany | RelationKind::HasOne => {
                        Some((relation.target.table)()).filter(|_| relation.writes_keys() || acts(on_delete))
                    }
                };
                if written.is_some_and(concerned) {
                    return true;
                }
                if relation.cascade.has(Cascade::DELETE) || on_delete == Some(OnDelete::Cascade) {
                    add(&mut losing, (relation.target.table)());
                }
            }
            // Relations that only the other side declares.
            let referencing = self.arenas().flat_map(|arena| {
                let keys = arena.table().foreign_keys.iter().filter(|key| acts(key.on_delete));
                keys.filter(|key| (key.target.table)().id == table.id).map(|key| (arena.table(), key.on_delete))
            });
            for (child, on_delete) in referencing {
                if concerned(child) {
                    return true;
                }
                if on_delete == Some(OnDelete::Cascade) {
                    add(&mut losing, child);
                }
            }
            let mut pairs = self.associations.iter().map(|set| set.canonical);
            let written = |canonical: &RelationDef| joins(canonical, table) && !canonical.has_through();
            if pairs.any(|canonical| written(canonical) && association_table(canonical).is_some_and(concerned)) {
                return true;
            }
        }
        // The database may act on the rows of a model that the session has not met.
        !losing.is_empty() && tables.iter().any(|table| self.arenas().all(|arena| arena.table().name != *table))
    }

    /// The tables whose rows a flush deletes because of what the user did, each once.
    fn losing_tables(&self) -> Vec<&'static TableDef> {
        let mut losing = Vec::new();
        let deleting = self.arenas().filter(|arena| arena.slots().deleting().next().is_some());
        deleting.for_each(|arena| add(&mut losing, arena.table()));
        self.orphaned_children().into_iter().for_each(|(table, _)| add(&mut losing, table));
        self.lost_targets().into_iter().for_each(|(relation, _)| add(&mut losing, (relation.target.table)()));
        self.unlinked_members(&mut Owners::default()).into_iter().for_each(|(table, _)| add(&mut losing, table));
        let replaced = self.unknown_replaced().into_iter().map(|(relation, _)| relation);
        let orphaning = replaced.filter(|relation| relation.cascade.has(Cascade::DELETE_ORPHAN));
        orphaning.for_each(|relation| add(&mut losing, (relation.target.table)()));
        losing
    }
}

/// Whether the database changes rows when those that they reference are deleted.
fn acts(on_delete: Option<OnDelete>) -> bool {
    matches!(on_delete, Some(OnDelete::Cascade | OnDelete::SetNull))
}

/// Whether a relation is a `many_to_many` of a table.
fn joins(relation: &RelationDef, table: &TableDef) -> bool {
    relation.kind == RelationKind::ManyToMany
        && [relation.owner, relation.target].iter().any(|model| (model.table)().id == table.id)
}

fn association_table(relation: &'static RelationDef) -> Option<&'static TableDef> {
    relation.association().ok()?.0.table()
}

fn add(tables: &mut Vec<&'static TableDef>, table: &'static TableDef) {
    if tables.iter().all(|known| known.id != table.id) {
        tables.push(table);
    }
}
