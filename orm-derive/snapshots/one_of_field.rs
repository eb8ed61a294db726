pub struct Bot {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = bots, on_delete = "cascade")]
    pub owner: OneOf<Owner>,
    #[belongs_to(column = "by")]
    pub maker: Option<OneOf<Owner>>,
    pub name: String,
    #[belongs_to(type_column = "kept_by", key_column = "keeper")]
    pub keeper: OneOf<Owner>,
}
