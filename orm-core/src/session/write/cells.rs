//! Inserts of rows of cells: those of a file or a frame, which never become objects.

use super::bulk_insert::in_row;
use super::bulk_writer::BulkWriter;
use crate::driver::Bind;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Model, model_ref};
use crate::query::Insert;
use crate::query::cells::{CellError, CellSource, FromCells, Target};
use crate::query::table::TableInsert;
use crate::render::bulk::BulkColumns;
use crate::schema::{TableDef, TableName, secrets};
use crate::session::Session;
use crate::session::flush::{check_key, is_filled, not_one_table};
use crate::session::store::forms::{self, Forms, may_change};
use crate::session::transaction::link::Link;
use crate::sql::Reads;
use crate::value::{Format, Value, version};

impl<M: Model, S: CellSource, P: FnMut(u64), C> Insert<M, FromCells<S, P>, C> {
    /// Inserts the rows in their order, and tells how many were inserted, or updated as `on_conflict` says. A cell is checked by the type of
    /// its field. Where a model has rules, or values that are made for each row, its rows become values, as those of a bulk insert are.
    /// All else is as with a [bulk insert](crate::query::ModelQuery::bulk_insert).
    ///
    /// # Errors
    ///
    /// `Schema` for a column that the model does not have, `InvalidState` for a missing one, `Decode` for a cell that does not fit, with row
    /// and column, those of the source, and as with a bulk insert. The session then needs a [`rollback`](Session::rollback).
    pub fn execute(mut self, session: &mut Session) -> Result<u64> {
        self.check()?;
        let table = M::table();
        if table.joined_tables().is_some() {
            return Err(not_one_table(table));
        }
        if self.conflict.is_some() {
            session.autoflush_for(&[table])?;
        }
        let conflict = session.links.upsert_of(model_ref::<M>(), self.conflict.clone())?;
        let FromCells { source, progress } = &mut self.source;
        let mut tell = |rows| progress.iter_mut().for_each(|progress| progress(rows));
        let destination = Destination::of_model::<M>();
        // Rules and filters are for values.
        let by_values = M::RULES || M::FILLS || session.links.written_filter(table).is_some();
        let link = session.links.writer_of(&table.name)?;
        let written = BulkWriter::new(link, &table.name, conflict).and_then(|writer| {
            session.store.go_beside();
            match by_values {
                true => super::cell_values::write::<M, S>(session, &destination, source, writer, &mut tell),
                false => destination.write(session.links.of(&table.name), source, writer, &mut tell),
            }
        });
        let written = written.inspect_err(|error| session.links.fail(error))?;
        if self.conflict.is_some_and(|conflict| conflict.update.is_some()) {
            session.store.expire_table(table);
        }
        Ok(written)
    }
}

impl<S: CellSource, P: FnMut(u64), C> TableInsert<FromCells<S, P>, C> {
    /// Inserts the rows in their order, and tells how many were inserted, or updated as `on_conflict` says. A cell is checked by the type of
    /// its column. Objects of the session are left as they are. All else is as with a bulk insert of a model.
    ///
    /// # Errors
    ///
    /// `Schema` for a column that the table does not have, `Decode` for a cell that does not fit, with row and column, those of the source,
    /// and the database's. The session then needs a [`rollback`](Session::rollback).
    pub fn execute(mut self, session: &mut Session) -> Result<u64> {
        self.check()?;
        let name = self.target()?;
        session.autoflush(&Reads { tables: vec![name.clone()], others: false })?;
        session.store.go_beside();
        let target = Target::of_table(&self.source.table);
        let destination = Destination { target, name, table: None, defaults: Vec::new() };
        let conflict = self.conflict.clone();
        let FromCells { source, progress } = &mut self.source.kind;
        let mut tell = |rows| progress.iter_mut().for_each(|progress| progress(rows));
        let link = session.links.writer_of(&destination.name)?;
        let written = BulkWriter::new(link, &destination.name, conflict)
            .and_then(|writer| destination.write(link, source, writer, &mut tell));
        written.inspect_err(|error| session.links.fail(error))
    }
}

/// Where cells go.
pub(super) struct Destination {
    pub(super) target: Target,
    name: TableName,
    table: Option<&'static TableDef>,
    /// The values of columns that are not in the source.
    pub(super) defaults: Vec<(usize, Value)>,
}

/// How the columns of a part get into the table.
struct Fit {
    bulk: BulkColumns,
    /// What is written behind the cells.
    constants: Vec<Value>,
    /// What the columns make of values, if they do.
    forms: Option<Forms>,
}

impl Destination {
    pub(super) fn of_model<M: Model>() -> Self {
        let table = M::table();
        let mut defaults: Vec<(usize, Value)> = Vec::new();
        M::defaults(&mut |field, value| defaults.push((table.fields[field].columns.start, value.to_value())));
        if let Some(column) = table.version
            && defaults.iter().all(|(known, _)| *known != column)
        {
            defaults.extend(version::first(table.columns[column].sql_type).map(|first| (column, first)));
        }
        defaults.retain(|(column, value)| {
            !(matches!(value, Value::Null) && table.columns[*column].server_default.is_some())
        });
        Self { target: Target::of_model::<M>(), name: table.name.clone(), table: Some(table), defaults }
    }

