//! Texts, bytes and dictionaries of texts.

use arrow_array::builder::{
    ArrayBuilder as _, Int32Builder, LargeStringBuilder, StringBuilder, StringDictionaryBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, BooleanArray, DictionaryArray, FixedSizeBinaryArray,
    LargeBinaryArray, LargeStringArray, StringArray, StringViewArray,
};
use arrow_schema::DataType;
use orm_core::query::cells::{CellError, TakeCell};
use orm_core::value::{Encoded, Mismatch, SqlType, Value, ValueRef, text};
use std::sync::Arc;

use crate::builders::Builder;
use crate::cells::{Cells, borrowed};

pub(crate) fn builder(data_type: &DataType) -> Option<Box<dyn Builder>> {
    Some(match data_type {
        DataType::LargeUtf8 => Box::new(Texts::<LargeStringBuilder>::default()),
        DataType::Dictionary(keys, values) if **keys == DataType::Int32 && **values == DataType::Utf8 => {
            Box::new(Texts::<StringDictionaryBuilder<Int32Type>>::default())
        }
        _ => return None,
    })
}

/// A builder of texts. What is none is written as one.
#[derive(Default)]
pub(crate) struct Texts<B> {
    pub(crate) builder: B,
    text: String,
}

/// The builders of texts.
trait TextBuilder {
    fn append(&mut self, text: Option<&str>);
    fn build(&mut self) -> ArrayRef;
}

macro_rules! text_builders {
    ($($ty:ty),*) => {$(
        impl TextBuilder for $ty {
            #[inline]
            fn append(&mut self, text: Option<&str>) {
                self.append_option(text);
            }

            fn build(&mut self) -> ArrayRef {
                Arc::new(self.finish())
            }
        }
    )*};
}

text_builders!(LargeStringBuilder, StringDictionaryBuilder<Int32Type>);

impl TextBuilder for StringBuilder {
    #[inline]
    fn append(&mut self, text: Option<&str>) {
        self.append_option(text);
    }

    /// The next batch is as long as this one, mostly.
    fn build(&mut self) -> ArrayRef {
        let next = Self::with_capacity(self.len(), self.values_slice().len());
        Arc::new(std::mem::replace(self, next).finish())
    }
}

impl<B: TextBuilder> Builder for Texts<B> {
    #[inline]
    fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Mismatch> {
        match cell {
            ValueRef::Text(text) => self.builder.append(Some(text)),
            ValueRef::Null => self.builder.append(None),
            other => {
                self.text.clear();
                text::write_text(other, &mut self.text)?;
                self.builder.append(Some(&self.text));
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        self.builder.build()
    }
}

/// A builder of the texts of an enum. All batches share the dictionary.
pub(crate) fn of_enum(texts: &'static [&'static str]) -> Box<dyn Builder> {
    let values = Arc::new(StringArray::from_iter_values(texts));
    Box::new(Variants { texts, values, keys: Int32Builder::new() })
}

struct Variants {
    texts: &'static [&'static str],
    values: Arc<StringArray>,
    keys: Int32Builder,
}

impl Builder for Variants {
    fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Mismatch> {
        if cell.is_null() {
            self.keys.append_null();
            return Ok(());
        }
        let known =
            |text: &str| self.texts.iter().position(|known| *known == text).and_then(|at| i32::try_from(at).ok());
        let key = if let ValueRef::Text(text) = cell { known(text) } else { None };
        let key = key.ok_or_else(|| Mismatch::new(format!("one of \"{}\"", self.texts.join("\", \"")), cell))?;
        self.keys.append_value(key);
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        let values: ArrayRef = Arc::<StringArray>::clone(&self.values);
        // The keys are those of the texts.
        match DictionaryArray::try_new(self.keys.finish(), values) {
            Ok(array) => Arc::new(array),
            Err(_) => Arc::new(DictionaryArray::<Int32Type>::from_iter(None::<&str>)),
        }
    }
}

