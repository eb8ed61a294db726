//! Two relations to the same model.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "account")]
pub struct Account {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = sender, cascade(all, delete_orphan), order_by = id)]
    pub sent: HasMany<Message>,
    #[has_many(back_populates = recipient, order_by = id)]
    pub received: HasMany<Message>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "message")]
pub struct Message {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    #[belongs_to(back_populates = sent)]
    pub sender: BelongsTo<Account>,
    #[belongs_to(back_populates = received)]
    pub recipient: Option<BelongsTo<Account>>,
}

impl Account {
    /// An account with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
