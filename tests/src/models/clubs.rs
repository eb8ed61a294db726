//! Two tables that reference each other, the one by keys that are written apart.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "club")]
pub struct Club {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(post_update)]
    pub chair: Option<BelongsTo<Fan>>,
    #[belongs_to(post_update)]
    pub mascot: Option<BelongsTo<Fan>>,
    #[has_many(back_populates = club, order_by = id, cascade(all, delete_orphan))]
    pub fans: HasMany<Fan>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "fan")]
pub struct Fan {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = fans)]
    pub club: BelongsTo<Club>,
}