    fn write(
        &self,
        link: &mut Link,
        source: &mut impl CellSource,
        mut writer: BulkWriter,
        tell: &mut dyn FnMut(u64),
    ) -> Result<u64> {
        let (mut before, mut fit) = (0, None::<(Vec<usize>, Fit)>);
        while source.advance(&self.target)? {
            let (columns, rows) = (source.columns(), source.rows());
            let fit = match &mut fit {
                Some((known, fit)) if *known == columns => fit,
                fit => &mut fit.insert((columns.to_vec(), self.fit(link, columns)?)).1,
            };
            let bind = &mut |row: usize, out: &mut dyn Bind| self.bind(fit, source, row, out);
            let written = writer.write(link, &fit.bulk, rows, bind);
            written.map_err(|error| self.placed(source, before, &fit.bulk, error))?;
            before += rows as u64;
            tell(before);
        }
        writer.finish(link)
    }

    /// # Errors
    ///
    /// `InvalidState` for a column that nothing fills.
    fn fit(&self, link: &mut Link, columns: &[usize]) -> Result<Fit> {
        self.check_missing(link, columns)?;
        let constants = self.defaults.iter().filter(|(column, _)| !columns.contains(column));
        let all = columns.iter().copied().chain(constants.clone().map(|(column, _)| *column));
        let (names, column_forms) = all
            .clone()
            .map(|column| {
                let format = self.table.map_or(Format::Mixed, |table| table.columns[column].format);
                let target = &self.target.columns[column];
                (target.name.clone(), (target.sql_type, format))
            })
            .unzip();
        let bulk = BulkColumns { table: self.name.clone(), names, forms: column_forms };
        let changing = self.table.filter(|table| all.clone().any(|column| may_change(table, column)));
        let forms = changing.map(|table| forms::ask(link, table)).transpose()?;
        Ok(Fit { bulk, constants: constants.map(|(_, value)| value.clone()).collect(), forms })
    }

    /// Refuses rows without a column that neither the model nor the database fills.
    pub(super) fn check_missing(&self, link: &mut Link, columns: &[usize]) -> Result<()> {
        let Some(table) = self.table else { return Ok(()) };
        let given =
            |column: usize| columns.contains(&column) || self.defaults.iter().any(|(known, _)| *known == column);
        let mut facts = None;
        for (index, column) in table.columns.iter().enumerate().filter(|(index, _)| !given(*index)) {
            if table.generated_key && column.primary_key {
                let rows = || format!("rows without `{}`", column.name);
                check_key(link, table, index, rows)?;
                continue;
            }
            if column.nullable || column.server_default.is_some() || column.computed.is_some() {
                continue;
            }
            if facts.is_none() {
                facts = link.describe_table(&table.name)?;
            }
            if facts.as_deref().is_some_and(|facts| is_filled(table, facts, index)) {
                continue;
            }
            let message = format!(
                "{}: the rows have no column `{}`, and the field `{}` has no default: add the column, declare a default, or make the field an \
                 `Option`",
                table.model, column.name, table.fields[column.field].name
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        Ok(())
    }

    fn bind(&self, fit: &Fit, source: &impl CellSource, row: usize, out: &mut dyn Bind) -> Result<()> {
        let forms = fit.forms.as_ref().zip(self.table);
        for (index, &column) in source.columns().iter().enumerate() {
            let target = &self.target.columns[column];
            let bound = source.cell(row, index, &mut |value| {
                target.check(value)?;
                if let Some((forms, table)) = forms {
                    forms.stored(table, column, value)?;
                }
                out.bind(value).map_err(CellError::Other)
            });
            if let Err(error) = bound {
                return Err(self.about(column, error));
            }
        }
        fit.constants.iter().try_for_each(|value| out.bind(value.to_ref()))
    }

    /// The error of a cell, with its column.
    pub(super) fn about(&self, column: usize, error: CellError) -> Error {
        let known = &self.target.columns[column];
        match error {
            CellError::Other(error) => error,
            CellError::Mismatch(mismatch) => {
                let field =
                    if known.field == known.name { String::new() } else { format!(" (field `{}`)", known.field) };
                let wrong = match secrets::holds(&self.name.name, &known.name) {
                    true => format!("expected {}, found another value", mismatch.expected),
                    false => mismatch.to_string(),
                };
                let message = format!("{}, column `{}`{field}: {wrong}", self.target.subject, known.name);
                Error::new(ErrorKind::Decode, message)
            }
        }
    }

    /// The error of a part, with the place of its row in the source.
    fn placed(&self, source: &impl CellSource, before: u64, columns: &BulkColumns, error: Error) -> Error {
        let error = match error.parameter().and_then(|index| columns.names.get(index)) {
            Some(name) => error.context(format!("column `{name}`")),
            None => error,
        };
        place(source, before, error)
    }
}

/// The error, with what its row is called in the source.
pub(super) fn place(source: &impl CellSource, before: u64, error: Error) -> Error {
    let row = error.row().and_then(|row| usize::try_from(row).ok()?.checked_sub(1));
    match row.and_then(|row| Some((row, source.place(row)?))) {
        Some((row, place)) => error.with_row(before + row as u64 + 1).context(place),
        None => in_row(error, before),
    }
}
