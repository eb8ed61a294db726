//! What session and database must show.

use std::collections::BTreeSet;

use orm::prelude::*;
use orm::{ErrorKind, State};

use super::Runner;
use crate::by_model::things::{Edge, Kind, Thing};
use crate::by_model::world::{Life, World};
use crate::models::{Mixtape, Node, Track};

impl Runner<'_> {
    /// Memory shows what the reference says: states, values, and collections as far as they are loaded.
    pub(super) fn expect_memory(&mut self, session: &mut Session) {
        self.expect_collections(session);
        // States follow what was assigned with the next call that may change the session.
        let refused = session.load(self.stranger, Node::children).map_err(|error| error.kind());
        assert_eq!(refused, Err(ErrorKind::Detached));
        self.expect_states(session);
        self.expect_collections(session);
    }

    fn expect_states(&self, session: &Session) {
        for number in 0..self.things.len() {
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
                continue;
            }
            assert_eq!(state, expected, "the state of {}", self.name(number));
            if !matches!(state, State::Pending | State::Persistent) {
                continue;
            }
            if let Some(value) = thing.value(session) {
                assert_eq!(value, object.row.value, "the value of {}", self.name(number));
            }
        }
    }

    fn expect_collections(&mut self, session: &Session) {
        for number in 0..self.things.len() {
            let thing = self.things[number];
            if !self.world.stays(number) || thing.state(session) == State::Detached {
                continue;
            }
            for edge in self.world.kind(number).collections() {
                if let Ok(found) = edge.name.related(session, thing) {
                    self.expect_members(session, edge, number, found);
                }
            }
            self.expect_pairs(session, number, thing);
        }
    }

    pub(super) fn expect_members(&mut self, session: &Session, edge: &Edge, parent: usize, found: Vec<Thing>) {
        let count = found.len();
        let found: BTreeSet<usize> = found.into_iter().map(|thing| self.number(session, thing)).collect();
        assert_eq!(count, found.len(), "members of {:?} of {} are listed twice", edge.name, self.name(parent));
        let expected: BTreeSet<usize> = self.world.members(edge, parent).into_iter().collect();
        assert_eq!(found, expected, "{:?} of {}", edge.name, self.name(parent));
    }

    fn expect_pairs(&mut self, session: &Session, number: usize, thing: Thing) {
        let alive =
            |world: &World, number: usize| matches!(world.objects[number].life, Life::Pending | Life::Persistent);
        let found: Vec<Thing> = match thing {
            Thing::Track(track) => match session.related(track, Track::mixtapes) {
                Ok(found) => found.into_iter().map(Thing::from).collect(),
                Err(_) => return,
            },
            Thing::Mixtape(mixtape) => match session.related(mixtape, Mixtape::tracks) {
                Ok(found) => found.into_iter().map(Thing::from).collect(),
                Err(_) => return,
            },
            _ => return,
        };
        let found: BTreeSet<usize> = found.into_iter().map(|thing| self.number(session, thing)).collect();
        let others = self.world.pairs.iter().filter_map(|&(track, tape)| match number {
            _ if track == number => Some(tape),
            _ if tape == number => Some(track),
            _ => None,
        });
        let expected: BTreeSet<usize> = others.filter(|&other| alive(&self.world, other)).collect();
        assert_eq!(found, expected, "tracks or mixtapes of {}", self.name(number));
    }

    /// The database holds what the reference says.
    pub(super) fn expect_rows(&self) {
        for &kind in Kind::ALL {
            let (table, key, value) = kind.table();
            let parent = kind.edge().map_or("NULL", |edge| edge.column);
            let captain = if kind == Kind::Team { "captain_id" } else { "NULL" };
            let value = value.unwrap_or("NULL");
            let sql = format!("SELECT {key}, {value}, {parent}, {captain} FROM {table} ORDER BY 1");
            let found: BTreeSet<Vec<String>> = self.cx.rows(&sql).into_iter().collect();
            let key = |number: Option<usize>| number.map_or("NULL".to_owned(), |number| self.keys[&number].to_string());
            let of_kind = self.world.rows.iter().filter(|&(&number, _)| self.world.kind(number) == kind);
            let expected: BTreeSet<Vec<String>> = of_kind
                .map(|(&number, row)| {
                    let value = if value == "NULL" { value.to_owned() } else { row.value.clone() };
                    vec![key(Some(number)), value, key(row.parent), key(row.captain)]
                })
                .collect();
            assert_eq!(found, expected, "the rows of {table}");
        }
        let found = self.cx.rows("SELECT track_id, mixtape_id FROM mixtape_track");
        let found: BTreeSet<(String, String)> = found.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
        let pairs = self.world.row_pairs.iter();
        let expected = pairs.map(|(track, tape)| (self.keys[track].to_string(), self.keys[tape].to_string())).collect();
        assert_eq!(found, expected, "the rows of mixtape_track");
    }
}
