//! Looks at the cells of columns whose types do not say enough.

use std::ops::ControlFlow;

use orm_core::catalog::{Catalog, CatalogColumn, TypeKind};
use orm_core::dialect::SqlWriter;
use orm_core::engine::{Conn, Engine};
use orm_core::model::Row;
use orm_core::schema::TableName;
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

use crate::cells::{Cells, Samples};

/// Looks at the first `rows` rows of each table and view of the catalog.
///
/// On SQLite, where a column of any type takes values of all types, the types and spellings of all cells are looked at. On PostgreSQL only for
/// what no field could read: arrays with NULLs in them, arrays of arrays, infinite times. On MySQL and MariaDB all cells are what the types say.
///
/// # Errors
///
/// Those of the database.
pub fn sample(engine: &Engine, catalog: &Catalog, rows: u64) -> Result<Samples> {
    let mut connection = engine.connection()?;
    let facts = engine.dialect().capabilities();
    let mut samples = Samples::default();
    let question = match () {
        () if facts.untyped_cells => untyped_question,
        () if facts.arrays => typed_question,
        () => return Ok(samples),
    };
    let tables = catalog.tables.iter().map(|table| (&table.name, &table.columns));
    for (table, columns) in tables.chain(catalog.views.iter().map(|view| (&view.name, &view.columns))) {
        for column in columns {
            let Some(what) = question(column) else { continue };
            let cells = ask(&mut connection, what, table, column, rows);
            samples.insert(
                table,
                &column.name,
                cells.map_err(|error| error.context(format!("column {table}.{}", column.name)))?,
            );
        }
    }
    Ok(samples)
}

/// Asks for each cell of a column.
struct Question {
    /// The values to select, of a cell `c`.
    select: &'static str,
    add: fn(&mut Cells, &dyn Row) -> Result<()>,
}

fn ask(
    connection: &mut Conn,
    question: Question,
    table: &TableName,
    column: &CatalogColumn,
    rows: u64,
) -> Result<Cells> {
    let mut sql = SqlWriter::new(connection.dialect());
    sql.sql("SELECT ")
        .trusted(question.select)
        .sql(" FROM (SELECT ")
        .ident(&column.name)
        .sql(" AS c FROM ")
        .table(table);
    sql.sql(" LIMIT ").number(rows).sql(") AS cells");
    let mut cells = Cells::default();
    connection.query(&sql.into_text(), &[], &mut |row| {
        (question.add)(&mut cells, row)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(cells)
}

fn untyped_question(column: &CatalogColumn) -> Option<Question> {
    let is_json = matches!(column.data_type.kind, TypeKind::Json | TypeKind::Jsonb);
    Some(match is_json {
        true => Question { select: "typeof(c), CASE json_valid(c) WHEN 1 THEN 'valid' ELSE '' END", add: add_document },
        false => Question {
            select: "typeof(c), CASE typeof(c) WHEN 'text' THEN substr(c, 1, 64) \
                     WHEN 'blob' THEN CASE length(c) WHEN 16 THEN hex(c) ELSE '' END ELSE CAST(c AS TEXT) END",
            add: |cells, row| {
                let (kind, text) = (text(row, 0)?, text(row, 1)?);
                cells.add(kind, text);
                Ok(())
            },
        },
    })
}

fn add_document(cells: &mut Cells, row: &dyn Row) -> Result<()> {
    let kind = text(row, 0)?;
    if kind == "text" && text(row, 1)? == "valid" {
        cells.add_document();
    } else {
        cells.add(kind, "");
    }
    Ok(())
}

fn typed_question(column: &CatalogColumn) -> Option<Question> {
    match kind(&column.data_type.kind) {
        TypeKind::Array(_) => Some(Question {
            select: "count(*) FILTER (WHERE EXISTS (SELECT FROM unnest(c) AS item(v) WHERE v IS NULL)), \
                     count(*) FILTER (WHERE array_ndims(c) > 1)",
            add: |cells, row| {
                cells.holes = number(row, 0)?;
                cells.unreadable = number(row, 1)?;
                Ok(())
            },
        }),
        TypeKind::Date | TypeKind::DateTime(_) | TypeKind::Timestamp(_) => Some(Question {
            select: "count(*) FILTER (WHERE NOT isfinite(c))",
            add: |cells, row| {
                cells.unreadable = number(row, 0)?;
                Ok(())
            },
        }),
        _ => None,
    }
}

/// What a domain restricts, or the kind itself.
fn kind(kind: &TypeKind) -> &TypeKind {
    match kind {
        TypeKind::Domain { base, .. } => self::kind(base),
        kind => kind,
    }
}

fn text(row: &dyn Row, index: usize) -> Result<&str> {
    match cell(row, index)? {
        ValueRef::Text(text) => Ok(text),
        _ => Ok(""),
    }
}

fn number(row: &dyn Row, index: usize) -> Result<u64> {
    match cell(row, index)? {
        ValueRef::I64(number) => Ok(number.try_into().unwrap_or_default()),
        other => Err(Error::new(ErrorKind::Decode, format!("expected a number of cells, found {other:?}"))),
    }
}

fn cell(row: &dyn Row, index: usize) -> Result<ValueRef<'_>> {
    row.get(index).map_err(|mismatch| Error::new(ErrorKind::Decode, mismatch.to_string()))
}
