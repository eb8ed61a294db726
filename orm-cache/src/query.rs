use std::fmt;

use orm_core::model::{Handle, Model};
use orm_core::query::types::Combinable;
use orm_core::query::{Query, Rows};
use orm_core::session::{Fetch, Session};
use orm_core::{ErrorKind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::entry::Bytes;
use crate::objects::is_beside;
use crate::region::{Loaded, MadeOf, Region, packed, unpacked};
use crate::tags::Tag;
use crate::values::{Cell, cells, digest, values, version};

/// Queries for objects by way of a [`Region`].
pub trait CacheQuery<M, Q> {
    /// Keeps the rows of the objects in a region.
    ///
    /// The results are forgotten when a commit changes any table that the query names. The database is asked itself in a transaction, with unsaved
    /// changes, for a query with parts of SQL of the user's, and for objects with an `include`.
    ///
    /// See the example of [the crate](crate).
    fn cached(self, region: &Region) -> CachedObjects<'_, M, Q>;
}

/// Queries for values by way of a [`Region`].
pub trait CacheRows<R, Q> {
    /// Keeps the selected values in a region. They need `Serialize` and `Deserialize`; otherwise as of [`CacheQuery::cached`].
    ///
    /// See the example of [the crate](crate).
    fn cached_rows(self, region: &Region) -> CachedRows<'_, R, Q>;
}

/// A query for objects with its results in a region.
#[must_use = "a query does nothing until it is run"]
pub struct CachedObjects<'r, M, Q> {
    query: Query<M, Q>,
    region: &'r Region,
}

/// A query for values with its results in a region.
#[must_use = "a query does nothing until it is run"]
pub struct CachedRows<'r, R, Q> {
    query: Query<Rows<R>, Q>,
    region: &'r Region,
}

impl<M: Model, Q> CacheQuery<M, Q> for Query<M, Q> {
    fn cached(self, region: &Region) -> CachedObjects<'_, M, Q> {
        CachedObjects { query: self, region }
    }
}

impl<R, Q> CacheRows<R, Q> for Query<Rows<R>, Q> {
    fn cached_rows(self, region: &Region) -> CachedRows<'_, R, Q> {
        CachedRows { query: self, region }
    }
}

/// The key of a query, and what its results are made of; nothing if they are not to be kept.
fn of_query<T: Combinable, Q>(
    query: &Query<T, Q>,
    region: &Region,
    session: &Session,
    shape: &str,
) -> Result<Option<(String, MadeOf)>> {
    let reads = query.reads();
    if is_beside(session) || reads.others || query.has_includes() {
        region.note_bypass();
        return Ok(None);
    }
    let Some(table) = reads.tables.first() else { return Ok(None) };
    let (text, parameters) = query.to_sql(session.dialect_of(table))?;
    let location = session.location_of(table);
    let key = format!("query:{}", digest(&format!("{shape}\n{location}\n{text}\n{parameters:?}")));
    let tables = reads.tables.iter().flat_map(|table| [Tag::whole(&table.name), Tag::rows(&table.name)]);
    // Which of the tables reference others is not said.
    Ok(Some((key, MadeOf::new(region, tables.chain([Tag::any_references()])))))
}

impl<M: Model, Q> CachedObjects<'_, M, Q> {
    /// All objects.
    ///
    /// # Errors
    ///
    /// Those of [`Query::all`].
    pub fn all(self, session: &mut Session) -> Result<Vec<Handle<M>>> {
        let Self { query, region } = self;
        let Some((key, made_of)) = of_query(&query, region, session, &version(session, M::table()))? else {
            return query.all(session);
        };
        let mut own = None;
        let rows = |bytes: &Bytes| unpacked::<Vec<_>>(bytes)?.into_iter().map(values).collect::<Result<Vec<_>>>();
        let found = region.fetch(&key, &made_of, rows, &mut || {
            let objects = session.at_primary(|session| query.clone().all(session))?;
            let rows: Option<Vec<Vec<Cell>>> = objects
                .iter()
                .map(|&object| match session.columns_of(object) {
                    // Of which `base_only` has read a part.
                    Err(error) if error.kind() == ErrorKind::NotLoaded => Ok(None),
                    values => values.map(cells),
                })
                .collect::<Result<Vec<_>>>()?
                .into_iter()
                .collect();
            own = Some(objects);
            match rows {
                Some(rows) => packed(&rows).map(Loaded::Value),
                None => Ok(Loaded::Passing),
            }
        })?;
        if let Some(own) = own {
            return Ok(own);
        }
        match found {
            Some(rows) => session.recall::<M>(&rows),
            None => query.all(session),
        }
    }
}

impl<R, Q> CachedRows<'_, R, Q>
where
    Rows<R>: Combinable + Fetch<Item = R>,
    R: Serialize + DeserializeOwned,
{
    /// All rows.
    ///
    /// # Errors
    ///
    /// Those of [`Query::all`].
    pub fn all(self, session: &mut Session) -> Result<Vec<R>> {
        let Self { query, region } = self;
        let Some((key, made_of)) = of_query(&query, region, session, std::any::type_name::<R>())? else {
            return query.all(session);
        };
        let mut own = None;
        let found = region.fetch(&key, &made_of, unpacked::<Vec<R>>, &mut || {
            let rows = session.at_primary(|session| query.clone().all(session))?;
            let bytes = packed(&rows)?;
            own = Some(rows);
            Ok::<_, orm_core::Error>(Loaded::Value(bytes))
        })?;
        own.or(found).map_or_else(|| query.all(session), Ok)
    }
}

impl<M, Q> fmt::Debug for CachedObjects<'_, M, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedObjects").field("query", &self.query).field("region", &self.region).finish()
    }
}

impl<R, Q> fmt::Debug for CachedRows<'_, R, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedRows").field("query", &self.query).field("region", &self.region).finish()
    }
}
