use std::error::Error as StdError;
use std::ops::Range;

use bytes::BytesMut;
use orm_core::Result;
use orm_core::driver::Bind;
use orm_core::value::ValueRef;
use postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};

use crate::encode::{EncodeError, encode, format};

/// The parameters of one row of a batch. They are encoded when they are bound, because a value is borrowed for that call only.
pub(crate) struct RowBuffer<'t> {
    types: &'t [Type],
    bytes: BytesMut,
    cells: Vec<(Option<Range<usize>>, Format)>,
}

impl<'t> RowBuffer<'t> {
    pub(crate) fn new(types: &'t [Type]) -> Self {
        Self { types, bytes: BytesMut::new(), cells: Vec::with_capacity(types.len()) }
    }

    /// Makes room for the next row.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
    }

    /// The parameters of the row.
    pub(crate) fn params(&self) -> Vec<Encoded<'_>> {
        let lend = |(range, format): &(Option<Range<usize>>, Format)| Encoded {
            bytes: range.clone().map(|range| &self.bytes[range]),
            format: *format,
        };
        self.cells.iter().map(lend).collect()
    }
}

impl Bind for RowBuffer<'_> {
    fn bind(&mut self, value: ValueRef<'_>) -> Result<()> {
        let Some(ty) = self.types.get(self.cells.len()) else {
            return Err(crate::error::wrong_count(self.types.len(), self.cells.len() + 1));
        };
        let start = self.bytes.len();
        let error = |error: EncodeError| {
            let error = error.at(self.cells.len());
            error.classify().with_source(error)
        };
        let null = encode(value, ty, &mut self.bytes).map_err(error)?;
        let range = matches!(null, IsNull::No).then(|| start..self.bytes.len());
        self.cells.push((range, format(value, ty)));
        Ok(())
    }
}

/// An encoded parameter.
#[derive(Debug)]
pub(crate) struct Encoded<'a> {
    bytes: Option<&'a [u8]>,
    format: Format,
}

impl ToSql for Encoded<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self.bytes {
            None => Ok(IsNull::Yes),
            Some(bytes) => {
                out.extend_from_slice(bytes);
                Ok(IsNull::No)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        self.format
    }

    to_sql_checked!();
}
