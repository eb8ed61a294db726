//! The service with Diesel, whose calls block: on tokio's threads for that.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post as to};
use axum::{Json, Router};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use others::{CONNECTIONS, NewComment, Outcome, PAGE, Post, User, database, failed};

diesel::table! {
    author (id) {
        id -> BigInt,
        name -> Text,
        email -> Text,
        age -> Integer,
    }
}

diesel::table! {
    post (id) {
        id -> BigInt,
        author_id -> BigInt,
        title -> Text,
        body -> Text,
    }
}

diesel::table! {
    comment (id) {
        id -> BigInt,
        post_id -> BigInt,
        body -> Text,
    }
}

diesel::joinable!(post -> author (author_id));
diesel::joinable!(comment -> post (post_id));
diesel::allow_tables_to_appear_in_same_query!(author, post, comment);

#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = post)]
struct PostRow {
    id: i64,
    title: String,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = comment, belongs_to(PostRow, foreign_key = post_id))]
struct CommentRow {
    id: i64,
    post_id: i64,
    body: String,
}

/// What each connection of SQLite is told.
#[derive(Debug)]
struct Settings;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, connection: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        let settings = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON";
        connection.batch_execute(settings).map_err(diesel::r2d2::Error::QueryError)
    }
}

/// The same handlers for both kinds of connections.
macro_rules! handlers {
    ($name:ident, $connection:ty) => {
        mod $name {
            use super::*;

            type Places = Pool<ConnectionManager<$connection>>;

            pub fn service(pool: Places) -> Router {
                Router::new()
                    .route("/users/{id}", get(user))
                    .route("/posts/{first}", get(posts))
                    .route("/posts/{id}/comments", to(add))
                    .with_state(pool)
            }

            async fn blocking<T: Send + 'static>(
                pool: Places,
                work: impl FnOnce(&mut $connection) -> QueryResult<T> + Send + 'static,
            ) -> Result<Json<T>, StatusCode> {
                let work = move || -> Result<T, StatusCode> {
                    let mut connection = pool.get().map_err(failed)?;
                    work(&mut connection).map_err(failed)
                };
                tokio::task::spawn_blocking(work).await.map_err(failed)?.map(Json)
            }

            async fn user(State(pool): State<Places>, Path(id): Path<i64>) -> Result<Json<User>, StatusCode> {
                blocking(pool, move |connection| {
                    let row: (i64, String, String, i32) = author::table.find(id).first(connection)?;
                    Ok(User { id: row.0, name: row.1, email: row.2, age: row.3 })
                })
                .await
            }

            async fn posts(State(pool): State<Places>, Path(first): Path<i64>) -> Result<Json<Vec<Post>>, StatusCode> {
                blocking(pool, move |connection| {
                    let rows: Vec<(PostRow, String)> = post::table
                        .inner_join(author::table)
                        .filter(post::id.ge(first))
                        .order(post::id)
                        .limit(PAGE)
                        .select((PostRow::as_select(), author::name))
                        .load(connection)?;
                    let (posts, authors): (Vec<PostRow>, Vec<String>) = rows.into_iter().unzip();
                    let comments =
                        CommentRow::belonging_to(&posts).order(comment::id).load::<CommentRow>(connection)?;
                    let comments = comments.grouped_by(&posts);
                    let post = |((post, author), comments): ((PostRow, String), Vec<CommentRow>)| Post {
                        id: post.id,
                        title: post.title,
                        author,
                        comments: comments.into_iter().map(|comment| comment.body).collect(),
                    };
                    Ok(posts.into_iter().zip(authors).zip(comments).map(post).collect())
                })
                .await
            }

            async fn add(
                State(pool): State<Places>,
                Path(id): Path<i64>,
                Json(new): Json<NewComment>,
            ) -> Result<Json<i64>, StatusCode> {
                blocking(pool, move |connection| {
                    let row = (comment::post_id.eq(id), comment::body.eq(new.body));
                    diesel::insert_into(comment::table).values(row).returning(comment::id).get_result(connection)
                })
                .await
            }
        }
    };
}

handlers!(pg, PgConnection);
handlers!(sqlite, SqliteConnection);

fn main() -> Outcome {
    let (url, is_postgres) = database()?;
    others::run(async move {
        if is_postgres {
            return Ok(pg::service(Pool::builder().max_size(CONNECTIONS).build(ConnectionManager::new(url))?));
        }
        let pool = Pool::builder().max_size(CONNECTIONS).connection_customizer(Box::new(Settings));
        Ok(sqlite::service(pool.build(ConnectionManager::new(url.replace("sqlite:///", "")))?))
    })
}
