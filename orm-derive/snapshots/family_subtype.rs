#[orm(inherits, identity = "customer")]
pub struct Customer {
    #[orm(base)]
    pub person: Person,
    #[orm(default = 5)]
    pub rating: i64,
    #[has_many(back_populates = customer)]
    pub sales: HasMany<Sale>,
}
