//! A versioned parent whose children it does not own.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "board")]
pub struct Board {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[orm(version)]
    pub version: i32,
    #[has_many(back_populates = board, order_by = id)]
    pub cards: HasMany<Card>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "card")]
pub struct Card {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    #[belongs_to(back_populates = cards)]
    pub board: Option<BelongsTo<Board>>,
}
