//! Foreign keys to one of several models that share their columns, one of which names the model, as existing schemas have them.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "bridge")]
pub struct Bridge {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = subject, order_by = id, cascade(all, delete_orphan))]
    pub inspections: HasMany<Inspection>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "tunnel")]
pub struct Tunnel {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = subject, order_by = id)]
    pub inspections: HasMany<Inspection>,
    #[has_one(back_populates = passage)]
    pub survey: HasOne<Inspection>,
}

#[derive(OneOf, Debug, Clone, Copy, PartialEq)]
pub enum Structure {
    Bridge(Handle<Bridge>),
    #[orm(rename = "tube")]
    Tunnel(Handle<Tunnel>),
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "inspection")]
pub struct Inspection {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = inspections, type_column = "subject_type", key_column = "subject_no")]
    pub subject: OneOf<Structure>,
    #[belongs_to(back_populates = survey, type_column = "passage_type")]
    pub passage: Option<OneOf<Structure>>,
}

impl Inspection {
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "rail")]
pub struct Rail {
    #[orm(primary_key)]
    pub line: String,
    #[orm(primary_key)]
    pub km: i32,
    #[has_many(back_populates = spot, order_by = id)]
    pub faults: HasMany<Fault>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "railway_signal")]
pub struct Signal {
    #[orm(primary_key)]
    pub line: String,
    #[orm(primary_key)]
    pub km: i32,
    #[has_many(back_populates = spot, order_by = id)]
    pub faults: HasMany<Fault>,
}

#[derive(OneOf, Debug, Clone, Copy, PartialEq)]
pub enum Trackside {
    Rail(Handle<Rail>),
    Signal(Handle<Signal>),
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "fault")]
pub struct Fault {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    #[belongs_to(back_populates = faults, type_column = "spot_type")]
    pub spot: Option<OneOf<Trackside>>,
}
