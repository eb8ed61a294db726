//! Does the same to a session and to the reference, and compares them.

mod expect;

use std::collections::{BTreeMap, BTreeSet};

use orm::prelude::*;
use orm::{ErrorKind, Result, State};

use crate::TestContext;
use crate::by_model::operation::{Operation, Pick};
use crate::by_model::things::{EDGES, Edge, Kind, Thing};
use crate::by_model::world::{Life, World};
use crate::models::{Mixtape, Node, Track};

/// A session's objects beside the reference's.
pub(crate) struct Runner<'c> {
    cx: &'c TestContext,
    world: World,
    /// The world at the last commit.
    committed: World,
    things: Vec<Thing>,
    /// A handle of no object of the session.
    stranger: Handle<Node>,
    keys: BTreeMap<usize, i64>,
    /// Whether objects that the transaction wrote were forgotten by the session, which cannot restore those.
    forgot: bool,
    /// What was done, in words.
    pub(crate) story: Vec<String>,
}

/// How a part of the operations ended.
enum End {
    Finished,
    Released,
    RolledBack,
}

impl<'c> Runner<'c> {
    pub(crate) fn new(cx: &'c TestContext) -> Self {
        let (world, committed) = (World::default(), World::default());
        let stranger = cx.session().add(Node::default());
        Self {
            cx,
            world,
            committed,
            things: Vec::new(),
            stranger,
            forgot: false,
            keys: BTreeMap::new(),
            story: Vec::new(),
        }
    }

    /// Runs all operations, and commits.
    pub(crate) fn run(&mut self, operations: &[Operation]) -> Result<()> {
        let mut session = self.cx.session();
        self.part(&mut session, &mut operations.iter(), false)?;
        match self.world.is_refused() {
            true => self.rollback(&mut session),
            false => self.commit(&mut session),
        }
    }

