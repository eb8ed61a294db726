//! One result of those of several shards.

use std::cmp::Ordering;

use super::order::Order;
use crate::session::Keyed;
use crate::value::Value;

/// Rows of several shards, each with the number of its shard.
#[derive(Debug)]
pub(super) struct Merged<R> {
    pub(super) rows: Vec<(usize, R)>,
    /// The values of the order of the last row.
    pub(super) last: Vec<Value>,
    /// Whether there is another row behind the limit.
    pub(super) more: bool,
}

/// Which of the rows are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) skip: u64,
    pub(super) limit: Option<u64>,
    /// So many terms of the order have to differ from those of the row before.
    pub(super) distinct: usize,
}

/// Puts rows together that are in `order` on each shard. Rows that are equal in it stay in the order of the shards.
pub(super) fn merge<R>(order: &Order, parts: Vec<(usize, Keyed<R>)>, window: Window) -> Merged<R> {
    let width = order.terms.len();
    let mut heads: Vec<Head<R>> = parts.into_iter().map(|part| Head::new(part, width)).collect();
    let mut merged = Merged { rows: Vec::new(), last: Vec::new(), more: false };
    let mut skipped = 0;
    while let Some(first) = first_of(order, &heads) {
        let head = &mut heads[first];
        let repeats = window.distinct > 0 && merged.last.get(..window.distinct) == head.values().get(..window.distinct);
        if repeats {
            head.advance();
            continue;
        }
        if window.limit == Some(merged.rows.len() as u64) {
            merged.more = true;
            break;
        }
        merged.last.clear();
        merged.last.extend_from_slice(head.values());
        let (shard, row) = (head.shard, head.advance());
        if skipped < window.skip {
            skipped += 1;
        } else {
            merged.rows.extend(row.map(|row| (shard, row)));
        }
    }
    merged
}

/// The shard with the next row.
fn first_of<R>(order: &Order, heads: &[Head<R>]) -> Option<usize> {
    let mut left = heads.iter().enumerate().filter(|(_, head)| head.has_row());
    let first = left.next()?;
    let least = left.fold(first, |best, next| match order.compare(next.1.values(), best.1.values()) {
        Ordering::Less => next,
        Ordering::Equal | Ordering::Greater => best,
    });
    Some(least.0)
}

/// The rows of one shard that are left.
struct Head<R> {
    shard: usize,
    rows: std::vec::IntoIter<R>,
    values: Vec<Value>,
    width: usize,
    at: usize,
}

impl<R> Head<R> {
    fn new((shard, keyed): (usize, Keyed<R>), width: usize) -> Self {
        Self { shard, rows: keyed.rows.into_iter(), values: keyed.values, width, at: 0 }
    }

    fn has_row(&self) -> bool {
        !self.rows.as_slice().is_empty()
    }

    fn values(&self) -> &[Value] {
        &self.values[self.at * self.width..(self.at + 1) * self.width]
    }

    fn advance(&mut self) -> Option<R> {
        self.at += 1;
        self.rows.next()
    }
}
