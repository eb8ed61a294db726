use std::sync::Arc;

use super::{Handle, Model, RawHandle, Row, model_ref};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{FamilyDef, ModelRef, TableDef};
use crate::value::{ColumnType, Mismatch, Value, ValueRef};

/// What a column is called in the place of one that a statement leaves out.
pub(crate) const LEFT_OUT: &str = "orm_deferred";

/// Reads the cells of a row one after the other.
pub struct RowReader<'r> {
    row: &'r dyn Row,
    next: usize,
    /// The name of the model that is read, for messages.
    subject: &'static str,
    /// The session that keeps objects, if rows may have some.
    objects: Option<&'r mut dyn Objects>,
    /// The names of all columns, if the reader looks columns up by name.
    names: Option<&'r Arc<Vec<String>>>,
    /// The joined table of a family up to which rows were read, if that is not all of them.
    up_to: Option<usize>,
}

/// Makes objects from the columns of rows. A session implements it.
pub(crate) trait Objects {
    /// The object of the model whose columns begin at `first`.
    fn object(&mut self, model: ModelRef, row: &dyn Row, first: usize) -> Result<RawHandle>;
}

impl<'r> RowReader<'r> {
    /// Starts at column `first` of `row`, reading a `subject`.
    pub fn new(row: &'r dyn Row, first: usize, subject: &'static str) -> Self {
        Self { row, next: first, subject, objects: None, names: None, up_to: None }
    }

    /// Starts at the first column of a row that may hold objects, which `objects` keeps.
    pub(crate) fn with_objects(row: &'r dyn Row, subject: &'static str, objects: &'r mut dyn Objects) -> Self {
        Self { row, next: 0, subject, objects: Some(objects), names: None, up_to: None }
    }

    /// Starts at the first column of a row whose columns have these names.
    pub(crate) fn with_names(row: &'r dyn Row, subject: &'static str, names: &'r Arc<Vec<String>>) -> Self {
        Self { row, next: 0, subject, objects: None, names: Some(names), up_to: None }
    }

    /// The rows are those of a family whose tables were read up to this joined one; 0 is that of the base.
    pub(crate) fn up_to(self, table: Option<usize>) -> Self {
        Self { up_to: table, ..self }
    }

    /// The remaining cells, with the names of their columns.
    pub(crate) fn rest(&mut self) -> Result<(Arc<Vec<String>>, Vec<Value>)> {
        let first = self.next;
        let names = match self.names {
            Some(names) if first == 0 => Arc::clone(names),
            _ => Arc::new((first..self.row.len()).map(|index| self.row.name(index).to_owned()).collect()),
        };
        let cells = (first..self.row.len()).map(|_| self.cell(|value| Ok(value.to_value())));
        let values = cells.collect::<Result<_>>()?;
        Ok((names, values))
    }

    /// The object of the next columns, which are those of its model; `None` when all of them are NULL.
    ///
    /// # Errors
    ///
    /// `Decode` when the columns do not fit the model, `InvalidState` where no session reads the row.
    pub(crate) fn object<M: Model>(&mut self) -> Result<Option<Handle<M>>> {
        let (first, width) = (self.next, M::table().columns.len());
        if self.all_null(width) {
            self.skip(width);
            return Ok(None);
        }
        self.skip(width);
        let Some(objects) = &mut self.objects else {
            let message = format!("a row with a {} object can be read only through a session", M::spec().name);
            return Err(Error::new(ErrorKind::InvalidState, message));
        };
        let raw = objects.object(model_ref::<M>(), self.row, first)?;
        Ok(Some(Handle::new(raw.slot, raw.stamp)))
    }

    /// The object of the next columns, which must not be NULL.
    #[cold]
    pub(crate) fn missing_object<M: Model>(&self) -> Error {
        let message = format!("{}: expected a {}, found only NULLs", self.subject, M::spec().name);
        Error::new(ErrorKind::Decode, message)
    }

    /// The next cell.
    ///
    /// # Errors
    ///
    /// `Decode` naming subject, column, expected and found.
    #[inline]
    pub fn column<T: ColumnType>(&mut self) -> Result<T> {
        self.cell(T::from_ref)
    }

