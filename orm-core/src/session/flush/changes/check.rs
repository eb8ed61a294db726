//! What a flush refuses before any SQL, with the object, the field and the cure.

use crate::error::{Error, ErrorKind, Result};
use crate::model::Foreign;
use crate::schema::{Cascade, ForeignKeyDef, TableDef};
use crate::session::store::arena::AnyArena;
use crate::session::store::contents::{NoKeys, Store};
use crate::session::store::slots::State;
use crate::value::{SqlType, ValueRef};

/// Relation fields hand their members over when the object is added; what is assigned to one later would be lost.
pub(crate) fn pending_relations(store: &Store) -> Result<()> {
    for arena in store.arenas() {
        let slots = arena.slots();
        for slot in slots.pending().chain(slots.touched()) {
            if let Some(field) = arena.pending_relation(slot) {
                let (object, model, field) = (arena.label(slot), arena.table().model, arena.table().fields[field].name);
                let message = format!(
                    "{object}: members were assigned to `{field}` after add(), where they reach nobody; call \
                     session.set(handle, {model}::{field}, [..]) or session.push(handle, {model}::{field}, ..)"
                );
                return Err(Error::new(ErrorKind::InvalidState, message));
            }
        }
    }
    Ok(())
}

/// A value of an abstract base, which came as the member of another object, is no row.
pub(crate) fn abstract_bases(store: &Store) -> Result<()> {
    for arena in store.arenas() {
        let Some(family) = arena.table().family.as_ref().filter(|family| family.types[0].identity.is_none()) else {
            continue;
        };
        let is_base = |slot: &u32| arena.value(*slot, family.discriminator).is_null();
        if let Some(slot) = arena.slots().pending().find(is_base) {
            let (object, name) = (arena.label(slot), family.types[0].spec.name);
            let message = format!(
                "{object}: `{name}` is abstract, so no row is a `{name}` itself; add an object of a type that inherits from it"
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
    }
    Ok(())
}

/// Objects of a model that is read-only stay as they were read.
pub(crate) fn untouched(store: &Store, arena: &dyn AnyArena) -> Result<()> {
    let (table, slots) = (arena.table(), arena.slots());
    let changed = |slot: &u32| store.changed(arena, *slot);
    let mut written = slots.pending().chain(slots.deleting()).chain(slots.touched().filter(changed));
    match (written.next(), table.kind.refusal(table.model)) {
        (Some(slot), Some(reason)) => {
            let message = format!("{} cannot be written: {reason}", arena.label(slot));
            Err(Error::new(ErrorKind::Unsupported, message))
        }
        _ => Ok(()),
    }
}

/// An INSERT needs a key that is there or generated, and foreign keys that lead somewhere.
pub(crate) fn inserts(store: &Store, arena: &dyn AnyArena, slots: &[u32]) -> Result<()> {
    let documents = documents(arena.table());
    slots.iter().try_for_each(|&slot| insert(store, arena, slot, &documents))
}

fn insert(store: &Store, arena: &dyn AnyArena, slot: u32, documents: &[usize]) -> Result<()> {
    let table = arena.table();
    for def in &table.foreign_keys {
        foreign(store, arena, slot, def)?;
    }
    one_of(store, arena, slot, &|_| false)?;
    readable(arena, slot, documents)?;
    deferred(arena, slot)?;
    let [only] = table.primary_key[..] else { return Ok(()) };
    let column = &table.columns[only];
    let is_set = table.generated_key
        || table.fields[column.field].foreign_key.is_some()
        || !says_nothing(arena.value(slot, only))
        || store.open_key(arena, slot).is_some()
        || !store.described.contains_key(&table.id);
    if is_set {
        return Ok(());
    }
    let (object, field) = (arena.label(slot), table.fields[column.field].name);
    let message = format!(
        "{object}: the primary key `{field}` was not set, and its column has no default by which the database would \
         choose it; set it before the flush"
    );
    Err(Error::new(ErrorKind::NotNullViolation, message))
}

/// An UPDATE needs its row's key, and foreign keys that lead somewhere.
pub(crate) fn update(
    store: &Store,
    arena: &dyn AnyArena,
    slot: u32,
    set: &[usize],
    is_overridden: &dyn Fn(usize) -> bool,
) -> Result<()> {
    let table = arena.table();
    if let Some(&column) = set.iter().find(|&&column| was_unset(arena, slot, column)) {
        let field = table.fields[table.columns[column].field].name;
        let message = format!(
            "{}: `{field}` was unset, and its row exists: the database fills it in only when it inserts a row; assign a value",
            arena.label(slot)
        );
        return Err(Error::new(ErrorKind::NotNullViolation, message));
    }
    for def in table.foreign_keys.iter().filter(|def| !is_overridden(def.columns.start)) {
        foreign(store, arena, slot, def)?;
    }
    one_of(store, arena, slot, is_overridden)?;
    if let Some(&column) = table.computed.iter().find(|&&column| store.column_changed(arena, slot, column)) {
        let field = table.fields[table.columns[column].field].name;
        let message = format!(
            "{}: `{field}` was assigned to, but the database computes it; change what it is computed from, and refresh the object to \
             see its value again",
            arena.label(slot)
        );
        return Err(Error::new(ErrorKind::InvalidState, message));
    }
    readable(arena, slot, &documents(table))?;
    key(store, arena, slot, &table.primary_key)
}

/// A new row needs the value of a deferred column that may not be NULL, unless the database fills it in.
fn deferred(arena: &dyn AnyArena, slot: u32) -> Result<()> {
    let table = arena.table();
    let lacks = |&&column: &&usize| {
        let def = &table.columns[column];
        let is_needed = !def.nullable && def.server_default.is_none() && def.computed.is_none();
        is_needed && arena.value(slot, column).is_unloaded()
    };
    let Some(&column) = table.deferred.iter().find(lacks) else { return Ok(()) };
    let (object, field) = (arena.label(slot), table.fields[table.columns[column].field].name);
    let message =
        format!("{object}: the deferred column `{field}` was not set, and a new row needs it; assign a value");
    Err(Error::new(ErrorKind::NotNullViolation, message))
}

/// The columns of JSON documents.
fn documents(table: &TableDef) -> Vec<usize> {
    let is_document =
        |&column: &usize| matches!(table.columns[column].sql_type, SqlType::Json | SqlType::Array(SqlType::Json));
    (0..table.columns.len()).filter(is_document).collect()
}

/// A JSON document has to be such that it can be read again.
fn readable(arena: &dyn AnyArena, slot: u32, documents: &[usize]) -> Result<()> {
    let table = arena.table();
    for &column in documents {
        if let Some(problem) = arena.value(slot, column).problem() {
            let field = table.fields[table.columns[column].field].name;
            return Err(Error::new(ErrorKind::InvalidState, format!("{}: `{field}`: {problem}", arena.label(slot))));
        }
    }
    Ok(())
}

/// DELETEs need the keys of their rows. An orphan may have lost a part of it with its parent.
pub(crate) fn deletes(store: &Store, arena: &dyn AnyArena, slots: &[u32]) -> Result<()> {
    let table = arena.table();
    let lost = |&column: &usize| {
        let key = table.fields[table.columns[column].field].foreign_key;
        let inverse = key.and_then(|key| table.relations[table.foreign_keys[key].relation].inverse());
        inverse.is_some_and(|inverse| inverse.cascade.has(Cascade::DELETE_ORPHAN))
    };
    let columns: Vec<usize> = table.primary_key.iter().copied().filter(|column| !lost(column)).collect();
    slots.iter().try_for_each(|&slot| key(store, arena, slot, &columns))
}

/// A row is found by its key, so the object must have one.
fn key(store: &Store, arena: &dyn AnyArena, slot: u32, columns: &[usize]) -> Result<()> {
    let table = arena.table();
    for &column in columns {
        let blank = match store.key_value(arena, slot, column, &NoKeys) {
            Some(ValueRef::Null) => true,
            Some(ValueRef::I64(0)) if !table.generated_key => false,
            // A row may have such a key, though no new one gets it.
            Some(value) => table.primary_key.len() == 1 && is_blank(value) && value != arena.row_value(slot, column),
            None => false,
        };
        if blank {
            let (object, field) = (arena.label(slot), table.fields[table.columns[column].field].name);
            let message = format!(
                "{object}: the key field `{field}` was cleared, so its row cannot be written; set it back, or refresh the object"
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
    }
    Ok(())
}

/// Whether a plain column that is never NULL has no value: its field is a `Generated`.
fn was_unset(arena: &dyn AnyArena, slot: u32, column: usize) -> bool {
    let table = arena.table();
    let def = &table.columns[column];
    !def.nullable && arena.value(slot, column).is_null() && table.fields[def.field].foreign_key.is_none()
}

/// Whether a value that is no integer says nothing as a key.
fn says_nothing(key: ValueRef<'_>) -> bool {
    key != ValueRef::I64(0) && is_blank(key)
}

/// A foreign key is set unless it may be NULL, and leads to an object of this session that has or will have a row.
fn foreign(store: &Store, arena: &dyn AnyArena, slot: u32, def: &ForeignKeyDef) -> Result<()> {
    match arena.foreign(slot, def.field) {
        Foreign::Unset if def.one_of.is_some() => Ok(()),
        Foreign::Unset => Err(unset(store, arena, slot, def)),
        Foreign::New { slot: parent, stamp } => {
            let target = (def.target.table)();
            let entry = store.any(target.id).and_then(|arena| arena.slots().live(parent, stamp));
            let reason = match entry.map(|entry| entry.state) {
                Some(State::Pending | State::Persistent) => return Ok(()),
                None => "through a stale handle or one of another session",
                Some(State::Transient) => "that is not in the session any more; session.add_again(..) adds it again",
                Some(_) => "that was deleted",
            };
            let (object, field) = (arena.label(slot), arena.table().fields[def.field].name);
            let message = format!("{object}: the foreign key `{field}` references a {} {reason}", target.model);
            Err(Error::new(ErrorKind::Detached, message))
        }
        Foreign::Null | Foreign::Key(_) => Ok(()),
    }
}

/// Of the foreign keys of a `OneOf` one is set. A key that is `emptied` goes with the object that it references.
fn one_of(store: &Store, arena: &dyn AnyArena, slot: u32, emptied: &dyn Fn(usize) -> bool) -> Result<()> {
    let table = arena.table();
    for one_of in table.one_ofs.iter().filter(|one_of| !one_of.nullable && store.is_of(one_of.owner, slot)) {
        let keys = &table.foreign_keys[one_of.keys.clone()];
        let is_set = |def: &&ForeignKeyDef| {
            !matches!(arena.foreign(slot, def.field), Foreign::Unset | Foreign::Null) && !emptied(def.columns.start)
        };
        if keys.iter().any(|def| is_set(&def)) {
            continue;
        }
        let (object, name) = (arena.label(slot), one_of.name);
        let models: Vec<&str> = keys.iter().map(|def| (def.target.spec)().name).collect();
        let old = keys.iter().find_map(|def| {
            let target = (def.target.table)();
            Some(store.label(target.id, store.resolve(target, arena.row_foreign(slot, def.field))?))
        });
        let message = match old {
            Some(parent) => format!(
                "{object} loses {parent}, but its `{name}` must reference one of {}; delete {object}, declare cascade(all, delete_orphan) \
                 on the relation, or make the field an Option<OneOf<..>>",
                models.join(", ")
            ),
            None => format!(
                "{object}: `{name}` was never set; assign a handle of one of {}, or OneOf::key::<..>(..), or make the field an Option",
                models.join(", ")
            ),
        };
        return Err(Error::new(ErrorKind::NotNullViolation, message));
    }
    Ok(())
}

/// A foreign key that is not set: it never was, or may not be NULL and its object was taken away from its parent.
fn unset(store: &Store, arena: &dyn AnyArena, slot: u32, def: &ForeignKeyDef) -> Error {
    let (object, field) = (arena.label(slot), arena.table().fields[def.field].name);
    let target = (def.target.table)();
    if def.nullable && !def.primary_key {
        let message = format!(
            "{object}: the foreign key `{field}` to {} is Some without a key; assign None, or Some of a handle or of BelongsTo::key(..)",
            target.model
        );
        return Error::new(ErrorKind::NotNullViolation, message);
    }
    match store.resolve(target, arena.row_foreign(slot, def.field)) {
        Some(parent) => loses_parent(def, field, &object, &store.label(target.id, parent)),
        None => {
            let message = format!(
                "{object}: the foreign key `{field}` to {} was never set; assign a handle or BelongsTo::key(..), \
                 or make the field an Option",
                target.model
            );
            Error::new(ErrorKind::NotNullViolation, message)
        }
    }
}

/// The key of a member whose parent goes must be one that may be NULL.
pub(crate) fn may_lose_parent(
    store: &Store,
    def: &ForeignKeyDef,
    (child, member): (&TableDef, u32),
    parent: &str,
) -> Result<()> {
    if def.nullable && !def.primary_key {
        return Ok(());
    }
    Err(loses_parent(def, child.fields[def.field].name, &store.label(child.id, member), parent))
}

fn loses_parent(def: &ForeignKeyDef, field: &str, object: &str, parent: &str) -> Error {
    if def.primary_key {
        let message = format!(
            "{object} loses {parent}, but `{field}` is part of its primary key, which cannot be blanked out; \
             delete {object}, or declare cascade(all, delete_orphan) on the relation"
        );
        return Error::new(ErrorKind::InvalidState, message);
    }
    let message = format!(
        "{object} loses {parent}, but its foreign key `{field}` may not be NULL; delete {object}, declare \
         cascade(all, delete_orphan) on the relation, or make the field an Option<BelongsTo<..>>"
    );
    Error::new(ErrorKind::NotNullViolation, message)
}

/// Whether a value says nothing where it stands alone for a key: 0, an empty text, the nil UUID. Of an object that has a row it is a
/// key as any other.
pub(crate) fn is_blank(key: ValueRef<'_>) -> bool {
    match key {
        ValueRef::Null | ValueRef::I64(0) => true,
        ValueRef::Text(key) => key.is_empty(),
        #[cfg(feature = "uuid")]
        ValueRef::Uuid(key) => key.is_nil(),
        _ => false,
    }
}
