//! Many to many within one table (`Member`), and through a model with columns of its own (`Artist`, `Band`, `Role`).

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "member")]
pub struct Member {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[many_to_many(table = "follow", back_populates = followers, order_by = id)]
    pub follows: ManyToMany<Member>,
    #[many_to_many(table = "follow", back_populates = follows, order_by = id)]
    pub followers: ManyToMany<Member>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "artist")]
pub struct Artist {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = artist, cascade(all, delete_orphan))]
    pub roles: HasMany<Role>,
    #[many_to_many(through = Role, back_populates = artists, order_by = id)]
    pub bands: ManyToMany<Band>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "band")]
pub struct Band {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[many_to_many(through = Role, back_populates = bands, order_by = id)]
    pub artists: ManyToMany<Artist>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "role", unique(artist, band))]
pub struct Role {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = roles)]
    pub artist: BelongsTo<Artist>,
    #[belongs_to]
    pub band: BelongsTo<Band>,
    #[orm(default = "guitar")]
    pub instrument: String,
    #[orm(server_default = "1")]
    pub share: Option<i32>,
    #[orm(version)]
    pub version: i32,
}

impl Member {
    /// A member who follows nobody.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
