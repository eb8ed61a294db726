//! The hooks of models, object by object.

use crate::error::{Error, ErrorKind, Invalid, Result, Violation};
use crate::model::{Foreign, Hook, Model, Violations};
use crate::session::events::ChangeKind;
use crate::session::store::arena::{AnyArena as _, Arena, Columns as _};
use crate::value::ValueRef;

/// The arena of a model with hooks or rules, or with fields that the flush fills.
pub(crate) trait HookedArena {
    /// Readies an object for what the flush does to it, and asks whether it may. The rules that it breaks are added to `broken`.
    fn before(&mut self, slot: u32, change: ChangeKind, broken: &mut Vec<Violation>) -> Result<()>;
    /// Sets what the flush sets in a new object.
    fn fill(&mut self, slot: u32);
    /// Tells an object what the flush did to it.
    fn after(&mut self, slot: u32, change: ChangeKind) -> Result<()>;
    /// Gives all objects back what they held before the flush.
    fn restore(&mut self);
    /// The flush went well.
    fn forget(&mut self);
}

impl<T: Model> HookedArena for Arena<T> {
    fn before(&mut self, slot: u32, change: ChangeKind, broken: &mut Vec<Violation>) -> Result<()> {
        match change {
            ChangeKind::Insert if T::HOOKS || T::FILLS => self.fill(slot),
            ChangeKind::Update if T::HOOKS => self.keep_original(slot),
            _ => {}
        }
        match change {
            ChangeKind::Insert => self.run(slot, Hook::BeforeInsert)?,
            ChangeKind::Update => self.run_before_update(slot)?,
            ChangeKind::Delete => return self.run(slot, Hook::BeforeDelete),
        }
        if T::HOOKS {
            self.leaves_relations(slot, change)?;
        }
        broken.extend(self.broken_rules(slot)?);
        Ok(())
    }

    fn fill(&mut self, slot: u32) {
        self.keep_original(slot);
        let nulls = self.slots.aside(slot).map(|aside| aside.nulls.clone()).unwrap_or_default();
        let Some(object) = self.get_mut(slot) else { return };
        let meant: Vec<usize> = nulls.into_iter().map(|column| T::table().columns[column].field).collect();
        let meant: Vec<usize> = meant.into_iter().filter(|&field| object.value(field, 0).is_null()).collect();
        object.fill_on_insert();
        for field in meant {
            let set = object.set_value(field, ValueRef::Null);
            debug_assert!(set.is_ok(), "what was NULL can be NULL");
        }
    }

    fn after(&mut self, slot: u32, change: ChangeKind) -> Result<()> {
        let hook = match change {
            ChangeKind::Insert => Hook::AfterInsert,
            ChangeKind::Update => Hook::AfterUpdate,
            ChangeKind::Delete => Hook::AfterDelete,
        };
        self.run(slot, hook)
    }

    fn restore(&mut self) {
        while let Some((slot, original)) = self.hooked.pop() {
            // A listener may have taken the object out of the session.
            if !self.slots.is_gone(slot) {
                self.place(slot, original);
            }
        }
    }

    fn forget(&mut self) {
        self.hooked.clear();
    }
}

impl<T: Model> Arena<T> {
    /// Hooks work on a copy, in which no relation carries anything.
    fn keep_original(&mut self, slot: u32) {
        let Some(object) = self.get_mut(slot) else { return };
        let copy = object.snapshot();
        let original = std::mem::replace(object, copy);
        self.hooked.push((slot, original));
    }

    fn run(&mut self, slot: u32, hook: Hook<'_, T>) -> Result<()> {
        if !T::HOOKS {
            return Ok(());
        }
        let name = hook.name();
        let outcome = self.get_mut(slot).map_or(Ok(()), |object| object.hook(hook));
        outcome.map_err(|error| error.context(format!("{name} of {}", self.label(slot))))
    }

