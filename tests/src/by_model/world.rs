//! The reference: what a session must do, in plain maps.

use std::collections::{BTreeMap, BTreeSet};

use super::things::{Edge, Kind};

/// What a row holds, and what the object of the row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) value: String,
    pub(crate) parent: Option<usize>,
    pub(crate) captain: Option<usize>,
}

/// Where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Pending,
    Persistent,
    /// Its DELETE was flushed.
    Deleted,
    /// Out of the session, without a row to come; the handle is readable until the session forgets it.
    Transient,
    /// Of no more concern.
    Gone,
}

/// An object in memory.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    pub(crate) life: Life,
    pub(crate) row: Row,
    /// The object whose `delete` reached this one, since the last flush.
    pub(crate) deleted_by: Option<usize>,
}

/// A track and a mixtape.
pub(crate) type Pairs = BTreeSet<(usize, usize)>;

/// Memory and database. Objects are numbered in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) objects: Vec<Object>,
    pub(crate) pairs: Pairs,
    pub(crate) rows: BTreeMap<usize, Row>,
    pub(crate) row_pairs: Pairs,
}

impl World {
    pub(crate) fn kind(&self, object: usize) -> Kind {
        self.objects[object].kind
    }

    /// Whether it is in the session to stay.
    pub(crate) fn stays(&self, object: usize) -> bool {
        let object = &self.objects[object];
        matches!(object.life, Life::Pending | Life::Persistent) && object.deleted_by.is_none()
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> Vec<usize> {
        (0..self.objects.len()).filter(|&object| self.kind(object) == kind && self.stays(object)).collect()
    }

    /// The members of a collection as memory shows them.
    pub(crate) fn members(&self, edge: &Edge, parent: usize) -> Vec<usize> {
        let alive = |object: &Object| matches!(object.life, Life::Pending | Life::Persistent);
        let is_member =
            |object: &Object| object.kind == edge.child && alive(object) && object.row.parent == Some(parent);
        (0..self.objects.len()).filter(|&child| is_member(&self.objects[child])).collect()
    }

    pub(crate) fn add(&mut self, kind: Kind, value: String) -> usize {
        let row = Row { value, parent: None, captain: None };
        self.objects.push(Object { kind, life: Life::Pending, row, deleted_by: None });
        self.objects.len() - 1
    }

    /// Whether `ancestor` is above `node`, or is it.
    pub(crate) fn is_above(&self, ancestor: usize, mut node: usize) -> bool {
        loop {
            if node == ancestor {
                return true;
            }
            match self.objects[node].row.parent {
                Some(parent) => node = parent,
                None => return false,
            }
        }
    }

    /// Gives a child a parent, or none. Of a relation to one, the old member leaves.
    pub(crate) fn set_parent(&mut self, edge: &Edge, child: usize, parent: Option<usize>) {
        if let Some(parent) = parent.filter(|_| edge.one) {
            for old in self.members(edge, parent).into_iter().filter(|&old| old != child) {
                self.lose_parent(edge, old);
            }
        }
        match parent {
            Some(_) => self.objects[child].row.parent = parent,
            None => self.lose_parent(edge, child),
        }
    }

    fn lose_parent(&mut self, edge: &Edge, child: usize) {
        self.objects[child].row.parent = None;
        if edge.orphans && self.objects[child].life == Life::Pending {
            self.delete(child, child);
        }
    }

    /// Marks an object and what the cascade reaches; pending ones leave.
    pub(crate) fn delete(&mut self, object: usize, by: usize) {
        if !self.stays(object) {
            return;
        }
        let members: Vec<usize> = self
            .kind(object)
            .collections()
            .filter(|edge| edge.cascade)
            .flat_map(|edge| self.members(edge, object))
            .collect();
        let entry = &mut self.objects[object];
        entry.deleted_by = Some(by);
        if entry.life == Life::Pending {
            entry.life = Life::Transient;
        }
        members.into_iter().for_each(|member| self.delete(member, by));
    }

    /// What [`delete`](Self::delete) would reach.
    pub(crate) fn reach(&self, object: usize) -> Vec<usize> {
        let mut after = self.clone();
        after.delete(object, object);
        (0..self.objects.len()).filter(|&object| self.stays(object) && !after.stays(object)).collect()
    }

    pub(crate) fn undelete(&mut self, object: usize) {
        for entry in self.objects.iter_mut().filter(|entry| entry.deleted_by == Some(object)) {
            entry.deleted_by = None;
            if entry.life == Life::Transient {
                entry.life = Life::Pending;
            }
        }
    }

    /// Whether the flush must refuse: a key that may not be NULL was never set.
    pub(crate) fn is_refused(&self) -> bool {
        let unset = |object: &Object| {
            let required = object.kind.edge().is_some_and(|edge| !edge.nullable);
            required && object.life == Life::Pending && object.row.parent.is_none()
        };
        self.objects.iter().any(unset)
    }

    /// Writes memory to the rows.
    pub(crate) fn flush(&mut self) {
        for (child, row) in self.rows.clone() {
            let orphans = self.kind(child).edge().is_some_and(|edge| edge.orphans);
            if orphans && row.parent.is_some() && self.objects[child].row.parent.is_none() {
                self.delete(child, child);
            }
        }
        for object in 0..self.objects.len() {
            let entry = &mut self.objects[object];
            match (entry.life, entry.deleted_by.take()) {
                (Life::Persistent, Some(_)) => self.flush_delete(object),
                (Life::Transient, _) => self.pairs.retain(|&(track, tape)| track != object && tape != object),
                (Life::Pending, _) => entry.life = Life::Persistent,
                _ => {}
            }
        }
        let persistent = |object: &Object| object.life == Life::Persistent;
        let kept = self.objects.iter().enumerate().filter(|(_, object)| persistent(object));
        self.rows = kept.map(|(number, object)| (number, object.row.clone())).collect();
        self.row_pairs = self.pairs.clone();
    }

    fn flush_delete(&mut self, object: usize) {
        self.objects[object].life = Life::Deleted;
        self.pairs.retain(|&(track, tape)| track != object && tape != object);
        for child in 0..self.objects.len() {
            let stays = self.stays(child);
            let row = &mut self.objects[child].row;
            if stays && row.parent == Some(object) {
                row.parent = None;
            }
        }
    }

    /// Takes an object out of memory; its row, if it has one, is what it is.
    pub(crate) fn expunge(&mut self, object: usize) {
        match self.rows.get(&object) {
            Some(row) => {
                self.objects[object].row = row.clone();
            }
            None => self.objects[object].life = Life::Gone,
        }
        let other = |&&(track, tape): &&(usize, usize)| track != object && tape != object;
        let own = self.row_pairs.iter().filter(|pair| !other(pair));
        self.pairs = self.pairs.iter().filter(other).chain(own).copied().collect();
    }

    /// Forgets all that was not flushed.
    pub(crate) fn clear(&mut self) {
        for (number, object) in self.objects.iter_mut().enumerate() {
            object.deleted_by = None;
            match self.rows.get(&number) {
                Some(row) => (object.row, object.life) = (row.clone(), Life::Persistent),
                None => object.life = Life::Gone,
            }
        }
        self.pairs = self.row_pairs.clone();
    }

    pub(crate) fn commit(&mut self) {
        for object in self.objects.iter_mut().filter(|object| object.life == Life::Deleted) {
            object.life = Life::Gone;
        }
    }

    /// Goes back to what was when `before` was noted.
    pub(crate) fn restore(&mut self, before: &Self) {
        self.rows = before.rows.clone();
        self.row_pairs = before.row_pairs.clone();
        for (number, object) in self.objects.iter_mut().enumerate() {
            object.deleted_by = None;
            match (self.rows.get(&number), object.life) {
                (Some(row), _) => (object.row, object.life) = (row.clone(), Life::Persistent),
                (None, Life::Gone) => {}
                (None, _)
                    if before
                        .objects
                        .get(number)
                        .is_some_and(|object| matches!(object.life, Life::Gone | Life::Deleted)) =>
                {
                    object.life = before.objects[number].life;
                }
                (None, _) => object.life = Life::Transient,
            }
        }
        self.pairs = self.row_pairs.clone();
    }
}
