struct User {
    #[orm(primary_kye)]
    id: i64,
    #[has_many(back_populates = user)]
    posts: HasMany<Post>,
    friends: HasMany<User>,
}
