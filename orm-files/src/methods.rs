use std::io::{BufRead, Read, Write};

use orm_core::Result;
use orm_core::model::Model;
use orm_core::query::ModelQuery;
use orm_core::query::cells::{CellInsert, FromCells};
use orm_core::query::table::{Table, TableInsert};
use orm_core::session::{CellQuery, Session};

use crate::{Csv, CsvRows, CsvWriter, JsonLines, JsonRows, json_writer};

/// Files into the table of a model.
///
/// What comes back is an insert like that of [`bulk_insert`](ModelQuery::bulk_insert): it handles conflicts, tells its progress, and is
/// executed. The rows are checked by the types of their fields and by the rules of the model, and get its defaults. They travel by `COPY`
/// where the database has it, and memory does not grow with their number.
///
/// ```
/// use orm::files::{Csv, ReadFiles as _, WriteFiles as _};
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, PartialEq)]
/// #[orm(table = "employee")]
/// struct Employee {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
///     salary: Option<f64>,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![Employee])?;
/// let mut session = engine.session();
///
/// let file = "name,salary\nAnn,52000.5\nBob,\n";
/// assert_eq!(Employee::insert_csv(file.as_bytes()).execute(&mut session)?, 2);
///
/// let mut bad = Vec::new();
/// let file = Csv::new("name;salary\nCid;much\nDan;1\n".as_bytes()).delimiter(b';').collect_bad_lines(&mut bad);
/// assert_eq!(Employee::insert_csv(file).execute(&mut session)?, 1);
/// assert_eq!(bad[0].to_string(), r#"line 2: Employee, column `salary`: expected a number, found "much""#);
///
/// let lines = r#"{"id": 9, "name": "Eve"}"#;
/// let upsert = Employee::insert_json_lines(lines.as_bytes()).on_conflict_key().do_update(Employee::name);
/// assert_eq!(upsert.execute(&mut session)?, 1);
/// session.commit()?;
///
/// let mut file = Vec::new();
/// Employee::query().order_by(Employee::id).select((Employee::name, Employee::salary)).to_csv(&mut session, &mut file)?;
/// assert_eq!(String::from_utf8_lossy(&file), "name,salary\nAnn,52000.5\nBob,\nDan,1\nEve,\n");
/// let mut file = Vec::new();
/// Employee::query().filter(Employee::id.eq(1)).to_json_lines(&mut session, &mut file)?;
/// assert_eq!(String::from_utf8_lossy(&file), "{\"id\":1,\"name\":\"Ann\",\"salary\":52000.5}\n");
/// # Ok::<(), orm::Error>(())
/// ```
pub trait ReadFiles: Model {
    /// Inserts the lines of a CSV file: a reader, or a [`Csv`] that says how it is read.
    ///
    /// See the example of [`ReadFiles`].
    fn insert_csv<'b, R: Read>(file: impl Into<Csv<'b, R>>) -> CellInsert<Self, CsvRows<'b, R>> {
        Self::insert_cells(file.into().rows())
    }

    /// Inserts the lines of a file of JSON objects: a buffered reader, or a [`JsonLines`] that says how it is read.
    ///
    /// See the example of [`ReadFiles`].
    fn insert_json_lines<'b, R: BufRead>(file: impl Into<JsonLines<'b, R>>) -> CellInsert<Self, JsonRows<'b, R>> {
        Self::insert_cells(file.into().rows())
    }
}

impl<M: Model> ReadFiles for M {}

/// Files into a table that is described at run time.
///
/// See the example of [`ReadFiles`], whose methods these are.
pub trait ReadTableFiles {
    /// Inserts the lines of a CSV file: a reader, or a [`Csv`] that says how it is read.
    fn insert_csv<'b, R: Read>(&self, file: impl Into<Csv<'b, R>>) -> TableInsert<FromCells<CsvRows<'b, R>>>;

    /// Inserts the lines of a file of JSON objects: a buffered reader, or a [`JsonLines`] that says how it is read.
    fn insert_json_lines<'b, R: BufRead>(
        &self,
        file: impl Into<JsonLines<'b, R>>,
    ) -> TableInsert<FromCells<JsonRows<'b, R>>>;
}

impl ReadTableFiles for Table {
    fn insert_csv<'b, R: Read>(&self, file: impl Into<Csv<'b, R>>) -> TableInsert<FromCells<CsvRows<'b, R>>> {
        self.insert_cells(file.into().rows())
    }

    fn insert_json_lines<'b, R: BufRead>(
        &self,
        file: impl Into<JsonLines<'b, R>>,
    ) -> TableInsert<FromCells<JsonRows<'b, R>>> {
        self.insert_cells(file.into().rows())
    }
}

/// Results into files: of every query, of tables without models, and of SQL written by hand. The rows are written as they come from the
/// database.
///
/// See the example of [`ReadFiles`].
pub trait WriteFiles: CellQuery {
    /// Writes the rows as CSV, into a writer or a [`CsvWriter`] that says how, and tells how many there were.
    ///
    /// See the example of [`ReadFiles`].
    ///
    /// # Errors
    ///
    /// As those of the query's `iter`; `InvalidState` where two columns have one name, `Decode` for a cell that is no value of its type, and
    /// `Io` when the writer fails.
    fn to_csv<W: Write>(self, session: &mut Session, file: impl Into<CsvWriter<W>>) -> Result<u64> {
        file.into().write(self, session)
    }

    /// Writes each row as a JSON object in a line of its own, and tells how many there were.
    ///
    /// See the example of [`ReadFiles`].
    ///
    /// # Errors
    ///
    /// As those of [`to_csv`](Self::to_csv).
    fn to_json_lines(self, session: &mut Session, file: impl Write) -> Result<u64> {
        json_writer::write(self, session, file)
    }
}

impl<Q: CellQuery> WriteFiles for Q {}
