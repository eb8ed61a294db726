//! Operations on relations.

use orm::{Result, Session};

use super::{Runner, choose};
use crate::by_model::operation::{Pick, Way};
use crate::by_model::relations::{Edge, Link};
use crate::by_model::things::Thing;
use crate::by_model::world::Life;

impl Runner<'_> {
    pub(super) fn give(
        &mut self,
        session: &mut Session,
        edge: Pick,
        parent: Pick,
        child: Pick,
        way: Way,
    ) -> Result<()> {
        let Some(edge) = self.edge(edge) else { return Ok(()) };
        let is_member = |&child: &usize| {
            self.world.kind(child) == edge.child
                && (self.world.stays(child) || !edge.bare && self.world.may_come_back(child))
        };
        let children: Vec<usize> = self.world.numbers().filter(is_member).collect();
        match (self.pick(edge.parent, parent), choose(&children, child)) {
            (Some(parent), Some(child)) => self.relate(session, edge, parent, child, way),
            _ => Ok(()),
        }
    }

    pub(super) fn relate(
        &mut self,
        session: &mut Session,
        edge: &Edge,
        parent: usize,
        child: usize,
        way: Way,
    ) -> Result<()> {
        let Some(after) = self.attempt(|world| world.set_parent(edge, child, Some(parent))) else { return Ok(()) };
        // A parent whose key is not that of its row is not found by it.
        let has_row = self.world.objects[parent].life == Life::Persistent;
        let is_found = has_row && (!self.world.kind(parent).has_own_key() || !self.world.is_modified(parent));
        let way = match way {
            Way::Key if !is_found => Way::Handle,
            Way::Push if edge.bare => Way::Handle,
            way => way,
        };
        // What is assigned and was there before is no assignment.
        if way != Way::Push && !self.world.stays(child) && self.world.parent(edge, child) == Some(parent) {
            return Ok(());
        }
        self.tell(format!("{way:?} {:?} {} <- {}", edge.name, self.name(parent), self.name(child)));
        let (parent_thing, child_thing) = (self.thing(session, parent)?, self.thing(session, child)?);
        if way == Way::Push {
            session.no_autoflush(|session| edge.name.push(session, parent_thing, child_thing))?;
        } else {
            if edge.one {
                session.no_autoflush(|session| edge.name.load(session, parent_thing))?;
            }
            self.assigned = !self.world.stays(child);
            edge.name.assign(session, child_thing, Some(parent_thing), way == Way::Key);
        }
        self.world = after;
        Ok(())
    }

    pub(super) fn lose_parent(&mut self, session: &mut Session, edge: Pick, child: Pick, remove: bool) -> Result<()> {
        let Some(edge) = self.edge(edge).filter(|edge| !edge.in_key) else { return Ok(()) };
        let Some(child) = self.pick(edge.child, child) else { return Ok(()) };
        let Some(parent) = self.world.parent(edge, child).filter(|&parent| self.world.stays(parent)) else {
            return Ok(());
        };
        let remove = remove && !edge.bare;
        let Some(after) = self.attempt(|world| world.set_parent(edge, child, None)) else { return Ok(()) };
        let verb = if remove { "remove" } else { "clear" };
        self.tell(format!("{verb} {:?} {} -> {}", edge.name, self.name(parent), self.name(child)));
        let (parent_thing, child_thing) = (self.thing(session, parent)?, self.thing(session, child)?);
        match remove {
            true => session.no_autoflush(|session| edge.name.remove(session, parent_thing, child_thing))?,
            false => {
                self.assigned = !after.stays(child);
                edge.name.assign(session, child_thing, None, false);
            }
        }
        self.world = after;
        Ok(())
    }

    pub(super) fn set(&mut self, session: &mut Session, edge: Pick, parent: Pick, children: &[Pick]) -> Result<()> {
        let Some(edge) = self.edge(edge).filter(|edge| !edge.bare) else { return Ok(()) };
        let Some(parent) = self.pick(edge.parent, parent) else { return Ok(()) };
        let mut picked: Vec<usize> = children.iter().filter_map(|&child| self.pick(edge.child, child)).collect();
        picked.truncate(if edge.one { 1 } else { picked.len() });
        let before = self.world.members(edge, parent);
        let leaving: Vec<usize> = before.iter().copied().filter(|old| !picked.contains(old)).collect();
        let after = self.attempt(|world| {
            leaving.iter().for_each(|&old| world.set_parent(edge, old, None));
            picked.iter().for_each(|&child| world.set_parent(edge, child, Some(parent)));
        });
        // What a removal took along cannot be given in the same breath.
        let Some(after) = after.filter(|after| picked.iter().all(|&child| after.stays(child))) else { return Ok(()) };
        if leaving.iter().any(|&old| !self.world.stays(old)) {
            return Ok(());
        }
        let names: Vec<String> = picked.iter().map(|&child| self.name(child)).collect();
        self.tell(format!("set {:?} {} = {names:?}", edge.name, self.name(parent)));
        let parent_thing = self.thing(session, parent)?;
        let things = picked.iter().map(|&child| self.thing(session, child)).collect::<Result<Vec<_>>>()?;
        session.no_autoflush(|session| edge.name.set(session, parent_thing, &things))?;
        self.world = after;
        Ok(())
    }

    pub(super) fn load(&mut self, session: &mut Session, edge: Pick, parent: Pick) -> Result<()> {
        let Some(edge) = self.edge(edge).filter(|edge| !edge.bare) else { return Ok(()) };
        let Some(parent) = self.pick(edge.parent, parent) else { return Ok(()) };
        self.tell(format!("load {:?} {}", edge.name, self.name(parent)));
        let thing = self.thing(session, parent)?;
        let found = session.no_autoflush(|session| edge.name.load(session, thing))?;
        self.expect_members(session, edge, parent, found, true);
        Ok(())
    }

    pub(super) fn link(
        &mut self,
        session: &mut Session,
        link: Pick,
        left: Pick,
        right: Pick,
        from_left: bool,
    ) -> Result<()> {
        let has_ends = |link: &Link| self.pick(link.ends().0, 0).is_some() && self.pick(link.ends().1, 0).is_some();
        let links: Vec<Link> = Link::ALL.iter().copied().filter(has_ends).collect();
        let Some(link) = choose(&links, link) else { return Ok(()) };
        let (Some(left), Some(right)) = (self.pick(link.ends().0, left), self.pick(link.ends().1, right)) else {
            return Ok(());
        };
        self.tell(format!("link {link:?} {} - {} from the {}", self.name(left), self.name(right), side(from_left)));
        let (left_thing, right_thing) = (self.thing(session, left)?, self.thing(session, right)?);
        session.no_autoflush(|session| link.push(session, left_thing, right_thing, from_left))?;
        self.world.pairs.insert((link, left, right));
        Ok(())
    }

    pub(super) fn unlink(&mut self, session: &mut Session, pair: Pick, from_left: bool) -> Result<()> {
        let pairs = self.world.pairs.iter().copied();
        let pairs: Vec<_> =
            pairs.filter(|&(_, left, right)| self.world.stays(left) && self.world.stays(right)).collect();
        let Some((link, left, right)) = choose(&pairs, pair) else { return Ok(()) };
        self.tell(format!("unlink {link:?} {} - {} from the {}", self.name(left), self.name(right), side(from_left)));
        let (left_thing, right_thing) = (self.thing(session, left)?, self.thing(session, right)?);
        session.no_autoflush(|session| link.remove(session, left_thing, right_thing, from_left))?;
        self.world.pairs.remove(&(link, left, right));
        Ok(())
    }

    pub(super) fn load_link(&mut self, session: &mut Session, link: Pick, object: Pick, at_left: bool) -> Result<()> {
        let end = |link: Link| if at_left { link.ends().0 } else { link.ends().1 };
        let links: Vec<Link> = Link::ALL.iter().copied().filter(|&link| self.pick(end(link), 0).is_some()).collect();
        let Some(link) = choose(&links, link) else { return Ok(()) };
        let Some(object) = self.pick(end(link), object) else { return Ok(()) };
        self.tell(format!("load {link:?} of {} at the {}", self.name(object), side(at_left)));
        let thing = self.thing(session, object)?;
        let found: Vec<Thing> = session.no_autoflush(|session| link.load(session, thing, at_left))?;
        self.expect_others(session, link, (object, at_left), found, true);
        Ok(())
    }
}

fn side(left: bool) -> &'static str {
    if left { "left" } else { "right" }
}
