//! The session's calls on objects, chosen by a number instead of a type.

use orm::prelude::*;
use orm::{Result, Session, State, Synchronize};

use crate::models::{
    Actor, Beast, Bird, Blade, Book, Company, Credit, Desk, Door, Drawer, Drill, Employee, Feline, File, Film, Folder,
    Hall, Head, Library, Loan, Member, Mixtape, Node, Passport, Person, Player, Record, Region, Robot, Saw, Seat,
    Shelf, Show, Singer, Station, Street, Team, Tool, Town, Track, Train,
};

/// A key as text, so that those of all models look the same.
pub(crate) trait KeyText: Sized {
    fn text(&self) -> String;
    fn parse(text: &str) -> Self;
}

impl KeyText for i64 {
    fn text(&self) -> String {
        self.to_string()
    }

    fn parse(text: &str) -> Self {
        text.parse().unwrap()
    }
}

impl KeyText for String {
    fn text(&self) -> String {
        self.clone()
    }

    fn parse(text: &str) -> Self {
        text.to_owned()
    }
}

impl KeyText for (String, i32) {
    fn text(&self) -> String {
        format!("{}/{}", self.0, self.1)
    }

    fn parse(text: &str) -> Self {
        let (first, second) = text.split_once('/').unwrap();
        (first.to_owned(), second.parse().unwrap())
    }
}

macro_rules! things {
    ($($kind:ident { $table:literal $key:literal; $($value:ident: $column:literal)? })*) => {
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

            /// The table, its key in SQL, and the column that holds something beside keys.
            pub(crate) fn table(self) -> (&'static str, &'static str, Option<&'static str>) {
                match self {
                    $(Self::$kind => ($table, $key, [$($column,)? ""].first().copied().filter(|name| !name.is_empty()))),*
                }
            }

            /// Adds an object; `number` is what the database does not choose: a part of a key, or a value that only one row may have.
            pub(crate) fn add(self, session: &mut Session, number: i32, value: &str) -> Thing {
                match self { $(Self::$kind => session.add($kind::made(number, value.to_owned())).into()),* }
            }

            /// Sets the value of all rows that have another, by one statement.
            pub(crate) fn update_all(self, session: &mut Session, from: &str, to: &str, how: Synchronize) -> Result<u64> {
                let _ = (&session, from, to, how);
                match self { $(Self::$kind => {
                    let _done: Result<u64> = Ok(0);
                    $(let _done = $kind::query().filter($kind::$value.eq(from)).update($kind::$value.set(to)).synchronize(how).execute(session);)?
                    _done
                })* }
            }

            /// Deletes all rows that have a value, by one statement.
            pub(crate) fn delete_all(self, session: &mut Session, value: &str, how: Synchronize) -> Result<u64> {
                let _ = (&session, value, how);
                match self { $(Self::$kind => {
                    let _done: Result<u64> = Ok(0);
                    $(let _done = $kind::query().filter($kind::$value.eq(value)).delete().synchronize(how).execute(session);)?
                    _done
                })* }
            }

            /// What a query for all rows finds.
            pub(crate) fn all(self, session: &mut Session) -> Result<Vec<Thing>> {
                match self {
                    $(Self::$kind => Ok($kind::listed(session)?.into_iter().map(Thing::from).collect())),*
                }
            }

            /// The object with that key, from memory or the database.
            pub(crate) fn get(self, session: &mut Session, key: &str) -> Result<Option<Thing>> {
                match self {
                    $(Self::$kind => Ok(session.get::<$kind>(<<$kind as Model>::Key as KeyText>::parse(key))?.map(Thing::from))),*
                }
            }
        }

        impl Thing {
            pub(crate) fn state(self, session: &Session) -> State {
                match self { $(Self::$kind(handle) => session.state(handle)),* }
            }

            pub(crate) fn is_modified(self, session: &Session) -> bool {
                match self { $(Self::$kind(handle) => session.is_modified(handle)),* }
            }

            /// The key; `None` as long as a part of it is the key of a new object.
            pub(crate) fn key(self, session: &Session) -> Option<String> {
                match self { $(Self::$kind(handle) => session[handle].key().filter(orm::Key::is_set).map(|key| key.text())),* }
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

            /// Takes an object out and adds its value anew.
            pub(crate) fn add_again(self, session: &mut Session) -> Result<Thing> {
                match self { $(Self::$kind(handle) => {
                    let value = session.expunge(handle)?;
                    Ok(session.add(value).into())
                })* }
            }

            pub(crate) fn bring_back(self, session: &mut Session) -> Result<()> {
                match self { $(Self::$kind(handle) => session.add_again(handle)),* }
            }

            /// Whether an object holds what the object of its row in another session holds, in all of its columns.
            pub(crate) fn is_same(self, session: &Session, other: &mut Session) -> Result<bool> {
                match self { $(Self::$kind(handle) => {
                    let Some(key) = session[handle].key() else { return Ok(false) };
                    Ok(other.get::<$kind>(key)?.is_some_and(|found| other[found] == session[handle]))
                })* }
            }

            /// Takes an object out and attaches its value.
            pub(crate) fn attach_again(self, session: &mut Session) -> Result<Thing> {
                match self { $(Self::$kind(handle) => {
                    let value = session.expunge(handle)?;
                    Ok(session.attach(value)?.into())
                })* }
            }

            pub(crate) fn refresh(self, session: &mut Session) -> Result<()> {
                match self { $(Self::$kind(handle) => session.refresh(handle)),* }
            }

            pub(crate) fn expire(self, session: &mut Session) -> Result<()> {
                match self { $(Self::$kind(handle) => session.expire(handle)),* }
            }

            /// Merges a copy of the object with another value, after the session has forgotten everything if `forget` says so.
            pub(crate) fn merge(self, session: &mut Session, value: &str, forget: bool) -> Result<Thing> {
                match self { $(Self::$kind(handle) => {
                    #[allow(unused_mut, reason = "not every model has a value")]
                    let mut copy = session[handle].clone();
                    let _ = value;
                    $(copy.$value = value.into();)?
                    if forget {
                        session.clear();
                    }
                    Ok(session.merge(copy)?.into())
                })* }
            }
        }
    };
}

