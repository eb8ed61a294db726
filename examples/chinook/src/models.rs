//! Models over tables that this program did not make: their names, keys and types are the database's.

use chrono::NaiveDateTime;
use orm::prelude::*;
use rust_decimal::Decimal;

/// A performer.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "artist")]
pub struct Artist {
    #[orm(primary_key, column = "artist_id")]
    pub id: i32,
    pub name: Option<String>,
    #[has_many(back_populates = artist, order_by = id, cascade(all))]
    pub albums: HasMany<Album>,
}

/// A record by one artist.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "album")]
pub struct Album {
    #[orm(primary_key, column = "album_id")]
    pub id: i32,
    pub title: String,
    #[belongs_to(back_populates = albums, column = "artist_id")]
    pub artist: BelongsTo<Artist>,
    #[has_many(back_populates = album, order_by = id, cascade(all))]
    pub tracks: HasMany<Track>,
}

/// A piece of music, which the shop sells.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "track")]
pub struct Track {
    #[orm(primary_key, column = "track_id")]
    pub id: i32,
    pub name: String,
    #[belongs_to(back_populates = tracks, column = "album_id")]
    pub album: Option<BelongsTo<Album>>,
    #[belongs_to(back_populates = tracks, column = "genre_id")]
    pub genre: Option<BelongsTo<Genre>>,
    pub composer: Option<String>,
    pub milliseconds: i32,
    pub unit_price: Decimal,
    #[many_to_many(table = "playlist_track", column = "track_id", back_populates = tracks, order_by = id)]
    pub playlists: ManyToMany<Playlist>,
    #[has_many(back_populates = track, cascade(all))]
    pub sales: HasMany<InvoiceLine>,
}

/// A kind of music.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "genre")]
pub struct Genre {
    #[orm(primary_key, column = "genre_id")]
    pub id: i32,
    pub name: Option<String>,
    #[has_many(back_populates = genre, order_by = id)]
    pub tracks: HasMany<Track>,
}

/// A list of tracks.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "playlist")]
pub struct Playlist {
    #[orm(primary_key, column = "playlist_id")]
    pub id: i32,
    pub name: Option<String>,
    #[many_to_many(table = "playlist_track", column = "playlist_id", back_populates = playlists)]
    pub tracks: ManyToMany<Track>,
}

/// What one customer bought at one time.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "invoice")]
pub struct Invoice {
    #[orm(primary_key, column = "invoice_id")]
    pub id: i32,
    #[belongs_to(back_populates = invoices, column = "customer_id")]
    pub customer: BelongsTo<Customer>,
    pub invoice_date: NaiveDateTime,
    pub billing_country: Option<String>,
    pub total: Decimal,
    #[has_many(back_populates = invoice)]
    pub lines: HasMany<InvoiceLine>,
}

/// One track on an invoice.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "invoice_line")]
pub struct InvoiceLine {
    #[orm(primary_key, column = "invoice_line_id")]
    pub id: i32,
    #[belongs_to(back_populates = lines, column = "invoice_id")]
    pub invoice: BelongsTo<Invoice>,
    #[belongs_to(back_populates = sales, column = "track_id")]
    pub track: BelongsTo<Track>,
    pub unit_price: Decimal,
    pub quantity: i32,
}

/// Somebody who buys.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "customer")]
pub struct Customer {
    #[orm(primary_key, column = "customer_id")]
    pub id: i32,
    pub first_name: String,
    pub last_name: String,
    pub country: Option<String>,
    #[belongs_to(back_populates = customers, column = "support_rep_id")]
    pub support_rep: Option<BelongsTo<Employee>>,
    #[has_many(back_populates = customer, order_by = id)]
    pub invoices: HasMany<Invoice>,
}

/// Somebody who works in the shop, for another employee.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "employee")]
pub struct Employee {
    #[orm(primary_key, column = "employee_id")]
    pub id: i32,
    pub first_name: String,
    pub last_name: String,
    pub title: Option<String>,
    #[belongs_to(back_populates = reports, column = "reports_to")]
    pub boss: Option<BelongsTo<Employee>>,
    #[has_many(back_populates = boss, order_by = id)]
    pub reports: HasMany<Employee>,
    #[has_many(back_populates = support_rep, order_by = id)]
    pub customers: HasMany<Customer>,
}
