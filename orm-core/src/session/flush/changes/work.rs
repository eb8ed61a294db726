//! What a flush has to do, row by row, before anything is ordered. Pure: memory is read, and nothing else.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::time::SystemTime;

use super::changed_keys::renamed;
use super::check;
use super::post_update::Post;
use super::replace::Replaced;
use super::unique::Handover;
use crate::error::Result;
use crate::schema::{Cascade, ColumnDef, ModelId, RelationKind, TableDef, is_deferred};
use crate::session::flush::plan::CascadedKey;
use crate::session::flush::plan::RowId;
use crate::session::flush::plan::{Association, Overrides, Successor};
use crate::session::store::arena::AnyArena;
use crate::session::store::associations::{AssociationSet, Change};
use crate::session::store::contents::{NoKeys, Store};
use crate::session::store::slots::aside::is_meant;
use crate::session::store::slots::{SlotMap, State};
use crate::session::transaction::links::Links as DatabaseLinks;
use crate::value::{Value, ValueRef, version};

/// The row operations of one table.
#[derive(Debug)]
pub(crate) struct TableWork {
    pub(crate) table: &'static TableDef,
    pub(crate) inserts: Vec<u32>,
    /// Rows with the columns that differ.
    pub(crate) updates: Vec<(u32, Vec<usize>)>,
    pub(crate) deletes: Vec<u32>,
    /// Values that one of the rows gives up and another takes.
    pub(crate) handovers: Vec<Handover>,
    /// Whether rows leave one of these whose key changes, so that they have to be written first.
    pub(crate) is_left: bool,
}

/// What attempts to make a plan, or to carry it out, have shown so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lessons {
    /// New objects that must not take over the rows of deleted ones, though they have their keys.
    pub(crate) apart: HashSet<RowId>,
    /// Foreign keys that cannot be deferred, by index.
    pub(crate) rigid: HashSet<(ModelId, usize)>,
    /// Whether a row that references itself has to lose that reference before it goes.
    pub(crate) frees_itself: bool,
}

impl Lessons {
    /// What is known before the first attempt.
    pub(crate) fn of(links: &DatabaseLinks) -> Self {
        Self { frees_itself: links.lack(|facts| facts.self_references), ..Self::default() }
    }
}

/// A row with the columns that are written.
type ChangedRow = (u32, Vec<usize>);

