//! Unique values: required (`Desk::number`), optional (`Desk::nick`), of two columns (`Spot`), and the key
//! of a one to one relation (`License`).

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "desk")]
pub struct Desk {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub number: i32,
    #[orm(unique)]
    pub nick: Option<String>,
    #[has_many(back_populates = desk, order_by = id)]
    pub drawers: HasMany<Drawer>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "drawer")]
pub struct Drawer {
    #[orm(primary_key)]
    pub id: i64,
    pub label: String,
    #[belongs_to(back_populates = drawers)]
    pub desk: Option<BelongsTo<Desk>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "spot", unique(line, place))]
pub struct Spot {
    #[orm(primary_key)]
    pub id: i64,
    pub line: i32,
    pub place: Option<i32>,
    #[orm(version)]
    pub version: i64,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "pilot")]
pub struct Pilot {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_one(back_populates = pilot, cascade(all, delete_orphan))]
    pub license: HasOne<License>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "license")]
pub struct License {
    #[orm(primary_key)]
    pub id: i64,
    pub class: String,
    #[orm(unique)]
    #[belongs_to(back_populates = license)]
    pub pilot: BelongsTo<Pilot>,
}

impl Desk {
    /// A desk with a number and no nickname.
    pub fn numbered(number: i32) -> Self {
        Self { number, ..Self::default() }
    }
}

impl License {
    /// A license of a class, of nobody yet.
    pub fn of_class(class: &str) -> Self {
        Self { class: class.into(), ..Self::default() }
    }
}
