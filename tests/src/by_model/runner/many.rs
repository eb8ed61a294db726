//! Operations on several objects at once, and on objects that are out of the session.

use std::collections::BTreeSet;

use orm::{Result, Session, State, Synchronize};

use super::{Runner, choose};
use crate::by_model::operation::Pick;
use crate::by_model::relations::{EDGES, Edge, Reference};
use crate::by_model::things::Kind;
use crate::by_model::world::{Life, Row, World};

/// Kinds that nothing references.
const LEAVES: [Kind; 11] = [
    Kind::Head,
    Kind::Passport,
    Kind::Book,
    Kind::Drawer,
    Kind::File,
    Kind::Town,
    Kind::Employee,
    Kind::Train,
    Kind::Bird,
    Kind::Drill,
    Kind::Blade,
];

impl Runner<'_> {
    /// Writes to an object that is deleted, which matters to nobody, or to one that is out of the session, which the flush refuses.
    pub(super) fn scribble(&mut self, session: &mut Session, object: Pick, out: bool) -> Result<()> {
        let state = if out { State::Transient } else { State::Deleted };
        let is_meant = |&object: &usize| {
            let is_there = self.things[object].state(session) == state && self.world.kind(object).table().2.is_some();
            is_there && (!out || self.world.is_adrift(object))
        };
        let meant: Vec<usize> = self.world.numbers().filter(is_meant).collect();
        let Some(object) = choose(&meant, object) else { return Ok(()) };
        let value = format!("s{}", self.story.len());
        self.tell(format!("{} = {value}, which is {state:?}", self.name(object)));
        self.things[object].set_value(session, &value);
        self.world.objects[object].row.value = value;
        self.world.objects[object].scribbled = out;
        Ok(())
    }

    /// Adds an object that a rollback made transient again, with what comes with it.
    pub(super) fn add_again(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let is_out =
            |&object: &usize| self.world.is_adrift(object) && self.things[object].state(session) == State::Transient;
        let out: Vec<usize> = self.world.numbers().filter(is_out).collect();
        let Some(object) = choose(&out, object) else { return Ok(()) };
        let objects = self.world.comes_with(object);
        let is_out = |object: usize| self.things[object].state(session) == State::Transient;
        if !objects.iter().all(|&object| is_out(object) && self.names_rows(session, object)) {
            return Ok(());
        }
        let Some(after) = self.attempt(|world| world.add_again(&objects)) else { return Ok(()) };
        let names: Vec<String> = objects.iter().map(|&object| self.name(object)).collect();
        self.tell(format!("add {} again, and with it {names:?}", self.name(object)));
        self.things[object].bring_back(session)?;
        self.world = after;
        Ok(())
    }

    /// Whether the keys and handles that an object holds are still those of the objects that it references.
    fn names_rows(&self, session: &Session, object: usize) -> bool {
        let mut edges = self.world.kind(object).edges();
        edges.all(|edge| {
            let parent = self.world.parent(edge, object);
            match edge.name.reference(session, self.things[object]) {
                Reference::Key(key) => parent
                    .is_some_and(|parent| self.world.key(parent).as_ref() == Some(&key) && self.world.stays(parent)),
                Reference::Object(thing) => {
                    thing.state(session) != State::Detached && parent.is_some_and(|parent| self.things[parent] == thing)
                }
                Reference::None => parent.is_none(),
            }
        })
    }

    /// Adds a parent whose literal carries members by their handles.
    pub(super) fn carry(&mut self, session: &mut Session, edge: Pick, children: &[Pick]) -> Result<()> {
        let edges: Vec<&'static Edge> =
            EDGES.iter().filter(|edge| !edge.bare && self.pick(edge.child, 0).is_some()).collect();
        // The key of a street is that of a region, which no literal of doors has.
        let Some(edge) = choose(&edges, edge).filter(|edge| edge.parent != Kind::Street) else { return Ok(()) };
        let mut picked: Vec<usize> = children.iter().filter_map(|&child| self.pick(edge.child, child)).collect();
        picked.truncate(if edge.one { 1 } else { picked.len() });
        let number = i32::try_from(self.things.len()).unwrap();
        let value = format!("c{}", self.story.len());
        let row = Row {
            value: if edge.parent.table().2.is_some() { value.clone() } else { String::new() },
            code: edge.parent.code(number),
            ..Row::default()
        };
        let parent = self.world.objects.len();
        let after = self.attempt(|world| {
            world.add(edge.parent, row);
            picked.iter().for_each(|&child| world.set_parent(edge, child, Some(parent)));
        });
        let Some(after) = after else { return Ok(()) };
        let names: Vec<String> = picked.iter().map(|&child| self.name(child)).collect();
        self.tell(format!("add {:?}{parent} carrying {:?} {names:?}", edge.parent, edge.name));
        let things = picked.iter().map(|&child| self.thing(session, child)).collect::<Result<Vec<_>>>()?;
        let thing = edge.name.add_carrying(session, number, &value, &things);
        self.things.push(thing);
        self.world = after;
        Ok(())
    }

    /// Finds parents with some of their members.
    pub(super) fn include_some(&mut self, session: &mut Session, edge: Pick, above: Pick) -> Result<()> {
        let Some(edge) = self.edge(edge).filter(|edge| !edge.bare) else { return Ok(()) };
        self.tell(format!("include {:?} above {}", edge.name, above % 8));
        self.partial.insert(edge.name);
        let found = session.no_autoflush(|session| edge.name.include_some(session, i64::from(above % 8)))?;
        let found: BTreeSet<usize> = found.into_iter().map(|thing| self.number(session, thing)).collect();
        let is_row = |&number: &usize| self.world.kind(number) == edge.parent;
        let rows: BTreeSet<usize> = self.world.rows.keys().copied().filter(is_row).collect();
        assert_eq!(found, rows, "the objects that a query with an include found");
        Ok(())
    }

    /// A value that rows have, of the kind of an object, after a flush.
    fn shared_value(&mut self, session: &mut Session, object: Pick, of: &[Kind]) -> Result<Option<(Kind, String)>> {
        let is_meant = |&object: &usize| {
            let kind = self.world.kind(object);
            kind.table().2.is_some() && (of.is_empty() || of.contains(&kind))
        };
        let meant: Vec<usize> = self.world.rows.keys().copied().filter(is_meant).collect();
        let Some(object) = choose(&meant, object).filter(|_| !self.world.is_refused()) else { return Ok(None) };
        self.flush(session)?;
        Ok(self.world.rows.get(&object).map(|row| (self.world.kind(object), row.value.clone())))
    }

    pub(super) fn update_all(&mut self, session: &mut Session, object: Pick, how: Pick) -> Result<()> {
        let Some((kind, value)) = self.shared_value(session, object, &[])? else { return Ok(()) };
        // Now and then several rows have the same value.
        let to = if how.is_multiple_of(2) { "same".to_owned() } else { format!("b{}", self.story.len()) };
        self.tell(format!("update all {kind:?} that are {value} to {to}, {:?}", synchronize(how)));
        let rows = rows_with(&self.world, kind, &value);
        assert_eq!(kind.update_all(session, &value, &to, synchronize(how))?, rows.len() as u64);
        for number in rows {
            self.world.objects[number].row.value.clone_from(&to);
            if let Some(row) = self.world.rows.get_mut(&number) {
                row.value.clone_from(&to);
            }
        }
        Ok(())
    }

    pub(super) fn delete_all(&mut self, session: &mut Session, object: Pick, how: Pick) -> Result<()> {
        let Some((kind, value)) = self.shared_value(session, object, &LEAVES)? else { return Ok(()) };
        self.tell(format!("delete all {kind:?} that are {value}, {:?}", synchronize(how)));
        let rows = rows_with(&self.world, kind, &value);
        assert_eq!(kind.delete_all(session, &value, synchronize(how))?, rows.len() as u64);
        for number in rows {
            self.world.rows.remove(&number);
            self.world.objects[number].life = Life::Deleted;
        }
        Ok(())
    }
}

fn rows_with(world: &World, kind: Kind, value: &str) -> Vec<usize> {
    let rows = world.rows.iter().filter(|&(&number, row)| world.kind(number) == kind && row.value == value);
    rows.map(|(&number, _)| number).collect()
}

/// `Auto` evaluates in memory as far as no object there is expired.
fn synchronize(how: Pick) -> Synchronize {
    if (how / 2).is_multiple_of(3) { Synchronize::Fetch } else { Synchronize::Auto }
}
