//! Views over tables, and a table that is read only.

use orm::functions::{count_all, sum};
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "client")]
pub struct Client {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(length = 40)]
    pub name: String,
    #[has_many(back_populates = client)]
    pub purchases: HasMany<Purchase>,
    #[has_one(back_populates = client)]
    pub turnover: HasOne<Turnover>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "purchase")]
pub struct Purchase {
    #[orm(primary_key)]
    pub id: i64,
    pub amount: i64,
    #[belongs_to(back_populates = purchases)]
    pub client: BelongsTo<Client>,
}

/// A view by a text, whose rows are objects: its key is the foreign key.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(
    table = "turnover",
    view = "SELECT client_id, count(*) AS purchases FROM purchase WHERE amount > 0 GROUP BY client_id"
)]
pub struct Turnover {
    #[orm(primary_key)]
    #[belongs_to(back_populates = turnover)]
    pub client: BelongsTo<Client>,
    pub purchases: i64,
}

/// A view by a typed query, without a key.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "best_client", view = Client::query()
    .join(Client::purchases)
    .group_by(Client::name)
    .select((Client::name, count_all(), sum(Purchase::amount))))]
pub struct BestClient {
    pub name: String,
    pub purchases: i64,
    pub total: Option<i64>,
}

/// A view that others make.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "foreign_view", view)]
pub struct ForeignView {
    pub answer: i64,
}

/// A view whose rows are stored.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(
    table = "stored_turnover",
    materialized_view = "SELECT client_id, count(*) AS purchases FROM purchase GROUP BY client_id"
)]
pub struct StoredTurnover {
    #[orm(primary_key, unique)]
    pub client_id: i64,
    pub purchases: i64,
}

/// A table that the program reads only.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "client_name", read_only)]
pub struct ClientName {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(length = 40)]
    pub name: String,
    #[has_many(back_populates = of)]
    pub notes: HasMany<ClientNote>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "client_note")]
pub struct ClientNote {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    #[belongs_to(back_populates = notes)]
    pub of: Option<BelongsTo<ClientName>>,
}