things! {
    Singer { "singer" "id"; name: "name" }
    Record { "record" "id"; }
    Track { "track" "id"; }
    Mixtape { "mixtape" "id"; }
    Robot { "robot" "id"; }
    Head { "head" "id"; shape: "shape" }
    Person { "person" "id"; name: "name" }
    Passport { "passport" "id"; number: "number" }
    Shelf { "shelf" "room || '/' || number"; }
    Book { "book" "id"; title: "title" }
    Node { "node" "id"; name: "name" }
    Team { "team" "id"; name: "name" }
    Player { "player" "id"; name: "name" }
    Desk { "desk" "id"; }
    Drawer { "drawer" "id"; label: "label" }
    Folder { "folder" "id"; name: "name" }
    File { "file" "id"; name: "name" }
    Library { "library" "id"; name: "name" }
    Loan { "loan" "id"; }
    Hall { "hall" "id"; }
    Show { "show" "id"; }
    Seat { "seat" "id"; }
    Region { "region" "code"; name: "name" }
    Town { "town" "id"; name: "name" }
    Street { "street" "region_code || '/' || number"; name: "name" }
    Door { "door" "id"; color: "color" }
    Company { "company" "id"; }
    Employee { "employee" "id"; name: "name" }
    Member { "member" "id"; name: "name" }
    Station { "station" "code"; name: "name" }
    Train { "train" "id"; name: "name" }
    Actor { "actor" "id"; name: "name" }
    Film { "film" "id"; title: "title" }
    Credit { "credit" "id"; role: "role" }
    Feline { "beast" "id"; fur: "fur" }
    Bird { "beast" "id"; song: "song" }
    Saw { "saw" "id"; teeth: "teeth" }
    Drill { "drill" "id"; bit: "bit" }
    Blade { "blade" "id"; steel: "steel" }
}

/// The room of all shelves.
pub(crate) const ROOM: &str = "hall";

impl Kind {
    /// What the new object with that number holds that no other of its model may have.
    pub(crate) fn code(self, number: i32) -> Option<String> {
        match self {
            Self::Shelf | Self::Street => Some(number.to_string()),
            Self::Region | Self::Station => Some(region(number)),
            Self::Company => Some(format!("c{number}")),
            _ => None,
        }
    }

    /// The SQL of that.
    pub(crate) fn code_column(self) -> Option<&'static str> {
        match self {
            Self::Shelf | Self::Street => Some("number"),
            Self::Region | Self::Station => Some("code"),
            Self::Company => Some("name"),
            Self::Desk => Some("nick"),
            _ => None,
        }
    }

    /// What follows `FROM` for its rows.
    pub(crate) fn rows(self) -> String {
        let condition = match self {
            Self::Feline => " WHERE kind = 'feline'",
            Self::Bird => " WHERE kind = 'bird'",
            _ => "",
        };
        format!("\"{}\"{condition}", self.table().0)
    }

    /// Whether that is the key, or a part of it.
    pub(crate) fn has_own_key(self) -> bool {
        matches!(self, Self::Shelf | Self::Region | Self::Street | Self::Station)
    }
}

/// A new object; `number` is what the database does not choose: a part of a key, or a value that only one row may have.
pub(crate) trait Made: Model {
    fn made(number: i32, value: String) -> Self;

    /// All objects. Those of families are found in all ways in which these are loaded.
    fn listed(session: &mut Session) -> Result<Vec<Handle<Self>>> {
        Self::query().all(session)
    }
}

