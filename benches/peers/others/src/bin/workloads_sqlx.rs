//! The workloads W1 to W9 with sqlx.

use std::collections::HashMap;
use std::error::Error;

use chrono::{DateTime, NaiveDateTime};
use orm_workloads::{
    Database, Kind, Outcome, SETTINGS, Sample, Seen, Task, Way, is_dirty, items, lookup_keys, rows, serve,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, QueryBuilder};
use tokio::runtime::{Builder, Runtime};

#[derive(sqlx::FromRow)]
struct User {
    id: i64,
    name: String,
    email: String,
}

#[derive(sqlx::FromRow)]
struct Post {
    id: i64,
    user_id: i64,
    title: String,
    body: String,
}

#[derive(sqlx::FromRow)]
struct Item {
    id: i64,
    a: String,
    b: String,
    c: String,
    score: f64,
    active: bool,
    created_at: NaiveDateTime,
    note: Option<String>,
}

type Group = (String, String, i64, f64);
type Nested = Vec<(User, Vec<Post>)>;

const ITEMS: &str = "SELECT id, a, b, c, score, active, created_at, note FROM items";

fn time(microseconds: i64) -> Outcome<NaiveDateTime> {
    Ok(DateTime::from_timestamp_micros(microseconds).ok_or("a time out of range")?.naive_utc())
}

fn seen_items(items: &Vec<Item>) -> Outcome<Seen> {
    Ok(Seen::of(items.iter().map(|item| {
        let created_at = item.created_at.and_utc().timestamp_micros();
        rows::item(item.id, &item.a, &item.b, &item.c, item.score, item.active, created_at, item.note.as_deref())
    })))
}

fn seen_nested(nested: &Nested) -> Outcome<Seen> {
    Ok(Seen::of(nested.iter().flat_map(|(user, posts)| {
        let posts = posts.iter().map(|post| rows::post(user.id, post.id, &post.title, &post.body));
        std::iter::once(rows::user(user.id, &user.name, &user.email)).chain(posts)
    })))
}

fn nest(users: Vec<User>, posts: Vec<Post>) -> Nested {
    let places: HashMap<i64, usize> = users.iter().enumerate().map(|(place, user)| (user.id, place)).collect();
    let mut nested: Nested = users.into_iter().map(|user| (user, Vec::new())).collect();
    for post in posts {
        nested[places[&post.user_id]].1.push(post);
    }
    nested
}

fn count(count: &u64) -> Outcome<Seen> {
    Ok(Seen::count(usize::try_from(*count)?))
}

