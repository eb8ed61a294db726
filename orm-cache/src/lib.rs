//! Caches of `orm`: objects below the identity map, results of queries and of functions, in memory, in Redis, or both. What was made of rows is
//! forgotten when a commit changes these rows.
//!
//! ```
//! use std::time::Duration;
//!
//! use orm::prelude::*;
//! use orm_cache::{Cache, CacheRows as _, CacheSession as _};
//!
//! #[derive(Model, Debug, Clone, Default)]
//! #[orm(table = "car")]
//! struct Car {
//!     #[orm(primary_key)]
//!     id: i64,
//!     name: String,
//! }
//!
//! let cache = Cache::in_memory();
//! let engine = Engine::builder("sqlite://").hooks(cache.hooks()).build()?;
//! let cars = cache.region("cars").ttl(Duration::from_secs(60)).size(10_000).build();
//! engine.create_all(models![Car])?;
//! let mut session = engine.session();
//! session.add(Car { name: "Beetle".into(), ..Default::default() });
//! session.commit()?;
//!
//! session.clear();
//! for _ in 0..3 {
//!     let car = session.get_cached::<Car>(1, &cars)?.unwrap(); // asks the database once
//!     assert_eq!(session[car].name, "Beetle");
//!     session.clear();
//! }
//! let names = || Car::query().select(Car::name).cached_rows(&cars);
//! assert_eq!(names().all(&mut session)?, ["Beetle"]);
//!
//! let car = Car::query().one(&mut session)?;
//! session[car].name = "Mini".into();
//! session.commit()?; // and here the cache forgets
//! assert_eq!(names().all(&mut session)?, ["Mini"]);
//! # Ok::<(), orm::Error>(())
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod cache;
mod entry;
mod flights;
mod listener;
mod objects;
mod query;
mod region;
mod stamps;
mod statistics;
mod store;
mod tags;
mod values;
mod watcher;

pub use cache::Cache;
#[cfg(feature = "redis")]
pub use cache::RedisBuilder;
pub use listener::Listener;
pub use objects::CacheSession;
pub use orm_core::{Error, ErrorKind, Result};
pub use query::{CacheQuery, CacheRows, CachedObjects, CachedRows};
pub use region::{Region, RegionBuilder};
pub use statistics::Statistics;
pub use watcher::CacheHooks;
