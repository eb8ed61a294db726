//! The workloads W1 to W9 with Toasty, which has no aggregates: W9 is left out.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use orm_workloads::{
    Database, Kind, NewPost, NewUser, Outcome, SETTINGS, Sample, Seen, Task, Way, is_dirty, items, lookup_keys, rows,
    serve,
};
use toasty::stmt::Value;
use toasty::{Db, Deferred};
use tokio::runtime::{Builder, Runtime};

#[derive(Debug, toasty::Model)]
#[table = "users"]
struct User {
    #[key]
    #[auto]
    id: u64,
    name: String,
    email: String,
    #[has_many]
    posts: Deferred<Vec<Post>>,
}

#[derive(Debug, toasty::Model)]
#[table = "posts"]
struct Post {
    #[key]
    #[auto]
    id: u64,
    #[index]
    user_id: u64,
    #[belongs_to(key = user_id, references = id)]
    user: Deferred<User>,
    title: String,
    body: String,
    #[has_many]
    comments: Deferred<Vec<Comment>>,
}

#[derive(Debug, toasty::Model)]
#[table = "comments"]
struct Comment {
    #[key]
    #[auto]
    id: u64,
    #[index]
    post_id: u64,
    #[belongs_to(key = post_id, references = id)]
    post: Deferred<Post>,
    body: String,
}

#[derive(Debug, toasty::Model)]
#[table = "items"]
struct Item {
    #[key]
    id: i64,
    a: String,
    b: String,
    c: String,
    score: f64,
    active: bool,
    created_at: DateTime,
    note: Option<String>,
}

/// Rows of one `create_many`.
const BATCH: usize = 1_000;

/// A pool of one connection.
struct Peer {
    runtime: Runtime,
    db: Db,
    kind: Kind,
}

impl Database for Peer {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn execute(&mut self, sql: &str) -> Outcome {
        let Self { runtime, db, .. } = self;
        runtime.block_on(async {
            match sql.starts_with("PRAGMA") {
                true => drop(toasty::sql::query(sql.to_owned()).exec(db).await?),
                false => drop(toasty::sql::statement(sql.to_owned()).exec(db).await?),
            }
            Ok(())
        })
    }

    fn number(&mut self, sql: &str) -> Outcome<i64> {
        let Self { runtime, db, .. } = self;
        let rows = runtime.block_on(toasty::sql::query(sql.to_owned()).exec(db))?;
        match rows.first() {
            Some(Value::Record(record)) => match record.fields[..] {
                [Value::I64(number)] => Ok(number),
                _ => Err(format!("no number: {record:?}").into()),
            },
            _ => Err("a query without a row".into()),
        }
    }
}

fn ways() -> Vec<Way<Peer>> {
    vec![
        Way::new("W1", "", insert_graph),
        Way::new("W2", "", insert),
        Way::new("W3", "", load_all),
        Way::new("W4", "", look_up),
        Way::new("W5", "", include),
        Way::new("W6", "", update),
        Way::new("W7", "", filter),
        Way::new("W7i", "", filter),
        Way::new("W8", "", delete),
    ]
}

fn seen_items(items: &Vec<Item>) -> Outcome<Seen> {
    let row = |item: &Item| -> Outcome<String> {
        let created_at = item.created_at.to_zoned(TimeZone::UTC)?.timestamp().as_microsecond();
        let note = item.note.as_deref();
        Ok(rows::item(item.id, &item.a, &item.b, &item.c, item.score, item.active, created_at, note))
    };
    Ok(Seen::of(items.iter().map(row).collect::<Outcome<Vec<String>>>()?))
}

/// A nested create for each user.
fn insert_graph(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let graph = orm_workloads::graph(task.n);
    let post = |post: NewPost| {
        let comments = post.comments.into_iter().map(|body| Comment::create().body(body));
        Post::create().title(post.title).body(post.body).comments(comments.collect::<Vec<_>>())
    };
    let user = |user: NewUser| {
        let posts: Vec<_> = user.posts.into_iter().map(post).collect();
        User::create().name(user.name).email(user.email).posts(posts)
    };
    let Peer { runtime, db, .. } = peer;
    let insert = async {
        let mut transaction = db.transaction().await?;
        let mut count = 0;
        for new in graph {
            user(new).exec(&mut transaction).await?;
            count += 10;
        }
        transaction.commit().await?;
        Ok(count)
    };
    task.measure(|| runtime.block_on(insert), |count| Ok(Seen::count(*count)))
}

