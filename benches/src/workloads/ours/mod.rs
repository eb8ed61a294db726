//! The workloads with a session.

mod models;
mod reads;
mod writes;

use std::ops::ControlFlow;

use orm::{Engine, ValueRef};
use orm_workloads::{Database, Kind, Outcome, SETTINGS, Way};

pub(crate) use models::{Item, time};

/// Two engines for one database: as engines come, and one that does not compare old values when it updates.
#[derive(Debug)]
pub(crate) struct Ours {
    engine: Engine,
    trusting: Engine,
    kind: Kind,
}

impl Ours {
    pub(crate) fn connect(url: &str) -> Outcome<Self> {
        let kind = Kind::of(url);
        let engine = Engine::connect(url)?;
        let trusting = Engine::builder(url).compare_updates(false).build()?;
        if kind == Kind::Sqlite {
            for engine in [&engine, &trusting] {
                let mut connection = engine.connection()?;
                SETTINGS.iter().try_for_each(|setting| connection.execute_script(setting))?;
            }
        }
        Ok(Self { engine, trusting, kind })
    }
}

impl Database for Ours {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn execute(&mut self, sql: &str) -> Outcome {
        Ok(self.engine.connection()?.execute_script(sql)?)
    }

    fn number(&mut self, sql: &str) -> Outcome<i64> {
        let mut found = None;
        self.engine.connection()?.query(sql, &[], &mut |row| {
            if let Ok(ValueRef::I64(number)) = row.get(0) {
                found = Some(number);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        found.ok_or_else(|| format!("no number: {sql}").into())
    }
}

pub(crate) fn ways() -> Vec<Way<Ours>> {
    writes::WAYS.into_iter().chain(reads::WAYS).collect()
}
