//! The cells of arrays, lent as the values of columns.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, OffsetSizeTrait};
use arrow_schema::DataType;
use orm_core::query::cells::{CellError, TakeCell};
use orm_core::value::{Encoded, List, Mismatch, SqlType, Value, ValueRef};

use crate::{decimals, numbers, texts, times};

/// The cells of an array as values of one type. What Arrow has as the value has is lent, and not copied.
pub(crate) trait Cells {
    /// The cell of a row.
    ///
    /// # Errors
    ///
    /// When it is no such value.
    fn get(&self, row: usize) -> Result<Encoded<'_>, Mismatch>;

    /// Hands the cell of a row to `take`.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), and those of `take`.
    fn lend(&self, row: usize, take: &mut TakeCell<'_>) -> Result<(), CellError> {
        take(borrowed(&self.get(row)?))
    }
}

/// An array on its way into a column.
pub(crate) enum Input {
    /// One value in each row.
    Scalars(Box<dyn Cells>),
    /// A list in each row: where it begins and ends among the items.
    Lists { ranges: Vec<Option<(usize, usize)>>, items: Box<dyn Cells> },
}

impl Input {
    /// The array, for a column of that type. `None` if no cell of it could go there.
    pub(crate) fn new(array: &ArrayRef, target: SqlType) -> Option<Self> {
        match (array.data_type(), target) {
            (DataType::List(_), SqlType::Array(item)) => lists::<i32>(array, *item),
            (DataType::LargeList(_), SqlType::Array(item)) => lists::<i64>(array, *item),
            (_, target) => scalars(array, target).map(Self::Scalars),
        }
    }

    /// Hands a cell to `take`.
    #[inline]
    pub(crate) fn cell(&self, row: usize, take: &mut TakeCell<'_>) -> Result<(), CellError> {
        match self {
            Self::Scalars(cells) => cells.lend(row, take),
            Self::Lists { ranges, items } => {
                let Some((start, end)) = ranges.get(row).copied().flatten() else { return take(ValueRef::Null) };
                let list = (start..end).map(|row| items.get(row)).collect::<Result<Vec<_>, _>>()?;
                let list: Vec<ValueRef<'_>> = list.iter().map(borrowed).collect();
                take(ValueRef::Array(List::Values(&list)))
            }
        }
    }
}

#[inline]
pub(crate) fn borrowed<'v>(value: &'v Encoded<'_>) -> ValueRef<'v> {
    match value {
        Encoded::Borrowed(value) => *value,
        Encoded::Made(value) => value.to_ref(),
        Encoded::Refused(reason) => ValueRef::Refused(reason),
    }
}

fn lists<O: OffsetSizeTrait>(array: &ArrayRef, item: SqlType) -> Option<Input> {
    let lists = array.as_list::<O>();
    let offsets = lists.value_offsets();
    let range = |row: usize| (!lists.is_null(row)).then(|| (offsets[row].as_usize(), offsets[row + 1].as_usize()));
    Some(Input::Lists { ranges: (0..lists.len()).map(range).collect(), items: scalars(lists.values(), item)? })
}

fn scalars(array: &ArrayRef, target: SqlType) -> Option<Box<dyn Cells>> {
    match array.data_type() {
        DataType::Null => Some(Box::new(Nulls)),
        DataType::Decimal128(..) => Some(decimals::cells(array, target)),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let values = scalars(dictionary.values(), target)?;
            let keys = if dictionary.values().is_empty() { vec![0; array.len()] } else { dictionary.normalized_keys() };
            Some(Box::new(Dictionary { array: array.clone(), keys, values }))
        }
        _ => numbers::cells(array, target)
            .or_else(|| times::cells(array, target))
            .or_else(|| texts::cells(array, target)),
    }
}

/// An array of nothing but NULL.
struct Nulls;

impl Cells for Nulls {
    fn get(&self, _: usize) -> Result<Encoded<'_>, Mismatch> {
        Ok(Encoded::Made(Value::Null))
    }
}

/// Cells that are numbers of others.
struct Dictionary {
    array: ArrayRef,
    keys: Vec<usize>,
    values: Box<dyn Cells>,
}

impl Cells for Dictionary {
    fn get(&self, row: usize) -> Result<Encoded<'_>, Mismatch> {
        if self.array.is_null(row) { Ok(Encoded::Borrowed(ValueRef::Null)) } else { self.values.get(self.keys[row]) }
    }
}
