//! Many to many through a model (`Credit`) that is a member of both ends: an actor may have several credits in one film.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "actor")]
pub struct Actor {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = actor, cascade(all, delete_orphan), order_by = id)]
    pub credits: HasMany<Credit>,
    #[many_to_many(through = Credit, back_populates = actors, order_by = id)]
    pub films: ManyToMany<Film>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "film")]
pub struct Film {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[has_many(back_populates = film, cascade(all, delete_orphan), order_by = id)]
    pub credits: HasMany<Credit>,
    #[many_to_many(through = Credit, back_populates = films, order_by = id)]
    pub actors: ManyToMany<Actor>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "credit")]
pub struct Credit {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = credits)]
    pub actor: BelongsTo<Actor>,
    #[belongs_to(back_populates = credits)]
    pub film: BelongsTo<Film>,
    #[orm(default = "extra")]
    pub role: String,
}
