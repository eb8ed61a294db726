use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "bench_user")]
pub(crate) struct User {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) email: String,
    #[has_many(back_populates = user)]
    pub(crate) posts: HasMany<Post>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "bench_post")]
pub(crate) struct Post {
    #[orm(primary_key)]
    pub(crate) id: i64,
    #[orm(index)]
    #[belongs_to(back_populates = posts)]
    pub(crate) user: BelongsTo<User>,
    pub(crate) title: String,
    pub(crate) body: String,
    #[has_many(back_populates = post)]
    pub(crate) comments: HasMany<Comment>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "bench_comment")]
pub(crate) struct Comment {
    #[orm(primary_key)]
    pub(crate) id: i64,
    #[orm(index)]
    #[belongs_to(back_populates = comments)]
    pub(crate) post: BelongsTo<Post>,
    pub(crate) author: String,
    pub(crate) text: String,
}

/// Eight columns, for reading. The raw side reads into the same struct.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "bench_person")]
pub(crate) struct Person {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) city: String,
    pub(crate) age: i32,
    pub(crate) score: f64,
    pub(crate) active: bool,
    pub(crate) note: Option<String>,
}
