// Models of the tables of a database, written by `orm inspect`. Edit them: another run keeps what was edited.

use orm::prelude::*;

// inspected: table album 4e70c29db48eba57
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "album")]
pub struct Album {
    #[orm(primary_key)]
    pub album_id: i32,
    #[orm(length = 160)]
    pub title: String,
    #[belongs_to(back_populates = albums, column = "artist_id")]
    pub artist: BelongsTo<Artist>,
    #[has_many(back_populates = album)]
    pub tracks: HasMany<Track>,
}

// inspected: table artist b0e4f849f391d635
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "artist")]
pub struct Artist {
    #[orm(primary_key)]
    pub artist_id: i32,
    #[orm(length = 120)]
    pub name: Option<String>,
    #[has_many(back_populates = artist)]
    pub albums: HasMany<Album>,
}

// inspected: table customer 2d16d948ac825e24
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "customer")]
pub struct Customer {
    #[orm(primary_key)]
    pub customer_id: i32,
    #[orm(length = 40)]
    pub first_name: String,
    #[orm(length = 20)]
    pub last_name: String,
    #[orm(length = 40)]
    pub country: Option<String>,
    #[belongs_to(back_populates = customers, column = "support_rep_id")]
    pub support_rep: Option<BelongsTo<Employee>>,
    #[has_many(back_populates = customer)]
    pub invoices: HasMany<Invoice>,
}

// inspected: table employee b9d35459d23fbe2c
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "employee")]
pub struct Employee {
    #[orm(primary_key)]
    pub employee_id: i32,
    #[orm(length = 20)]
    pub first_name: String,
    #[orm(length = 20)]
    pub last_name: String,
    #[orm(length = 30)]
    pub title: Option<String>,
    #[belongs_to(back_populates = employees_by_reports_to, column = "reports_to")]
    pub reports_to: Option<BelongsTo<Employee>>,
    #[has_many(back_populates = support_rep)]
    pub customers: HasMany<Customer>,
    #[has_many(back_populates = reports_to)]
    pub employees_by_reports_to: HasMany<Employee>,
}

// inspected: table genre 86e8b92d53f2e139
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "genre")]
pub struct Genre {
    #[orm(primary_key)]
    pub genre_id: i32,
    #[orm(length = 120)]
    pub name: Option<String>,
    #[has_many(back_populates = genre)]
    pub tracks: HasMany<Track>,
}

// inspected: table invoice 4a8da35c3add7e25
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "invoice")]
pub struct Invoice {
    #[orm(primary_key)]
    pub invoice_id: i32,
    #[belongs_to(back_populates = invoices, column = "customer_id")]
    pub customer: BelongsTo<Customer>,
    pub invoice_date: chrono::DateTime<chrono::Utc>,
    #[orm(length = 40)]
    pub billing_country: Option<String>,
    #[orm(precision(10, 2))]
    pub total: rust_decimal::Decimal,
    #[has_many(back_populates = invoice)]
    pub invoice_lines: HasMany<InvoiceLine>,
}

// inspected: table invoice_line 9b0c87c6a4d763d1
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "invoice_line")]
pub struct InvoiceLine {
    #[orm(primary_key)]
    pub invoice_line_id: i32,
    #[belongs_to(back_populates = invoice_lines, column = "invoice_id")]
    pub invoice: BelongsTo<Invoice>,
    #[belongs_to(back_populates = invoice_lines, column = "track_id")]
    pub track: BelongsTo<Track>,
    #[orm(precision(10, 2))]
    pub unit_price: rust_decimal::Decimal,
    pub quantity: i32,
}

// inspected: table playlist 66cadfaed76031e5
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "playlist")]
pub struct Playlist {
    #[orm(primary_key)]
    pub playlist_id: i32,
    #[orm(length = 120)]
    pub name: Option<String>,
    #[many_to_many(table = "playlist_track", column = "playlist_id", back_populates = playlists)]
    pub tracks: ManyToMany<Track>,
}

// inspected: table track c0960b137ffb7edc
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "track")]
pub struct Track {
    #[orm(primary_key)]
    pub track_id: i32,
    #[orm(length = 200)]
    pub name: String,
    #[belongs_to(back_populates = tracks, column = "album_id")]
    pub album: Option<BelongsTo<Album>>,
    #[belongs_to(back_populates = tracks, column = "genre_id")]
    pub genre: Option<BelongsTo<Genre>>,
    #[orm(length = 220)]
    pub composer: Option<String>,
    pub milliseconds: i32,
    #[orm(precision(10, 2))]
    pub unit_price: rust_decimal::Decimal,
    #[has_many(back_populates = track)]
    pub invoice_lines: HasMany<InvoiceLine>,
    #[many_to_many(table = "playlist_track", column = "track_id", back_populates = tracks)]
    pub playlists: ManyToMany<Playlist>,
}
