//! Values whose fields are columns of the models around them.

use chrono::NaiveDateTime;
use orm::prelude::*;

#[derive(Embedded, Debug, Clone, Default, PartialEq)]
pub struct Pin {
    pub lat: f64,
    pub lon: f64,
}

/// With a value inside that may be missing.
#[derive(Embedded, Debug, Clone, Default, PartialEq)]
#[orm(check("{city} <> 'Nowhere'", name = "somewhere"), index(city, street))]
pub struct Site {
    pub street: String,
    #[orm(length = 40, column = "town")]
    pub city: String,
    pub floor: Option<i32>,
    #[orm(embed, prefix = "at_")]
    pub at: Option<Pin>,
}

/// Filled by the database, the flush and the program.
#[derive(Embedded, Debug, Clone, PartialEq)]
pub struct Trail {
    #[orm(server_default = "CURRENT_TIMESTAMP")]
    pub created: Generated<NaiveDateTime>,
    #[orm(default = 1, on_update = 2)]
    pub revision: i32,
    #[orm(default_on_insert = 7)]
    pub seed: Generated<i64>,
    #[orm(secret, default = "key")]
    pub token: String,
}

#[derive(Embedded, Debug, Clone, Default, PartialEq)]
pub enum Payment {
    #[default]
    Cash,
    Card {
        #[orm(length = 19)]
        number: String,
        holder: Option<String>,
    },
    #[orm(rename = "transfer")]
    Iban(String),
}

/// Plain fields before, between and behind embedded ones, and relations.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "venue", unique(name, site.city), index(stage.at.lat), check("{payment.kind} <> 'barter'"))]
pub struct Venue {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(embed)]
    pub site: Site,
    #[orm(embed, prefix = "stage_")]
    pub stage: Option<Site>,
    pub seats: i32,
    #[orm(embed)]
    pub trail: Trail,
    #[orm(embed, prefix = "pay_")]
    pub payment: Payment,
    #[orm(embed, prefix = "refund_")]
    pub refund: Option<Payment>,
    #[belongs_to(back_populates = annexes)]
    pub main: Option<BelongsTo<Venue>>,
    #[has_many(back_populates = main, order_by = site.city)]
    pub annexes: HasMany<Venue>,
}

/// Versions are counted in the embedded value.
#[derive(Embedded, Debug, Clone, Default, PartialEq)]
pub struct Edition {
    #[orm(version)]
    pub number: i64,
    pub editor: String,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "handbook")]
pub struct Handbook {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(embed, prefix = "edition_")]
    pub edition: Edition,
    pub title: String,
}

/// Whatever is written, these columns are compared.
#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "kiosk", optimistic(columns(spot.lat)))]
pub struct Kiosk {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(embed, default = Pin { lat: 1.5, lon: 2.5 })]
    pub spot: Pin,
    pub goods: String,
}
