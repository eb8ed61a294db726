//! The session's calls, chosen by a number instead of a type.

use orm::prelude::*;
use orm::{Result, State};

use crate::models::{Book, Head, Mixtape, Node, Passport, Person, Player, Record, Robot, Shelf, Singer, Team, Track};

macro_rules! things {
    ($($kind:ident { $table:literal, $key:ident $(, $value:ident: $column:literal)? })*) => {
        /// A model.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Kind { $($kind),* }

        /// A handle, whatever its model.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Thing { $($kind(Handle<$kind>)),* }

        $(impl From<Handle<$kind>> for Thing {
            fn from(handle: Handle<$kind>) -> Self {
                Self::$kind(handle)
            }
        })*

        impl Kind {
            pub(crate) const ALL: &[Self] = &[$(Self::$kind),*];

            /// The table, its key, and what it holds beside keys.
            pub(crate) fn table(self) -> (&'static str, &'static str, Option<&'static str>) {
                match self {
                    $(Self::$kind => ($table, stringify!($key), [$($column,)? ""].first().copied().filter(|name| !name.is_empty()))),*
                }
            }

            /// What a query for all rows finds.
            pub(crate) fn all(self, session: &mut Session) -> Result<Vec<Thing>> {
                match self {
                    $(Self::$kind => Ok($kind::query().all(session)?.into_iter().map(Thing::from).collect())),*
                }
            }
        }

        impl Thing {
            pub(crate) fn state(self, session: &Session) -> State {
                match self { $(Self::$kind(handle) => session.state(handle)),* }
            }

            pub(crate) fn key(self, session: &Session) -> i64 {
                match self { $(Self::$kind(handle) => session[handle].$key.into()),* }
            }

            pub(crate) fn value(self, session: &Session) -> Option<String> {
                match self { $(Self::$kind(handle) => { let _object = &session[handle]; [$(Some(_object.$value.clone()),)? None].into_iter().next().flatten() }),* }
            }

            pub(crate) fn set_value(self, session: &mut Session, value: &str) {
                match self { $(Self::$kind(handle) => { let _object = &mut session[handle]; let _ = value; $(_object.$value = value.into();)? }),* }
            }

            pub(crate) fn delete(self, session: &mut Session) -> Result<()> {
                match self { $(Self::$kind(handle) => session.delete(handle)),* }
            }

            pub(crate) fn undelete(self, session: &mut Session) -> Result<()> {
                match self { $(Self::$kind(handle) => session.undelete(handle)),* }
            }

            pub(crate) fn expunge(self, session: &mut Session) -> Result<()> {
                match self { $(Self::$kind(handle) => session.expunge(handle).map(drop)),* }
            }
        }
    };
}

things! {
    Singer { "singer", id, name: "name" }
    Record { "record", id }
    Track { "track", id }
    Mixtape { "mixtape", id }
    Robot { "robot", id }
    Head { "head", id, shape: "shape" }
    Person { "person", id, name: "name" }
    Passport { "passport", id, number: "number" }
    Shelf { "shelf", number }
    Book { "book", id, title: "title" }
    Node { "node", id, name: "name" }
    Team { "team", id, name: "name" }
    Player { "player", id, name: "name" }
}

/// The room of all shelves.
const ROOM: &str = "hall";

impl Kind {
    /// Adds an object; `number` is the part of a key that the database does not choose.
    pub(crate) fn add(self, session: &mut Session, number: i32, value: &str) -> Thing {
        let value = value.to_owned();
        match self {
            Self::Singer => session.add(Singer { name: value, ..Singer::default() }).into(),
            Self::Record => session.add(Record::default()).into(),
            Self::Track => session.add(Track::default()).into(),
            Self::Mixtape => session.add(Mixtape::default()).into(),
            Self::Robot => session.add(Robot::default()).into(),
            Self::Head => session.add(Head { shape: value, ..Head::default() }).into(),
            Self::Person => session.add(Person { name: value, ..Person::default() }).into(),
            Self::Passport => session.add(Passport { number: value, ..Passport::default() }).into(),
            Self::Shelf => session.add(Shelf { room: ROOM.into(), number, ..Shelf::default() }).into(),
            Self::Book => session.add(Book { title: value, ..Book::default() }).into(),
            Self::Node => session.add(Node { name: value, ..Node::default() }).into(),
            Self::Team => session.add(Team { name: value, ..Team::default() }).into(),
            Self::Player => session.add(Player { name: value, ..Player::default() }).into(),
        }
    }

    /// The object with that key, from memory or the database.
    pub(crate) fn get(self, session: &mut Session, key: i64) -> Result<Option<Thing>> {
        fn by_id<M: Model<Key = i64>>(session: &mut Session, key: i64) -> Result<Option<Thing>>
        where
            Thing: From<Handle<M>>,
        {
            Ok(session.get::<M>(key)?.map(Thing::from))
        }
        match self {
            Self::Singer => by_id::<Singer>(session, key),
            Self::Record => by_id::<Record>(session, key),
            Self::Track => by_id::<Track>(session, key),
            Self::Mixtape => by_id::<Mixtape>(session, key),
            Self::Robot => by_id::<Robot>(session, key),
            Self::Head => by_id::<Head>(session, key),
            Self::Person => by_id::<Person>(session, key),
            Self::Passport => by_id::<Passport>(session, key),
            Self::Shelf => {
                let number = i32::try_from(key).unwrap();
                Ok(session.get::<Shelf>((ROOM.to_owned(), number))?.map(Thing::from))
            }
            Self::Book => by_id::<Book>(session, key),
            Self::Node => by_id::<Node>(session, key),
            Self::Team => by_id::<Team>(session, key),
            Self::Player => by_id::<Player>(session, key),
        }
    }

