//! Records as a shop of music has them: musicians, their albums, the pieces on them, and what a piece is (`Style`, `Medium`).

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "musician")]
pub struct Musician {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = musician, order_by = id)]
    pub albums: HasMany<Album>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "album")]
pub struct Album {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[belongs_to(back_populates = albums)]
    pub musician: BelongsTo<Musician>,
    #[has_many(back_populates = album, order_by = id)]
    pub pieces: HasMany<Piece>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "piece")]
pub struct Piece {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = pieces)]
    pub album: Option<BelongsTo<Album>>,
    #[belongs_to]
    pub style: Option<BelongsTo<Style>>,
    #[belongs_to]
    pub medium: BelongsTo<Medium>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "style")]
pub struct Style {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "medium")]
pub struct Medium {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

/// Fills the shop with as many rows as the Chinook database has: 275 musicians, of whom the last 71 have no album, 347 albums, 3,503 pieces, 25
/// styles and 5 media. Each tenth piece has no style.
///
/// # Errors
///
/// The database's.
pub fn stock_albums(session: &mut Session) -> orm::Result<()> {
    let name = |what: &str, number: i64| format!("{what} {number}");
    Style::insert_all((1..=25).map(|id| Style { id, name: name("style", id) })).execute(session)?;
    Medium::insert_all((1..=5).map(|id| Medium { id, name: name("medium", id) })).execute(session)?;
    let musician = |id| Musician { id, name: name("musician", id), ..Musician::default() };
    Musician::insert_all((1..=275).map(musician)).execute(session)?;
    let album =
        |id| Album { id, title: name("album", id), musician: BelongsTo::key((id - 1) % 204 + 1), ..Album::default() };
    Album::insert_all((1..=347).map(album)).execute(session)?;
    let piece = |id| Piece {
        id,
        name: name("piece", id),
        album: Some(BelongsTo::key((id - 1) % 347 + 1)),
        style: (id % 10 != 0).then(|| BelongsTo::key(id % 25 + 1)),
        medium: BelongsTo::key(id % 5 + 1),
    };
    Piece::insert_all((1..=3_503).map(piece)).execute(session)?;
    session.commit()
}