    /// Runs operations up to the end of the savepoint, or up to the last.
    fn part<'o>(
        &mut self,
        session: &mut Session,
        operations: &mut impl Iterator<Item = &'o Operation>,
        is_nested: bool,
    ) -> Result<End> {
        while let Some(operation) = operations.next() {
            match operation {
                Operation::Begin if !self.world.is_refused() => self.nest(session, operations)?,
                Operation::Release if is_nested => return Ok(End::Released),
                Operation::RollbackTo if is_nested => return Ok(End::RolledBack),
                Operation::Commit if !is_nested => self.commit_or_refuse(session)?,
                Operation::Rollback if !is_nested => self.rollback(session)?,
                operation => self.step(session, operation)?,
            }
            self.expect_memory(session);
        }
        Ok(End::Finished)
    }

    fn nest(&mut self, session: &mut Session, operations: &mut dyn Iterator<Item = &Operation>) -> Result<()> {
        self.tell("begin_nested".into());
        let mut nested = session.begin_nested()?;
        self.world.flush();
        self.note_keys(&nested);
        let before = self.world.clone();
        self.expect_memory(&mut nested);
        let mut operations = operations;
        match self.part(&mut nested, &mut operations, true)? {
            End::RolledBack => {
                self.tell("roll back to savepoint".into());
                nested.rollback()?;
                self.world.restore(&before);
                self.forget_restored(session);
            }
            End::Released | End::Finished if self.world.is_refused() => {
                self.tell("drop savepoint".into());
                drop(nested);
                self.world.restore(&before);
                self.forget_restored(session);
            }
            End::Released | End::Finished => {
                self.tell("release savepoint".into());
                nested.commit()?;
                self.world.flush();
            }
        }
        self.note_keys(session);
        self.expect_memory(session);
        Ok(())
    }

    /// After a rollback: what was forgotten and loaded again during the transaction is loaded anew.
    fn forget_restored(&mut self, session: &mut Session) {
        if self.forgot {
            self.forget(session);
        }
    }

    fn step(&mut self, session: &mut Session, operation: &Operation) -> Result<()> {
        match operation {
            Operation::Add { kind, parent, by_push } => self.add(session, *kind, *parent, *by_push),
            Operation::Push { edge, parent, child } => self.give_parent(session, *edge, *parent, *child, true),
            Operation::Assign { edge, parent, child } => self.give_parent(session, *edge, *parent, *child, false),
            Operation::Clear { edge, child } => self.lose_parent(session, *edge, *child, false),
            Operation::Remove { edge, child } => self.lose_parent(session, *edge, *child, true),
            Operation::Set { edge, parent, children } => self.set(session, *edge, *parent, children),
            Operation::Load { edge, parent } => self.load(session, *edge, *parent),
            Operation::Link { track, mixtape, from_track } => self.link(session, *track, *mixtape, *from_track),
            Operation::Unlink { pair, from_track } => self.unlink(session, *pair, *from_track),
            Operation::Captain { team, player } => self.captain(session, *team, *player),
            Operation::Value { object } => self.value(session, *object),
            Operation::Delete { object } => self.delete(session, *object),
            Operation::Undelete { object } => self.undelete(session, *object),
            Operation::Expunge { object } => self.expunge(session, *object),
            Operation::Query { kind } => self.query(session, *kind),
            Operation::Flush => self.flush(session),
            Operation::Forget => {
                self.tell("clear".into());
                self.forget(session);
                self.forgot = true;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn forget(&mut self, session: &mut Session) {
        session.clear();
        self.world.clear();
    }

    fn tell(&mut self, words: String) {
        self.story.push(words);
    }

    fn name(&self, object: usize) -> String {
        format!("{:?}{object}", self.world.kind(object))
    }

    /// The object behind a number, loaded again if it was expunged.
    fn thing(&mut self, session: &mut Session, object: usize) -> Result<Thing> {
        let thing = self.things[object];
        if self.world.objects[object].life == Life::Persistent && thing.state(session) == State::Detached {
            let key = self.keys[&object];
            let kind = self.world.kind(object);
            let found = session.no_autoflush(|session| kind.get(session, key))?;
            let name = self.name(object);
            self.things[object] = found.unwrap_or_else(|| panic!("{name} is not found by its key {key}"));
        }
        Ok(self.things[object])
    }

    /// The number of an object that the session gave.
    fn number(&mut self, session: &Session, thing: Thing) -> usize {
        if let Some(number) = self.things.iter().position(|&known| known == thing) {
            return number;
        }
        let key = thing.key(session);
        let same_row = |&number: &usize| {
            std::mem::discriminant(&self.things[number]) == std::mem::discriminant(&thing)
                && self.keys.get(&number) == Some(&key)
                && self.world.objects[number].life == Life::Persistent
        };
        let number =
            (0..self.things.len()).find(same_row).unwrap_or_else(|| panic!("{thing:?} with key {key} is unknown"));
        assert_eq!(self.things[number].state(session), State::Detached, "a second object for {}", self.name(number));
        self.things[number] = thing;
        number
    }

    fn pick(&self, kind: Kind, pick: Pick) -> Option<usize> {
        choose(&self.world.of_kind(kind), pick)
    }

    fn add(&mut self, session: &mut Session, kind: Kind, parent: Option<Pick>, by_push: bool) -> Result<()> {
        let value = format!("v{}", self.story.len());
        let number = self.world.add(kind, value.clone());
        let thing = kind.add(session, i32::try_from(number).unwrap(), &value);
        self.things.push(thing);
        self.tell(format!("add {}", self.name(number)));
        let Some(edge) = kind.edge() else { return Ok(()) };
        match parent.and_then(|parent| self.pick(edge.parent, parent)) {
            Some(parent) if parent != number => self.relate(session, edge, parent, number, by_push),
            _ => Ok(()),
        }
    }

    fn give_parent(&mut self, session: &mut Session, edge: Pick, parent: Pick, child: Pick, push: bool) -> Result<()> {
        let edge = &EDGES[usize::from(edge) % EDGES.len()];
        let (Some(parent), Some(child)) = (self.pick(edge.parent, parent), self.pick(edge.child, child)) else {
            return Ok(());
        };
        self.relate(session, edge, parent, child, push)
    }

    fn relate(&mut self, session: &mut Session, edge: &Edge, parent: usize, child: usize, push: bool) -> Result<()> {
        if edge.parent == edge.child && self.world.is_above(child, parent) {
            return Ok(());
        }
        let replaced: Vec<usize> =
            self.world.members(edge, parent).into_iter().filter(|&old| edge.one && old != child).collect();
        if replaced.iter().any(|&old| !self.world.stays(old) || !self.may_orphan(edge, old)) {
            return Ok(());
        }
        self.tell(format!(
            "{} {:?} {} <- {}",
            if push { "push" } else { "assign" },
            edge.name,
            self.name(parent),
            self.name(child)
        ));
        let (parent_thing, child_thing) = (self.thing(session, parent)?, self.thing(session, child)?);
        if push {
            session.no_autoflush(|session| edge.name.push(session, parent_thing, child_thing))?;
        } else {
            if edge.one {
                session.no_autoflush(|session| edge.name.load(session, parent_thing))?;
            }
            edge.name.assign(session, child_thing, Some(parent_thing));
        }
        self.world.set_parent(edge, child, Some(parent));
        Ok(())
    }

    /// Whether an object may leave its parent: what a pending one would take along must not leave others without parents.
    fn may_orphan(&self, edge: &Edge, child: usize) -> bool {
        let pending = self.world.objects[child].life == Life::Pending;
        !(pending && edge.orphans) || self.may_delete(child)
    }

    /// Whether nothing that stays references what a delete takes out.
    fn may_delete(&self, object: usize) -> bool {
        let reach = self.world.reach(object);
        let references_pending = |number: usize, target: usize| {
            self.world.stays(number)
                && !reach.contains(&number)
                && self.world.objects[target].life == Life::Pending
                && self.world.objects[number].row.parent == Some(target)
        };
        let is_captain = |target: usize| {
            self.world
                .objects
                .iter()
                .any(|team| matches!(team.life, Life::Pending | Life::Persistent) && team.row.captain == Some(target))
        };
        reach.iter().all(|&target| {
            !is_captain(target) && (0..self.world.objects.len()).all(|number| !references_pending(number, target))
        })
    }

    fn lose_parent(&mut self, session: &mut Session, edge: Pick, child: Pick, remove: bool) -> Result<()> {
        let edge = &EDGES[usize::from(edge) % EDGES.len()];
        let Some(child) = self.pick(edge.child, child).filter(|_| edge.nullable || remove) else { return Ok(()) };
        let Some(parent) = self.world.objects[child].row.parent.filter(|&parent| self.world.stays(parent)) else {
            return Ok(());
        };
        if !self.may_orphan(edge, child) {
            return Ok(());
        }
        self.tell(format!(
            "{} {:?} {} -> {}",
            if remove { "remove" } else { "clear" },
            edge.name,
            self.name(parent),
            self.name(child)
        ));
        let (parent_thing, child_thing) = (self.thing(session, parent)?, self.thing(session, child)?);
        match remove {
            true => session.no_autoflush(|session| edge.name.remove(session, parent_thing, child_thing))?,
            false => edge.name.assign(session, child_thing, None),
        }
        self.world.set_parent(edge, child, None);
        Ok(())
    }

    fn set(&mut self, session: &mut Session, edge: Pick, parent: Pick, children: &[Pick]) -> Result<()> {
        let edge = &EDGES[usize::from(edge) % EDGES.len()];
        let Some(parent) = self.pick(edge.parent, parent) else { return Ok(()) };
        let mut picked: Vec<usize> = children.iter().filter_map(|&child| self.pick(edge.child, child)).collect();
        picked.retain(|&child| edge.parent != edge.child || !self.world.is_above(child, parent));
        picked.truncate(if edge.one { 1 } else { picked.len() });
        let before = self.world.members(edge, parent);
        let leaving: Vec<usize> = before.iter().copied().filter(|old| !picked.contains(old)).collect();
        if leaving.iter().any(|&old| !self.world.stays(old) || !self.may_orphan(edge, old)) {
            return Ok(());
        }
        let names: Vec<String> = picked.iter().map(|&child| self.name(child)).collect();
        self.tell(format!("set {:?} {} = {names:?}", edge.name, self.name(parent)));
        let parent_thing = self.thing(session, parent)?;
        let things = picked.iter().map(|&child| self.thing(session, child)).collect::<Result<Vec<_>>>()?;
        session.no_autoflush(|session| edge.name.set(session, parent_thing, &things))?;
        leaving.into_iter().for_each(|old| self.world.set_parent(edge, old, None));
        picked.into_iter().for_each(|child| self.world.set_parent(edge, child, Some(parent)));
        Ok(())
    }

    fn load(&mut self, session: &mut Session, edge: Pick, parent: Pick) -> Result<()> {
        let edge = &EDGES[usize::from(edge) % EDGES.len()];
        let Some(parent) = self.pick(edge.parent, parent) else { return Ok(()) };
        self.tell(format!("load {:?} {}", edge.name, self.name(parent)));
        let thing = self.thing(session, parent)?;
        let found = session.no_autoflush(|session| edge.name.load(session, thing))?;
        self.expect_members(session, edge, parent, found);
        Ok(())
    }

    fn link(&mut self, session: &mut Session, track: Pick, mixtape: Pick, from_track: bool) -> Result<()> {
        let (Some(track), Some(mixtape)) = (self.pick(Kind::Track, track), self.pick(Kind::Mixtape, mixtape)) else {
            return Ok(());
        };
        self.tell(format!("link {} - {}", self.name(track), self.name(mixtape)));
        let (Thing::Track(left), Thing::Mixtape(right)) = (self.thing(session, track)?, self.thing(session, mixtape)?)
        else {
            panic!("a track and a mixtape");
        };
        session.no_autoflush(|session| match from_track {
            true => session.push(left, Track::mixtapes, right).map(drop),
            false => session.push(right, Mixtape::tracks, left).map(drop),
        })?;
        self.world.pairs.insert((track, mixtape));
        Ok(())
    }

    fn unlink(&mut self, session: &mut Session, pair: Pick, from_track: bool) -> Result<()> {
        let pairs = self.world.pairs.iter().copied();
        let pairs: Vec<_> = pairs.filter(|&(track, tape)| self.world.stays(track) && self.world.stays(tape)).collect();
        let Some((track, mixtape)) = choose(&pairs, pair) else { return Ok(()) };
        self.tell(format!("unlink {} - {}", self.name(track), self.name(mixtape)));
        let (Thing::Track(left), Thing::Mixtape(right)) = (self.thing(session, track)?, self.thing(session, mixtape)?)
        else {
            panic!("a track and a mixtape");
        };
        session.no_autoflush(|session| match from_track {
            true => session.remove(left, Track::mixtapes, right),
            false => session.remove(right, Mixtape::tracks, left),
        })?;
        self.world.pairs.remove(&(track, mixtape));
        Ok(())
    }

    fn captain(&mut self, session: &mut Session, team: Pick, player: Option<Pick>) -> Result<()> {
        let Some(team) = self.pick(Kind::Team, team) else { return Ok(()) };
        let player = player.and_then(|player| self.pick(Kind::Player, player));
        // Rows in a circle that are all new are another matter.
        let has_row = |object: &usize| self.world.objects[*object].life == Life::Persistent;
        if !has_row(&team) || player.is_some_and(|player| !has_row(&player)) {
            return Ok(());
        }
        self.tell(format!("captain of {} = {:?}", self.name(team), player));
        let Thing::Team(handle) = self.thing(session, team)? else { panic!("a team") };
        let captain = match player {
            None => None,
            Some(player) => match self.thing(session, player)? {
                Thing::Player(player) => player.into(),
                other => panic!("{other:?}"),
            },
        };
        session[handle].captain = captain;
        self.world.objects[team].row.captain = player;
        Ok(())
    }

    fn value(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let has_value = |&object: &usize| self.world.kind(object).table().2.is_some();
        let Some(object) = self.any(object).filter(has_value) else { return Ok(()) };
        let value = format!("w{}", self.story.len());
        self.tell(format!("{} = {value}", self.name(object)));
        self.thing(session, object)?.set_value(session, &value);
        self.world.objects[object].row.value = value;
        Ok(())
    }

    /// Any object that stays.
    fn any(&self, pick: Pick) -> Option<usize> {
        let all: Vec<usize> = (0..self.things.len()).filter(|&object| self.world.stays(object)).collect();
        choose(&all, pick)
    }

    fn delete(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let Some(object) = self.any(object).filter(|&object| self.may_delete(object)) else { return Ok(()) };
        self.tell(format!("delete {}", self.name(object)));
        self.thing(session, object)?.delete(session)?;
        self.world.delete(object, object);
        Ok(())
    }

    fn undelete(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let deleted = |&object: &usize| self.world.objects[object].deleted_by == Some(object);
        let deleted: Vec<usize> = (0..self.things.len()).filter(deleted).collect();
        let Some(object) = choose(&deleted, object) else { return Ok(()) };
        // What was taken out of a collection, and not deleted, comes back by being pushed.
        let orphans = self.world.kind(object).edge().is_some_and(|edge| edge.orphans);
        if orphans && self.world.objects[object].row.parent.is_none() {
            return Ok(());
        }
        self.tell(format!("undelete {}", self.name(object)));
        self.thing(session, object)?.undelete(session)?;
        self.world.undelete(object);
        Ok(())
    }

    fn expunge(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let Some(object) = self.any(object) else { return Ok(()) };
        let is_listed = self.world.objects.iter().any(|child| child.row.parent == Some(object));
        let is_captain = self.world.objects.iter().any(|team| team.row.captain == Some(object));
        // A loaded collection does not list a member that was expunged, though its row comes back.
        let in_pairs = self.world.row_pairs.iter().any(|&(track, tape)| track == object || tape == object);
        let is_member = self.world.rows.get(&object).is_some_and(|row| row.parent.is_some()) || in_pairs;
        if is_listed || is_captain || is_member {
            return Ok(());
        }
        self.tell(format!("expunge {}", self.name(object)));
        self.thing(session, object)?.expunge(session)?;
        self.world.expunge(object);
        self.forgot = true;
        // Its row brings it back.
        self.thing(session, object).map(drop)
    }

    fn query(&mut self, session: &mut Session, kind: Kind) -> Result<()> {
        if self.world.is_refused() {
            return Ok(());
        }
        let mut flushed = self.world.clone();
        flushed.flush();
        let rows = |world: &World| -> BTreeSet<usize> {
            world.rows.keys().copied().filter(|&number| world.kind(number) == kind).collect()
        };
        let concerned = rows(&flushed).iter().any(|number| flushed.rows.get(number) != self.world.rows.get(number))
            || rows(&flushed) != rows(&self.world);
        self.tell(format!("query {kind:?}"));
        let found = match concerned {
            true => kind.all(session)?,
            false => session.no_autoflush(|session| kind.all(session))?,
        };
        if concerned {
            self.world = flushed;
            self.note_keys(session);
        }
        let found: BTreeSet<usize> = found.into_iter().map(|thing| self.number(session, thing)).collect();
        assert_eq!(found, rows(&self.world), "the objects that a query found");
        Ok(())
    }

    fn flush(&mut self, session: &mut Session) -> Result<()> {
        if self.world.is_refused() {
            return self.refuse(session);
        }
        self.tell("flush".into());
        session.flush()?;
        self.world.flush();
        self.note_keys(session);
        Ok(())
    }

    fn refuse(&mut self, session: &mut Session) -> Result<()> {
        self.tell("flush, refused".into());
        match session.flush() {
            Err(error) if error.kind() == ErrorKind::NotNullViolation => Ok(()),
            other => panic!("the flush should refuse a key that was never set: {other:?}"),
        }
    }

    fn commit_or_refuse(&mut self, session: &mut Session) -> Result<()> {
        match self.world.is_refused() {
            true => self.refuse(session),
            false => self.commit(session),
        }
    }

    fn commit(&mut self, session: &mut Session) -> Result<()> {
        self.tell("commit".into());
        session.commit()?;
        self.world.flush();
        self.world.commit();
        self.note_keys(session);
        self.committed = self.world.clone();
        self.forgot = false;
        self.expect_memory(session);
        self.expect_rows();
        Ok(())
    }

    fn rollback(&mut self, session: &mut Session) -> Result<()> {
        self.tell("rollback".into());
        session.rollback()?;
        let committed = std::mem::take(&mut self.committed);
        self.world.restore(&committed);
        self.committed = committed;
        self.forget_restored(session);
        self.forgot = false;
        self.expect_memory(session);
        Ok(())
    }

    fn note_keys(&mut self, session: &Session) {
        for (number, &thing) in self.things.iter().enumerate() {
            if self.world.objects[number].life == Life::Persistent && thing.state(session) == State::Persistent {
                self.keys.insert(number, thing.key(session));
            }
        }
    }
}

fn choose<T: Copy>(items: &[T], pick: Pick) -> Option<T> {
    if items.is_empty() { None } else { Some(items[usize::from(pick) % items.len()]) }
}
