//! How many rows one statement carries.

use crate::render::STATEMENT_BYTES;
use crate::schema::TableDef;
use crate::session::store::arena::AnyArena;
use crate::value::SqlType;

/// Rows of one statement over arrays: beyond this the arrays cost more memory than the round trips saved.
const ROWS: usize = 16_384;

/// Cuts rows into those of one statement each: bounded in number, and by what they weigh. A row that weighs too much goes alone.
pub(crate) fn pieces<R>(rows: &[R], bytes: impl Fn(&R) -> usize) -> impl Iterator<Item = &[R]> {
    let mut left = rows;
    std::iter::from_fn(move || {
        let mut total = 0;
        let fits = |row: &&R| {
            total += bytes(row);
            total <= STATEMENT_BYTES
        };
        let count = left.iter().take(ROWS).take_while(fits).count().max(1);
        let (piece, rest) = left.split_at_checked(count)?;
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
    let heavy = heavy(arena.table(), columns);
    pieces(rows, move |&slot| heavy.iter().map(|&column| arena.value(slot, column).bytes()).sum())
}

/// The columns whose values are of any length.
fn heavy(table: &TableDef, columns: &[usize]) -> Vec<usize> {
    let is_heavy = |column: &usize| {
        let sql_type = table.columns[*column].sql_type;
        matches!(sql_type, SqlType::Text | SqlType::Bytes | SqlType::Json | SqlType::Array(_))
    };
    columns.iter().copied().filter(is_heavy).collect()
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
