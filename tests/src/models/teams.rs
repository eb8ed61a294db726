//! Two tables that reference each other.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "team")]
pub struct Team {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(on_delete = "set null")]
    pub captain: Option<BelongsTo<Player>>,
    #[has_many(back_populates = team, order_by = id)]
    pub players: HasMany<Player>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "player")]
pub struct Player {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = players)]
    pub team: Option<BelongsTo<Team>>,
}
