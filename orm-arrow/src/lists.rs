//! Lists.

use arrow_array::{ArrayRef, ListArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::FieldRef;
use orm_core::value::{Mismatch, ValueRef};
use std::sync::Arc;

use crate::builders::{Builder, of_type};

struct Lists {
    field: FieldRef,
    items: Box<dyn Builder>,
    /// Where each list ends among the items, after a 0.
    ends: Vec<i32>,
    count: i32,
    nulls: NullBufferBuilder,
}

pub(crate) fn builder(item: &FieldRef, rounds: bool) -> Option<Box<dyn Builder>> {
    let items = of_type(item.data_type(), rounds)?;
    Some(Box::new(Lists { field: item.clone(), items, ends: vec![0], count: 0, nulls: NullBufferBuilder::new(0) }))
}

impl Builder for Lists {
    fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Mismatch> {
        match cell {
            ValueRef::Null => self.nulls.append_null(),
            ValueRef::Array(list) => {
                for item in list.iter() {
                    if item.is_null() && !self.field.is_nullable() {
                        return Err(Mismatch::new("a list without NULLs", cell));
                    }
                    self.items.push(item)?;
                }
                let added = i32::try_from(list.len()).ok().and_then(|added| self.count.checked_add(added));
                self.count = added.ok_or_else(|| Mismatch::new("fewer items in one batch", "more than two billion"))?;
                self.nulls.append_non_null();
            }
            other => return Err(Mismatch::new("a list", other)),
        }
        self.ends.push(self.count);
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        let ends = std::mem::replace(&mut self.ends, vec![0]);
        self.count = 0;
        let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
        Arc::new(ListArray::new(self.field.clone(), offsets, self.items.finish(), self.nulls.finish()))
    }
}