    /// The next cell, decoded by `decode`.
    ///
    /// # Errors
    ///
    /// `Decode` naming subject, column, expected and found.
    #[inline]
    pub fn cell<T>(&mut self, decode: impl FnOnce(ValueRef<'_>) -> Result<T, Mismatch>) -> Result<T> {
        let index = self.next;
        self.next += 1;
        match self.row.get(index).and_then(decode) {
            Ok(value) => Ok(value),
            Err(mismatch) => Err(self.decode_error(index, &mismatch)),
        }
    }

    /// The next cell, of a column that a statement may leave out: `decode` gets [`ValueRef::Unloaded`] then.
    ///
    /// # Errors
    ///
    /// `Decode` naming subject, column, expected and found.
    #[inline]
    pub fn deferred<T>(&mut self, decode: impl FnOnce(ValueRef<'_>) -> Result<T, Mismatch>) -> Result<T> {
        let is_left_out = self.next < self.row.len() && self.row.name(self.next) == LEFT_OUT;
        self.cell(|cell| decode(if is_left_out { ValueRef::Unloaded } else { cell }))
    }

    /// Whether the next `width` cells are all NULL, as after a left join without a row. It does not advance.
    pub fn all_null(&self, width: usize) -> bool {
        (self.next..self.next + width).all(|index| matches!(self.row.get(index), Ok(value) if value.is_null()))
    }

    /// Skips `width` cells.
    pub fn skip(&mut self, width: usize) {
        self.next += width;
    }

    /// The name of what is read, for messages.
    pub fn subject(&self) -> &'static str {
        self.subject
    }

    /// The index of the next cell.
    pub fn position(&self) -> usize {
        self.next
    }

    /// Goes to a cell.
    pub fn seek(&mut self, index: usize) {
        self.next = index;
    }

    /// Which of the types of a family a row is whose columns begin at `start`, by number.
    ///
    /// # Errors
    ///
    /// `Decode` for an identity that no type has.
    pub fn type_of(&self, start: usize, table: &TableDef) -> Result<usize> {
        let Some(family) = &table.family else { return Ok(0) };
        let found = match self.row.get(start + family.discriminator) {
            Ok(ValueRef::Text(identity)) => family.number_of(identity),
            _ => None,
        };
        found.ok_or_else(|| self.unknown_type(start, table, family))
    }

    /// Whether a row of a type, by its number, has columns in a table that was not read.
    pub fn is_part(&self, of: usize, table: &TableDef) -> bool {
        let (Some(up_to), Some(family)) = (self.up_to, &table.family) else { return false };
        let own = family.types[of].table;
        own != 0 && own != up_to
    }

    /// Refuses a row of a family that is neither an `M` nor of a type below it.
    pub(super) fn require_type<M: Model>(&self, start: usize) -> Result<()> {
        let table = M::table();
        let of = self.type_of(start, table)?;
        let (Some(criterion), Some(family)) = (model_ref::<M>().criterion(), &table.family) else { return Ok(()) };
        if family.types[of].identity.is_some_and(|identity| criterion.identities.contains(&identity)) {
            return Ok(());
        }
        let (key, name) = (self.key_at(start, table), M::spec().name);
        let message = format!("the row {key} of `{}` is a {}, and no {name}", table.name, family.types[of].spec.name);
        Err(Error::new(ErrorKind::Decode, message))
    }

    fn key_at(&self, start: usize, table: &TableDef) -> String {
        let cells = table.primary_key.iter().map(|column| self.row.get(start + column));
        cells.map(|cell| cell.map_or_else(|_| "?".to_owned(), |value| value.to_string())).collect::<Vec<_>>().join(", ")
    }

    #[cold]
    fn unknown_type(&self, start: usize, table: &TableDef, family: &FamilyDef) -> Error {
        let found =
            self.row.get(start + family.discriminator).map_or_else(|_| "?".to_owned(), |value| value.to_string());
        let known = family.types.iter().filter_map(|of| of.identity);
        let known: Vec<String> = known.map(|identity| format!("\"{identity}\"")).collect();
        let (key, column) = (self.key_at(start, table), &table.columns[family.discriminator].name);
        let message = format!(
            "the row {key} of `{}` has {found} in `{column}`, which is no type of {}: known are {}",
            table.name,
            table.model,
            known.join(", ")
        );
        Error::new(ErrorKind::Decode, message)
    }

    #[cold]
    fn decode_error(&self, index: usize, mismatch: &Mismatch) -> Error {
        let column = if index < self.row.len() { self.row.name(index) } else { "(missing)" };
        Error::new(ErrorKind::Decode, format!("{}, column `{column}`: {mismatch}", self.subject))
    }
}