/// The cells of an array of texts, bytes or booleans, for a column of that type.
pub(crate) fn cells(array: &ArrayRef, target: SqlType) -> Option<Box<dyn Cells>> {
    Some(match array.data_type() {
        DataType::Boolean => Box::new(Booleans(array.as_boolean().clone(), target)),
        DataType::Utf8 => Box::new(FromTexts { array: array.as_string::<i32>().clone(), target }),
        DataType::LargeUtf8 => Box::new(FromTexts { array: array.as_string::<i64>().clone(), target }),
        DataType::Utf8View => Box::new(FromTexts { array: array.as_string_view().clone(), target }),
        DataType::Binary => Box::new(FromBytes { array: array.as_binary::<i32>().clone(), target }),
        DataType::LargeBinary => Box::new(FromBytes { array: array.as_binary::<i64>().clone(), target }),
        DataType::BinaryView => Box::new(FromBytes { array: array.as_binary_view().clone(), target }),
        DataType::FixedSizeBinary(_) => Box::new(FromBytes { array: array.as_fixed_size_binary().clone(), target }),
        _ => return None,
    })
}

struct Booleans(BooleanArray, SqlType);

impl Cells for Booleans {
    fn get(&self, row: usize) -> Result<Encoded<'_>, Mismatch> {
        let value = if self.0.is_null(row) { ValueRef::Null } else { ValueRef::Bool(self.0.value(row)) };
        match self.1 {
            SqlType::Bool => Ok(Encoded::Borrowed(value)),
            _ if value.is_null() => Ok(Encoded::Borrowed(value)),
            other => Err(Mismatch::new(format!("a value of the type {other:?}"), value)),
        }
    }
}

/// Arrays that lend texts.
trait Lend<T: ?Sized>: Array {
    fn lend(&self, row: usize) -> &T;
}

macro_rules! lend {
    ($($ty:ty => $lent:ty),* $(,)?) => {$(
        impl Lend<$lent> for $ty {
            #[inline]
            fn lend(&self, row: usize) -> &$lent {
                self.value(row)
            }
        }
    )*};
}

lend! {
    StringArray => str,
    LargeStringArray => str,
    StringViewArray => str,
    BinaryArray => [u8],
    LargeBinaryArray => [u8],
    BinaryViewArray => [u8],
    FixedSizeBinaryArray => [u8],
}

struct FromTexts<A> {
    array: A,
    target: SqlType,
}

impl<A: Lend<str>> Cells for FromTexts<A> {
    #[inline]
    fn get(&self, row: usize) -> Result<Encoded<'_>, Mismatch> {
        if self.array.is_null(row) {
            return Ok(Encoded::Borrowed(ValueRef::Null));
        }
        let text = self.array.lend(row);
        if self.target == SqlType::Text {
            Ok(Encoded::Borrowed(ValueRef::Text(text)))
        } else {
            text::parse(self.target, text)
        }
    }

    #[inline]
    fn lend(&self, row: usize, take: &mut TakeCell<'_>) -> Result<(), CellError> {
        match self.target {
            _ if self.array.is_null(row) => take(ValueRef::Null),
            SqlType::Text => take(ValueRef::Text(self.array.lend(row))),
            _ => take(borrowed(&self.get(row)?)),
        }
    }
}

struct FromBytes<A> {
    array: A,
    target: SqlType,
}

impl<A: Lend<[u8]>> Cells for FromBytes<A> {
    fn get(&self, row: usize) -> Result<Encoded<'_>, Mismatch> {
        if self.array.is_null(row) {
            return Ok(Encoded::Borrowed(ValueRef::Null));
        }
        let bytes = self.array.lend(row);
        match self.target {
            SqlType::Bytes => Ok(Encoded::Borrowed(ValueRef::Bytes(bytes))),
            SqlType::Uuid => uuid::Uuid::from_slice(bytes)
                .map(|value| Encoded::Made(Value::Uuid(value)))
                .map_err(|_| Mismatch::new("the 16 bytes of a UUID", ValueRef::Bytes(bytes))),
            other => Err(Mismatch::new(format!("a value of the type {other:?}"), ValueRef::Bytes(bytes))),
        }
    }
}
