//! Objects as they were, for a rollback.

use super::typed::Before;
use super::{Arena, Identity};
use crate::model::Model;
use crate::session::store::log::{Log, Unlogged};
use crate::session::store::slots::State;

/// What a rollback needs: objects as they were before the transaction, a savepoint or a flush.
pub(crate) trait History {
    /// Gives the object the columns that its row has, and drops the snapshot.
    fn revert(&mut self, slot: u32);
    /// Drops the object.
    fn discard(&mut self, slot: u32);
    /// Drops what is kept of the object's earlier columns.
    fn forget_history(&mut self, slot: u32);
    /// Puts an object into the identity map under the key that a rollback gave back. Who was read with this key meanwhile was of another row,
    /// which is gone.
    fn register_again(&mut self, slot: u32);
    /// Gives every object the columns that it had when the innermost level began, and tells which objects that changed.
    fn restore_values(&mut self) -> Vec<u32>;
    /// From now on objects are kept as they are before they change.
    fn begin_image(&mut self);
    /// Keeps an object as it is, if an image was begun.
    fn keep_image(&mut self, slot: u32);
    /// Gives all objects back what they were when the image was begun, or keeps them as they are now.
    fn end_image(&mut self, restore: bool);
    /// Begins a savepoint.
    fn begin_level(&mut self);
    /// Ends a savepoint: what was done in it becomes a part of what is around it.
    fn merge_level(&mut self);
    /// The transaction was committed: its log is of no use any more.
    fn end_level(&mut self);
    /// Ends a savepoint, or the transaction, that was rolled back. See [`Slots::drop_level`].
    fn drop_level(&mut self, unlogged: Unlogged) -> Vec<u32>;
}

impl<T: Model> History for Arena<T> {
    fn revert(&mut self, slot: u32) {
        if self.slots.entry(slot).touched() {
            self.slots.log.reverted.push(slot);
        }
        let entry = self.slots.entry_mut(slot);
        entry.set_touched(false);
        entry.set_written_expired(false);
        if let Some(snapshot) = self.snapshots.remove(&slot) {
            self.values[slot as usize] = Some(snapshot);
        }
    }

    fn discard(&mut self, slot: u32) {
        self.take(slot);
    }

    fn forget_history(&mut self, slot: u32) {
        self.slots.entry_mut(slot).set_touched(false);
        self.snapshots.remove(&slot);
        self.forget_before(slot);
    }

    fn register_again(&mut self, slot: u32) {
        if let Some(other) = self.register(slot) {
            self.discard(other);
        }
    }

    fn restore_values(&mut self) -> Vec<u32> {
        let mut restored: Vec<u32> = self.slots.touched().collect();
        for &slot in &restored {
            self.revert(slot);
        }
        let changed: Vec<(u32, Before<T>)> = self.before.drain().collect();
        // All old keys leave the map before any comes back: objects may have exchanged them.
        for (slot, _) in &changed {
            self.unregister(*slot);
        }
        for (slot, Before { columns, read }) in changed {
            self.values[slot as usize] = Some(columns);
            self.slots.entry_mut(slot).read = read;
            if self.slots.state(slot) == State::Persistent {
                self.register_again(slot);
            }
            restored.push(slot);
        }
        restored
    }

    fn begin_image(&mut self) {
        Self::begin_image(self);
    }

    fn keep_image(&mut self, slot: u32) {
        Self::keep_image(self, slot);
    }

    fn end_image(&mut self, restore: bool) {
        if restore {
            self.restore_image();
        }
        self.image = None;
    }

    fn begin_level(&mut self) {
        self.outer.push(std::mem::take(&mut self.before));
        self.slots.begin_level();
    }

    fn merge_level(&mut self) {
        if let Some(outer) = self.outer.pop() {
            for (slot, value) in std::mem::replace(&mut self.before, outer) {
                self.before.entry(slot).or_insert(value);
            }
        }
        self.slots.merge_level();
    }

    fn end_level(&mut self) {
        self.before.clear();
        self.slots.log = Log::default();
    }

    fn drop_level(&mut self, unlogged: Unlogged) -> Vec<u32> {
        self.before = self.outer.pop().unwrap_or_default();
        self.slots.drop_level(unlogged)
    }
}
