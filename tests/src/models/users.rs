//! A parent that owns its children: NOT NULL key, everything cascades, orphans are deleted.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "user")]
pub struct User {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(length = 80)]
    pub name: String,
    pub age: i32,
    #[orm(unique)]
    pub email: Option<String>,
    #[has_many(back_populates = user, cascade(all, delete_orphan), order_by = id)]
    pub addresses: HasMany<Address>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "address")]
pub struct Address {
    #[orm(primary_key)]
    pub id: i64,
    pub city: String,
    pub street: Option<String>,
    #[belongs_to(back_populates = addresses)]
    pub user: BelongsTo<User>,
}

impl User {
    /// A user with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

impl Address {
    /// An address with nothing but a city.
    pub fn in_city(city: &str) -> Self {
        Self { city: city.into(), ..Self::default() }
    }
}
