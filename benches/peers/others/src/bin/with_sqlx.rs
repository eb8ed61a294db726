//! The service with sqlx: statements by hand, relations by one statement each.

use std::collections::HashMap;
use std::str::FromStr as _;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use others::{CONNECTIONS, NewComment, Outcome, PAGE, Post, User, database, failed};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// The same handlers for both pools: they differ in the spelling of placeholders and of lists.
macro_rules! handlers {
    ($name:ident, $pool:ty, $user:literal, $posts:literal, $insert:literal, $comments:expr) => {
        mod $name {
            use super::*;

            pub fn service(pool: $pool) -> Router {
                Router::new()
                    .route("/users/{id}", get(user))
                    .route("/posts/{first}", get(posts))
                    .route("/posts/{id}/comments", post(comment))
                    .with_state(pool)
            }

            async fn user(State(pool): State<$pool>, Path(id): Path<i64>) -> Result<Json<User>, StatusCode> {
                let row: (i64, String, String, i32) =
                    sqlx::query_as($user).bind(id).fetch_one(&pool).await.map_err(failed)?;
                Ok(Json(User { id: row.0, name: row.1, email: row.2, age: row.3 }))
            }

            async fn posts(State(pool): State<$pool>, Path(first): Path<i64>) -> Result<Json<Vec<Post>>, StatusCode> {
                let rows: Vec<(i64, String, String)> =
                    sqlx::query_as($posts).bind(first).bind(PAGE).fetch_all(&pool).await.map_err(failed)?;
                let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
                let mut of_post: HashMap<i64, Vec<String>> = HashMap::new();
                let comments: Vec<(i64, String)> = $comments(&pool, ids).await.map_err(failed)?;
                for (post, body) in comments {
                    of_post.entry(post).or_default().push(body);
                }
                let post = |(id, title, author)| {
                    let comments = of_post.remove(&id).unwrap_or_default();
                    Post { id, title, author, comments }
                };
                Ok(Json(rows.into_iter().map(post).collect()))
            }

            async fn comment(
                State(pool): State<$pool>,
                Path(id): Path<i64>,
                Json(new): Json<NewComment>,
            ) -> Result<Json<i64>, StatusCode> {
                let id: i64 =
                    sqlx::query_scalar($insert).bind(id).bind(new.body).fetch_one(&pool).await.map_err(failed)?;
                Ok(Json(id))
            }
        }
    };
}

handlers!(
    pg,
    sqlx::PgPool,
    "SELECT id, name, email, age FROM author WHERE id = $1",
    "SELECT p.id, p.title, a.name FROM post p JOIN author a ON a.id = p.author_id WHERE p.id >= $1 ORDER BY p.id LIMIT $2",
    "INSERT INTO comment (post_id, body) VALUES ($1, $2) RETURNING id",
    async |pool: &sqlx::PgPool, ids: Vec<i64>| {
        let text = "SELECT post_id, body FROM comment WHERE post_id = ANY($1) ORDER BY id";
        sqlx::query_as::<_, (i64, String)>(text).bind(ids).fetch_all(pool).await
    }
);

handlers!(
    sqlite,
    sqlx::SqlitePool,
    "SELECT id, name, email, age FROM author WHERE id = ?1",
    "SELECT p.id, p.title, a.name FROM post p JOIN author a ON a.id = p.author_id WHERE p.id >= ?1 ORDER BY p.id LIMIT ?2",
    "INSERT INTO comment (post_id, body) VALUES (?1, ?2) RETURNING id",
    async |pool: &sqlx::SqlitePool, ids: Vec<i64>| {
        let mut query = sqlx::QueryBuilder::new("SELECT post_id, body FROM comment WHERE post_id IN (");
        let mut list = query.separated(", ");
        ids.iter().for_each(|id| {
            list.push_bind(*id);
        });
        query.push(") ORDER BY id");
        query.build_query_as::<(i64, String)>().fetch_all(pool).await
    }
);

fn main() -> Outcome {
    let (url, is_postgres) = database()?;
    others::run(async move {
        if is_postgres {
            return Ok(pg::service(PgPoolOptions::new().max_connections(CONNECTIONS).connect(&url).await?));
        }
        let options = SqliteConnectOptions::from_str(&url.replace("sqlite:///", "sqlite://"))?
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal);
        Ok(sqlite::service(SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?))
    })
}
