//! The workloads W1 to W9 with Diesel.

use std::error::Error;

use chrono::{DateTime, NaiveDateTime};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use libsqlite3_sys as _;
use orm_workloads::{
    Database, Kind, NewPost as SeedPost, NewUser as SeedUser, Outcome, SETTINGS, Sample, Seen, Task, Way, is_dirty,
    lookup_keys, rows, serve,
};

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        email -> Text,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        user_id -> BigInt,
        title -> Text,
        body -> Text,
    }
}

diesel::table! {
    comments (id) {
        id -> BigInt,
        post_id -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    items (id) {
        id -> BigInt,
        a -> Text,
        b -> Text,
        c -> Text,
        score -> Double,
        active -> Bool,
        created_at -> Timestamp,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    brands (id) {
        id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    models (id) {
        id -> BigInt,
        brand_id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    cars (id) {
        id -> BigInt,
        model_id -> BigInt,
        year -> BigInt,
        price -> Double,
    }
}

diesel::joinable!(posts -> users (user_id));
diesel::joinable!(models -> brands (brand_id));
diesel::joinable!(cars -> models (model_id));
diesel::allow_tables_to_appear_in_same_query!(users, posts, comments);
diesel::allow_tables_to_appear_in_same_query!(brands, models, cars);
diesel::allow_columns_to_appear_in_same_group_by_clause!(brands::id, brands::name, models::id, models::name);

#[derive(Queryable, Identifiable, Selectable)]
#[diesel(table_name = users)]
struct User {
    id: i64,
    name: String,
    email: String,
}

#[derive(Queryable, Identifiable, Selectable, Associations)]
#[diesel(table_name = posts, belongs_to(User))]
struct Post {
    id: i64,
    user_id: i64,
    title: String,
    body: String,
}

#[derive(Queryable, Identifiable, Selectable)]
#[diesel(table_name = items)]
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

#[derive(Insertable)]
#[diesel(table_name = users)]
struct NewUser {
    name: String,
    email: String,
}

#[derive(Insertable)]
#[diesel(table_name = posts)]
struct NewPost {
    user_id: i64,
    title: String,
    body: String,
}

#[derive(Insertable)]
#[diesel(table_name = comments)]
struct NewComment {
    post_id: i64,
    body: String,
}

/// NULL is bound, so that SQLite has a batch as well.
#[derive(Insertable)]
#[diesel(table_name = items, treat_none_as_default_value = false)]
struct NewItem {
    id: i64,
    a: String,
    b: String,
    c: String,
    score: f64,
    active: bool,
    created_at: NaiveDateTime,
    note: Option<String>,
}

type Nested = Vec<(User, Vec<Post>)>;

/// Rows of one INSERT statement.
const BATCH: usize = 1_000;

impl NewItem {
    fn new(new: orm_workloads::NewItem) -> Outcome<Self> {
        let orm_workloads::NewItem { id, a, b, c, score, active, created_at, note } = new;
        let created_at = DateTime::from_timestamp_micros(created_at).ok_or("a time out of range")?.naive_utc();
        Ok(Self { id, a, b, c, score, active, created_at, note })
    }
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

fn split(users: Vec<SeedUser>) -> (Vec<NewUser>, Vec<Vec<SeedPost>>) {
    users.into_iter().map(|user| (NewUser { name: user.name, email: user.email }, user.posts)).unzip()
}

/// The same program for both kinds of connections.
macro_rules! peer {
    ($name:ident, $kind:expr, $connection:ty) => {
        mod $name {
            use super::*;

            pub struct Peer(pub $connection);

            impl Database for Peer {
                fn kind(&self) -> Kind {
                    $kind
                }

                fn execute(&mut self, sql: &str) -> Outcome {
                    Ok(self.0.batch_execute(sql)?)
                }

                fn number(&mut self, sql: &str) -> Outcome<i64> {
                    Ok(diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&format!("({sql})")))
                        .get_result(&mut self.0)?)
                }
            }

            pub fn ways() -> Vec<Way<Peer>> {
                vec![
                    Way::new("W1", "", insert_graph),
                    Way::new("W2", "", insert),
                    Way::new("W3", "", load_all),
                    Way::new("W4", "", look_up),
                    Way::new("W5", "", nest_queries),
                    Way::new("W5", "joined", nest_join),
                    Way::new("W6", "", update),
                    Way::new("W7", "", filter),
                    Way::new("W7i", "", filter),
                    Way::new("W8", "", delete),
                    Way::new("W9", "", aggregate),
                ]
            }

            /// Level by level, in batches whose keys come back.
            fn insert_graph(Peer(connection): &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let graph = orm_workloads::graph(task.n);
                let insert = |connection: &mut $connection| {
                    let (new_users, seeds) = split(graph);
                    let mut user_ids: Vec<i64> = Vec::with_capacity(new_users.len());
                    for batch in new_users.chunks(BATCH) {
                        let insert = diesel::insert_into(users::table).values(batch).returning(users::id);
                        user_ids.extend(insert.get_results::<i64>(connection)?);
                    }
                    let (new_posts, texts): (Vec<NewPost>, Vec<Vec<String>>) = user_ids
                        .iter()
                        .zip(seeds)
                        .flat_map(|(id, posts)| posts.into_iter().map(move |post| (*id, post)))
                        .map(|(user_id, post)| (NewPost { user_id, title: post.title, body: post.body }, post.comments))
                        .unzip();
                    let mut post_ids: Vec<i64> = Vec::with_capacity(new_posts.len());
                    for batch in new_posts.chunks(BATCH) {
                        let insert = diesel::insert_into(posts::table).values(batch).returning(posts::id);
                        post_ids.extend(insert.get_results::<i64>(connection)?);
                    }
                    let new_comments: Vec<NewComment> = post_ids
                        .iter()
                        .zip(texts)
                        .flat_map(|(id, texts)| texts.into_iter().map(|body| NewComment { post_id: *id, body }))
                        .collect();
                    let mut count = user_ids.len() + post_ids.len();
                    for batch in new_comments.chunks(BATCH) {
                        count += diesel::insert_into(comments::table).values(batch).execute(connection)?;
                    }
                    QueryResult::Ok(count)
                };
                task.measure(|| Ok(connection.transaction(insert)?), |count| Ok(Seen::count(*count)))
            }

            fn insert(Peer(connection): &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let new = orm_workloads::items(task.first, task.n);
                task.measure(
                    || {
                        let new: Vec<NewItem> = new.into_iter().map(NewItem::new).collect::<Outcome<_>>()?;
                        Ok(connection.transaction(|connection| {
                            let mut count = 0;
                            for batch in new.chunks(BATCH) {
                                count += diesel::insert_into(items::table).values(batch).execute(connection)?;
                            }
                            QueryResult::Ok(count)
                        })?)
                    },
                    |count| Ok(Seen::count(*count)),
                )
            }

            fn load_all(Peer(connection): &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                task.measure(|| Ok(items::table.load::<Item>(connection)?), seen_items)
            }

            fn look_up(Peer(connection): &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let mut look_up = |key: i64| items::table.find(key).get_result::<Item>(connection);
                task.measure(
                    || Ok(lookup_keys().into_iter().map(&mut look_up).collect::<QueryResult<Vec<Item>>>()?),
                    seen_items,
                )
            }

            fn nest_queries(Peer(connection): &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let last = i64::try_from(task.n)?;
                task.measure(
                    || {
                        let wanted = users::table.filter(users::id.le(last)).order(users::id);
                        let users: Vec<User> = wanted.load(connection)?;
                        let posts = Post::belonging_to(&users).load::<Post>(connection)?.grouped_by(&users);
                        Ok(users.into_iter().zip(posts).collect())
                    },
                    seen_nested,
                )
            }

            fn nest_join(Peer(connection): &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let last = i64::try_from(task.n)?;
                task.measure(
                    || {
                        let joined = users::table.left_join(posts::table).filter(users::id.le(last)).order(users::id);
                        let columns = (User::as_select(), Option::<Post>::as_select());
                        let rows: Vec<(User, Option<Post>)> = joined.select(columns).load(connection)?;
                        let mut nested = Nested::new();
                        for (user, post) in rows {
                            if nested.last().is_none_or(|(last, _)| last.id != user.id) {
                                nested.push((user, Vec::new()));
                            }
                            if let (Some((_, posts)), Some(post)) = (nested.last_mut(), post) {
                                posts.push(post);
                            }
                        }
                        Ok(nested)
                    },
                    seen_nested,
                )
            }

            fn update(Peer(connection): &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let update = |connection: &mut $connection| {
                    let mut all: Vec<Item> = items::table.order(items::id).load(connection)?;
                    let mut count = 0;
                    for (_, item) in all.iter_mut().enumerate().filter(|(index, _)| is_dirty(*index)) {
                        item.score += 1.0;
                        count += diesel::update(&*item).set(items::score.eq(item.score)).execute(connection)?;
                    }
                    QueryResult::Ok((all, count))
                };
                task.measure(|| Ok(connection.transaction(update)?), |(_, count)| Ok(Seen::count(*count)))
            }

            fn filter(Peer(connection): &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                task.measure(
                    || {
                        let wanted = items::table.filter(items::active.eq(true)).filter(items::score.gt(500.0));
                        Ok(wanted.order(items::created_at.desc()).limit(50).load(connection)?)
                    },
                    seen_items,
                )
            }

            fn delete(Peer(connection): &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                let keys = task.keys();
                let delete = |connection: &mut $connection| {
                    diesel::delete(users::table.filter(users::id.eq_any(&keys))).execute(connection)
                };
                task.measure(|| Ok(connection.transaction(delete)?), |count| Ok(Seen::count(*count)))
            }

            fn aggregate(Peer(connection): &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
                use diesel::dsl::{avg, count_star};

                task.measure(
                    || {
                        let joined = cars::table.inner_join(models::table.inner_join(brands::table));
                        let groups: Vec<(String, String, i64, Option<f64>)> = joined
                            .filter(cars::year.ge(2010))
                            .group_by((brands::id, brands::name, models::id, models::name))
                            .select((brands::name, models::name, count_star(), avg(cars::price)))
                            .order(avg(cars::price).desc())
                            .load(connection)?;
                        Ok(groups)
                    },
                    |groups| {
                        Ok(Seen::of(groups.iter().map(|(brand, model, count, average)| {
                            rows::group(brand, model, *count, average.unwrap_or_default())
                        })))
                    },
                )
            }
        }
    };
}

peer!(sqlite, Kind::Sqlite, SqliteConnection);
peer!(postgres, Kind::Postgres, PgConnection);

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    match Kind::of(&url) {
        Kind::Sqlite => {
            let mut peer = sqlite::Peer(SqliteConnection::establish(url.trim_start_matches("sqlite:///"))?);
            SETTINGS.iter().try_for_each(|setting| peer.execute(setting))?;
            serve("Diesel", peer, sqlite::ways())
        }
        Kind::Postgres => serve("Diesel", postgres::Peer(PgConnection::establish(&url)?), postgres::ways()),
    }
}
