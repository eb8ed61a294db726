//! Where a command runs: in the database, or in each of several tenants.

use std::ops::ControlFlow;

use orm_core::engine::Engine;
use orm_core::value::ValueRef;

use super::Work;
use super::arguments::{Database, Tenants};
use crate::error::{Error, Result};
use crate::revision::Migrations;
use crate::run::Run;
use crate::tenants::each_tenant;

/// A database, or a schema in it.
pub(super) struct Site {
    engine: Engine,
    schema: Option<String>,
}

impl Site {
    pub(super) fn run<'m>(&'m self, migrations: &'m Migrations) -> Run<'m> {
        let run = migrations.on(&self.engine);
        match &self.schema {
            Some(schema) => run.schema(schema),
            None => run,
        }
    }
}

impl Work<'_> {
    /// Does something in the database, or in each of the tenants that are named, up to the first that fails.
    pub(super) fn in_each(
        &mut self,
        database: &Database,
        tenants: &Tenants,
        mut work: impl FnMut(&mut Self, &Migrations, &Site) -> Result<()>,
    ) -> Result<()> {
        let migrations = self.load(&database.place)?;
        if !tenants.are_named() {
            let site = Site { engine: self.connect(database)?, schema: None };
            return work(self, &migrations, &site);
        }
        // Where each has a database, a list of names needs no other one.
        let asks =
            self.settings.tenants.url.is_none() || (tenants.each_tenant && self.settings.tenants.query.is_some());
        let main = asks.then(|| self.connect(database)).transpose()?;
        let names = match tenants.each_tenant {
            true => self.all_tenants(main.as_ref())?,
            false => tenants.tenant.clone(),
        };
        each_tenant(names, |tenant| {
            let site = self.site(main.as_ref(), tenant)?;
            self.say(format!("-- tenant {tenant}"))?;
            work(self, &migrations, &site)
        })
        .map(drop)
    }

    fn site(&self, main: Option<&Engine>, tenant: &str) -> Result<Site> {
        match (&self.settings.tenants.url, main) {
            (None, Some(engine)) => Ok(Site { engine: engine.clone(), schema: Some(tenant.to_owned()) }),
            _ => {
                let url = self.settings.tenant_url(tenant)?;
                Ok(Site { engine: (self.environment.connect)(&url)?, schema: None })
            }
        }
    }

    /// Those that the settings name, and those that their query returns.
    fn all_tenants(&self, main: Option<&Engine>) -> Result<Vec<String>> {
        let settings = &self.settings.tenants;
        let mut names = settings.names.clone();
        if let (Some(query), Some(engine)) = (&settings.query, main) {
            engine.connection()?.query(query, &[], &mut |row| {
                match row.get(0) {
                    Ok(ValueRef::Text(name)) if names.iter().all(|known| known != name) => names.push(name.to_owned()),
                    Ok(ValueRef::Text(_)) => {}
                    _ => {
                        return Err(orm_core::Error::new(
                            orm_core::ErrorKind::Decode,
                            "the query for the tenants returns something that is no text",
                        ));
                    }
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        if names.is_empty() && settings.query.is_none() {
            let message =
                "no tenants are named: write `names` or `query` into `[tenants]` of orm.toml, or give `--tenant`";
            return Err(Error::Usage(message.to_owned()));
        }
        Ok(names)
    }
}
