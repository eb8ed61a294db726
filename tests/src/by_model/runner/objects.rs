//! Operations on single objects.

use orm::prelude::*;
use orm::{Result, Session, State};

use super::{Runner, choose};
use crate::by_model::operation::{Pick, Way};
use crate::by_model::relations::Edge;
use crate::by_model::things::{Kind, Thing, region};
use crate::by_model::world::{Life, Row, Why, World};
use crate::models::Player;

/// What desks are called.
const NICKS: [Option<&str>; 4] = [Some("ace"), Some("bee"), Some("cat"), None];

impl Runner<'_> {
    pub(super) fn add(
        &mut self,
        session: &mut Session,
        kind: Kind,
        parents: &[Option<Pick>; 2],
        way: Way,
    ) -> Result<()> {
        let number = i32::try_from(self.things.len()).unwrap();
        let value = format!("v{}", self.story.len());
        let row = Row {
            value: if kind.table().2.is_some() { value.clone() } else { String::new() },
            code: kind.code(number),
            ..Row::default()
        };
        let object = self.world.add(kind, row);
        self.things.push(kind.add(session, number, &value));
        self.tell(format!("add {}", self.name(object)));
        self.give_parents(session, object, parents, way)
    }

    fn give_parents(
        &mut self,
        session: &mut Session,
        object: usize,
        parents: &[Option<Pick>; 2],
        way: Way,
    ) -> Result<()> {
        let edges: Vec<&'static Edge> = self.world.kind(object).edges().collect();
        for (edge, pick) in edges.into_iter().zip(parents) {
            let parent =
                pick.and_then(|pick| self.pick(edge.parent, pick)).filter(|&parent| parent != object || edge.nullable);
            if let Some(parent) = parent.filter(|_| self.world.stays(object)) {
                self.relate(session, edge, parent, object, way)?;
            }
        }
        Ok(())
    }

    pub(super) fn value(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let has_value = |&object: &usize| self.world.kind(object).table().2.is_some();
        let Some(object) = self.any(object).filter(has_value) else { return Ok(()) };
        let value = format!("w{}", self.story.len());
        self.tell(format!("{} = {value}", self.name(object)));
        self.thing(session, object)?.set_value(session, &value);
        self.world.objects[object].row.value = value;
        self.world.objects[object].suffix = None;
        Ok(())
    }

    pub(super) fn append(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let Some(object) = self.any_persistent(object).filter(|&object| self.world.kind(object) == Kind::Player) else {
            return Ok(());
        };
        let suffix = format!("+{}", self.story.len());
        self.tell(format!("{} += {suffix}", self.name(object)));
        let Thing::Player(player) = self.thing(session, object)? else { panic!("a player") };
        session.set_expr(player, Player::name, Player::name.concat(suffix.clone()))?;
        self.world.objects[object].row.value = self.world.rows[&object].value.clone();
        self.world.objects[object].suffix = Some(suffix);
        Ok(())
    }

    /// Renames what only one row may have; who has it already, gets the old one where the database allows it.
    pub(super) fn code(&mut self, session: &mut Session, object: Pick, code: Pick) -> Result<()> {
        let Some(object) = self.any(object) else { return Ok(()) };
        let kind = self.world.kind(object);
        let fresh = 1_000 + i32::try_from(self.story.len()).unwrap();
        let code = match kind {
            Kind::Region | Kind::Station => Some(region(fresh)),
            Kind::Street => Some(fresh.to_string()),
            Kind::Company => Some(self.company_name(code)),
            Kind::Desk => NICKS[usize::from(code) % NICKS.len()].map(ToOwned::to_owned),
            _ => return Ok(()),
        };
        let old = self.world.objects[object].row.code.clone();
        let has_it = |&other: &usize| {
            kind == Kind::Desk && other != object && code.is_some() && self.world.objects[other].row.code == code
        };
        let other = self.world.of_kind(kind).into_iter().find(has_it);
        let after = self.attempt(|world| {
            world.objects[object].row.code.clone_from(&code);
            other.into_iter().for_each(|other| world.objects[other].row.code.clone_from(&old));
        });
        let Some(after) = after else { return Ok(()) };
        self.tell(format!("{} is called {code:?}, and {other:?} {old:?}", self.name(object)));
        self.thing(session, object)?.set_code(session, code.as_deref());
        if let Some(other) = other {
            self.thing(session, other)?.set_code(session, old.as_deref());
        }
        self.world = after;
        Ok(())
    }

    /// A new name, or one that a company has or had.
    fn company_name(&self, pick: Pick) -> String {
        let is_company = |object: &usize| self.world.kind(*object) == Kind::Company;
        let names =
            self.world.numbers().filter(is_company).filter_map(|object| self.world.rows.get(&object)?.code.clone());
        let mut names: Vec<String> = names.collect();
        names.push(format!("n{}", self.story.len()));
        names.swap_remove(usize::from(pick) % names.len())
    }

    pub(super) fn delete(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let Some(object) = self.any(object) else { return Ok(()) };
        let Some(after) = self.attempt(|world| world.delete(object, Why::Asked)) else { return Ok(()) };
        self.tell(format!("delete {}", self.name(object)));
        self.thing(session, object)?.delete(session)?;
        self.world = after;
        Ok(())
    }

    pub(super) fn undelete(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let deleted = |&object: &usize| self.world.objects[object].goes == Some(Why::Asked);
        let deleted: Vec<usize> = self.world.numbers().filter(deleted).collect();
        let Some(object) = choose(&deleted, object) else { return Ok(()) };
        let Some(after) = self.attempt(|world| world.undelete(object)) else { return Ok(()) };
        self.tell(format!("undelete {}", self.name(object)));
        self.thing(session, object)?.undelete(session)?;
        self.world = after;
        Ok(())
    }

    /// An object, and what its relations that cascade everything reach in memory.
    fn reached(&mut self, session: &mut Session, object: usize) -> Result<Vec<usize>> {
        let mut reached = vec![object];
        self.thing(session, object)?;
        let mut next = 0;
        while let Some(&object) = reached.get(next) {
            next += 1;
            let edges: Vec<&'static Edge> = self.world.kind(object).collections().filter(|edge| edge.cascade).collect();
            for edge in edges {
                for member in edge.name.related(session, self.things[object]).unwrap_or_default() {
                    let member = self.number(session, member);
                    if !reached.contains(&member) {
                        reached.push(member);
                    }
                }
            }
        }
        Ok(reached)
    }

    /// Whether another object that stays names one of these by its handle.
    fn are_named(&self, session: &Session, objects: &[usize]) -> bool {
        let may_stay = |other: &usize| self.world.is_alive(*other) || self.world.objects[*other].goes.is_some();
        let others = self.world.numbers().filter(|other| may_stay(other) && !objects.contains(other));
        let mut others = others.filter(|&other| self.things[other].state(session) != State::Detached);
        others.any(|other| {
            let mut named = self.world.objects[other].row.refs.iter().filter(|(_, parent)| objects.contains(parent));
            named.any(|(name, _)| {
                use crate::by_model::relations::Reference;
                matches!(name.reference(session, self.things[other]), Reference::Object(_))
            })
        })
    }

    pub(super) fn expunge(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let Some(object) = self.any(object) else { return Ok(()) };
        let reached = self.reached(session, object)?;
        let after = self.attempt(|world| reached.iter().for_each(|&object| world.expunge(object)));
        let Some(after) = after.filter(|_| !self.are_named(session, &reached)) else { return Ok(()) };
        self.tell(format!("expunge {}", self.name(object)));
        self.thing(session, object)?.expunge(session)?;
        self.absent.extend(reached);
        self.world = after;
        self.forgot = true;
        Ok(())
    }

    pub(super) fn attach(&mut self, session: &mut Session, object: Pick) -> Result<()> {
        let Some(object) = self.any_persistent(object).filter(|&object| !self.world.is_modified(object)) else {
            return Ok(());
        };
        let reached = self.reached(session, object)?;
        let after = self.attempt(|world| reached.iter().for_each(|&object| world.expunge(object)));
        let Some(after) = after.filter(|_| !self.are_named(session, &reached)) else { return Ok(()) };
        if self.has_handles(session, object) {
            return Ok(());
        }
        self.tell(format!("expunge and attach {}", self.name(object)));
        let thing = self.thing(session, object)?;
        self.things[object] = thing.attach_again(session)?;
        self.absent.extend(reached);
        self.world = after;
        self.forgot = true;
        Ok(())
    }

    /// A new object whose transaction was rolled back is taken out and added anew.
    pub(super) fn revive(&mut self, session: &mut Session, object: Pick, parents: &[Pick; 2]) -> Result<()> {
        let is_out = |&object: &usize| {
            self.world.objects[object].life == Life::Transient
                && self.world.objects[object].goes.is_none()
                && self.things[object].state(session) == State::Transient
        };
        let out: Vec<usize> = self.world.numbers().filter(is_out).collect();
        let Some(object) = choose(&out, object) else { return Ok(()) };
        let bring = |world: &mut World| {
            let object = &mut world.objects[object];
            object.life = Life::Pending;
            object.suffix = None;
            object.row.refs.clear();
            (object.adrift, object.settled, object.scribbled) = (false, false, false);
        };
        let Some(after) = self.attempt(bring) else { return Ok(()) };
        self.tell(format!("add {} again", self.name(object)));
        let thing = self.things[object].add_again(session)?;
        self.things[object] = thing;
        self.world = after;
        for edge in self.world.kind(object).edges() {
            edge.name.assign(session, thing, None, false);
        }
        let other = |&(_, left, right): &(_, usize, usize)| left != object && right != object;
        self.world.pairs.retain(other);
        self.world.lost_pairs.retain(other);
        self.give_parents(session, object, &parents.map(Some), Way::Handle)
    }

    pub(super) fn merge(&mut self, session: &mut Session, object: Pick, forget: bool) -> Result<()> {
        let Some(object) = self.any_persistent(object) else { return Ok(()) };
        let thing = self.thing(session, object)?;
        let has_other_key = self.world.kind(object).has_own_key() && self.world.is_modified(object);
        let is_bound = forget && (self.world.is_modified(object) || self.has_handles(session, object));
        if has_other_key || is_bound || self.world.objects[object].suffix.is_some() {
            return Ok(());
        }
        let value = format!("m{}", self.story.len());
        self.tell(format!("merge {} = {value}{}", self.name(object), if forget { " after clear" } else { "" }));
        let merged = session.no_autoflush(|session| thing.merge(session, &value, forget))?;
        if forget {
            self.world.clear();
            self.forgot = true;
        } else {
            assert_eq!(merged, thing, "what {} was merged into", self.name(object));
        }
        self.things[object] = merged;
        if self.world.kind(object).table().2.is_some() {
            self.world.objects[object].row.value = value;
        }
        Ok(())
    }

    pub(super) fn refresh(&mut self, session: &mut Session, object: Pick, read: bool) -> Result<()> {
        let Some(object) = self.any_persistent(object) else { return Ok(()) };
        let mut reached = self.reached(session, object)?;
        reached.retain(|&object| self.world.objects[object].life == Life::Persistent);
        // What goes with an object to which it was moved stays when it is where it was again.
        if reached.iter().any(|&object| !self.world.stays(object)) {
            return Ok(());
        }
        let Some(after) = self.attempt(|world| reached.iter().for_each(|&object| world.revert(object))) else {
            return Ok(());
        };
        self.tell(format!("{} {}", if read { "refresh" } else { "expire" }, self.name(object)));
        let thing = self.thing(session, object)?;
        match read {
            true => session.no_autoflush(|session| thing.refresh(session))?,
            false => thing.expire(session)?,
        }
        self.world = after;
        Ok(())
    }
}
