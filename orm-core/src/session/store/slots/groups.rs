//! Objects that came with one query result: what one of them needs, all get together.

use super::{Slots, State};

impl Slots {
    /// Notes that `slots` came with one result, and whether their relations are not loaded on demand. A result whose objects have all come
    /// again is forgotten.
    pub(crate) fn group(&mut self, group: u32, slots: &[u32], raises: bool) {
        for &slot in slots {
            self.leave_group(slot, group);
            self.entry_mut(slot).set_raises(raises);
        }
        // An object may stand in a result twice.
        let mut slots = slots.to_vec();
        slots.sort_unstable();
        slots.dedup();
        let count = slots.len();
        self.groups.insert(group, (slots, count));
    }

    /// An object comes to another group, or to none.
    pub(super) fn leave_group(&mut self, slot: u32, group: u32) {
        let before = std::mem::replace(&mut self.entry_mut(slot).group, group);
        if before == 0 {
            return;
        }
        if let Some((_, left)) = self.groups.get_mut(&before) {
            *left -= 1;
            if *left == 0 {
                self.groups.remove(&before);
            }
        }
    }

    /// The persistent objects that came with the same result as `slot`; `slot` alone when it came alone.
    pub(crate) fn companions(&mut self, slot: u32) -> Vec<u32> {
        let group = self.entry(slot).group;
        let mut found = vec![slot];
        if let Some((slots, _)) = self.groups.get_mut(&group) {
            let entries = &self.entries;
            slots.retain(|&other| entries[other as usize].group == group);
            found.extend(
                slots
                    .iter()
                    .copied()
                    .filter(|&other| other != slot && entries[other as usize].state == State::Persistent),
            );
        }
        found
    }
}
