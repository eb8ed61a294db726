//! Rows of the same tables in several databases: shards.
//!
//! [`Shards`] makes sessions, of which each has one [`Session`](crate::session::Session) for each shard: all that is done with an object is
//! done by the session of its shard. What is here is above that. `layout` knows which tables are on shards, `place` which key is on
//! which shard, `route` which shards a statement needs, and `locality` whether the rows that it reads together are on one shard.
//! `reads` runs queries on several shards, and `order`, `merge` and `groups` make one result of theirs; `writes` runs statements
//! that change rows. `objects` finds the session of an object, and `commit` ends the transactions of all. `moving` moves
//! keys.

mod commit;
mod factory;
mod groups;
mod having;
mod layout;
mod locality;
mod merge;
mod moving;
mod objects;
mod order;
mod place;
mod reads;
mod route;
mod session;
mod writes;

pub use factory::Shards;
pub use session::ShardedSession;
