use crate::schema::{cars, graph, indexed_items, items, no_graph, no_items};
use crate::{Kind, Outcome};

/// What all peers do.
#[derive(Debug)]
pub struct Workload {
    /// `W1` and so on.
    pub name: &'static str,
    /// What it is, in a word or two.
    pub title: &'static str,
    /// The only size that it has, where it has one.
    pub size: Option<usize>,
    /// The statements before it.
    pub prepare: fn(Kind, usize) -> Vec<String>,
    /// For how many objects one preparation is enough; `None` where the work changes nothing.
    pub room: Option<fn(usize) -> usize>,
    /// The rows that come out of it, or go in.
    pub rows: fn(usize) -> usize,
    /// A query of one number: what the tables hold after it.
    pub stored: Option<&'static str>,
}

/// All of them.
pub const WORKLOADS: &[Workload] = &[
    Workload {
        name: "W1",
        title: "insert_graph",
        size: None,
        prepare: |kind, _| no_graph(kind),
        room: Some(|n| n.max(2_000)),
        rows: |n| n * 10,
        stored: Some(
            "SELECT CAST(sum(length(u.name) + 3 * length(u.email) + 7 * length(p.title) + 11 * length(p.body) \
             + 13 * length(c.body)) AS BIGINT) FROM users u JOIN posts p ON p.user_id = u.id JOIN comments c ON c.post_id = p.id",
        ),
    },
    Workload {
        name: "W2",
        title: "bulk_insert",
        size: None,
        prepare: |kind, _| no_items(kind),
        room: Some(|n| n.max(20_000)),
        rows: |n| n,
        stored: Some(
            "SELECT CAST(sum(id * (length(a) + 3 * length(b) + 7 * length(c) + CAST(round(score * 10) AS BIGINT) \
             + CASE WHEN active THEN 11 ELSE 0 END + coalesce(length(note), 5))) AS BIGINT) FROM items",
        ),
    },
    Workload { name: "W3", title: "load_all", size: None, prepare: items, room: None, rows: |n| n, stored: None },
    Workload {
        name: "W4",
        title: "load_by_key",
        size: Some(1_000),
        prepare: |kind, _| items(kind, 10_000),
        room: None,
        rows: |n| n,
        stored: None,
    },
    Workload {
        name: "W5",
        title: "eager_load",
        size: None,
        prepare: |kind, n| graph(kind, n, 10, 0),
        room: None,
        rows: |n| n * 11,
        stored: None,
    },
    Workload {
        name: "W6",
        title: "dirty_update",
        size: None,
        prepare: items,
        room: Some(|n| n.max(20_000)),
        rows: |n| n.div_ceil(10),
        stored: Some("SELECT CAST(sum(id * CAST(round(score * 10) AS BIGINT)) AS BIGINT) FROM items"),
    },
    Workload {
        name: "W7",
        title: "filter_order_limit",
        size: Some(10_000),
        prepare: items,
        room: None,
        rows: |_| 50,
        stored: None,
    },
    Workload {
        name: "W7i",
        title: "the same by an index",
        size: Some(10_000),
        prepare: indexed_items,
        room: None,
        rows: |_| 50,
        stored: None,
    },
    Workload {
        name: "W8",
        title: "delete_graph",
        size: None,
        prepare: |kind, n| graph(kind, n.max(1_000), 3, 2),
        room: Some(|n| n.max(1_000)),
        rows: |n| n,
        stored: Some(
            "SELECT (SELECT count(*) FROM users) + 3 * (SELECT count(*) FROM posts) + 7 * (SELECT count(*) FROM comments)",
        ),
    },
    Workload {
        name: "W9",
        title: "join_aggregate",
        size: Some(10_000),
        prepare: cars,
        room: None,
        rows: |_| 200,
        stored: None,
    },
];

impl Workload {
    /// Its sizes among these.
    pub fn sizes(&self, sizes: &[usize]) -> Vec<usize> {
        self.size.map_or_else(|| sizes.to_vec(), |only| vec![only])
    }
}

/// The workload of that name.
///
/// # Errors
///
/// When there is none.
pub fn find(name: &str) -> Outcome<&'static Workload> {
    let found = WORKLOADS.iter().find(|workload| workload.name == name);
    found.ok_or_else(|| format!("there is no workload `{name}`").into())
}
