//! Objects as the user left them, while a flush whose statements have run may still fail: a hook or a listener may object.

use super::{Arena, Identity as _};
use crate::model::Model;
use crate::session::store::slots::gathered::Gathered;
use crate::session::store::slots::{Entry, SlotMap, State};

/// The objects of one model before the flush was applied to them, as far as it was.
pub(super) struct Image<T> {
    objects: SlotMap<u32, Original<T>>,
    gathered: Gathered,
}

struct Original<T> {
    entry: Entry,
    mark: u32,
    value: Option<T>,
    /// The columns of the row, where the object was written to.
    row: Option<T>,
}

impl<T: Model> Arena<T> {
    pub(super) fn begin_image(&mut self) {
        self.image = Some(Image { objects: SlotMap::default(), gathered: self.slots.gather() });
    }

    /// Keeps an object as it is, unless it was kept already or no error can follow.
    #[inline]
    pub(super) fn keep_image(&mut self, slot: u32) {
        if self.image.is_some() {
            self.keep_in_image(slot);
        }
    }

    fn keep_in_image(&mut self, slot: u32) {
        let Some(image) = &mut self.image else { return };
        let (entry, mark) = (self.slots.entry(slot), self.slots.mark(slot));
        let (values, snapshots) = (&self.values, &self.snapshots);
        image.objects.entry(slot).or_insert_with(|| Original {
            entry: *entry,
            mark,
            value: values[slot as usize].as_ref().map(T::snapshot),
            row: snapshots.get(&slot).map(T::snapshot),
        });
    }

    /// Puts everything back as it was when the image was begun.
    pub(super) fn restore_image(&mut self) {
        let Some(Image { mut objects, gathered }) = self.image.take() else { return };
        objects.retain(|&slot, _| !self.slots.is_gone(slot));
        // All keys leave the map before any comes back: objects may have exchanged them.
        for &slot in objects.keys() {
            self.unregister(slot);
        }
        for (slot, Original { entry, mark, value, row }) in objects {
            self.values[slot as usize] = value;
            match row {
                Some(row) => drop(self.snapshots.insert(slot, row)),
                None => drop(self.snapshots.remove(&slot)),
            }
            self.slots.restore_entry(slot, entry, mark);
            // A key that was assigned and not flushed is not that of the row.
            if entry.state == State::Persistent
                && let Some(key) = self.registered_key(slot)
            {
                self.identity.insert(key, slot);
            }
        }
        self.slots.restore_gathered(gathered);
    }
}
