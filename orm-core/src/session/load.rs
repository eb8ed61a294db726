//! Loading what objects are related to: one statement for a relation of any number of objects.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::Session;
use super::arena::Populate;
use super::relate::member_key;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Foreign, Row};
use crate::render;
use crate::schema::{ColumnDef, Direction, ModelRef, RelationDef, RelationKind, TableDef};
use crate::sql::{BinaryOp, Expr, Join, JoinKind, OrderBy, Select, SelectItem, Source};
use crate::value::{Value, ValueRef, with_refs};

impl Session {
    /// Loads a relation for those of `owners` that do not have it in memory. Nothing to load is no statement.
    pub(super) fn load_relation(&mut self, relation: &'static RelationDef, owners: &[u32]) -> Result<()> {
        self.load_missing(relation, owners, Populate::Keep)
    }

    /// Loads a relation anew for all of `owners` that have rows; rows overwrite the objects that they bring.
    pub(super) fn reload_relation(&mut self, relation: &'static RelationDef, owners: &[u32]) -> Result<()> {
        self.store.unload(relation, owners);
        self.load_missing(relation, owners, Populate::Overwrite)
    }

    fn load_missing(&mut self, relation: &'static RelationDef, owners: &[u32], populate: Populate) -> Result<()> {
        let missing = owners.iter().copied();
        let loaded: Vec<u32> = match relation.kind {
            RelationKind::BelongsTo => return self.load_parents(relation, owners, populate),
            _ => missing.filter(|&slot| !self.store.is_loaded(relation, slot)).collect(),
        };
        if loaded.is_empty() {
            return Ok(());
        }
        self.store.meet(relation.target);
        let tables = [(relation.target.table)()];
        self.autoflush_for(&tables)?;
        match relation.kind {
            RelationKind::ManyToMany => self.load_pairs(relation, &loaded, populate),
            _ => self.load_members(relation, &loaded, populate),
        }
    }

    /// The targets of foreign keys that are not in the identity map.
    fn load_parents(&mut self, relation: &'static RelationDef, owners: &[u32], populate: Populate) -> Result<()> {
        let (table, target) = ((relation.owner.table)(), (relation.target.table)());
        self.store.meet(relation.target);
        let Some(arena) = self.store.any(table.id) else { return Ok(()) };
        let columns = table.fields[relation.field].columns.clone();
        let mut keys = KeyList::default();
        for &slot in owners {
            let foreign = arena.foreign(slot, relation.field);
            let wanted = populate == Populate::Overwrite || self.store.resolve(target, foreign).is_none();
            if matches!(foreign, Foreign::Key(_)) && wanted {
                keys.push(columns.clone().map(|column| arena.value(slot, column)));
            }
        }
        if keys.is_empty() {
            return Ok(());
        }
        self.autoflush_for(&[target])?;
        let slots = self.fetch_targets(relation, keys, populate)?;
        self.group(target, &slots);
        Ok(())
    }

    /// The object that the row of `child` references, which may be another one than `child` does.
    pub(super) fn load_row_target(&mut self, relation: &'static RelationDef, child: u32) -> Result<()> {
        let table = (relation.owner.table)();
        let Some(arena) = self.store.any(table.id) else { return Ok(()) };
        let mut keys = KeyList::default();
        keys.push(table.fields[relation.field].columns.clone().map(|column| arena.row_value(child, column)));
        self.fetch_targets(relation, keys, Populate::Keep).map(|_| ())
    }

    /// The objects that have `keys`, of the target of a `belongs_to`.
    fn fetch_targets(&mut self, relation: &'static RelationDef, keys: KeyList, populate: Populate) -> Result<Vec<u32>> {
        let target = (relation.target.table)();
        let by: Vec<&'static ColumnDef> = target.key_columns().collect();
        self.fetch_by_keys(relation.target, (&by, keys), populate, |select| select)
    }

