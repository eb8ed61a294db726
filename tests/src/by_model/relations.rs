//! Relations, chosen by a number instead of their types.

use orm::prelude::*;
use orm::{Result, Session};

use super::things::{KeyText, Kind, Made as _, Thing};
use crate::models::{
    Actor, Beast, Blade, Book, Company, Credit, Desk, Door, Drawer, Employee, Feline, File, Film, Folder, Hall,
    Library, Loan, Member, Mixtape, Node, Person, Player, Record, Region, Robot, Saw, Seat, Shelf, Show, Singer,
    Station, Street, Team, Tool, Town, Track, Train,
};

/// A foreign key, and what its relation says.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) name: Name,
    pub(crate) parent: Kind,
    pub(crate) child: Kind,
    /// What the child's row holds of the parent's key, in SQL.
    pub(crate) column: &'static str,
    pub(crate) nullable: bool,
    /// Whether a delete goes on to the members.
    pub(crate) cascade: bool,
    pub(crate) orphans: bool,
    /// Whether there is one member at most.
    pub(crate) one: bool,
    /// Whether the parent has no collection.
    pub(crate) bare: bool,
    /// Whether the database clears the key of a deleted parent by itself.
    pub(crate) cleared: bool,
    /// Whether the key is a part of the child's own.
    pub(crate) in_key: bool,
}

/// Which reference an object holds, as its field says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    None,
    Key(String),
    Object(Thing),
}

