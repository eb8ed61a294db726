use chrono::{DateTime, NaiveDateTime};
use orm::prelude::*;
use orm_workloads::{NewItem, NewUser, Outcome, rows};

/// Users, posts and comments as they are usually written: the session deletes what belongs to a deleted object.
pub(super) mod graph {
    use orm::prelude::*;

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "users")]
    pub(crate) struct User {
        #[orm(primary_key)]
        pub(crate) id: i64,
        pub(crate) name: String,
        pub(crate) email: String,
        #[has_many(back_populates = user, cascade(all, delete_orphan))]
        pub(crate) posts: HasMany<Post>,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "posts")]
    pub(crate) struct Post {
        #[orm(primary_key)]
        pub(crate) id: i64,
        #[belongs_to(back_populates = posts)]
        pub(crate) user: BelongsTo<User>,
        pub(crate) title: String,
        pub(crate) body: String,
        #[has_many(back_populates = post, cascade(all, delete_orphan))]
        pub(crate) comments: HasMany<Comment>,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "comments")]
    pub(crate) struct Comment {
        #[orm(primary_key)]
        pub(crate) id: i64,
        #[belongs_to(back_populates = comments)]
        pub(crate) post: BelongsTo<Post>,
        pub(crate) body: String,
    }
}

/// The same tables, for a session that leaves what it has not loaded to ON DELETE CASCADE.
pub(super) mod passive {
    use orm::prelude::*;

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "users")]
    pub(crate) struct User {
        #[orm(primary_key)]
        pub(crate) id: i64,
        pub(crate) name: String,
        pub(crate) email: String,
        #[has_many(back_populates = user, cascade(all, delete_orphan), passive_deletes)]
        pub(crate) posts: HasMany<Post>,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "posts")]
    pub(crate) struct Post {
        #[orm(primary_key)]
        pub(crate) id: i64,
        #[belongs_to(back_populates = posts, on_delete = "cascade")]
        pub(crate) user: BelongsTo<User>,
        pub(crate) title: String,
    }
}

/// Eight columns. The raw side reads into the same struct.
#[derive(Model, Debug, Clone)]
#[orm(table = "items")]
pub(crate) struct Item {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) c: String,
    pub(crate) score: f64,
    pub(crate) active: bool,
    pub(crate) created_at: NaiveDateTime,
    pub(crate) note: Option<String>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "brands")]
pub(super) struct Brand {
    #[orm(primary_key)]
    pub(super) id: i64,
    pub(super) name: String,
    #[has_many(back_populates = brand)]
    pub(super) models: HasMany<CarModel>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "models")]
pub(super) struct CarModel {
    #[orm(primary_key)]
    pub(super) id: i64,
    #[belongs_to(back_populates = models)]
    pub(super) brand: BelongsTo<Brand>,
    pub(super) name: String,
    #[has_many(back_populates = model)]
    pub(super) cars: HasMany<Car>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "cars")]
pub(super) struct Car {
    #[orm(primary_key)]
    pub(super) id: i64,
    #[belongs_to(back_populates = cars)]
    pub(super) model: BelongsTo<CarModel>,
    pub(super) year: i64,
    pub(super) price: f64,
}

/// A time from its microseconds since 1970.
pub(crate) fn time(microseconds: i64) -> Outcome<NaiveDateTime> {
    let time = DateTime::from_timestamp_micros(microseconds).ok_or("a time out of range")?;
    Ok(time.naive_utc())
}

impl Item {
    pub(super) fn new(new: NewItem) -> Outcome<Self> {
        let NewItem { id, a, b, c, score, active, created_at, note } = new;
        Ok(Self { id, a, b, c, score, active, created_at: time(created_at)?, note })
    }

    /// What is compared of it.
    pub(crate) fn row(&self) -> String {
        let created_at = self.created_at.and_utc().timestamp_micros();
        rows::item(self.id, &self.a, &self.b, &self.c, self.score, self.active, created_at, self.note.as_deref())
    }
}

/// Users with their posts and comments, which take over the texts.
pub(super) fn users(graph: Vec<NewUser>) -> impl Iterator<Item = graph::User> {
    let comment = |body| graph::Comment { body, ..Default::default() };
    let post = move |post: orm_workloads::NewPost| graph::Post {
        title: post.title,
        body: post.body,
        comments: post.comments.into_iter().map(comment).collect(),
        ..Default::default()
    };
    graph.into_iter().map(move |user| graph::User {
        name: user.name,
        email: user.email,
        posts: user.posts.into_iter().map(post).collect(),
        ..Default::default()
    })
}