    /// The members of `has_many` and `has_one` relations.
    fn load_members(&mut self, relation: &'static RelationDef, owners: &[u32], populate: Populate) -> Result<()> {
        let (table, key) = member_key(relation)?;
        let owner = (relation.owner.table)();
        let keys = self.keys_of(owner, owners);
        let by: Vec<&'static ColumnDef> =
            table.foreign_keys[key].columns.clone().map(|column| &table.columns[column]).collect();
        let slots = self.fetch_by_keys(relation.target, (&by, keys), populate, |mut select| {
            select.order_by = order_of(relation, table);
            select
        })?;
        self.group(table, &slots);
        // Whose member an object is, its foreign key says: the row may be older than what the session knows.
        let mut lists: super::slots::SlotMap<u32, Vec<u32>> = owners.iter().map(|&owner| (owner, Vec::new())).collect();
        for &slot in &slots {
            if let Some(list) = self.store.parent(table, slot, key).and_then(|parent| lists.get_mut(&parent)) {
                list.push(slot);
            }
        }
        let unflushed: Vec<u32> = self
            .store
            .any(table.id)
            .map_or_else(Vec::new, |arena| arena.slots().pending().chain(arena.slots().touched()).collect());
        for slot in unflushed {
            if let Some(list) = self.store.parent(table, slot, key).and_then(|parent| lists.get_mut(&parent))
                && !list.contains(&slot)
            {
                list.push(slot);
            }
        }
        for (owner, mut list) in lists {
            if relation.kind == RelationKind::HasOne {
                list = self.only_member(relation, owner, list);
            }
            if let Some(arena) = self.store.any_mut(table.id) {
                arena.slots_mut().set_members(key, owner, list);
            }
        }
        Ok(())
    }

    /// Of several members of a `has_one` the one that was set in memory since, which replaces the others, or else the first.
    fn only_member(&mut self, relation: &'static RelationDef, owner: u32, mut list: Vec<u32>) -> Vec<u32> {
        let Some((table, key)) = relation.member_key().filter(|_| list.len() > 1) else { return list };
        let known =
            |&slot: &u32| self.store.row_parent(table, slot, key) == Some(owner) && !self.store.is_pending(table, slot);
        match list.iter().rposition(|slot| !known(slot)) {
            Some(set) => {
                let set = list.swap_remove(set);
                for replaced in std::mem::replace(&mut list, vec![set]) {
                    self.store.replace_member(relation, replaced, owner);
                }
            }
            None => {
                let rows = list.len();
                tracing::warn!(
                    relation = relation.name,
                    rows,
                    "a has_one relation found several rows; the first is taken"
                );
                list.truncate(1);
            }
        }
        list
    }

    /// The members of `many_to_many` relations, with the association table joined.
    fn load_pairs(&mut self, relation: &'static RelationDef, owners: &[u32], populate: Populate) -> Result<()> {
        let (association, left) = relation.association()?;
        let (own, other) =
            if left { (&association.left, &association.right) } else { (&association.right, &association.left) };
        let (owner, target) = ((relation.owner.table)(), (relation.target.table)());
        let Some(pairs) = association.table() else { return Ok(()) };
        let by: Vec<&'static ColumnDef> = own.clone().map(|column| &pairs.columns[column]).collect();
        let on = other.clone().zip(target.key_columns()).map(|(column, key)| {
            let (left, right) = (Expr::column(pairs, &pairs.columns[column]), Expr::column(target, key));
            Expr::Binary(Box::new(left), BinaryOp::Eq, Box::new(right))
        });
        let source = Source { table: pairs.name.clone(), alias: None };
        let join = Join { kind: JoinKind::Inner, source, on: Expr::And(on.collect()) };
        let mut lists: super::slots::SlotMap<u32, Vec<u32>> = owners.iter().map(|&owner| (owner, Vec::new())).collect();
        let mut slots = Vec::new();
        for keys in self.keys_of(owner, owners).chunks(by.len(), self.link.dialect().capabilities().max_parameters) {
            let mut select = select_columns(target);
            select.items.extend(by.iter().map(|column| SelectItem::from(Expr::column(pairs, column))));
            select.joins.push(join.clone());
            select.filter.push(keys.filter(pairs, &by));
            select.order_by = order_of(relation, target);
            self.run(relation.target, &select, populate, |store, slot, row| {
                slots.push(slot);
                let owner =
                    store.any(owner.id).map(|arena| arena.find_in_row(row, target.columns.len())).transpose()?;
                if let Some(list) = owner.flatten().and_then(|owner| lists.get_mut(&owner)) {
                    list.push(slot);
                }
                Ok(())
            })?;
        }
        self.group(target, &slots);
        let (set, left) = self.store.pairs.of_mut(relation)?;
        for (owner, list) in lists {
            set.set_list(left, owner, list);
        }
        Ok(())
    }

    /// The keys of rows.
    fn keys_of(&self, table: &TableDef, slots: &[u32]) -> KeyList {
        let mut keys = KeyList::default();
        if let Some(arena) = self.store.any(table.id) {
            for &slot in slots {
                keys.push(table.primary_key.iter().map(|&column| arena.row_value(slot, column)));
            }
        }
        keys
    }