macro_rules! made {
    ($($kind:ident($number:ident, $value:ident) => $made:expr $(, $session:ident => $listed:expr)?;)*) => {
        $(impl Made for $kind {
            fn made($number: i32, $value: String) -> Self {
                $made
            }

            $(fn listed($session: &mut Session) -> Result<Vec<Handle<Self>>> {
                $listed
            })?
        })*
    };
}

made! {
    Singer(_number, value) => Singer { name: value, ..Singer::default() };
    Record(_number, _value) => Record::default();
    Track(_number, _value) => Track::default();
    Mixtape(_number, _value) => Mixtape::default();
    Robot(_number, _value) => Robot::default();
    Head(_number, value) => Head { shape: value, ..Head::default() };
    Person(_number, value) => Person { name: value, ..Person::default() };
    Passport(_number, value) => Passport { number: value, ..Passport::default() };
    Shelf(number, _value) => Shelf { room: ROOM.into(), number, ..Shelf::default() };
    Book(_number, value) => Book { title: value, ..Book::default() };
    Node(_number, value) => Node { name: value, ..Node::default() };
    Team(_number, value) => Team { name: value, ..Team::default() };
    Player(_number, value) => Player { name: value, ..Player::default() };
    Desk(number, _value) => Desk { number, ..Desk::default() };
    Drawer(_number, value) => Drawer { label: value, ..Drawer::default() };
    Folder(_number, value) => Folder { name: value, ..Folder::default() };
    File(_number, value) => File { name: value, ..File::default() };
    Library(_number, value) => Library { name: value, ..Library::default() };
    Loan(_number, _value) => Loan::default();
    Hall(_number, _value) => Hall::default();
    Show(_number, _value) => Show::default();
    Seat(_number, _value) => Seat::default();
    Region(number, value) => Region { code: region(number), name: value, ..Region::default() };
    Town(_number, value) => Town { name: value, ..Town::default() };
    Street(number, value) => Street { number, name: value, ..Street::default() };
    Door(_number, value) => Door { color: value, ..Door::default() };
    Company(number, _value) => Company { name: format!("c{number}"), ..Company::default() };
    Employee(_number, value) => Employee { name: value, ..Employee::default() };
    Member(_number, value) => Member { name: value, ..Member::default() };
    Station(number, value) => Station { code: region(number), name: value, ..Station::default() };
    Train(_number, value) => Train { name: value, ..Train::default() };
    Actor(_number, value) => Actor { name: value, ..Actor::default() };
    Film(_number, value) => Film { title: value, ..Film::default() };
    Credit(_number, value) => Credit { role: value, ..Credit::default() };
    Feline(_number, value) => Feline { fur: value, ..Feline::default() }, session => {
        let found = Beast::query().all(session)?;
        Ok(found.into_iter().filter_map(|beast| session.downcast(beast)).collect())
    };
    Bird(_number, value) => Bird { song: value, ..Bird::default() };
    Saw(_number, value) => Saw { teeth: value, ..Saw::default() }, session => {
        let found = Tool::query().all(session)?;
        Ok(found.into_iter().filter_map(|tool| session.downcast(tool)).collect())
    };
    Drill(_number, value) => Drill { bit: value, ..Drill::default() }, session => {
        let found = Tool::query().base_only().all(session)?;
        let drills: Vec<Handle<Tool>> = found.into_iter().filter(|&tool| session.downcast::<Drill>(tool).is_some()).collect();
        drills.iter().try_for_each(|&drill| session.complete(drill))?;
        Ok(drills.into_iter().filter_map(|drill| session.downcast(drill)).collect())
    };
    Blade(_number, value) => Blade { steel: value, ..Blade::default() };
}

/// The code of a region, or of a station.
pub(crate) fn region(number: i32) -> String {
    format!("r{number}")
}

impl Thing {
    /// What [`Kind::code`] is about, as the object has it.
    pub(crate) fn code(self, session: &Session) -> Option<String> {
        match self {
            Self::Shelf(shelf) => Some(session[shelf].number.to_string()),
            Self::Street(street) => Some(session[street].number.to_string()),
            Self::Region(region) => Some(session[region].code.clone()),
            Self::Station(station) => Some(session[station].code.clone()),
            Self::Company(company) => Some(session[company].name.clone()),
            Self::Desk(desk) => session[desk].nick.clone(),
            _ => None,
        }
    }

    pub(crate) fn set_code(self, session: &mut Session, code: Option<&str>) {
        match (self, code) {
            (Self::Street(street), Some(code)) => session[street].number = code.parse().unwrap(),
            (Self::Region(region), Some(code)) => session[region].code = code.to_owned(),
            (Self::Station(station), Some(code)) => session[station].code = code.to_owned(),
            (Self::Company(company), Some(code)) => session[company].name = code.to_owned(),
            (Self::Desk(desk), code) => session[desk].nick = code.map(ToOwned::to_owned),
            other => panic!("{other:?}"),
        }
    }
}