/// Everything that a flush has to do.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(crate) tables: Vec<TableWork>,
    pub(crate) links: Vec<(Association, Vec<(u32, u32)>)>,
    pub(crate) unlinks: Vec<(Association, Vec<(u32, u32)>)>,
    pub(crate) overrides: Overrides,
    /// New objects that take the place of deleted ones with the same key.
    pub(crate) successors: Vec<Successor>,
    /// The slot of the deleted object, by the row of its successor.
    pub(crate) succeeded: SlotMap<RowId, u32>,
    /// Rows whose keys change, by the flush or by the database.
    pub(crate) rekeyed: HashSet<RowId>,
    /// Rows whose foreign keys the database changes, because the key changes that they reference.
    pub(crate) cascaded: Vec<CascadedKey>,
    /// Rows whose foreign keys the flush changes for the same reason, with the columns.
    pub(crate) followers: SlotMap<RowId, Vec<usize>>,
    /// Tables of which a key changes that rows have to leave before.
    pub(crate) left: HashSet<ModelId>,
    /// Foreign keys that are written apart from their rows.
    pub(crate) post: Post,
    /// What an earlier attempt has shown.
    pub(crate) lessons: Lessons,
    /// New objects with the keys of deleted ones.
    pub(crate) replaced: Replaced,
    /// Foreign keys, by table and index, that the database must not look at before the transaction ends.
    pub(crate) put_off: Vec<(&'static TableDef, usize)>,
    /// Rows that are marked as deleted, with the columns that are written.
    pub(crate) marked: Vec<(&'static TableDef, Vec<ChangedRow>)>,
}

impl Work {
    /// Looks at everything that was added, written to, deleted, linked or unlinked. Rows of deleted objects go to new objects with
    /// their keys, as far as `lessons` allow.
    ///
    /// # Errors
    ///
    /// When something could not be written: a required key is missing, a handle is stale.
    pub(crate) fn collect(store: &Store, lessons: Lessons) -> Result<Self> {
        store.single_parents()?;
        let mut work = Self { lessons, ..Self::default() };
        work.null_members_of_deleted(store)?;
        work.follow_keys(store)?;
        work.find_replaced(store);
        for arena in store.arenas() {
            let table = arena.table();
            if table.kind.is_read_only() {
                check::untouched(store, arena)?;
                continue;
            }
            let mut inserts: Vec<u32> = arena.slots().pending().collect();
            check::inserts(store, arena, &inserts)?;
            let mut deletes: Vec<u32> = arena.slots().removing().collect();
            check::deletes(store, arena, &deletes)?;
            by_key(arena, &mut deletes);
            let changed = work.changes(store, arena)?.into_iter();
            let updates = changed.map(|(slot, set)| Ok((slot, work.with_automatic(arena, slot, set)?)));
            let mut updates = updates.collect::<Result<Vec<_>>>()?;
            work.take_over(store, arena, &mut inserts, &mut updates, &mut deletes)?;
            if !(inserts.is_empty() && updates.is_empty() && deletes.is_empty()) {
                let (handovers, is_left) = (Vec::new(), work.left.contains(&table.id));
                work.tables.push(TableWork { table, inserts, updates, deletes, handovers, is_left });
            }
        }
        work.mark_rows(store)?;
        work.post_updates(store);
        if work.lessons.frees_itself {
            work.free_from_themselves(store);
        }
        work.collect_pairs(store)?;
        Ok(work)
    }

    /// The rows that are marked as deleted instead of being deleted: all with the same time, by which they are found again together.
    fn mark_rows(&mut self, store: &Store) -> Result<()> {
        let mut now = None;
        for arena in store.arenas() {
            let table = arena.table();
            let Some(soft_delete) = table.soft_delete else { continue };
            let mut slots: Vec<u32> = arena.slots().marking().collect();
            by_key(arena, &mut slots);
            let mut rows = Vec::with_capacity(slots.len());
            check::deletes(store, arena, &slots)?;
            for slot in slots {
                let column = soft_delete.column;
                let mark = (soft_delete.marks.deleted)(*now.get_or_insert_with(SystemTime::now));
                let mark = arena.forms().stored(table, column, mark.to_ref())?.unwrap_or(mark);
                let overrides = self.overrides.entry((table.id, slot)).or_default();
                overrides.push((column, mark));
                let set = overrides.iter().map(|(column, _)| *column).collect();
                rows.push((slot, self.with_automatic(arena, slot, set)?));
            }
            self.marked.extend((!rows.is_empty()).then_some((table, rows)));
        }
        Ok(())
    }

    /// The surviving members of deleted objects lose their keys.
    pub(crate) fn null_members_of_deleted(&mut self, store: &Store) -> Result<()> {
        for arena in store.arenas() {
            for relation in &arena.table().relations {
                let survive = matches!(relation.kind, RelationKind::HasMany | RelationKind::HasOne)
                    && !relation.cascade.has(Cascade::DELETE)
                    && relation.writes_keys();
                let Some((child, key)) = relation.member_key().filter(|_| survive) else { continue };
                let Some(children) = store.any(child.id) else { continue };
                for parent in arena.slots().removing() {
                    for member in store.members(relation, parent).unwrap_or_default() {
                        let entry = children.slots().entry(member);
                        if !entry.removing() && matches!(entry.state, State::Pending | State::Persistent) {
                            let def = &child.foreign_keys[key];
                            check::may_lose_parent(store, def, (child, member), &arena.label(parent))?;
                            let nulls = def.columns.clone().map(|column| (column, Value::Null));
                            self.overrides.entry((child.id, member)).or_default().extend(nulls);
                        }
                    }
                }
            }
        }
        self.null_post_updated(store);
        Ok(())
    }

    /// The rows of an arena that differ from their objects, with the columns that do.
    pub(crate) fn changes(&self, store: &Store, arena: &dyn AnyArena) -> Result<Vec<(u32, Vec<usize>)>> {
        let table = arena.table();
        let mut slots: Vec<u32> = arena.slots().touched().collect();
        // Members of deleted objects, and of those whose keys change, are written though they were not touched.
        let members = self.overrides.keys().chain(self.followers.keys());
        let members = members.filter(|(model, _)| *model == table.id).map(|&(_, slot)| slot);
        slots.extend(members.filter(|&slot| arena.slots().state(slot) == State::Persistent));
        slots.sort_unstable();
        slots.dedup();
        slots.retain(|&slot| !arena.slots().entry(slot).deleting());
        by_key(arena, &mut slots);
        let mut updates = Vec::new();
        for slot in slots {
            let overridden = self.overrides.get(&(table.id, slot));
            let is_overridden =
                |column: usize| overridden.is_some_and(|values| values.iter().any(|(index, _)| *index == column));
            let followed = self.followers.get(&(table.id, slot)).map_or(&[][..], Vec::as_slice);
            let changes = |&column: &usize| {
                is_overridden(column) || followed.contains(&column) || store.column_changed(arena, slot, column)
            };
            let set: Vec<usize> = (0..table.columns.len()).filter(changes).collect();
            if set.is_empty() {
                continue;
            }
            check::update(store, arena, slot, &set, &is_overridden)?;
            updates.push((slot, set));
        }
        Ok(updates)
    }

    /// Whether the database looks at a foreign key when the transaction ends.
    pub(crate) fn is_deferred(&self, table: &'static TableDef, key: usize) -> bool {
        is_deferred(table, key) && !self.is_rigid(table, key)
    }

    /// Whether the database was found to look at a foreign key with each statement.
    pub(crate) fn is_rigid(&self, table: &TableDef, key: usize) -> bool {
        self.lessons.rigid.contains(&(table.id, key))
    }

    /// The slot of the object that has the state of the row before the flush.
    pub(crate) fn row_slot(&self, table: &TableDef, slot: u32) -> u32 {
        if self.succeeded.is_empty() {
            return slot;
        }
        self.succeeded.get(&(table.id, slot)).copied().unwrap_or(slot)
    }

    /// A new object with the key of a deleted one takes its row over: an UPDATE instead of a DELETE and an INSERT. Where the
    /// database is to fill in a column of the new row, it has to be a new row.
    fn take_over(
        &mut self,
        store: &Store,
        arena: &dyn AnyArena,
        inserts: &mut Vec<u32>,
        updates: &mut Vec<(u32, Vec<usize>)>,
        deletes: &mut Vec<u32>,
    ) -> Result<()> {
        let table = arena.table();
        let taken = self.replaced.taking(table.id);
        if taken.is_empty() {
            return Ok(());
        }
        for (new, old) in taken {
            let differs = |&column: &usize| {
                let now = renamed(store, &self.rekeyed, &NoKeys, (arena, new, column));
                let now = now.or_else(|| store.key_value(arena, new, column, &NoKeys));
                let parts = |key| self.replaced.leads_to_parted(store, table, (new, old), key);
                let key = table.key_at(column, |field| arena.foreign(new, field).is_set());
                now.is_none_or(|now| now != arena.row_value(old, column)) || key.is_some_and(parts)
            };
            let columns = (0..table.columns.len()).filter(|column| !table.primary_key.contains(column));
            let mut set: Vec<usize> = columns.filter(differs).collect();
            if let Some(version) = table.version.filter(|&version| version::is_unset(arena.value(new, version))) {
                // The row goes on counting, when it changes.
                let next = match &set[..] {
                    [only] if *only == version => None,
                    _ => next_version(arena, old, version)?,
                };
                set.retain(|&column| column != version || next.is_some());
                let value = next.unwrap_or_else(|| arena.row_value(old, version).to_value());
                self.overrides.entry((table.id, new)).or_default().push((version, value));
            }
            self.successors.push(Successor { table, new, old });
            self.succeeded.insert((table.id, new), old);
            if !set.is_empty() {
                updates.push((new, set));
            }
        }
        inserts.retain(|&slot| !self.succeeded.contains_key(&(table.id, slot)));
        let gone: HashSet<u32> =
            self.successors.iter().filter(|one| one.table.id == table.id).map(|one| one.old).collect();
        deletes.retain(|slot| !gone.contains(slot));
        Ok(())
    }

    /// Adds the columns that change because others did: `on_update` values and the version.
    fn with_automatic(&mut self, arena: &dyn AnyArena, slot: u32, mut set: Vec<usize>) -> Result<Vec<usize>> {
        let table = arena.table();
        let mut automatic: Vec<(usize, Value)> = arena.on_update_values(slot);
        // A column that the user set keeps what the user set.
        automatic.retain(|(column, _)| !set.contains(column));
        for (column, value) in &mut automatic {
            if let Some(stored) = arena.forms().stored(table, *column, value.to_ref())? {
                *value = stored;
            }
        }
        let is_set = |version: usize| set.contains(&version) || automatic.iter().any(|(column, _)| *column == version);
        if let Some(version) = table.version.filter(|&version| !is_set(version))
            && let Some(next) = next_version(arena, slot, version)?
        {
            automatic.push((version, next));
        }
        if !automatic.is_empty() {
            set.extend(automatic.iter().map(|(column, _)| *column));
            set.sort_unstable();
            self.overrides.entry((table.id, slot)).or_default().extend(automatic);
        }
        Ok(set)
    }

    fn collect_pairs(&mut self, store: &Store) -> Result<()> {
        for set in store.associations.iter() {
            let canonical = set.canonical;
            let (def, _) = canonical.association()?;
            let Some(table) = def.table() else { continue };
            let (left, right) = ((canonical.owner.table)(), (canonical.target.table)());
            let association = Association { def, table, left, right };
            // Rows that objects of a `through` model stand for are written with these objects.
            let (inserted, deleted) = object_links(store, association);
            let mut unlinked = unlinked(store, set, association);
            unlinked.retain(|link| !deleted.contains(link));
            if !unlinked.is_empty() {
                self.unlinks.push((association, unlinked));
            }
            let mut linked = set.changes(Change::Linked);
            linked.retain(|&(l, r)| store.stays(left, l) && store.stays(right, r) && !inserted.contains(&(l, r)));
            if !linked.is_empty() {
                self.links.push((association, linked));
            }
        }
        Ok(())
    }
}

/// The version that a row gets when it is changed.
fn next_version(arena: &dyn AnyArena, slot: u32, version: usize) -> Result<Option<Value>> {
    version::next(arena.row_value(slot, version), arena.table().columns[version].sql_type)
        .map_err(|error| error.context(arena.label(slot)))
}

/// The links that were dropped, and those of deleted objects.
fn unlinked(store: &Store, set: &AssociationSet, association: Association) -> Vec<(u32, u32)> {
    let mut found = set.changes(Change::Unlinked);
    let mut known: HashSet<(u32, u32)> = found.iter().copied().chain(set.changes(Change::Linked)).collect();
    let sides = [(true, association.left, Some(set.canonical)), (false, association.right, set.canonical.inverse())];
    for (left, table, relation) in sides {
        // The rows of a `through` model are left to the relations of that model.
        if association.def.through().is_some() || relation.is_some_and(|relation| relation.view_only) {
            continue;
        }
        let Some(arena) = store.any(table.id) else { continue };
        for slot in arena.slots().removing() {
            for other in set.list(left, slot).into_iter().flat_map(|list| list.iter()) {
                let link = if left { (slot, other) } else { (other, slot) };
                if known.insert(link) {
                    found.push(link);
                }
            }
        }
    }
    found
}

/// Links by the slots of their ends, left and right.
type Links = HashSet<(u32, u32)>;

/// The links that objects of a `through` model stand for: of those to be inserted, and of those to be deleted.
fn object_links(store: &Store, association: Association) -> (Links, Links) {
    let Association { def, table, left, right } = association;
    let Some(arena) = store.any(table.id) else { return Default::default() };
    let [left_field, right_field] = [&def.left, &def.right].map(|columns| table.columns[columns.start].field);
    let inserted = arena.slots().pending().filter_map(|slot| {
        let (l, r) = (arena.foreign(slot, left_field), arena.foreign(slot, right_field));
        Some((store.resolve(left, l)?, store.resolve(right, r)?))
    });
    let deleted = arena.slots().deleting().filter_map(|slot| {
        let (l, r) = (arena.row_foreign(slot, left_field), arena.row_foreign(slot, right_field));
        Some((store.resolve(left, l)?, store.resolve(right, r)?))
    });
    (inserted.collect(), deleted.collect())
}

/// The columns that the database may fill: those that it computes, those with server defaults, and deferred ones.
pub(crate) fn filled_by_server(table: &TableDef) -> Vec<usize> {
    let filled =
        |column: &ColumnDef| column.server_default.is_some() || column.computed.is_some() || column.deferred.is_some();
    (0..table.columns.len()).filter(|&column| filled(&table.columns[column])).collect()
}

/// Those of the columns `filled` by the database that are left to it: the computed ones, deferred ones that were not set, and those with
/// defaults that hold `None`, unless NULL is what they are to hold.
pub(crate) fn left_to_server(arena: &dyn AnyArena, slot: u32, filled: &[usize]) -> impl Iterator<Item = usize> {
    let is_left = move |column: usize| match arena.value(slot, column) {
        ValueRef::Unloaded => true,
        ValueRef::Null => arena.table().columns[column].server_default.is_some() && !is_meant(arena, slot, column),
        _ => false,
    };
    let columns = filled.iter().copied();
    columns.filter(move |&column| arena.table().columns[column].computed.is_some() || is_left(column))
}

/// Sorts objects by the keys of their rows.
pub(crate) fn by_key(arena: &dyn AnyArena, slots: &mut [u32]) {
    let columns = &arena.table().primary_key;
    slots.sort_by(|&a, &b| {
        let orders = columns.iter().map(|&column| compare(arena.row_value(a, column), arena.row_value(b, column)));
        orders.fold(Ordering::Equal, Ordering::then).then(a.cmp(&b))
    });
}

fn compare(a: ValueRef<'_>, b: ValueRef<'_>) -> Ordering {
    match (a, b) {
        (ValueRef::I64(a), ValueRef::I64(b)) => a.cmp(&b),
        (ValueRef::Text(a), ValueRef::Text(b)) => a.cmp(b),
        #[cfg(feature = "uuid")]
        (ValueRef::Uuid(a), ValueRef::Uuid(b)) => a.cmp(&b),
        (a, b) => a.to_string().cmp(&b.to_string()),
    }
}
