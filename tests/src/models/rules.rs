//! Models with rules: of fields, of embedded values, of two fields together, and those of `garde`.

use orm::prelude::*;
use orm::{Invalid, Result};

use super::note;

/// Has rules and no hooks.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "meeting")]
pub struct Meeting {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(validate = not_empty, validate = no_shouting)]
    pub title: String,
    pub starts: i32,
    #[orm(validate = ends_after_its_start)]
    pub ends: i32,
    #[orm(embed, prefix = "room_", validate = has_a_room)]
    pub room: Room,
    #[orm(embed, prefix = "spare_")]
    pub spare: Option<Room>,
    #[has_many(back_populates = meeting)]
    pub visitors: HasMany<Visitor>,
}

#[derive(Embedded, Debug, Clone, Default, PartialEq)]
pub struct Room {
    #[orm(validate = not_empty)]
    pub name: String,
    pub floor: i32,
}

/// Its rules are those of `garde`.
#[derive(Model, garde::Validate, Debug, Clone, Default, PartialEq)]
#[orm(table = "visitor", garde)]
#[garde(allow_unvalidated)]
pub struct Visitor {
    #[orm(primary_key)]
    pub id: i64,
    #[garde(length(min = 2))]
    pub name: String,
    #[garde(range(min = 0, max = 150))]
    pub age: i32,
    #[belongs_to(back_populates = visitors)]
    pub meeting: Option<BelongsTo<Meeting>>,
}

/// Its hooks note what changes, and its fields have rules beside them.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "fare", hooks)]
pub struct Fare {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(validate = not_empty)]
    pub zone: String,
    pub cents: i32,
    #[belongs_to]
    pub below: Option<BelongsTo<Fare>>,
}

impl Hooks for Fare {
    /// A zone without a name is the first one.
    fn before_insert(&mut self) -> Result<()> {
        if self.zone == "?" {
            self.zone.clear();
        } else if self.zone.is_empty() {
            self.zone = "A".into();
        }
        Ok(())
    }

    fn before_update(&mut self, old: &Self) -> Result<()> {
        let below = |fare: &Self| fare.below.as_ref().and_then(|below| below.as_key().copied());
        note(format!("{} {} {:?} -> {} {} {:?}", old.zone, old.cents, below(old), self.zone, self.cents, below(self)));
        Ok(())
    }

    fn validate(&self) -> Result<(), Invalid> {
        if self.cents < 0 { Err(Invalid::object("a fare is no discount")) } else { Ok(()) }
    }
}

fn not_empty<M>(text: &str, _: &M) -> Result<(), &'static str> {
    if text.is_empty() { Err("must not be empty") } else { Ok(()) }
}

fn no_shouting<M>(text: &String, _: &M) -> Result<(), String> {
    if text.ends_with('!') { Err(format!("must not shout {text}")) } else { Ok(()) }
}

fn ends_after_its_start(ends: &i32, meeting: &Meeting) -> Result<(), String> {
    if *ends > meeting.starts { Ok(()) } else { Err(format!("must be after {}", meeting.starts)) }
}

fn has_a_room(room: &Room, meeting: &Meeting) -> Result<(), String> {
    if room.floor <= 9 { Ok(()) } else { Err(format!("is too high for {}", meeting.title)) }
}