    /// The objects of a model whose columns `by` have one of `keys`.
    fn fetch_by_keys(
        &mut self,
        model: ModelRef,
        (by, keys): (&[&'static ColumnDef], KeyList),
        populate: Populate,
        finish: impl Fn(Select) -> Select,
    ) -> Result<Vec<u32>> {
        let (table, mut slots) = ((model.table)(), Vec::new());
        for keys in keys.chunks(by.len(), self.link.dialect().capabilities().max_parameters) {
            let mut select = select_columns(table);
            select.filter.push(keys.filter(table, by));
            self.run(model, &finish(select), populate, |_, slot, _| {
                slots.push(slot);
                Ok(())
            })?;
        }
        Ok(slots)
    }

    /// Runs a SELECT whose first columns are those of `model`, and hands each object to `each`.
    fn run(
        &mut self,
        model: ModelRef,
        select: &Select,
        populate: Populate,
        mut each: impl FnMut(&super::store::Store, u32, &dyn Row) -> Result<()>,
    ) -> Result<()> {
        let (sql, params) = render::select(self.link.dialect(), select)?;
        let Self { link, store, .. } = self;
        let stamp = store.stamp();
        let outcome = with_refs(&params, |params| {
            link.query(&sql, params, &mut |row| {
                let Some(arena) = store.meet(model) else {
                    return Err(Error::new(ErrorKind::Schema, format!("{} has no arena", (model.spec)().name)));
                };
                let (slot, _) = arena.load_row(row, 0, stamp, populate)?;
                each(store, slot, row)?;
                Ok(ControlFlow::Continue(()))
            })
        });
        store.sync_overwritten((model.table)());
        outcome
    }

    /// Notes that objects came with one result: a lazy load for one of them is for all.
    pub(super) fn group(&mut self, table: &TableDef, slots: &[u32]) {
        if slots.len() > 1 {
            let group = self.store.next_group();
            if let Some(arena) = self.store.any_mut(table.id) {
                arena.slots_mut().group(group, slots);
            }
        }
    }
}

/// `SELECT` all columns of a table, in their order.
pub(super) fn select_columns(table: &'static TableDef) -> Select {
    let items = table.columns.iter().map(|column| SelectItem::from(Expr::column(table, column)));
    Select::from_table(table.name.clone(), items.collect())
}

fn order_of(relation: &RelationDef, table: &'static TableDef) -> Vec<OrderBy> {
    if relation.kind == RelationKind::HasOne {
        // Should there be several rows, it is always the same one that is taken.
        let order = |column| OrderBy { expr: Expr::column(table, column), direction: Direction::Asc, nulls: None };
        return table.key_columns().map(order).collect();
    }
    let orders = relation.order_by.iter().flat_map(|&(field, direction)| {
        let columns = table.field_columns(field).iter();
        columns.map(move |column| OrderBy { expr: Expr::column(table, column), direction, nulls: None })
    });
    orders.collect()
}

/// Keys to look for, each once.
#[derive(Default)]
pub(super) struct KeyList {
    keys: Vec<Vec<Value>>,
    seen: HashSet<i64, foldhash::fast::RandomState>,
    seen_others: HashSet<String, foldhash::fast::RandomState>,
}

impl KeyList {
    pub(super) fn push<'v>(&mut self, parts: impl Iterator<Item = ValueRef<'v>>) {
        let key: Vec<Value> = parts.map(|part| part.to_value()).collect();
        // Integer keys are the ones that come in great numbers.
        if let [Value::I64(key)] = key[..] {
            if !self.seen.insert(key) {
                return;
            }
        } else if !self.seen_others.insert(format!("{key:?}")) {
            return;
        }
        self.keys.push(key);
    }

    fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys in lists that one statement takes: one list for keys of one column, as many as needed for others.
    pub(super) fn chunks(self, width: usize, max_parameters: usize) -> Vec<Keys> {
        let size = if width == 1 { self.keys.len() } else { max_parameters / width };
        let mut keys = self.keys;
        let mut chunks = Vec::new();
        while !keys.is_empty() {
            let rest = keys.split_off(keys.len().min(size.max(1)));
            chunks.push(Keys(keys));
            keys = rest;
        }
        chunks
    }
}

/// The keys of one statement.
pub(super) struct Keys(Vec<Vec<Value>>);

impl Keys {
    /// The condition that columns have one of the keys.
    pub(super) fn filter(self, table: &'static TableDef, by: &[&'static ColumnDef]) -> Expr {
        if let [column] = by {
            let values = self.0.into_iter().flatten().collect();
            return Expr::InList(Box::new(Expr::column(table, column)), values, column.sql_type);
        }
        Expr::InRows(by.iter().map(|column| Expr::column(table, column)).collect(), self.0)
    }
}
