//! What session and database must show.

use std::collections::BTreeSet;

use orm::{ErrorKind, Result, Session, State};

use super::Runner;
use crate::by_model::relations::{Edge, Link, Name, Reference};
use crate::by_model::things::{Kind, Thing};
use crate::by_model::world::{Life, Why};
use crate::models::Node;

impl Runner<'_> {
    /// Memory shows what the reference says: states, values, keys, and collections as far as they are loaded.
    pub(super) fn expect_memory(&mut self, session: &mut Session) {
        if !std::mem::take(&mut self.assigned) {
            self.expect_collections(session);
        }
        // States follow what was assigned with the next call that may change the session.
        let refused = session.load(self.stranger, Node::children).map_err(|error| error.kind());
        assert_eq!(refused, Err(ErrorKind::Detached));
        for number in self.world.numbers() {
            self.expect_object(session, number);
        }
        self.expect_collections(session);
    }

    fn expect_object(&mut self, session: &Session, number: usize) {
        let (thing, object) = (self.things[number], &self.world.objects[number]);
        let expected = match object.life {
            Life::Pending => State::Pending,
            Life::Persistent => State::Persistent,
            Life::Deleted => State::Deleted,
            Life::Transient => State::Transient,
            Life::Gone => State::Detached,
        };
        let state = thing.state(session);
        if state == State::Detached && matches!(expected, State::Persistent | State::Deleted | State::Transient) {
            return;
        }
        if state == State::Pending && self.is_left_to_the_flush(session, number) {
            return;
        }
        assert_eq!(state, expected, "the state of {}", self.name(number));
        if !matches!(state, State::Pending | State::Persistent) {
            return;
        }
        if let Some(value) = thing.value(session) {
            assert_eq!(value, object.row.value, "the value of {}", self.name(number));
        }
        assert_eq!(thing.code(session), object.row.code, "what {} is called", self.name(number));
        if self.world.stays(number) {
            let modified = state == State::Pending || self.world.is_modified(number);
            let renames = |&parent: &usize| self.world.kind(parent).has_own_key() && self.world.is_modified(parent);
            // An object that names another whose key changes follows it, and shows it or not.
            let follows = object.row.refs.values().any(renames);
            assert!(follows || thing.is_modified(session) == modified, "{} is modified: {modified}", self.name(number));
            for edge in self.world.kind(number).edges() {
                self.expect_reference(session, edge.name, number);
            }
        }
    }

    /// Whether an object goes with one that goes with the next flush, and only the flush finds that one: it is in memory, but not in a list.
    fn is_left_to_the_flush(&self, session: &Session, number: usize) -> bool {
        let objects = &self.world.objects;
        let parents = |child: usize| {
            let edges = self.world.kind(child).edges().filter(|edge| edge.cascade);
            edges.filter_map(move |edge| Some((edge, self.world.parent(edge, child)?)))
        };
        matches!(objects[number].goes, Some(Why::With(_)))
            && parents(number).any(|(_, parent)| {
                let lists = |edge: &Edge, above: usize| {
                    edge.name
                        .related(session, self.things[above])
                        .is_ok_and(|members| members.contains(&self.things[parent]))
                };
                objects[parent].life == Life::Persistent
                    && (parents(parent).any(|(edge, above)| objects[above].goes.is_some() && !lists(edge, above))
                        || self.is_left_to_the_flush(session, parent))
            })
    }

    fn expect_reference(&mut self, session: &Session, name: Name, number: usize) {
        let parent = self.world.parent(name.edge(), number);
        let reference = name.reference(session, self.things[number]);
        let agrees = match (&reference, parent) {
            (Reference::None, None) => true,
            (Reference::Key(key), Some(parent)) => self.world.key(parent).as_ref() == Some(key),
            (Reference::Object(thing), Some(parent)) => self.things[parent] == *thing,
            _ => false,
        };
        let parent = parent.map(|parent| self.name(parent));
        assert!(agrees, "{name:?} of {} is {reference:?}, and should be {parent:?}", self.name(number));
    }

    fn expect_collections(&mut self, session: &Session) {
        for number in self.world.numbers() {
            let thing = self.things[number];
            if !self.world.stays(number) || thing.state(session) == State::Detached {
                continue;
            }
            let kind = self.world.kind(number);
            for edge in kind.collections() {
                if let Ok(found) = edge.name.related(session, thing) {
                    let is_whole = edge.name.is_loaded(session, thing).unwrap_or(false);
                    self.expect_members(session, edge, number, found, is_whole);
                }
            }
            for &link in Link::ALL {
                for at_left in [true, false] {
                    let end = if at_left { link.ends().0 } else { link.ends().1 };
                    if let Some(found) = (end == kind).then(|| link.related(session, thing, at_left).ok()).flatten() {
                        let is_whole = link.is_loaded(session, thing, at_left).unwrap_or(false);
                        self.expect_others(session, link, (number, at_left), found, is_whole);
                    }
                }
            }
        }
    }

    /// A list that claims to be whole has all members; another may lack those that left the session, or that no condition let in.
    pub(super) fn expect_members(
        &mut self,
        session: &Session,
        edge: &Edge,
        parent: usize,
        found: Vec<Thing>,
        is_whole: bool,
    ) {
        let mut expected: BTreeSet<usize> = self.world.members(edge, parent).into_iter().collect();
        if edge.one && expected.iter().any(|&member| self.world.stays(member)) {
            // Who goes with the next flush has made room.
            expected.retain(|&member| self.world.stays(member));
        }
        let found = self.numbers_of(session, found);
        let expected = match (is_whole, self.partial.contains(&edge.name)) {
            (true, _) => expected,
            (false, true) => expected.intersection(&found).copied().collect(),
            (false, false) => self.without_absent(expected, &found),
        };
        assert_eq!(found, expected, "{:?} of {}", edge.name, self.name(parent));
    }

    pub(super) fn expect_others(
        &mut self,
        session: &Session,
        link: Link,
        (object, at_left): (usize, bool),
        found: Vec<Thing>,
        is_whole: bool,
    ) {
        let pairs = self.world.pairs.iter().filter(|(of, ..)| *of == link);
        let ends = pairs.map(|&(_, left, right)| if at_left { (left, right) } else { (right, left) });
        let others = ends.filter(|&(own, other)| own == object && self.world.is_alive(other)).map(|(_, other)| other);
        let expected: BTreeSet<usize> = others.collect();
        let found = self.numbers_of(session, found);
        let expected = if is_whole { expected } else { self.without_absent(expected, &found) };
        assert_eq!(found, expected, "{link:?} of {}, at the left: {at_left}", self.name(object));
    }

    /// Collections in memory lack what was expunged, until they are loaded anew.
    fn without_absent(&self, mut expected: BTreeSet<usize>, found: &BTreeSet<usize>) -> BTreeSet<usize> {
        expected.retain(|number| found.contains(number) || !self.absent.contains(number));
        expected
    }

    fn numbers_of(&mut self, session: &Session, found: Vec<Thing>) -> BTreeSet<usize> {
        let count = found.len();
        let numbers: BTreeSet<usize> = found.into_iter().map(|thing| self.number(session, thing)).collect();
        assert_eq!(count, numbers.len(), "an object is listed twice");
        numbers
    }

    /// After a commit another session sees what this one shows: every column, and every collection that claims to be whole.
    pub(super) fn expect_same(&self, session: &Session) -> Result<()> {
        let mut fresh = self.cx.session();
        for kind in self.kinds() {
            kind.all(&mut fresh)?;
        }
        for number in self.world.numbers().filter(|&number| self.world.stays(number)) {
            let thing = self.things[number];
            if thing.state(session) != State::Persistent {
                continue;
            }
            assert!(thing.is_same(session, &mut fresh)?, "{} is another in a new session", self.name(number));
            let key = thing.key(session).unwrap();
            let Some(other) = self.world.kind(number).get(&mut fresh, &key)? else { panic!("no row of {key}") };
            for edge in self.world.kind(number).collections() {
                if edge.name.is_loaded(session, thing)? {
                    let keys = |session: &Session, things: Vec<Thing>| -> BTreeSet<Option<String>> {
                        things.into_iter().map(|thing| thing.key(session)).collect()
                    };
                    let (own, theirs) = (edge.name.related(session, thing)?, edge.name.load(&mut fresh, other)?);
                    assert_eq!(keys(session, own), keys(&fresh, theirs), "{:?} of {}", edge.name, self.name(number));
                }
            }
        }
        Ok(())
    }

    /// The database holds what the reference says.
    pub(super) fn expect_rows(&self) {
        let known = |kind: &&Kind| self.world.numbers().any(|number| self.world.kind(number) == **kind);
        for &kind in Kind::ALL.iter().filter(known) {
            self.expect_rows_of(kind);
        }
        for &link in Link::ALL.iter().filter(|link| known(&&link.ends().0) && known(&&link.ends().1)) {
            let found = self.cx.rows(link.sql()).into_iter().map(|row| row.join(" - "));
            let found: BTreeSet<String> = found.collect();
            let pairs = self.world.row_pairs.iter().filter(|(of, ..)| *of == link);
            let key = |object: usize| self.world.key(object).unwrap_or_default();
            let expected = pairs.map(|&(_, left, right)| format!("{} - {}", key(left), key(right))).collect();
            assert_eq!(found, expected, "the rows of {link:?}");
        }
    }

    fn expect_rows_of(&self, kind: Kind) {
        let (_, key, value) = kind.table();
        let mut columns = vec![key, value.unwrap_or("''"), kind.code_column().unwrap_or("NULL")];
        columns.extend(kind.edges().map(|edge| edge.column));
        let found = self.cx.rows(&format!("SELECT {} FROM {}", columns.join(", "), kind.rows()));
        let found: BTreeSet<Vec<String>> = found.into_iter().collect();
        let of_kind = self.world.rows.iter().filter(|&(&number, _)| self.world.kind(number) == kind);
        let key = |number: Option<usize>| {
            number.map_or("NULL".to_owned(), |number| self.world.key(number).unwrap_or_default())
        };
        let expected: BTreeSet<Vec<String>> = of_kind
            .map(|(&number, row)| {
                let mut cells =
                    vec![key(Some(number)), row.value.clone(), row.code.clone().unwrap_or("NULL".to_owned())];
                cells.extend(kind.edges().map(|edge| key(row.refs.get(&edge.name).copied())));
                cells
            })
            .collect();
        assert_eq!(found, expected, "the rows of {kind:?}");
    }
}
