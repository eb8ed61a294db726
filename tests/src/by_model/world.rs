//! The reference: what a session must do, in plain maps.

use std::collections::{BTreeMap, BTreeSet};

use super::relations::{Edge, Link, Name};
use super::things::{Kind, ROOM};

/// What a row holds, and what the object of the row holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Row {
    pub(crate) value: String,
    /// What no other row of the table may have.
    pub(crate) code: Option<String>,
    /// The objects that it references.
    pub(crate) refs: BTreeMap<Name, usize>,
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

/// Why an object goes with the next flush, or has gone before it had a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// It was deleted.
    Asked,
    /// The delete of that object reached it.
    With(usize),
    /// It was new and lost its parent.
    Orphaned,
}

/// An object in memory.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    pub(crate) life: Life,
    pub(crate) row: Row,
    pub(crate) goes: Option<Why>,
    /// What the next flush appends to the value that the row has.
    pub(crate) suffix: Option<String>,
    /// A rollback made it transient, and nothing else.
    pub(crate) adrift: bool,
    /// A rollback found or left it out of the session, and it was not added since.
    pub(crate) settled: bool,
    /// It was written to since: no flush may pass.
    pub(crate) scribbled: bool,
}

/// Pairs of a left and a right object.
pub(crate) type Pairs = BTreeSet<(Link, usize, usize)>;

/// Memory and database. Objects are numbered in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) objects: Vec<Object>,
    pub(crate) pairs: Pairs,
    pub(crate) rows: BTreeMap<usize, Row>,
    pub(crate) row_pairs: Pairs,
    /// The keys that the database chose.
    pub(crate) ids: BTreeMap<usize, String>,
    /// What objects were linked to when a rollback made them transient.
    pub(crate) lost_pairs: Pairs,
}

impl World {
    pub(crate) fn kind(&self, object: usize) -> Kind {
        self.objects[object].kind
    }

    pub(crate) fn parent(&self, edge: &Edge, object: usize) -> Option<usize> {
        self.objects[object].row.refs.get(&edge.name).copied()
    }

    /// Whether it is in the session to stay.
    pub(crate) fn stays(&self, object: usize) -> bool {
        self.is_alive(object) && self.objects[object].goes.is_none()
    }

    pub(crate) fn is_alive(&self, object: usize) -> bool {
        matches!(self.objects[object].life, Life::Pending | Life::Persistent)
    }