    /// The edge of which objects of this model are the members.
    pub(crate) fn edge(self) -> Option<&'static Edge> {
        EDGES.iter().find(|edge| edge.child == self)
    }

    /// The edges of which objects of this model are the parents.
    pub(crate) fn collections(self) -> impl Iterator<Item = &'static Edge> {
        EDGES.iter().filter(move |edge| edge.parent == self)
    }
}

/// What a relation says.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) name: Name,
    pub(crate) parent: Kind,
    pub(crate) child: Kind,
    /// The column of the child that references the parent (or its last part).
    pub(crate) column: &'static str,
    pub(crate) nullable: bool,
    /// Whether a delete goes on to the members.
    pub(crate) cascade: bool,
    pub(crate) orphans: bool,
    /// Whether there is one member at most.
    pub(crate) one: bool,
}

macro_rules! edges {
    ($($name:ident: $parent:ident.$many:ident -> $child:ident.$field:ident $column:literal $none:tt [$($flag:ident)*];)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Name { $($name),* }

        pub(crate) const EDGES: &[Edge] = &[$({
            #[allow(unused_mut, reason = "not every edge says something")]
            let mut edge = Edge {
                name: Name::$name, parent: Kind::$parent, child: Kind::$child, column: $column,
                nullable: edges!(@nullable $none), cascade: false, orphans: false, one: false,
            };
            $(edge.$flag = true;)*
            edge
        }),*];

        impl Name {
            pub(crate) fn push(self, session: &mut Session, parent: Thing, child: Thing) -> Result<()> {
                match (self, parent, child) {
                    $((Self::$name, Thing::$parent(parent), Thing::$child(child)) => session.push(parent, $parent::$many, child).map(drop),)*
                    other => panic!("{other:?}"),
                }
            }

            pub(crate) fn remove(self, session: &mut Session, parent: Thing, child: Thing) -> Result<()> {
                match (self, parent, child) {
                    $((Self::$name, Thing::$parent(parent), Thing::$child(child)) => session.remove(parent, $parent::$many, child),)*
                    other => panic!("{other:?}"),
                }
            }

            pub(crate) fn set(self, session: &mut Session, parent: Thing, children: &[Thing]) -> Result<()> {
                match (self, parent) {
                    $((Self::$name, Thing::$parent(parent)) => {
                        let children = children.iter().map(|child| match child {
                            Thing::$child(child) => *child,
                            other => panic!("{other:?}"),
                        });
                        session.set(parent, $parent::$many, children).map(drop)
                    })*
                    other => panic!("{other:?}"),
                }
            }

            /// Writes the child's key, by handle.
            pub(crate) fn assign(self, session: &mut Session, child: Thing, parent: Option<Thing>) {
                match (self, child, parent) {
                    $((Self::$name, Thing::$child(child), Some(Thing::$parent(parent))) => session[child].$field = parent.into(),)*
                    $((Self::$name, Thing::$child(child), None) => { let _ = child; edges!(@clear session[child].$field, $none) })*
                    other => panic!("{other:?}"),
                }
            }

            pub(crate) fn related(self, session: &Session, parent: Thing) -> Result<Vec<Thing>> {
                match (self, parent) {
                    $((Self::$name, Thing::$parent(parent)) => Ok(session.related(parent, $parent::$many)?.into_iter().map(Thing::from).collect()),)*
                    other => panic!("{other:?}"),
                }
            }

            pub(crate) fn load(self, session: &mut Session, parent: Thing) -> Result<Vec<Thing>> {
                match (self, parent) {
                    $((Self::$name, Thing::$parent(parent)) => Ok(session.load(parent, $parent::$many)?.into_iter().map(Thing::from).collect()),)*
                    other => panic!("{other:?}"),
                }
            }
        }
    };
    (@nullable none) => { true };
    (@nullable required) => { false };
    (@clear $field:expr, none) => { $field = None };
    (@clear $field:expr, required) => { panic!("a key that is not an option has no None") };
}

edges! {
    Records: Singer.records -> Record.singer "singer_id" required [cascade orphans];
    Tracks: Record.tracks -> Track.record "record_id" required [cascade orphans];
    Head: Robot.head -> Head.robot "robot_id" required [cascade orphans one];
    Passport: Person.passport -> Passport.person "person_id" none [one];
    Books: Shelf.books -> Book.shelf "shelf_number" none [];
    Children: Node.children -> Node.parent "parent_id" none [cascade];
    Players: Team.players -> Player.team "team_id" none [];
}
