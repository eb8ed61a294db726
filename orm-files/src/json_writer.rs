use std::io::Write;

use orm_core::query::cells::ResultColumn;
use orm_core::session::{CellQuery, Session};
use orm_core::value::{Encoded, Mismatch, SqlType, ValueRef, json_text};
use orm_core::{Error, ErrorKind, Result};

use crate::csv_writer::{columns_of, unwritten, wrong};

/// Writes a JSON object for each row of a query, and tells how many there were.
pub(crate) fn write(query: impl CellQuery, session: &mut Session, writer: impl Write) -> Result<u64> {
    let mut columns = query.result_columns(session)?;
    let mut writer = std::io::BufWriter::new(writer);
    let mut names = names_of(&columns)?;
    let (mut count, mut line) = (0_u64, Vec::new());
    let rows = query.cells(session, |row| {
        if columns.is_empty() {
            columns = columns_of(row);
            names = names_of(&columns)?;
        }
        count += 1;
        line.clear();
        for (index, (column, name)) in columns.iter().zip(&names).enumerate() {
            line.extend_from_slice(if index == 0 { b"{" } else { b"," });
            line.extend_from_slice(name);
            let written = row.get(index).and_then(|cell| value(column, cell, &mut line));
            written.map_err(|mismatch| wrong(count, column, &mismatch))?;
        }
        line.extend_from_slice(b"}\n");
        writer.write_all(&line).map_err(unwritten)?;
        Ok(None)
    })?;
    rows.collect::<Result<()>>()?;
    writer.flush().map_err(unwritten)?;
    Ok(count)
}

/// The names as JSON, each with its colon.
fn names_of(columns: &[ResultColumn]) -> Result<Vec<Vec<u8>>> {
    let name = |column: &ResultColumn| {
        let mut name = serde_json::to_vec(&*column.name).map_err(|error| {
            Error::new(ErrorKind::Decode, format!("column `{}`: {error}", column.name)).with_source(error)
        })?;
        name.push(b':');
        Ok(name)
    };
    columns.iter().map(name).collect()
}

fn value(column: &ResultColumn, cell: ValueRef<'_>, out: &mut Vec<u8>) -> Result<(), Mismatch> {
    let json = match column.read(cell)? {
        // A document stays as the database has it, in one line: its texts have no line breaks.
        Encoded::Borrowed(ValueRef::Text(text)) if column.sql_type == Some(SqlType::Json) => {
            out.extend(text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
            return Ok(());
        }
        Encoded::Borrowed(ValueRef::Text(text)) => serde_json::to_writer(&mut *out, text),
        Encoded::Borrowed(ValueRef::I64(number)) => serde_json::to_writer(&mut *out, &number),
        Encoded::Borrowed(value) => serde_json::to_writer(&mut *out, &json_text::of_value(value)?),
        Encoded::Made(value) => serde_json::to_writer(&mut *out, &json_text::of_value(value.to_ref())?),
        Encoded::Refused(reason) => return Err(Mismatch::new("a value that has a text", reason)),
    };
    json.map_err(|error| Mismatch::new("a value that JSON has", error))
}
