#[orm(unique(name, billing.city))]
pub struct Customer {
    #[orm(primary_key)]
    id: i64,
    #[orm(embed, prefix = "billing_")]
    pub billing: Address,
    name: String,
    #[belongs_to]
    boss: Option<BelongsTo<Customer>>,
}
