//! PostgreSQL: the raw side is the `postgres` crate with prepared statements and INSERTs of 1,000 rows.

use std::cell::RefCell;
use std::fmt::Write;
use std::time::Duration;

use orm::Engine;
use postgres::types::ToSql;
use postgres::{Client, NoTls, Statement, Transaction};

use crate::clock::{Comparison, Side, compare, time};
use crate::data::{self, SeedUser};
use crate::models::Person;
use crate::{Outcome, ours};

/// Rows of one INSERT statement.
const BATCH: usize = 1_000;

pub(crate) fn run(url: &str, graph: &[SeedUser]) -> Outcome<Vec<Comparison>> {
    let engine = Engine::connect(url)?;
    let client = RefCell::new(Client::connect(url, NoTls)?);
    let inserted = insert(&engine, &client, graph)?;
    ours::create_tables(&engine)?;
    ours::fill(&engine)?;
    let read = vec![inserted, load(&engine, &client)?, get(&engine, &client)?];
    ours::drop_tables(&engine)?;
    let compared = ours::compared("PostgreSQL: change a column of 10,000 objects", url, 9)?;
    Ok(read.into_iter().chain([compared]).collect())
}

/// Every round writes into tables that are empty.
fn insert(engine: &Engine, client: &RefCell<Client>, graph: &[SeedUser]) -> Outcome<Comparison> {
    ours::create_tables(engine)?;
    let inserts = Inserts::prepare(&mut client.borrow_mut())?;
    let empty = || client.borrow_mut().batch_execute("TRUNCATE bench_user, bench_post, bench_comment");
    let raw: Side<'_> = (
        "postgres, 1,000 rows a statement",
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
    compare("PostgreSQL: insert 100,000 rows as a graph", 5, vec![raw, session])
}

/// One prepared statement per table. All batches of the graph are full ones.
struct Inserts {
    users: Statement,
    posts: Statement,
    comments: Statement,
}

impl Inserts {
    fn prepare(client: &mut Client) -> Result<Self, postgres::Error> {
        Ok(Self {
            users: client.prepare(&multi_row("bench_user", &["name", "email"]))?,
            posts: client.prepare(&multi_row("bench_post", &["user_id", "title", "body"]))?,
            comments: client.prepare(&multi_row("bench_comment", &["post_id", "author", "text"]))?,
        })
    }

    fn run(&self, client: &mut Client, graph: &[SeedUser]) -> Result<(), postgres::Error> {
        let mut transaction = client.transaction()?;
        let users: Vec<[Cell<'_>; 2]> = graph.iter().map(|user| [&user.name as Cell<'_>, &user.email]).collect();
        let user_ids = insert_batches(&mut transaction, &self.users, &users)?;

        let posts: Vec<[Cell<'_>; 3]> = graph
            .iter()
            .zip(&user_ids)
            .flat_map(|(user, id)| user.posts.iter().map(move |post| [id as Cell<'_>, &post.title, &post.body]))
            .collect();
        let post_ids = insert_batches(&mut transaction, &self.posts, &posts)?;

        let comments: Vec<[Cell<'_>; 3]> = graph
            .iter()
            .flat_map(|user| &user.posts)
            .zip(&post_ids)
            .flat_map(|(post, id)| post.comments.iter().map(move |it| [id as Cell<'_>, &it.author, &it.text]))
            .collect();
        insert_batches(&mut transaction, &self.comments, &comments)?;
        transaction.commit()
    }
}

type Cell<'a> = &'a (dyn ToSql + Sync);

fn multi_row(table: &str, columns: &[&str]) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    for row in 0..BATCH {
        let places: Vec<String> =
            (1..=columns.len()).map(|place| format!("${}", row * columns.len() + place)).collect();
        // Writing into a String cannot fail.
        let _ = write!(sql, "{}({})", if row == 0 { "" } else { ", " }, places.join(", "));
    }
    sql + " RETURNING id"
}

fn insert_batches<const N: usize>(
    transaction: &mut Transaction<'_>,
    statement: &Statement,
    rows: &[[Cell<'_>; N]],
) -> Result<Vec<i64>, postgres::Error> {
    let mut ids = Vec::with_capacity(rows.len());
    for batch in rows.chunks(BATCH) {
        let returned = transaction.query(statement, batch.as_flattened())?;
        ids.extend(returned.iter().map(|row| row.get::<_, i64>(0)));
    }
    Ok(ids)
}

fn load(engine: &Engine, client: &RefCell<Client>) -> Outcome<Comparison> {
    let sql = "SELECT id, name, email, city, age, score, active, note FROM bench_person";
    let statement = client.borrow_mut().prepare(sql)?;
    let raw = || -> Result<Duration, postgres::Error> {
        time(|| {
            let rows = client.borrow_mut().query(&statement, &[])?;
            rows.iter().map(person).collect::<Result<Vec<Person>, _>>()
        })
    };
    let sides: Vec<Side<'_>> = vec![
        ("postgres, prepared query", Box::new(|| Ok(raw()?))),
        ("values, untracked", Box::new(|| Ok(ours::load_untracked(engine)?))),
        ("all, tracked", Box::new(|| Ok(ours::load_tracked(engine)?))),
    ];
    compare("PostgreSQL: load 10,000 rows of 8 columns", 31, sides)
}

fn get(engine: &Engine, client: &RefCell<Client>) -> Outcome<Comparison> {
    let sql = "SELECT id, name, email, city, age, score, active, note FROM bench_person WHERE id = $1";
    let statement = client.borrow_mut().prepare(sql)?;
    // In one transaction, as a session reads.
    let raw = || -> Result<Duration, postgres::Error> {
        time(|| {
            let mut client = client.borrow_mut();
            let mut transaction = client.transaction()?;
            let mut people = Vec::new();
            for key in data::keys() {
                people.push(person(&transaction.query_one(&statement, &[&key])?)?);
            }
            transaction.rollback()?;
            Ok(people)
        })
    };
    let sides: Vec<Side<'_>> =
        vec![("postgres, prepared query", Box::new(|| Ok(raw()?))), ("get", Box::new(|| Ok(ours::get(engine)?)))];
    compare("PostgreSQL: 1,000 rows by key", 11, sides)
}

fn person(row: &postgres::Row) -> Result<Person, postgres::Error> {
    Ok(Person {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        email: row.try_get(2)?,
        city: row.try_get(3)?,
        age: row.try_get(4)?,
        score: row.try_get(5)?,
        active: row.try_get(6)?,
        note: row.try_get(7)?,
    })
}
