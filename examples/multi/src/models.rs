use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "multi_account", check("{balance} >= 0", name = "balance_is_positive"))]
pub(crate) struct Account {
    #[orm(primary_key)]
    pub(crate) id: i64,
    #[orm(unique)]
    pub(crate) owner: String,
    pub(crate) balance: i64,
    #[has_many(back_populates = account, order_by = id, cascade(all, delete_orphan))]
    pub(crate) changes: HasMany<Change>,
}

impl Account {
    pub(crate) fn opened(owner: &str, balance: i64) -> Self {
        let first = Change { amount: balance, ..Default::default() };
        Self { owner: owner.into(), balance, changes: [first].into(), ..Default::default() }
    }
}

/// In the database of the log: no constraint leads from here to the account.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "multi_change")]
pub(crate) struct Change {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) amount: i64,
    #[belongs_to(back_populates = changes)]
    pub(crate) account: BelongsTo<Account>,
}
