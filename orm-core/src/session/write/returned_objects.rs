//! Objects among the values that come back of rows that a statement has changed.

use std::num::NonZeroU32;

use super::returning::Wanted;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Model, Objects, RawHandle, Row, RowReader};
use crate::query::{Returning, RowType, Rows};
use crate::schema::{ModelRef, TableDef};
use crate::session::read::rows::RowObjects;
use crate::session::store::arena::Populate;
use crate::session::{Run, Session};
use crate::sql::{Access, Expr, SelectItem, Withs};
use crate::value::{Mismatch, Value, ValueRef};

impl<W: Run, R: RowType> Returning<W, Rows<R>> {
    /// Runs the statement, and gives what comes back of its rows, objects included. The rows are kept until all have come and fit; then
    /// the objects are brought in step, and the rows are read with them.
    pub(crate) fn with_objects(self, session: &mut Session) -> Result<Vec<R>> {
        let table = W::Model::table();
        let own = own_places(table, &self.items);
        let mut unknown = Unknown(session.store.stamp());
        let (mut kept, mut changed) = (Vec::new(), Vec::new());
        let wanted = Wanted { items: self.items, objects: !own.is_empty() };
        let (_, effect) = self.write.run(session, wanted, &mut |number, row| {
            R::read(&mut RowReader::with_objects(row, R::subject(), &mut unknown))?;
            if let Some(&first) = own.first() {
                changed
                    .push((number, <W::Model as Model>::Stored::read(&mut RowReader::new(row, first, table.model))?));
            }
            kept.push((number, Kept::of(row)?));
            Ok(())
        })?;
        kept.sort_by_key(|(number, _)| *number);
        changed.sort_by_key(|(number, _)| *number);
        let slots =
            session.store.take_all_in::<W::Model>(changed, &effect).inspect_err(|error| session.links.fail(error))?;
        let handles = session.handles::<W::Model>(&slots);
        let reading = session.reading(session.links.database_of(&table.name), Access::Read, Populate::Keep)?;
        let others = RowObjects::new(&mut session.store, reading, Withs::new());
        let mut objects = Among { others, table, own, handle: None };
        let rows = kept.iter().enumerate().map(|(index, (_, row))| {
            objects.handle = handles.get(index).map(|handle| handle.raw());
            R::read(&mut RowReader::with_objects(row, R::subject(), &mut objects))
        });
        let rows = rows.collect();
        drop(objects);
        session.tell_states();
        rows
    }
}

/// Where objects of the rows that are changed stand among what comes back.
fn own_places(table: &'static TableDef, items: &[SelectItem]) -> Vec<usize> {
    let columns: Vec<Expr> = table.columns.iter().map(|column| Expr::column(table, column)).collect();
    let places = items.windows(columns.len()).enumerate();
    places.filter(|(_, items)| items.iter().map(|item| &item.expr).eq(&columns)).map(|(place, _)| place).collect()
}

/// Stands for objects that are not read yet.
struct Unknown(NonZeroU32);

impl Objects for Unknown {
    fn object(&mut self, model: ModelRef, _: &dyn Row, _: usize) -> Result<RawHandle> {
        Ok(RawHandle { model: (model.table)().id, slot: 0, stamp: self.0 })
    }
}

/// The objects of a row: that of the row itself, which is in step, and those of others that were read beside it.
struct Among<'s> {
    others: RowObjects<'s>,
    table: &'static TableDef,
    own: Vec<usize>,
    handle: Option<RawHandle>,
}

impl Objects for Among<'_> {
    fn object(&mut self, model: ModelRef, row: &dyn Row, first: usize) -> Result<RawHandle> {
        match self.handle {
            Some(own) if (model.table)().id == self.table.id && self.own.contains(&first) => Ok(own),
            _ => self.others.object(model, row, first),
        }
    }
}

/// A row that outlives its statement.
struct Kept(Vec<Value>);

impl Kept {
    fn of(row: &dyn Row) -> Result<Self> {
        let cells = (0..row.len()).map(|index| row.get(index).map(|cell| cell.to_value()));
        let cells = cells.collect::<Result<Vec<Value>, Mismatch>>();
        cells.map(Self).map_err(|mismatch| Error::new(ErrorKind::Decode, format!("row: {mismatch}")))
    }
}

impl Row for Kept {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn name(&self, _: usize) -> &str {
        "value"
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        self.0.get(index).map(Value::to_ref).ok_or_else(|| Mismatch::new("a column", "none"))
    }
}