    /// Calls `before_update`, which sees what the row holds.
    fn run_before_update(&mut self, slot: u32) -> Result<()> {
        let object = self.values.get_mut(slot as usize).and_then(Option::as_mut);
        let (Some(object), true) = (object, T::HOOKS) else { return Ok(()) };
        let same;
        let old = match self.snapshots.get(&slot) {
            Some(row) => row,
            None => {
                same = object.snapshot();
                &same
            }
        };
        let outcome = object.hook(Hook::BeforeUpdate(old));
        outcome.map_err(|error| error.context(format!("before_update of {}", self.label(slot))))
    }

    /// The rules that an object breaks.
    ///
    /// # Errors
    ///
    /// The errors of hooks.
    pub(crate) fn broken_rules(&mut self, slot: u32) -> Result<Vec<Violation>> {
        let Some(object) = self.get_mut(slot) else { return Ok(Vec::new()) };
        let (name, broken) = (object.type_name(), broken_rules(object)?);
        Ok(broken.into_iter().map(|invalid| Violation::new(name, self.label(slot), invalid)).collect())
    }

    /// Hooks change columns and no relations: what belongs together is settled when they run.
    fn leaves_relations(&self, slot: u32, change: ChangeKind) -> Result<()> {
        let Some((_, original)) = self.hooked.last() else { return Ok(()) };
        let Some(object) = self.get(slot) else { return Ok(()) };
        let table = T::table();
        let moved = || {
            let fields = table.foreign_keys.iter().map(|def| def.field);
            fields.into_iter().find(|&field| !same_foreign(original, object, field))
        };
        let Some(field) = self.pending_relation(slot).or_else(moved) else { return Ok(()) };
        let (label, name) = (self.label(slot), table.fields[field].name);
        let hook = if change == ChangeKind::Insert { "before_insert" } else { "before_update" };
        let message = format!(
            "{hook} of {label} changed the relation `{name}`; hooks change columns only: change relations before the flush, \
             or in a listener of session.on_before_flush(..)"
        );
        Err(Error::new(ErrorKind::InvalidState, message))
    }
}

fn same_foreign<T: Model>(a: &T, b: &T, field: usize) -> bool {
    match (a.foreign(field), b.foreign(field)) {
        (Foreign::Unset, Foreign::Unset) | (Foreign::Null, Foreign::Null) => true,
        (Foreign::New { slot: a, stamp: x }, Foreign::New { slot: b, stamp: y }) => (a, x) == (b, y),
        (Foreign::Key(_), Foreign::Key(_)) => {
            T::table().field_columns(field).iter().all(|def| a.value(field, def.part) == b.value(field, def.part))
        }
        _ => false,
    }
}

/// The rules that an object breaks: those of its fields, and its `validate`.
///
/// # Errors
///
/// The errors of hooks.
pub(crate) fn broken_rules<T: Model>(object: &mut T) -> Result<Vec<Invalid>> {
    let mut broken = Violations::default();
    if T::RULES {
        object.check_rules(&mut broken);
    }
    if T::HOOKS {
        object.hook(Hook::Validate(&mut broken))?;
    }
    Ok(broken.into_vec())
}

/// A value that was just read from a row, after its model's `after_load`.
///
/// # Errors
///
/// The hook's, and `InvalidState` when it changed the key.
pub(crate) fn loaded<T: Model>(mut value: T) -> Result<T> {
    if T::HOOKS {
        let (name, hook) = (value.type_name(), Hook::<T>::AfterLoad.name());
        let key = value.key();
        let object = || key.as_ref().map_or_else(|| name.to_owned(), |key| format!("{name}#{key:?}"));
        value.hook(Hook::AfterLoad).map_err(|error| error.context(format!("{hook} of {}", object())))?;
        if value.key() != key {
            let message = format!("{hook} of {} changed the primary key, by which the session knows the row", object());
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
    }
    Ok(value)
}
