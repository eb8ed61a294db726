//! The workloads W1 to W9: what is prepared, what has to come out, and how several programs take turns at them.
//!
//! A [`Workload`] is what all do. A [`Way`] is how one peer does it, in a function that prepares its input, measures its work with
//! [`Task::measure`], and describes the result, so that the results of all are compared. [`Local`] runs the ways of this process, and
//! [`Remote`] those of another one, which calls [`serve`].

mod chart;
mod clock;
mod data;
mod local;
mod options;
mod remote;
mod rounds;
pub mod rows;
mod schema;
mod seen;
mod table;
mod workload;

use std::error::Error;

pub use chart::chart;
pub use clock::Clock;
pub use data::{NewItem, NewPost, NewUser, graph, is_dirty, items, lookup_keys};
pub use local::{Database, Local, Sample, Task, Way};
pub use options::Options;
pub use remote::{Remote, serve};
pub use rounds::{Peer, Row, Turn, Turned, compare};
pub use schema::{Kind, SETTINGS, schema};
pub use seen::Seen;
pub use table::markdown;
pub use workload::{WORKLOADS, Workload, find};

/// What may fail, with a sentence for the person at the terminal.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;
