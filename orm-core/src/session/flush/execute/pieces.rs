//! How many rows one statement carries, over arrays or in a list.

use std::convert::Infallible;

use crate::dialect::{Dialect, InsertKeys};
use crate::render::STATEMENT_BYTES;
use crate::schema::TableDef;
use crate::session::store::arena::AnyArena;

/// Rows of one statement over arrays: beyond this the arrays cost more memory than the round trips saved.
const ROWS: usize = 16_384;

/// Rows of one statement that lists them: its text grows with them, and what it saves is saved by then.
const LISTED_ROWS: usize = 1_024;

/// Rows of one UPDATE that lists them: each row is compared with half of them.
const CASES: usize = 128;

/// What the rows of one statement that lists them may weigh: servers refuse messages that are too long, some beyond 16 MiB.
const LISTED_BYTES: usize = 4 * 1024 * 1024;

/// How many rows one statement carries at most, and what they may weigh.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    rows: usize,
    bytes: usize,
}

impl Most {
    /// Over arrays.
    const OF_ARRAYS: Self = Self { rows: ROWS, bytes: STATEMENT_BYTES };

    /// In a list, with so many parameters for each row.
    pub(crate) fn listed(dialect: &dyn Dialect, parameters: usize) -> Self {
        let rows = dialect.capabilities().max_parameters / parameters.max(1);
        Self { rows: rows.clamp(1, LISTED_ROWS), bytes: LISTED_BYTES }
    }

    /// In the cases of an UPDATE.
    pub(crate) fn cases(dialect: &dyn Dialect, parameters: usize) -> Self {
        let Self { rows, bytes } = Self::listed(dialect, parameters);
        Self { rows: rows.min(CASES), bytes }
    }

    /// How many of the rows that are left go in one statement. A row that weighs too much goes alone.
    pub(crate) fn fitting<E>(self, left: usize, mut bytes: impl FnMut(usize) -> Result<usize, E>) -> Result<usize, E> {
        let (mut total, count) = (0, left.min(self.rows));
        for row in 0..count {
            total += bytes(row)?;
            if total > self.bytes {
                return Ok(row.max(1));
            }
        }
        Ok(count)
    }
}

/// Whether the database takes so many rows, with so many columns, as a list.
pub(crate) fn lists_rows(dialect: &dyn Dialect, columns: usize, rows: usize) -> bool {
    dialect.capabilities().insert_keys == InsertKeys::Lists && rows > 1 && columns > 0
}

/// Cuts rows into those of one statement over arrays each.
pub(crate) fn pieces<R>(rows: &[R], bytes: impl Fn(&R) -> usize) -> impl Iterator<Item = &[R]> {
    cut(Most::OF_ARRAYS, rows, bytes)
}

/// Cuts rows into those of one statement each.
pub(crate) fn cut<R>(most: Most, rows: &[R], bytes: impl Fn(&R) -> usize) -> impl Iterator<Item = &[R]> {
    let mut left = rows;
    std::iter::from_fn(move || {
        let Ok(count) = most.fitting(left.len(), |row| Ok::<_, Infallible>(bytes(&left[row])));
        let (piece, rest) = left.split_at_checked(count.max(1))?;
        left = rest;
        Some(piece)
    })
}

/// [`pieces`] of objects, weighed by the columns that are written.
pub(crate) fn object_pieces<'r>(
    arena: &dyn AnyArena,
    columns: &[usize],
    rows: &'r [u32],
) -> impl Iterator<Item = &'r [u32]> {
    objects_within(Most::OF_ARRAYS, arena, columns, rows)
}

/// Cuts objects into those of one statement each, weighed by the columns that are written.
pub(crate) fn objects_within<'r>(
    most: Most,
    arena: &dyn AnyArena,
    columns: &[usize],
    rows: &'r [u32],
) -> impl Iterator<Item = &'r [u32]> {
    let heavy = heavy(arena.table(), columns);
    cut(most, rows, move |&slot| heavy.iter().map(|&column| arena.value(slot, column).bytes()).sum())
}

/// The columns whose values are of any length.
fn heavy(table: &TableDef, columns: &[usize]) -> Vec<usize> {
    columns.iter().copied().filter(|&column| table.columns[column].sql_type.is_of_any_length()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(rows: &[usize]) -> Vec<usize> {
        pieces(rows, |&bytes| bytes).map(<[usize]>::len).collect()
    }

    #[test]
    fn pieces_are_bounded_in_number_and_bytes() {
        assert!(sizes(&[]).is_empty());
        assert_eq!(sizes(&[0; ROWS + 1]), [ROWS, 1]);
        assert_eq!(sizes(&[STATEMENT_BYTES / 2; 5]), [2, 2, 1]);
        assert_eq!(sizes(&[1, 2 * STATEMENT_BYTES, 1, STATEMENT_BYTES - 1]), [1, 1, 2]);
    }
}
