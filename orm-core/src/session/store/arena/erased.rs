//! The arena without its type: what the session does is written once, over this.

use std::any::Any;

use super::{Arena, Changes, Columns, History, Identity};
use crate::model::Model;
use crate::schema::TableDef;
use crate::session::events::HookedArena;
use crate::session::store::slots::{Slots, State};
use crate::value::ValueRef;

/// An arena without its type. A model adds data, not code: everything that the session does is written once, over this.
pub(crate) trait AnyArena: Any + Send + Columns + Changes + Identity + History {
    fn table(&self) -> &'static TableDef;
    fn slots(&self) -> &Slots;
    fn slots_mut(&mut self) -> &mut Slots;
    /// The object's key as a person would write it: `User#3`, `User#new`.
    fn label(&self, slot: u32) -> String;
    /// What runs before and after the statements, if the model has any of it.
    fn hooks(&mut self) -> Option<&mut dyn HookedArena>;
    /// Whether a flush asks the model before it writes: it has hooks or rules, or fields that the flush fills.
    fn is_asked(&self) -> bool;
    /// Whether the model has hooks.
    fn has_hooks(&self) -> bool;
}

impl<T: Model> AnyArena for Arena<T> {
    fn table(&self) -> &'static TableDef {
        T::table()
    }

    fn slots(&self) -> &Slots {
        &self.slots
    }

    fn slots_mut(&mut self) -> &mut Slots {
        &mut self.slots
    }

    fn label(&self, slot: u32) -> String {
        let name = self.get(slot).map_or_else(|| T::spec().name, T::type_name);
        let table = T::table();
        // A key that the database has yet to choose is left out.
        let is_open = || table.generated_key && self.value(slot, table.primary_key[0]) == ValueRef::I64(0);
        match (self.slots.entries.get(slot as usize).map(|entry| entry.state), self.registered_key(slot)) {
            (Some(State::Pending | State::Transient), None) => format!("{name}#new"),
            (Some(State::Pending | State::Transient), Some(_)) if is_open() => format!("{name}#new"),
            (Some(State::Pending | State::Transient), Some(key)) => format!("{name}#new({key:?})"),
            (_, Some(key)) => format!("{name}#{key:?}"),
            (_, None) => format!("{name}#(no key)"),
        }
    }

    fn hooks(&mut self) -> Option<&mut dyn HookedArena> {
        if self.is_asked() { Some(self) } else { None }
    }

    fn is_asked(&self) -> bool {
        T::HOOKS || T::FILLS || T::RULES
    }

    fn has_hooks(&self) -> bool {
        T::HOOKS
    }
}