    /// Whether a new parent takes it back though it is about to go.
    pub(crate) fn may_come_back(&self, object: usize) -> bool {
        matches!(self.objects[object].goes, Some(Why::With(_) | Why::Orphaned))
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> Vec<usize> {
        self.numbers().filter(|&object| self.kind(object) == kind && self.stays(object)).collect()
    }

    pub(crate) fn numbers(&self) -> std::ops::Range<usize> {
        0..self.objects.len()
    }

    /// The members of a collection as memory shows them.
    pub(crate) fn members(&self, edge: &Edge, parent: usize) -> Vec<usize> {
        let is_member = |&child: &usize| {
            self.kind(child) == edge.child && self.is_alive(child) && self.parent(edge, child) == Some(parent)
        };
        self.numbers().filter(is_member).collect()
    }

    pub(crate) fn add(&mut self, kind: Kind, row: Row) -> usize {
        self.objects.push(Object {
            kind,
            life: Life::Pending,
            row,
            goes: None,
            suffix: None,
            adrift: false,
            settled: false,
            scribbled: false,
        });
        self.objects.len() - 1
    }

    /// Gives a child a parent, or none. Of a relation to one, the old member leaves.
    pub(crate) fn set_parent(&mut self, edge: &Edge, child: usize, parent: Option<usize>) {
        let Some(parent) = parent else { return self.lose_parent(edge, child) };
        let before = self.parent(edge, child);
        self.objects[child].row.refs.insert(edge.name, parent);
        if edge.bare {
            return;
        }
        if before != Some(parent) || !self.stays(child) {
            self.keep(child);
        }
        if edge.one {
            for old in self.members(edge, parent).into_iter().filter(|&old| old != child) {
                self.lose_parent(edge, old);
            }
        }
    }

    fn lose_parent(&mut self, edge: &Edge, child: usize) {
        self.objects[child].row.refs.remove(&edge.name);
        if edge.orphans && self.objects[child].life == Life::Pending {
            self.delete(child, Why::Orphaned);
        }
    }

    /// Objects that go because of others stay after all, with what went with them.
    fn keep(&mut self, object: usize) {
        if !self.may_come_back(object) {
            return;
        }
        self.unmark(object);
        for edge in self.kind(object).collections().filter(|edge| edge.cascade) {
            let members: Vec<usize> = self
                .numbers()
                .filter(|&child| self.kind(child) == edge.child && self.parent(edge, child) == Some(object))
                .collect();
            members.into_iter().for_each(|member| self.keep(member));
        }
    }

    fn unmark(&mut self, object: usize) {
        let object = &mut self.objects[object];
        object.goes = None;
        if object.life == Life::Transient {
            object.life = Life::Pending;
        }
    }

    /// Marks an object and what the cascade reaches; pending ones leave.
    pub(crate) fn delete(&mut self, object: usize, why: Why) {
        if !self.stays(object) {
            return;
        }
        let collections = self.kind(object).collections().filter(|edge| edge.cascade);
        let members: Vec<usize> = collections.flat_map(|edge| self.members(edge, object)).collect();
        let entry = &mut self.objects[object];
        entry.goes = Some(why);
        if entry.life == Life::Pending {
            entry.life = Life::Transient;
        }
        let root = if let Why::With(root) = why { root } else { object };
        members.into_iter().for_each(|member| self.delete(member, Why::With(root)));
    }

    pub(crate) fn undelete(&mut self, object: usize) {
        for number in self.numbers() {
            if number == object || self.objects[number].goes == Some(Why::With(object)) {
                self.unmark(number);
            }
        }
    }

    /// Whether the flush must refuse: a key that may not be NULL is not set, or its object goes, or something was written to an object
    /// that is out of the session.
    pub(crate) fn is_refused(&self) -> bool {
        if self.objects.iter().any(|object| object.scribbled) {
            return true;
        }
        let lacks = |child: usize, edge: &Edge| match self.parent(edge, child) {
            None => !(edge.orphans && self.objects[child].life == Life::Persistent),
            Some(parent) => self.objects[parent].goes.is_some(),
        };
        let mut children = self.numbers().filter(|&child| self.stays(child));
        children.any(|child| self.kind(child).edges().filter(|edge| !edge.nullable).any(|edge| lacks(child, edge)))
    }

    /// Whether a flush could do what memory says, or must refuse in a way that the reference knows.
    pub(crate) fn is_sound(&self) -> bool {
        let mut codes = BTreeSet::new();
        let mut only = BTreeSet::new();
        for object in self.numbers().filter(|&object| self.stays(object)) {
            let (kind, row) = (self.kind(object), &self.objects[object].row);
            if row
                .code
                .as_ref()
                .is_some_and(|code| !codes.insert((kind, code.clone(), row.refs.get(&Name::StreetRegion).copied())))
            {
                return false;
            }
            for (name, &parent) in &row.refs {
                if name.edge().one && !only.insert((*name, parent)) {
                    return false;
                }
                let (edge, parent_object) = (name.edge(), &self.objects[parent]);
                let is_written = self.rows.get(&object).and_then(|row| row.refs.get(name)) != Some(&parent);
                let goes = match parent_object.life {
                    Life::Pending => false,
                    Life::Persistent => parent_object.goes.is_some(),
                    Life::Deleted | Life::Transient | Life::Gone => return false,
                };
                if goes && (edge.cascade || edge.in_key || edge.bare && (is_written || !edge.cleared)) {
                    return false;
                }
            }
        }
        true
    }

    /// What persistent orphans and members that came late add to what goes.
    fn spread(&mut self) {
        for (child, row) in self.rows.clone() {
            let lost =
                |edge: &Edge| edge.orphans && row.refs.contains_key(&edge.name) && self.parent(edge, child).is_none();
            if self.kind(child).edges().any(lost) {
                self.delete(child, Why::Orphaned);
            }
        }
    }

    /// Writes memory to the rows.
    pub(crate) fn flush(&mut self) {
        self.spread();
        for object in self.numbers() {
            let entry = &mut self.objects[object];
            match (entry.life, entry.goes.take()) {
                (Life::Persistent, Some(_)) => entry.life = Life::Deleted,
                (Life::Pending, _) => entry.life = Life::Persistent,
                _ => {}
            }
        }
        let goes = |objects: &[Object], object: usize| {
            matches!(objects[object].life, Life::Deleted | Life::Transient | Life::Gone)
        };
        for object in self.numbers() {
            if self.is_alive(object) {
                let objects = &self.objects;
                let lost: Vec<Name> = objects[object]
                    .row
                    .refs
                    .iter()
                    .filter(|(_, parent)| goes(objects, **parent))
                    .map(|(name, _)| *name)
                    .collect();
                self.objects[object].row.refs.retain(|name, _| !lost.contains(name));
            }
        }
        let objects = &self.objects;
        self.pairs.retain(|&(_, left, right)| !goes(objects, left) && !goes(objects, right));
        for (number, object) in self.objects.iter_mut().enumerate() {
            if let (Some(suffix), Some(row)) = (object.suffix.take(), self.rows.get(&number)) {
                object.row.value = format!("{}{suffix}", row.value);
            }
        }
        let kept = self.objects.iter().enumerate().filter(|(_, object)| object.life == Life::Persistent);
        self.rows = kept.map(|(number, object)| (number, object.row.clone())).collect();
        self.row_pairs = self.pairs.clone();
    }

    /// The key that a row has in the database.
    pub(crate) fn key(&self, object: usize) -> Option<String> {
        self.key_of(object, self.rows.get(&object)?)
    }

    fn key_of(&self, object: usize, row: &Row) -> Option<String> {
        match self.kind(object) {
            Kind::Region | Kind::Station => row.code.clone(),
            Kind::Shelf => Some(format!("{ROOM}/{}", row.code.as_ref()?)),
            Kind::Street => {
                let region = row.refs.get(&Name::StreetRegion)?;
                Some(format!("{}/{}", self.key(*region)?, row.code.as_ref()?))
            }
            _ => self.ids.get(&object).cloned(),
        }
    }

    /// Whether an object differs from its row.
    pub(crate) fn is_modified(&self, object: usize) -> bool {
        self.objects[object].suffix.is_some() || self.rows.get(&object) != Some(&self.objects[object].row)
    }

    /// An object is what its row is again.
    pub(crate) fn revert(&mut self, object: usize) {
        if let Some(row) = self.rows.get(&object) {
            self.objects[object].row = row.clone();
            self.objects[object].suffix = None;
        }
    }

    /// Takes an object out of memory; its row, if it has one, is what it is.
    pub(crate) fn expunge(&mut self, object: usize) {
        match self.rows.contains_key(&object) {
            true => {
                self.revert(object);
                self.objects[object].goes = None;
            }
            false => {
                self.objects[object].life = Life::Gone;
                self.objects[object].scribbled = false;
            }
        }
        let other = |&&(_, left, right): &&(Link, usize, usize)| left != object && right != object;
        let own = self.row_pairs.iter().filter(|pair| !other(pair));
        self.pairs = self.pairs.iter().filter(other).chain(own).copied().collect();
    }

    /// Forgets all that was not flushed.
    pub(crate) fn clear(&mut self) {
        for number in self.numbers() {
            self.objects[number].goes = None;
            match self.rows.contains_key(&number) {
                true => {
                    self.revert(number);
                    self.objects[number].life = Life::Persistent;
                }
                false => self.objects[number].life = Life::Gone,
            }
            self.objects[number].scribbled = false;
        }
        self.pairs = self.row_pairs.clone();
    }

    pub(crate) fn is_adrift(&self, object: usize) -> bool {
        self.objects[object].adrift && self.objects[object].life == Life::Transient
    }

    /// The objects that come with one that is added again.
    pub(crate) fn comes_with(&self, object: usize) -> BTreeSet<usize> {
        let (mut found, mut open) = (BTreeMap::new(), vec![(object, true)]);
        while let Some((object, whole)) = open.pop() {
            if found.get(&object).is_some_and(|&known| known || !whole) {
                continue;
            }
            found.insert(object, whole);
            let parents = self.objects[object].row.refs.values().copied();
            open.extend(parents.filter(|&parent| self.is_adrift(parent)).map(|parent| (parent, false)));
            if whole {
                let collections: Vec<&Edge> = self.kind(object).collections().collect();
                let is_member = |child: usize| {
                    let mut edges = collections.iter().filter(|edge| edge.child == self.kind(child));
                    self.is_adrift(child) && edges.any(|edge| self.parent(edge, child) == Some(object))
                };
                open.extend(self.numbers().filter(|&child| is_member(child)).map(|child| (child, true)));
                let ends = self.lost_pairs.iter().filter_map(|&(_, left, right)| match object {
                    _ if object == left => Some(right),
                    _ if object == right => Some(left),
                    _ => None,
                });
                open.extend(ends.filter(|&other| self.is_adrift(other)).map(|other| (other, false)));
            }
        }
        found.into_keys().collect()
    }

    /// Adds objects again that a rollback made transient.
    pub(crate) fn add_again(&mut self, objects: &BTreeSet<usize>) {
        for &object in objects {
            let object = &mut self.objects[object];
            object.life = Life::Pending;
            object.suffix = None;
            (object.adrift, object.settled, object.scribbled) = (false, false, false);
        }
        let touches = |(_, left, right): &(Link, usize, usize)| objects.contains(left) || objects.contains(right);
        let back: Vec<(Link, usize, usize)> = self
            .lost_pairs
            .iter()
            .copied()
            .filter(|pair| touches(pair) && self.is_alive(pair.1) && self.is_alive(pair.2))
            .collect();
        self.pairs.extend(back.iter().copied());
        self.lost_pairs.retain(|pair| !back.contains(pair));
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
        let is_new = |number: usize| {
            let known = before.objects.get(number).map(|object| object.life);
            !matches!(known, Some(Life::Persistent | Life::Deleted | Life::Gone))
        };
        let moved: Vec<usize> = self
            .numbers()
            .filter(|&number| is_new(number) && !matches!(self.objects[number].life, Life::Gone))
            .filter(|&number| self.is_alive(number) || !self.objects[number].settled)
            .collect();
        self.lost_pairs.retain(|(_, left, right)| !moved.contains(left) && !moved.contains(right));
        let lost = self.pairs.iter().filter(|(_, left, right)| moved.contains(left) || moved.contains(right)).copied();
        self.lost_pairs.extend(lost.collect::<Vec<_>>());
        for number in self.numbers() {
            let stood = self.stays(number);
            self.objects[number].scribbled = false;
            self.objects[number].adrift |= stood && is_new(number);
            self.objects[number].goes = None;
            let known = before.objects.get(number).map(|object| object.life);
            match (self.rows.contains_key(&number), self.objects[number].life, known) {
                (true, ..) => {
                    self.revert(number);
                    self.objects[number].life = Life::Persistent;
                }
                (false, Life::Gone, _) => {}
                (false, _, Some(life @ (Life::Gone | Life::Deleted))) => self.objects[number].life = life,
                (false, ..) => self.objects[number].life = Life::Transient,
            }
            self.objects[number].settled = self.objects[number].life == Life::Transient;
        }
        self.pairs = self.row_pairs.clone();
    }
}
