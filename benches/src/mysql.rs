//! MariaDB: the raw side is the `mysql` crate with prepared statements and INSERTs of 1,000 rows, whose keys come back by RETURNING.

use std::cell::RefCell;
use std::time::Duration;

use ::mysql::prelude::Queryable as _;
use ::mysql::{Conn, Opts, Params, Row, Statement, Value};
use orm::Engine;

use crate::clock::{Comparison, Side, compare, time};
use crate::data::{self, SeedUser};
use crate::models::Person;
use crate::{Outcome, ours};

/// Rows of one INSERT statement.
const BATCH: usize = 1_000;

const COLUMNS: &str = "id, name, email, city, age, score, active, note";

pub(crate) fn run(url: &str, graph: &[SeedUser]) -> Outcome<Vec<Comparison>> {
    let engine = Engine::connect(url)?;
    let opts = Opts::from_url(&url.replacen("mariadb://", "mysql://", 1))?;
    let client = RefCell::new(Conn::new(opts)?);
    let inserted = insert(&engine, &client, graph)?;
    ours::create_tables(&engine)?;
    ours::fill(&engine)?;
    let read = vec![inserted, load(&engine, &client)?, get(&engine, &client)?];
    ours::drop_tables(&engine)?;
    let compared = ours::compared("MariaDB: change a column of 10,000 objects", url, 9)?;
    Ok(read.into_iter().chain([compared]).collect())
}

/// Every round writes into tables that are empty.
fn insert(engine: &Engine, client: &RefCell<Conn>, graph: &[SeedUser]) -> Outcome<Comparison> {
    ours::create_tables(engine)?;
    let inserts = Inserts::prepare(&mut client.borrow_mut())?;
    let empty = || {
        let tables = ["bench_comment", "bench_post", "bench_user"];
        let without_keys = tables.map(|table| format!("TRUNCATE {table}; ")).concat();
        client.borrow_mut().query_drop(format!("SET foreign_key_checks = 0; {without_keys}SET foreign_key_checks = 1"))
    };
    let raw: Side<'_> = (
        "mysql, 1,000 rows a statement",
        Box::new(|| {
            empty()?;
            Ok(time(|| inserts.run(&mut client.borrow_mut(), graph))?)
        }),
    );
    let session: Side<'_> = (
        "session",
        Box::new(|| {
            empty()?;
            let users = data::values(graph);
            Ok(ours::insert(engine, users)?)
        }),
    );
    compare("MariaDB: insert 100,000 rows as a graph", 7, vec![raw, session])
}

/// One prepared statement per table. All batches of the graph are full ones.
struct Inserts {
    users: Statement,
    posts: Statement,
    comments: Statement,
}

impl Inserts {
    fn prepare(client: &mut Conn) -> ::mysql::Result<Self> {
        Ok(Self {
            users: client.prep(multi_row("bench_user", &["name", "email"]))?,
            posts: client.prep(multi_row("bench_post", &["user_id", "title", "body"]))?,
            comments: client.prep(multi_row("bench_comment", &["post_id", "author", "text"]))?,
        })
    }

    fn run(&self, client: &mut Conn, graph: &[SeedUser]) -> ::mysql::Result<()> {
        client.query_drop("START TRANSACTION")?;
        let users = graph.iter().map(|user| [(&user.name).into(), (&user.email).into()]);
        let user_ids = insert_batches(client, &self.users, users)?;

        let posts = graph.iter().zip(&user_ids).flat_map(|(user, id)| {
            user.posts.iter().map(move |post| [Value::Int(*id), (&post.title).into(), (&post.body).into()])
        });
        let post_ids = insert_batches(client, &self.posts, posts)?;

        let posts = graph.iter().flat_map(|user| &user.posts).zip(&post_ids);
        let comments = posts.flat_map(|(post, id)| {
            post.comments.iter().map(move |it| [Value::Int(*id), (&it.author).into(), (&it.text).into()])
        });
        insert_batches(client, &self.comments, comments)?;
        client.query_drop("COMMIT")
    }
}

fn multi_row(table: &str, columns: &[&str]) -> String {
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    let rows = vec![row; BATCH].join(", ");
    format!("INSERT INTO {table} ({}) VALUES {rows} RETURNING id", columns.join(", "))
}

fn insert_batches<const N: usize>(
    client: &mut Conn,
    statement: &Statement,
    mut rows: impl Iterator<Item = [Value; N]>,
) -> ::mysql::Result<Vec<i64>> {
    let mut ids = Vec::new();
    loop {
        let batch: Vec<Value> = rows.by_ref().take(BATCH).flatten().collect();
        if batch.is_empty() {
            return Ok(ids);
        }
        ids.extend(client.exec::<i64, _, _>(statement, Params::Positional(batch))?);
    }
}

fn load(engine: &Engine, client: &RefCell<Conn>) -> Outcome<Comparison> {
    let statement = client.borrow_mut().prep(format!("SELECT {COLUMNS} FROM bench_person"))?;
    let raw = || -> ::mysql::Result<Duration> {
        time(|| {
            let mut client = client.borrow_mut();
            let rows = client.exec_iter(&statement, ())?;
            rows.map(|row| person(row?)).collect::<::mysql::Result<Vec<Person>>>()
        })
    };
    let sides: Vec<Side<'_>> = vec![
        ("mysql, prepared query", Box::new(|| Ok(raw()?))),
        ("values, untracked", Box::new(|| Ok(ours::load_untracked(engine)?))),
        ("all, tracked", Box::new(|| Ok(ours::load_tracked(engine)?))),
    ];
    compare("MariaDB: load 10,000 rows of 8 columns", 31, sides)
}

fn get(engine: &Engine, client: &RefCell<Conn>) -> Outcome<Comparison> {
    let statement = client.borrow_mut().prep(format!("SELECT {COLUMNS} FROM bench_person WHERE id = ?"))?;
    let raw = || -> ::mysql::Result<Duration> {
        time(|| {
            let mut client = client.borrow_mut();
            let one = |key| client.exec_first(&statement, (key,))?.map(person).transpose();
            data::keys().map(one).collect::<::mysql::Result<Vec<Option<Person>>>>()
        })
    };
    let sides: Vec<Side<'_>> =
        vec![("mysql, prepared query", Box::new(|| Ok(raw()?))), ("get", Box::new(|| Ok(ours::get(engine)?)))];
    compare("MariaDB: 1,000 rows by key", 11, sides)
}

fn person(mut row: Row) -> ::mysql::Result<Person> {
    Ok(Person {
        id: take(&mut row, 0)?,
        name: take(&mut row, 1)?,
        email: take(&mut row, 2)?,
        city: take(&mut row, 3)?,
        age: take(&mut row, 4)?,
        score: take(&mut row, 5)?,
        active: take(&mut row, 6)?,
        note: take(&mut row, 7)?,
    })
}

fn take<T: ::mysql::prelude::FromValue>(row: &mut Row, index: usize) -> ::mysql::Result<T> {
    match row.take_opt(index) {
        Some(Ok(value)) => Ok(value),
        _ => Err(::mysql::FromRowError(row.clone()).into()),
    }
}
