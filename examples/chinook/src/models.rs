//! Models over tables that this program did not make: their names, keys and types are the database's.

use chrono::NaiveDateTime;
use orm::prelude::*;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "artist")]
pub(crate) struct Artist {
    #[orm(primary_key, column = "artist_id")]
    pub(crate) id: i32,
    pub(crate) name: Option<String>,
    #[has_many(back_populates = artist, order_by = id)]
    pub(crate) albums: HasMany<Album>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "album")]
pub(crate) struct Album {
    #[orm(primary_key, column = "album_id")]
    pub(crate) id: i32,
    pub(crate) title: String,
    #[belongs_to(back_populates = albums, column = "artist_id")]
    pub(crate) artist: BelongsTo<Artist>,
    #[has_many(back_populates = album, order_by = id)]
    pub(crate) tracks: HasMany<Track>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "track")]
pub(crate) struct Track {
    #[orm(primary_key, column = "track_id")]
    pub(crate) id: i32,
    pub(crate) name: String,
    #[belongs_to(back_populates = tracks, column = "album_id")]
    pub(crate) album: Option<BelongsTo<Album>>,
    #[belongs_to(column = "genre_id")]
    pub(crate) genre: Option<BelongsTo<Genre>>,
    pub(crate) composer: Option<String>,
    pub(crate) milliseconds: i32,
    pub(crate) unit_price: Decimal,
    #[many_to_many(table = "playlist_track", column = "track_id", back_populates = tracks, order_by = id)]
    pub(crate) playlists: ManyToMany<Playlist>,
    #[has_many(back_populates = track)]
    pub(crate) sales: HasMany<InvoiceLine>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "genre")]
pub(crate) struct Genre {
    #[orm(primary_key, column = "genre_id")]
    pub(crate) id: i32,
    pub(crate) name: Option<String>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "playlist")]
pub(crate) struct Playlist {
    #[orm(primary_key, column = "playlist_id")]
    pub(crate) id: i32,
    pub(crate) name: Option<String>,
    #[many_to_many(table = "playlist_track", column = "playlist_id", back_populates = playlists)]
    pub(crate) tracks: ManyToMany<Track>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "invoice")]
pub(crate) struct Invoice {
    #[orm(primary_key, column = "invoice_id")]
    pub(crate) id: i32,
    pub(crate) invoice_date: NaiveDateTime,
    pub(crate) total: Decimal,
    #[has_many(back_populates = invoice)]
    pub(crate) lines: HasMany<InvoiceLine>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "invoice_line")]
pub(crate) struct InvoiceLine {
    #[orm(primary_key, column = "invoice_line_id")]
    pub(crate) id: i32,
    #[belongs_to(back_populates = lines, column = "invoice_id")]
    pub(crate) invoice: BelongsTo<Invoice>,
    #[belongs_to(back_populates = sales, column = "track_id")]
    pub(crate) track: BelongsTo<Track>,
    pub(crate) unit_price: Decimal,
    pub(crate) quantity: i32,
}
