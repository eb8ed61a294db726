//! Does the same to a session and to the reference, and compares them.

mod expect;
mod many;
mod objects;
mod relations;
mod through;
mod whole;

use std::collections::BTreeSet;

use orm::prelude::*;
use orm::{Result, Session, State};

use crate::TestContext;
use crate::by_model::operation::{Operation, Pick};
use crate::by_model::relations::{EDGES, Edge, Name, Reference};
use crate::by_model::things::{Kind, Thing};
use crate::by_model::world::{Life, World};
use crate::models::Node;

/// A session's objects beside the reference's.
pub(crate) struct Runner<'c> {
    cx: &'c TestContext,
    world: World,
    /// The world at the last commit.
    committed: World,
    things: Vec<Thing>,
    /// A handle of no object of the session.
    stranger: Handle<Node>,
    /// Whether the session forgot objects since the transaction began, or read some that it had forgotten before.
    forgot: bool,
    /// What was expunged, which collections need not list.
    absent: BTreeSet<usize>,
    /// The relations of which some members were loaded.
    partial: BTreeSet<Name>,
    /// Whether an assignment was made whose consequences show with the next call that may change the session.
    assigned: bool,
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
        Self {
            cx,
            world: World::default(),
            committed: World::default(),
            things: Vec::new(),
            stranger: cx.session().add(Node::default()),
            forgot: false,
            absent: BTreeSet::new(),
            partial: BTreeSet::new(),
            assigned: false,
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

    /// The models of all objects.
    pub(crate) fn kinds(&self) -> BTreeSet<Kind> {
        self.world.objects.iter().map(|object| object.kind).collect()
    }

    /// Runs operations up to the end of the savepoint, or up to the last.
    fn part(
        &mut self,
        session: &mut Session,
        operations: &mut dyn Iterator<Item = &Operation>,
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
        self.tell("begin_nested");
        let mut nested = session.begin_nested()?;
        self.world.flush();
        self.note_keys(&nested);
        let before = self.world.clone();
        self.expect_memory(&mut nested);
        match self.part(&mut nested, operations, true)? {
            End::RolledBack => {
                self.tell("roll back to savepoint");
                nested.rollback()?;
                self.restore(session, &before)?;
            }
            End::Released | End::Finished if self.world.is_refused() => {
                self.tell("drop savepoint");
                drop(nested);
                self.restore(session, &before)?;
            }
            End::Released | End::Finished => {
                self.tell("release savepoint");
                nested.commit()?;
                self.world.flush();
            }
        }
        self.note_keys(session);
        self.expect_memory(session);
        Ok(())
    }

    fn step(&mut self, session: &mut Session, operation: &Operation) -> Result<()> {
        match operation {
            Operation::Add { kind, parents, way } => self.add(session, *kind, parents, *way),
            Operation::Give { edge, parent, child, way } => self.give(session, *edge, *parent, *child, *way),
            Operation::Clear { edge, child } => self.lose_parent(session, *edge, *child, false),
            Operation::Remove { edge, child } => self.lose_parent(session, *edge, *child, true),
            Operation::Set { edge, parent, children } => self.set(session, *edge, *parent, children),
            Operation::Load { edge, parent } => self.load(session, *edge, *parent),
            Operation::Link { link, left, right, from_left } => self.link(session, *link, *left, *right, *from_left),
            Operation::Unlink { pair, from_left } => self.unlink(session, *pair, *from_left),
            Operation::LoadLink { link, object, at_left } => self.load_link(session, *link, *object, *at_left),
            Operation::Cast { actor, film, from_actor } => self.cast(session, *actor, *film, *from_actor),
            Operation::Uncast { credit, from_actor } => self.uncast(session, *credit, *from_actor),
            Operation::LoadCast { object, at_actor } => self.load_cast(session, *object, *at_actor),
            Operation::Value { object } => self.value(session, *object),
            Operation::Append { object } => self.append(session, *object),
            Operation::Code { object, code } => self.code(session, *object, *code),
            Operation::Delete { object } => self.delete(session, *object),
            Operation::Undelete { object } => self.undelete(session, *object),
            Operation::Expunge { object } => self.expunge(session, *object),
            Operation::Attach { object } => self.attach(session, *object),
            Operation::Revive { object, parents } => self.revive(session, *object, parents),
            Operation::Scribble { object, out } => self.scribble(session, *object, *out),
            Operation::AddAgain { object } => self.add_again(session, *object),
            Operation::Carry { edge, children } => self.carry(session, *edge, children),
            Operation::IncludeSome { edge, above } => self.include_some(session, *edge, *above),
            Operation::UpdateAll { object, how } => self.update_all(session, *object, *how),
            Operation::DeleteAll { object, how } => self.delete_all(session, *object, *how),
            Operation::Merge { object, forget } => self.merge(session, *object, *forget),
            Operation::Refresh { object } => self.refresh(session, *object, true),
            Operation::Expire { object } => self.refresh(session, *object, false),
            Operation::Query { kind } => self.query(session, *kind),
            Operation::Flush => self.flush(session),
            Operation::Forget => {
                self.tell("clear");
                self.forget(session);
                Ok(())
            }
            Operation::Begin | Operation::Release | Operation::RollbackTo | Operation::Commit | Operation::Rollback => {
                Ok(())
            }
        }
    }

    fn tell(&mut self, words: impl Into<String>) {
        self.story.push(words.into());
    }

    fn name(&self, object: usize) -> String {
        format!("{:?}{object}", self.world.kind(object))
    }

    /// What an operation makes of the reference, unless a flush could not do it then.
    fn attempt(&self, work: impl FnOnce(&mut World)) -> Option<World> {
        let mut after = self.world.clone();
        work(&mut after);
        after.is_sound().then_some(after)
    }

    /// The object behind a number, loaded again if it was forgotten.
    fn thing(&mut self, session: &mut Session, object: usize) -> Result<Thing> {
        let thing = self.things[object];
        if self.world.objects[object].life == Life::Persistent && thing.state(session) == State::Detached {
            let key = self.world.key(object).unwrap();
            let kind = self.world.kind(object);
            let found = session.no_autoflush(|session| kind.get(session, &key))?;
            let name = self.name(object);
            self.forgot = true;
            self.things[object] = found.unwrap_or_else(|| panic!("{name} is not found by its key {key}"));
        }
        Ok(self.things[object])
    }

    /// The number of an object that the session gave.
    fn number(&mut self, session: &Session, thing: Thing) -> usize {
        if let Some(number) = self.things.iter().position(|&known| known == thing) {
            return number;
        }
        let key = thing.key(session).unwrap();
        let is_kind = |number: usize| std::mem::discriminant(&self.things[number]) == std::mem::discriminant(&thing);
        let mut same = self.world.numbers().filter(|&number| is_kind(number) && self.world.rows.contains_key(&number));
        let number = same.find(|&number| self.world.key(number).as_ref() == Some(&key));
        let number = number.unwrap_or_else(|| panic!("{thing:?} with key {key} is unknown"));
        assert_eq!(self.things[number].state(session), State::Detached, "a second object for {}", self.name(number));
        self.things[number] = thing;
        self.forgot = true;
        number
    }

    /// Whether a field names an object by its handle, which only this session knows.
    fn has_handles(&self, session: &Session, object: usize) -> bool {
        let thing = self.things[object];
        let mut edges = self.world.kind(object).edges();
        edges.any(|edge| matches!(edge.name.reference(session, thing), Reference::Object(_)))
    }

    fn pick(&self, kind: Kind, pick: Pick) -> Option<usize> {
        choose(&self.world.of_kind(kind), pick)
    }

    /// Any object that stays.
    fn any(&self, pick: Pick) -> Option<usize> {
        let all: Vec<usize> = self.world.numbers().filter(|&object| self.world.stays(object)).collect();
        choose(&all, pick)
    }

    /// Any object that stays and has a row.
    fn any_persistent(&self, pick: Pick) -> Option<usize> {
        let persistent =
            |&object: &usize| self.world.stays(object) && self.world.objects[object].life == Life::Persistent;
        choose(&self.world.numbers().filter(persistent).collect::<Vec<_>>(), pick)
    }

    /// An edge between kinds of which there are objects.
    fn edge(&self, pick: Pick) -> Option<&'static Edge> {
        let exists = |kind: Kind| self.world.numbers().any(|object| self.world.kind(object) == kind);
        let edges: Vec<&'static Edge> = EDGES.iter().filter(|edge| exists(edge.parent) && exists(edge.child)).collect();
        choose(&edges, pick)
    }

    /// Notes the keys that the database chose.
    fn note_keys(&mut self, session: &Session) {
        for (number, &thing) in self.things.iter().enumerate() {
            let known = self.world.rows.contains_key(&number) && thing.state(session) == State::Persistent;
            if let Some(key) = known.then(|| thing.key(session)).flatten() {
                self.world.ids.insert(number, key);
            }
        }
    }
}

fn choose<T: Copy>(items: &[T], pick: Pick) -> Option<T> {
    if items.is_empty() { None } else { Some(items[usize::from(pick) % items.len()]) }
}
