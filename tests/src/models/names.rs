//! Names that need quotes, and tables in a schema of their own.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "Select From", index(group))]
pub struct Order {
    #[orm(primary_key, column = "Order")]
    pub id: i64,
    #[orm(column = "group", unique)]
    pub group: String,
    #[orm(column = "it's \"quoted\"", server_default = "'none'")]
    pub note: Option<String>,
    #[has_many(back_populates = r#where, cascade(all, delete_orphan), order_by = id)]
    pub items: HasMany<Item>,
    #[many_to_many(table = "table", back_populates = orders)]
    pub r#type: ManyToMany<Kind>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "user's")]
pub struct Item {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(column = "naïve %s $1 ?2 :p")]
    pub text: Option<String>,
    #[belongs_to(back_populates = items, column = "WHERE")]
    pub r#where: BelongsTo<Order>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "CASE")]
pub struct Kind {
    #[orm(primary_key)]
    pub id: i64,
    #[many_to_many(table = "table", back_populates = r#type)]
    pub orders: ManyToMany<Order>,
}

/// In a schema that is not the connection's own.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "user", schema = "orm test annex")]
pub struct Guest {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = guest, cascade(all, delete_orphan), order_by = id)]
    pub visits: HasMany<Visit>,
    #[many_to_many(table = "guest_badge", back_populates = guests, order_by = id)]
    pub badges: ManyToMany<Badge>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "visit", schema = "orm test annex")]
pub struct Visit {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(server_default = "'morning'")]
    pub time: Option<String>,
    #[belongs_to(back_populates = visits)]
    pub guest: BelongsTo<Guest>,
}

/// In the connection's own schema, as the association table is.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "badge")]
pub struct Badge {
    #[orm(primary_key)]
    pub id: i64,
    #[many_to_many(table = "guest_badge", back_populates = badges, order_by = id)]
    pub guests: ManyToMany<Guest>,
}
