//! The service with SeaORM: entities, and relations by its loader.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post as to};
use axum::{Json, Router};
use others::{CONNECTIONS, NewComment, Outcome, PAGE, Post, User, database, failed};
use sea_orm::entity::prelude::*;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, QueryOrder as _, QuerySelect as _, Set};

mod author {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "author")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub email: String,
        pub age: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod post {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "post")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub author_id: i64,
        pub title: String,
        pub body: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::author::Entity", from = "Column::AuthorId", to = "super::author::Column::Id")]
        Author,
        #[sea_orm(has_many = "super::comment::Entity")]
        Comment,
    }

    impl Related<super::author::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Author.def()
        }
    }

    impl Related<super::comment::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Comment.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod comment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "comment")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub post_id: i64,
        pub body: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::post::Entity", from = "Column::PostId", to = "super::post::Column::Id")]
        Post,
    }

    impl Related<super::post::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Post.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn user(State(db): State<DatabaseConnection>, Path(id): Path<i64>) -> Result<Json<User>, StatusCode> {
    let found = author::Entity::find_by_id(id).one(&db).await.map_err(failed)?.ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(User { id: found.id, name: found.name, email: found.email, age: found.age }))
}

async fn posts(State(db): State<DatabaseConnection>, Path(first): Path<i64>) -> Result<Json<Vec<Post>>, StatusCode> {
    let query = post::Entity::find().filter(post::Column::Id.gte(first)).order_by_asc(post::Column::Id);
    let posts = query.limit(u64::try_from(PAGE).ok()).all(&db).await.map_err(failed)?;
    let authors = posts.load_one(author::Entity, &db).await.map_err(failed)?;
    let comments = posts.load_many(comment::Entity, &db).await.map_err(failed)?;
    let post = |((post, author), comments): ((post::Model, Option<author::Model>), Vec<comment::Model>)| Post {
        id: post.id,
        title: post.title,
        author: author.map(|author| author.name).unwrap_or_default(),
        comments: comments.into_iter().map(|comment| comment.body).collect(),
    };
    Ok(Json(posts.into_iter().zip(authors).zip(comments).map(post).collect()))
}

async fn add(
    State(db): State<DatabaseConnection>,
    Path(id): Path<i64>,
    Json(new): Json<NewComment>,
) -> Result<Json<i64>, StatusCode> {
    let new = comment::ActiveModel { post_id: Set(id), body: Set(new.body), ..Default::default() };
    Ok(Json(new.insert(&db).await.map_err(failed)?.id))
}

fn main() -> Outcome {
    let (url, is_postgres) = database()?;
    others::run(async move {
        let mut options = ConnectOptions::new(if is_postgres { url } else { url.replace("sqlite:///", "sqlite://") });
        options.max_connections(CONNECTIONS).sqlx_logging(false);
        options.map_sqlx_sqlite_opts(|options| {
            options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal)
        });
        let db = Database::connect(options).await?;
        Ok(Router::new()
            .route("/users/{id}", get(user))
            .route("/posts/{first}", get(posts))
            .route("/posts/{id}/comments", to(add))
            .with_state(db))
    })
}
