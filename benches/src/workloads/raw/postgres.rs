use std::collections::HashMap;

use orm_workloads::{Database, Kind, Outcome, Way};
use postgres::{Client, NoTls, Row, Statement};

use super::{Post, User, postgres_reads, postgres_writes};
use crate::ours::Item;

/// A connection whose statements are all kept.
pub(crate) struct Postgres {
    pub(super) client: Client,
    statements: HashMap<String, Statement>,
}

impl Postgres {
    pub(crate) fn connect(url: &str) -> Outcome<Self> {
        Ok(Self { client: Client::connect(url, NoTls)?, statements: HashMap::new() })
    }

    pub(super) fn prepare(&mut self, sql: &str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

pub(crate) fn ways() -> Vec<Way<Postgres>> {
    postgres_writes::WAYS.into_iter().chain(postgres_reads::WAYS).collect()
}

impl Database for Postgres {
    fn kind(&self) -> Kind {
        Kind::Postgres
    }

    fn execute(&mut self, sql: &str) -> Outcome {
        Ok(self.client.batch_execute(sql)?)
    }

    fn number(&mut self, sql: &str) -> Outcome<i64> {
        Ok(self.client.query_one(sql, &[])?.try_get(0)?)
    }
}

pub(super) fn item(row: &Row) -> Outcome<Item> {
    Ok(Item {
        id: row.try_get(0)?,
        a: row.try_get(1)?,
        b: row.try_get(2)?,
        c: row.try_get(3)?,
        score: row.try_get(4)?,
        active: row.try_get(5)?,
        created_at: row.try_get(6)?,
        note: row.try_get(7)?,
    })
}

pub(super) fn items(rows: &[Row]) -> Outcome<Vec<Item>> {
    rows.iter().map(item).collect()
}

pub(super) fn user(row: &Row) -> Outcome<User> {
    Ok(User { id: row.try_get(0)?, name: row.try_get(1)?, email: row.try_get(2)? })
}

/// A post whose columns begin at this place.
pub(super) fn post(row: &Row, at: usize) -> Outcome<Post> {
    Ok(Post {
        id: row.try_get(at)?,
        user_id: row.try_get(at + 1)?,
        title: row.try_get(at + 2)?,
        body: row.try_get(at + 3)?,
    })
}