/// The same program for both kinds of connections.
macro_rules! peer {
    ($name:ident, $kind:expr, $database:ty, $connection:ty) => {
        mod $name {
            use super::*;

            pub struct Peer {
                pub runtime: Runtime,
                pub connection: $connection,
            }

            impl Database for Peer {
                fn kind(&self) -> Kind {
                    $kind
                }

                fn execute(&mut self, sql: &str) -> Outcome {
                    let statement = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
                    self.runtime.block_on(self.connection.execute(statement))?;
                    Ok(())
                }

                fn number(&mut self, sql: &str) -> Outcome<i64> {
                    let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
                    Ok(self.runtime.block_on(query.fetch_one(&mut self.connection))?)
                }
            }

            pub fn ways() -> Vec<Way<Peer>> {
                vec![
                    Way::new("W1", "", insert_graph),
                    Way::new("W2", "", insert),
                    Way::new("W3", "", load_all),
                    Way::new("W4", "", look_up),
                    Way::new("W5", "", nest_queries),
                    Way::new("W6", "", update),
                    Way::new("W7", "", filter),
                    Way::new("W7i", "", filter),
                    Way::new("W8", "", delete),
                    Way::new("W9", "", aggregate),
                ]
            }

            fn insert_graph(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let graph = orm_workloads::graph(task.n);
                let insert = async {
                    let mut transaction = peer.connection.begin().await?;
                    let mut count = 0;
                    for user in &graph {
                        let query = sqlx::query_scalar("INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id");
                        let user_id: i64 =
                            query.bind(&user.name).bind(&user.email).fetch_one(&mut *transaction).await?;
                        for post in &user.posts {
                            let query = sqlx::query_scalar(
                                "INSERT INTO posts (user_id, title, body) VALUES ($1, $2, $3) RETURNING id",
                            );
                            let query = query.bind(user_id).bind(&post.title).bind(&post.body);
                            let post_id: i64 = query.fetch_one(&mut *transaction).await?;
                            for body in &post.comments {
                                let query = sqlx::query("INSERT INTO comments (post_id, body) VALUES ($1, $2)");
                                let done = query.bind(post_id).bind(body).execute(&mut *transaction).await?;
                                count += done.rows_affected();
                            }
                            count += 1;
                        }
                        count += 1;
                    }
                    transaction.commit().await?;
                    Ok(count)
                };
                task.measure(|| peer.runtime.block_on(insert), count)
            }

            fn insert(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let new = items(task.first, task.n);
                let insert = async {
                    let mut transaction = peer.connection.begin().await?;
                    let mut count = 0;
                    for chunk in new.chunks(1_000) {
                        let times: Vec<NaiveDateTime> =
                            chunk.iter().map(|new| time(new.created_at)).collect::<Outcome<_>>()?;
                        let head = "INSERT INTO items (id, a, b, c, score, active, created_at, note) ";
                        let mut query = QueryBuilder::<$database>::new(head);
                        query.push_values(chunk.iter().zip(times), |mut row, (new, created_at)| {
                            row.push_bind(new.id).push_bind(&new.a).push_bind(&new.b).push_bind(&new.c);
                            row.push_bind(new.score).push_bind(new.active).push_bind(created_at).push_bind(&new.note);
                        });
                        count += query.build().execute(&mut *transaction).await?.rows_affected();
                    }
                    transaction.commit().await?;
                    Ok(count)
                };
                task.measure(|| peer.runtime.block_on(insert), count)
            }

            fn load_all(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let load = async { Ok(sqlx::query_as::<_, Item>(ITEMS).fetch_all(&mut peer.connection).await?) };
                task.measure(|| peer.runtime.block_on(load), seen_items)
            }

            fn look_up(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let sql = format!("{ITEMS} WHERE id = $1");
                let look_up = async {
                    let mut found = Vec::new();
                    for key in lookup_keys() {
                        let query = sqlx::query_as::<_, Item>(AssertSqlSafe(sql.as_str())).bind(key);
                        found.push(query.fetch_one(&mut peer.connection).await?);
                    }
                    Ok(found)
                };
                task.measure(|| peer.runtime.block_on(look_up), seen_items)
            }

            fn nest_queries(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let last = i64::try_from(task.n)?;
                let load = async {
                    let users = sqlx::query_as::<_, User>("SELECT id, name, email FROM users WHERE id <= $1 ORDER BY id");
                    let users = users.bind(last).fetch_all(&mut peer.connection).await?;
                    let posts = sqlx::query_as::<_, Post>(
                        "SELECT id, user_id, title, body FROM posts WHERE user_id IN (SELECT id FROM users WHERE id <= $1)",
                    );
                    let posts = posts.bind(last).fetch_all(&mut peer.connection).await?;
                    Ok(nest(users, posts))
                };
                task.measure(|| peer.runtime.block_on(load), seen_nested)
            }

            fn update(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let update = async {
                    let mut transaction = peer.connection.begin().await?;
                    let load = sqlx::query_as::<_, Item>(
                        "SELECT id, a, b, c, score, active, created_at, note FROM items ORDER BY id",
                    );
                    let mut all = load.fetch_all(&mut *transaction).await?;
                    let mut count = 0;
                    for (_, item) in all.iter_mut().enumerate().filter(|(index, _)| is_dirty(*index)) {
                        item.score += 1.0;
                        let query = sqlx::query("UPDATE items SET score = $1 WHERE id = $2");
                        let done = query.bind(item.score).bind(item.id).execute(&mut *transaction).await?;
                        count += done.rows_affected();
                    }
                    transaction.commit().await?;
                    Ok((all, count))
                };
                task.measure(|| peer.runtime.block_on(update), |(_, changed)| count(changed))
            }

            fn filter(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let load = async {
                    let query = sqlx::query_as::<_, Item>(
                        "SELECT id, a, b, c, score, active, created_at, note FROM items \
                         WHERE active = $1 AND score > $2 ORDER BY created_at DESC LIMIT $3",
                    );
                    Ok(query.bind(true).bind(500.0).bind(50_i64).fetch_all(&mut peer.connection).await?)
                };
                task.measure(|| peer.runtime.block_on(load), seen_items)
            }

            fn delete(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let keys = task.keys();
                let delete = async {
                    let mut transaction = peer.connection.begin().await?;
                    let mut query = QueryBuilder::<$database>::new("DELETE FROM users WHERE id IN (");
                    let mut places = query.separated(",");
                    for key in &keys {
                        places.push_bind(*key);
                    }
                    query.push(")");
                    let count = query.build().execute(&mut *transaction).await?.rows_affected();
                    transaction.commit().await?;
                    Ok(count)
                };
                task.measure(|| peer.runtime.block_on(delete), count)
            }

            fn aggregate(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let load = async {
                    let query = sqlx::query_as::<_, Group>(
                        "SELECT b.name, m.name, count(*), avg(c.price) FROM cars c JOIN models m ON m.id = c.model_id \
                         JOIN brands b ON b.id = m.brand_id WHERE c.year >= $1 GROUP BY b.id, b.name, m.id, m.name \
                         ORDER BY avg(c.price) DESC",
                    );
                    Ok(query.bind(2010_i64).fetch_all(&mut peer.connection).await?)
                };
                task.measure(
                    || peer.runtime.block_on(load),
                    |groups| {
                        Ok(Seen::of(groups.iter().map(|(brand, model, count, average)| {
                            rows::group(brand, model, *count, *average)
                        })))
                    },
                )
            }
        }
    };
}

peer!(sqlite, Kind::Sqlite, sqlx::Sqlite, sqlx::SqliteConnection);
peer!(postgres, Kind::Postgres, sqlx::Postgres, sqlx::PgConnection);

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    match Kind::of(&url) {
        Kind::Sqlite => {
            let options = sqlx::sqlite::SqliteConnectOptions::new();
            let options = options.filename(url.trim_start_matches("sqlite:///")).create_if_missing(true);
            let connection = runtime.block_on(options.disable_statement_logging().connect())?;
            let mut peer = sqlite::Peer { runtime, connection };
            SETTINGS.iter().try_for_each(|setting| peer.execute(setting))?;
            serve("sqlx", peer, sqlite::ways())
        }
        Kind::Postgres => {
            let options: sqlx::postgres::PgConnectOptions = url.parse()?;
            let connection = runtime.block_on(options.disable_statement_logging().connect())?;
            serve("sqlx", postgres::Peer { runtime, connection }, postgres::ways())
        }
    }
}