fn insert(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let new = items(task.first, task.n);
    let Peer { runtime, db, .. } = peer;
    let insert = async {
        let mut transaction = db.transaction().await?;
        let mut count = 0;
        let mut rows = new.into_iter().peekable();
        while rows.peek().is_some() {
            let mut batch = Item::create_many();
            for new in rows.by_ref().take(BATCH) {
                let created_at = Timestamp::from_microsecond(new.created_at)?.to_zoned(TimeZone::UTC).datetime();
                let item = Item::create().id(new.id).a(new.a).b(new.b).c(new.c).score(new.score).active(new.active);
                batch = batch.item(item.created_at(created_at).note(new.note));
            }
            count += batch.exec(&mut transaction).await?.len();
        }
        transaction.commit().await?;
        Ok(count)
    };
    task.measure(|| runtime.block_on(insert), |count| Ok(Seen::count(*count)))
}

fn load_all(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let Peer { runtime, db, .. } = peer;
    task.measure(|| Ok(runtime.block_on(Item::all().exec(db))?), seen_items)
}

fn look_up(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let Peer { runtime, db, .. } = peer;
    let look_up = async {
        let mut found = Vec::new();
        for key in lookup_keys() {
            found.push(Item::get_by_id(db, &key).await?);
        }
        Ok(found)
    };
    task.measure(|| runtime.block_on(look_up), seen_items)
}

fn include(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let last = u64::try_from(task.n)?;
    let Peer { runtime, db, .. } = peer;
    let load = async {
        let wanted = User::filter(User::fields().id().le(last)).order_by(User::fields().id().asc());
        Ok(wanted.include(User::fields().posts()).exec(db).await?)
    };
    task.measure(
        || runtime.block_on(load),
        |users: &Vec<User>| {
            let mut texts = Vec::new();
            for user in users {
                let id = i64::try_from(user.id)?;
                texts.push(rows::user(id, &user.name, &user.email));
                for post in user.posts.get() {
                    texts.push(rows::post(id, i64::try_from(post.id)?, &post.title, &post.body));
                }
            }
            Ok(Seen::of(texts))
        },
    )
}

fn update(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let Peer { runtime, db, .. } = peer;
    let update = async {
        let mut transaction = db.transaction().await?;
        let mut all = Item::all().order_by(Item::fields().id().asc()).exec(&mut transaction).await?;
        let mut count = 0;
        for (_, item) in all.iter_mut().enumerate().filter(|(index, _)| is_dirty(*index)) {
            let score = item.score + 1.0;
            item.update().score(score).exec(&mut transaction).await?;
            count += 1;
        }
        transaction.commit().await?;
        Ok((all, count))
    };
    task.measure(|| runtime.block_on(update), |(_, count)| Ok(Seen::count(*count)))
}

fn filter(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let Peer { runtime, db, .. } = peer;
    let load = async {
        let condition = Item::fields().active().eq(true).and(Item::fields().score().gt(500.0));
        Ok(Item::filter(condition).order_by(Item::fields().created_at().desc()).limit(50).exec(db).await?)
    };
    task.measure(|| runtime.block_on(load), seen_items)
}

fn delete(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let keys: Vec<u64> = task.keys().into_iter().map(u64::try_from).collect::<Result<_, _>>()?;
    let count = keys.len();
    let Peer { runtime, db, .. } = peer;
    let delete = async {
        let mut transaction = db.transaction().await?;
        User::filter(User::fields().id().in_list(keys)).delete().exec(&mut transaction).await?;
        transaction.commit().await?;
        Ok(())
    };
    task.measure(|| runtime.block_on(delete), |()| Ok(Seen::count(count)))
}

fn main() -> Outcome {
    let url = std::env::var("DATABASE_URL")?;
    let kind = Kind::of(&url);
    let url = url.replace("sqlite:///", "sqlite:");
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let models = toasty::models!(User, Post, Comment, Item);
    let db = runtime.block_on(Db::builder().models(models).max_pool_size(1).connect(&url))?;
    let mut peer = Peer { runtime, db, kind };
    if kind == Kind::Sqlite {
        SETTINGS.iter().try_for_each(|setting| peer.execute(setting))?;
    }
    serve("Toasty", peer, ways())
}
