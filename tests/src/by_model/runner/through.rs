//! Operations on the pairs through a model: actors and films, by their credits. What the `many_to_many` shows and changes are rows, so each
//! operation begins with a flush.

use std::collections::BTreeSet;

use orm::prelude::*;
use orm::{Result, Session};

use super::{Runner, choose};
use crate::by_model::operation::Pick;
use crate::by_model::relations::Name;
use crate::by_model::things::{Kind, Thing};
use crate::by_model::world::{Life, Row};
use crate::models::{Actor, Film};

impl Runner<'_> {
    /// Pairs an actor and a film that have no credit: the flush makes one with its defaults, which a query then finds.
    pub(super) fn cast(&mut self, session: &mut Session, actor: Pick, film: Pick, from_actor: bool) -> Result<()> {
        if !self.is_cast_ready(session)? {
            return Ok(());
        }
        let (Some(actor), Some(film)) = (self.pick(Kind::Actor, actor), self.pick(Kind::Film, film)) else {
            return Ok(());
        };
        if self.credits().iter().any(|&(_, of, in_film)| (of, in_film) == (actor, film)) {
            return Ok(());
        }
        self.tell(format!("cast {} in {}, from the actor: {from_actor}", self.name(actor), self.name(film)));
        let (one, other) = (self.actor(session, actor)?, self.film(session, film)?);
        session.no_autoflush(|session| match from_actor {
            true => session.push(one, Actor::films, other).map(drop),
            false => session.push(other, Film::actors, one).map(drop),
        })?;
        session.flush()?;
        for thing in Kind::Credit.all(session)? {
            let key = thing.key(session);
            let is_row = |&number: &usize| self.world.kind(number) == Kind::Credit && self.world.key(number) == key;
            if self.things.contains(&thing) {
                continue;
            }
            if self.world.rows.keys().any(is_row) {
                self.number(session, thing);
                continue;
            }
            let refs = [(Name::ActorCredits, actor), (Name::FilmCredits, film)].into();
            let row = Row { value: "extra".to_owned(), code: None, refs };
            let credit = self.world.add(Kind::Credit, row.clone());
            self.world.objects[credit].life = Life::Persistent;
            self.world.rows.insert(credit, row);
            self.things.push(thing);
            // The object was read: a rollback takes its row, and the next look at it finds that out.
            self.forgot = true;
        }
        self.note_keys(session);
        assert!(self.credits().iter().any(|&(_, of, in_film)| (of, in_film) == (actor, film)), "a credit for the pair");
        Ok(())
    }

    /// Takes a pair apart that has one credit: the flush deletes it.
    pub(super) fn uncast(&mut self, session: &mut Session, credit: Pick, from_actor: bool) -> Result<()> {
        if !self.is_cast_ready(session)? {
            return Ok(());
        }
        let credits = self.credits();
        let same = |&(_, actor, film): &(usize, usize, usize)| {
            credits.iter().filter(|&&(_, of, in_film)| (of, in_film) == (actor, film)).count() == 1
        };
        let single: Vec<(usize, usize, usize)> = credits.iter().copied().filter(same).collect();
        let Some((credit, actor, film)) = choose(&single, credit) else { return Ok(()) };
        self.tell(format!("uncast {} from {}, from the actor: {from_actor}", self.name(actor), self.name(film)));
        let (one, other) = (self.actor(session, actor)?, self.film(session, film)?);
        session.no_autoflush(|session| match from_actor {
            true => session.load(one, Actor::films).and_then(|_| session.remove(one, Actor::films, other)),
            false => session.load(other, Film::actors).and_then(|_| session.remove(other, Film::actors, one)),
        })?;
        session.flush()?;
        self.world.rows.remove(&credit);
        self.world.objects[credit].life = Life::Deleted;
        Ok(())
    }

    /// What is loaded through the model is what its rows say.
    pub(super) fn load_cast(&mut self, session: &mut Session, object: Pick, at_actor: bool) -> Result<()> {
        if !self.is_cast_ready(session)? {
            return Ok(());
        }
        let kind = if at_actor { Kind::Actor } else { Kind::Film };
        let Some(object) = self.pick(kind, object) else { return Ok(()) };
        self.tell(format!("load the cast of {}", self.name(object)));
        let found: Vec<Thing> = match at_actor {
            true => {
                let actor = self.actor(session, object)?;
                session
                    .no_autoflush(|session| session.load(actor, Actor::films))?
                    .into_iter()
                    .map(Thing::from)
                    .collect()
            }
            false => {
                let film = self.film(session, object)?;
                session.no_autoflush(|session| session.load(film, Film::actors))?.into_iter().map(Thing::from).collect()
            }
        };
        let found: BTreeSet<usize> = found.into_iter().map(|thing| self.number(session, thing)).collect();
        let ends =
            self.credits().into_iter().map(|(_, actor, film)| if at_actor { (actor, film) } else { (film, actor) });
        let expected: BTreeSet<usize> = ends.filter(|&(own, _)| own == object).map(|(_, other)| other).collect();
        assert_eq!(found, expected, "the cast of {}", self.name(object));
        Ok(())
    }

    /// Flushes, if there are actors and films and no flush is refused.
    fn is_cast_ready(&mut self, session: &mut Session) -> Result<bool> {
        let ready =
            self.pick(Kind::Actor, 0).is_some() && self.pick(Kind::Film, 0).is_some() && !self.world.is_refused();
        if ready {
            self.flush(session)?;
        }
        Ok(ready)
    }

    /// The rows of credits, each with its actor and film.
    fn credits(&self) -> Vec<(usize, usize, usize)> {
        let rows = self.world.rows.iter().filter(|(number, _)| self.world.kind(**number) == Kind::Credit);
        rows.map(|(&number, row)| (number, row.refs[&Name::ActorCredits], row.refs[&Name::FilmCredits])).collect()
    }

    fn actor(&mut self, session: &mut Session, actor: usize) -> Result<Handle<Actor>> {
        match self.thing(session, actor)? {
            Thing::Actor(actor) => Ok(actor),
            other => panic!("{other:?}"),
        }
    }

    fn film(&mut self, session: &mut Session, film: usize) -> Result<Handle<Film>> {
        match self.thing(session, film)? {
            Thing::Film(film) => Ok(film),
            other => panic!("{other:?}"),
        }
    }
}