macro_rules! edges {
    (
        listed { $($name:ident: $parent:ident.$many:ident -> $child:ident.$field:ident $column:literal $none:tt [$($flag:ident)*];)* }
        bare { $($b_name:ident: $b_parent:ident -> $b_child:ident.$b_field:ident $b_column:literal $b_none:tt [$($b_flag:ident)*];)* }
    ) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Name { $($name,)* $($b_name),* }

        pub(crate) const EDGES: &[Edge] = &[
            $(edges!(@edge $name $parent $child $column $none [$($flag)*]),)*
            $(edges!(@edge $b_name $b_parent $b_child $b_column $b_none [bare $($b_flag)*]),)*
        ];

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

            /// Writes the child's key: by handle, or by the parent's key where it has one and `by_key` says so.
            pub(crate) fn assign(self, session: &mut Session, child: Thing, parent: Option<Thing>, by_key: bool) {
                match (self, child, parent) {
                    $((Self::$name, Thing::$child(child), Some(Thing::$parent(parent))) => {
                        let key = session[parent].key().filter(|key| by_key && orm::Key::is_set(key));
                        let to: BelongsTo<$parent> = key.map_or_else(|| parent.into(), BelongsTo::key);
                        session[child].$field = to.into();
                    })*
                    $((Self::$b_name, Thing::$b_child(child), Some(Thing::$b_parent(parent))) => {
                        let key = session[parent].key().filter(|key| by_key && orm::Key::is_set(key));
                        let to: BelongsTo<$b_parent> = key.map_or_else(|| parent.into(), BelongsTo::key);
                        session[child].$b_field = to.into();
                    })*
                    $((Self::$name, Thing::$child(child), None) => { let _ = child; edges!(@clear session[child].$field, $none) })*
                    $((Self::$b_name, Thing::$b_child(child), None) => { let _ = child; edges!(@clear session[child].$b_field, $b_none) })*
                    other => panic!("{other:?}"),
                }
            }

            /// What the child's field holds.
            pub(crate) fn reference(self, session: &Session, child: Thing) -> Reference {
                match (self, child) {
                    $((Self::$name, Thing::$child(child)) => edges!(@read session[child].$field, $none),)*
                    $((Self::$b_name, Thing::$b_child(child)) => edges!(@read session[child].$b_field, $b_none),)*
                    other => panic!("{other:?}"),
                }
            }

            pub(crate) fn is_loaded(self, session: &Session, parent: Thing) -> Result<bool> {
                match (self, parent) {
                    $((Self::$name, Thing::$parent(parent)) => session.is_loaded(parent, $parent::$many),)*
                    other => panic!("{other:?}"),
                }
            }

            /// Adds a parent whose literal carries its members, by their handles.
            pub(crate) fn add_carrying(self, session: &mut Session, number: i32, value: &str, children: &[Thing]) -> Thing {
                match self {
                    $(Self::$name => {
                        let mut parent = $parent::made(number, value.to_owned());
                        let children = children.iter().map(|child| match child {
                            Thing::$child(child) => *child,
                            other => panic!("{other:?}"),
                        });
                        edges!(@carry parent.$many, children.collect::<Vec<_>>(), [$($flag)*]);
                        session.add(parent).into()
                    })*
                    other => panic!("{other:?}"),
                }
            }

            /// Finds all parents, with those members whose keys are greater.
            pub(crate) fn include_some(self, session: &mut Session, above: i64) -> Result<Vec<Thing>> {
                match self {
                    $(Self::$name => {
                        let found = edges!(@some $parent.$many, $child, above, session, [$($flag)*]);
                        Ok(found.into_iter().map(Thing::from).collect())
                    })*
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
    (@edge $name:ident $parent:ident $child:ident $column:literal $none:tt [$($flag:ident)*]) => {{
        #[allow(unused_mut, reason = "not every edge says something")]
        let mut edge = Edge {
            name: Name::$name, parent: Kind::$parent, child: Kind::$child, column: $column, nullable: edges!(@nullable $none),
            cascade: false, orphans: false, one: false, bare: false, cleared: false, in_key: false,
        };
        $(edge.$flag = true;)*
        edge
    }};
    (@some $parent:ident.$many:ident, $child:ident, $above:expr, $session:expr, [one]) => {
        edges!(@all $parent.$many, $above, $session)
    };
    (@some $parent:ident.$many:ident, $child:ident, $above:expr, $session:expr, [cascade orphans one]) => {
        edges!(@all $parent.$many, $above, $session)
    };
    (@some $parent:ident.birds, $child:ident, $above:expr, $session:expr, []) => {
        $parent::query().include($parent::birds.filter(Beast::id.gt($above))).all($session)?
    };
    (@some $parent:ident.drills, $child:ident, $above:expr, $session:expr, []) => {
        $parent::query().include($parent::drills.filter(Tool::id.gt($above))).all($session)?
    };
    (@some $parent:ident.$many:ident, $child:ident, $above:expr, $session:expr, [$($flag:ident)*]) => {
        $parent::query().include($parent::$many.filter($child::id.gt($above))).all($session)?
    };
    (@all $parent:ident.$many:ident, $above:expr, $session:expr) => {{
        let _ = $above;
        $parent::query().include($parent::$many).all($session)?
    }};
    (@carry $field:expr, $children:expr, [one]) => { edges!(@carry_one $field, $children) };
    (@carry $field:expr, $children:expr, [cascade orphans one]) => { edges!(@carry_one $field, $children) };
    (@carry $field:expr, $children:expr, [$($flag:ident)*]) => { $field = $children.into() };
    (@carry_one $field:expr, $children:expr) => {
        if let Some(child) = $children.into_iter().next() { $field = child.into(); }
    };
    (@nullable none) => { true };
    (@nullable required) => { false };
    (@clear $field:expr, none) => { $field = None };
    (@clear $field:expr, required) => { $field = BelongsTo::default() };
    (@read $field:expr, none) => { $field.as_ref().map_or(Reference::None, reference) };
    (@read $field:expr, required) => { reference(&$field) };
}

fn reference<T: Model<Key: KeyText>>(field: &BelongsTo<T>) -> Reference
where
    Thing: From<Handle<T>>,
{
    match (field.as_key(), field.as_handle()) {
        (Some(key), _) => Reference::Key(key.text()),
        (_, Some(handle)) => Reference::Object(handle.into()),
        _ => Reference::None,
    }
}

edges! {
    listed {
        Records: Singer.records -> Record.singer "singer_id" required [cascade orphans];
        Tracks: Record.tracks -> Track.record "record_id" required [cascade orphans];
        Head: Robot.head -> Head.robot "robot_id" required [cascade orphans one];
        Passport: Person.passport -> Passport.person "person_id" none [one];
        Books: Shelf.books -> Book.shelf "shelf_room || '/' || shelf_number" none [];
        Children: Node.children -> Node.parent "parent_id" none [cascade];
        Players: Team.players -> Player.team "team_id" none [];
        Drawers: Desk.drawers -> Drawer.desk "desk_id" none [];
        Files: Folder.files -> File.folder "folder_id" required [cascade];
        Loans: Library.loans -> Loan.library "library_id" required [];
        HallSeats: Hall.seats -> Seat.hall "hall_id" none [cascade orphans];
        ShowSeats: Show.seats -> Seat.show "show_id" none [cascade orphans];
        Towns: Region.towns -> Town.region "region_code" required [];
        Doors: Street.doors -> Door.street "street_region_code || '/' || street_number" none [];
        Employees: Company.employees -> Employee.company "company_id" none [];
        Trains: Station.trains -> Train.station "station_code" none [];
        ActorCredits: Actor.credits -> Credit.actor "actor_id" required [cascade orphans];
        FilmCredits: Film.credits -> Credit.film "film_id" required [cascade orphans];
        Birds: Feline.birds -> Bird.hunter "hunter_id" none [];
        Blades: Saw.blades -> Blade.saw "saw_id" required [cascade orphans];
        Drills: Saw.drills -> Drill.stand "stand_id" none [];
    }
    bare {
        Captain: Player -> Team.captain "captain_id" none [cleared];
        StreetRegion: Region -> Street.region "region_code" required [in_key];
    }
}

macro_rules! links {
    ($($name:ident: $left:ident.$rights:ident <-> $right:ident.$lefts:ident $sql:literal;)*) => {
        /// A relation of pairs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Link { $($name),* }

        impl Link {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// The kinds of its two sides.
            pub(crate) fn ends(self) -> (Kind, Kind) {
                match self { $(Self::$name => (Kind::$left, Kind::$right)),* }
            }

            /// What selects the pairs.
            pub(crate) fn sql(self) -> &'static str {
                match self { $(Self::$name => $sql),* }
            }

            pub(crate) fn push(self, session: &mut Session, left: Thing, right: Thing, from_left: bool) -> Result<()> {
                match (self, left, right, from_left) {
                    $((Self::$name, Thing::$left(left), Thing::$right(right), true) => session.push(left, $left::$rights, right).map(drop),)*
                    $((Self::$name, Thing::$left(left), Thing::$right(right), false) => session.push(right, $right::$lefts, left).map(drop),)*
                    other => panic!("{other:?}"),
                }
            }

            pub(crate) fn remove(self, session: &mut Session, left: Thing, right: Thing, from_left: bool) -> Result<()> {
                match (self, left, right, from_left) {
                    $((Self::$name, Thing::$left(left), Thing::$right(right), true) => session.remove(left, $left::$rights, right),)*
                    $((Self::$name, Thing::$left(left), Thing::$right(right), false) => session.remove(right, $right::$lefts, left),)*
                    other => panic!("{other:?}"),
                }
            }

            pub(crate) fn is_loaded(self, session: &Session, object: Thing, at_left: bool) -> Result<bool> {
                match (self, object, at_left) {
                    $((Self::$name, Thing::$left(left), true) => session.is_loaded(left, $left::$rights),)*
                    $((Self::$name, Thing::$right(right), false) => session.is_loaded(right, $right::$lefts),)*
                    other => panic!("{other:?}"),
                }
            }

            /// The other ends of the pairs of an object at the left side, or at the right one.
            pub(crate) fn related(self, session: &Session, object: Thing, at_left: bool) -> Result<Vec<Thing>> {
                match (self, object, at_left) {
                    $((Self::$name, Thing::$left(left), true) => Ok(session.related(left, $left::$rights)?.into_iter().map(Thing::from).collect()),)*
                    $((Self::$name, Thing::$right(right), false) => Ok(session.related(right, $right::$lefts)?.into_iter().map(Thing::from).collect()),)*
                    other => panic!("{other:?}"),
                }
            }

            pub(crate) fn load(self, session: &mut Session, object: Thing, at_left: bool) -> Result<Vec<Thing>> {
                match (self, object, at_left) {
                    $((Self::$name, Thing::$left(left), true) => Ok(session.load(left, $left::$rights)?.into_iter().map(Thing::from).collect()),)*
                    $((Self::$name, Thing::$right(right), false) => Ok(session.load(right, $right::$lefts)?.into_iter().map(Thing::from).collect()),)*
                    other => panic!("{other:?}"),
                }
            }
        }
    };
}

links! {
    Tapes: Track.mixtapes <-> Mixtape.tracks "SELECT track_id, mixtape_id FROM mixtape_track";
    Follows: Member.follows <-> Member.followers "SELECT followers_id, follows_id FROM follow";
}

impl Kind {
    /// The foreign keys of the model.
    pub(crate) fn edges(self) -> impl Iterator<Item = &'static Edge> {
        EDGES.iter().filter(move |edge| edge.child == self)
    }

    /// The collections of the model.
    pub(crate) fn collections(self) -> impl Iterator<Item = &'static Edge> {
        EDGES.iter().filter(move |edge| edge.parent == self && !edge.bare)
    }
}

impl Name {
    pub(crate) fn edge(self) -> &'static Edge {
        &EDGES[self as usize]
    }
}
