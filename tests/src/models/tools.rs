//! Families for random operations: animals in one table, and tools in tables of their own, whose types reference each other.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "beast", polymorphic(abstract, on = kind, subtypes(Feline, Bird)))]
pub struct Beast {
    #[orm(primary_key)]
    pub id: i64,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "feline")]
pub struct Feline {
    #[orm(base)]
    pub beast: Beast,
    pub fur: String,
    #[has_many(back_populates = hunter)]
    pub birds: HasMany<Bird>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "bird")]
pub struct Bird {
    #[orm(base)]
    pub beast: Beast,
    pub song: String,
    #[belongs_to(back_populates = birds)]
    pub hunter: Option<BelongsTo<Feline>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "tool", polymorphic(on = kind, identity = "tool", subtypes(Saw, Drill)))]
pub struct Tool {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(version)]
    pub revision: i64,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "saw", table = "saw")]
pub struct Saw {
    #[orm(base)]
    pub tool: Tool,
    pub teeth: String,
    #[has_many(back_populates = saw, cascade(all, delete_orphan))]
    pub blades: HasMany<Blade>,
    #[has_many(back_populates = stand)]
    pub drills: HasMany<Drill>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "drill", table = "drill")]
pub struct Drill {
    #[orm(base)]
    pub tool: Tool,
    pub bit: String,
    #[belongs_to(back_populates = drills)]
    pub stand: Option<BelongsTo<Saw>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "blade")]
pub struct Blade {
    #[orm(primary_key)]
    pub id: i64,
    pub steel: String,
    #[belongs_to(back_populates = blades)]
    pub saw: BelongsTo<Saw>,
}
