//! Reads the definition of a table from SQLite.

use orm_core::Result;
use orm_core::schema::{ColumnFacts, Filled, TableFacts, TableName};
use rusqlite::{Connection, OptionalExtension};

use crate::error::classify;

/// The columns, in order. An unknown table has none. `hidden` is 2 or 3 for a computed column.
const COLUMNS: &str = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1, ?2) WHERE hidden <> 1 ORDER BY cid";
/// Whether the primary key has an index of its own. It has none if the key is the rowid.
const KEY_INDEX: &str = "SELECT EXISTS (SELECT 1 FROM pragma_index_list(?1, ?2) WHERE origin = 'pk')";
/// The first schema with that name, and the kind of object there.
const ORIGIN: &str = "SELECT schema, type = 'view', type <> 'table' FROM pragma_table_list WHERE name = ?1 COLLATE NOCASE AND (?2 IS NULL OR schema = ?2) \
    ORDER BY schema <> 'temp', schema <> 'main' LIMIT 1";

struct Column {
    name: String,
    type_name: String,
    not_null: bool,
    default: Option<String>,
    key: i64,
    hidden: i64,
}

pub(crate) fn describe(native: &Connection, table: &TableName) -> Result<Option<TableFacts>> {
    read(native, table).map_err(classify)
}

pub(crate) fn read(native: &Connection, table: &TableName) -> rusqlite::Result<Option<TableFacts>> {
    let schema = table.schema.as_deref();
    let origin = native
        .prepare_cached(ORIGIN)?
        .query_row((&*table.name, schema), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    let Some((schema, is_view, reads_others)): Option<(String, bool, bool)> = origin.optional()? else {
        return Ok(None);
    };
    let name = (&*table.name, &*schema);
    let columns: Vec<Column> = native
        .prepare_cached(COLUMNS)?
        .query_map(name, |row| {
            Ok(Column {
                name: row.get(0)?,
                type_name: row.get(1)?,
                not_null: row.get(2)?,
                default: row.get(3)?,
                key: row.get(4)?,
                hidden: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let is_single = columns.iter().filter(|column| column.key > 0).count() == 1;
    let key_is_row_id = is_single && !native.prepare_cached(KEY_INDEX)?.query_row(name, |row| row.get::<_, bool>(0))?;
    let columns = columns
        .into_iter()
        .map(|column| {
            let is_row_id = key_is_row_id && column.key > 0 && column.type_name.eq_ignore_ascii_case("INTEGER");
            let collation = match is_view {
                true => None,
                false => collation(native, &table.name, &schema, &column.name)?,
            };
            Ok(ColumnFacts {
                filled: match (column.hidden, column.default) {
                    (2 | 3, _) => Filled::Computed,
                    _ if is_row_id => Filled::RowId,
                    (_, Some(default)) => Filled::Default(default),
                    (_, None) => Filled::Nothing,
                },
                nullable: !column.not_null && !is_row_id,
                name: column.name,
                is_array: false,
                sequence: None,
                full_type: column.type_name.clone(),
                type_name: column.type_name,
                collation,
            })
        })
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(TableFacts { columns, rewrites_inserts: is_view, reads_others, temporary: schema == "temp" }))
}

fn collation(native: &Connection, table: &str, schema: &str, column: &str) -> rusqlite::Result<Option<String>> {
    let (_, collation, ..) = native.column_metadata(Some(schema), table, column)?;
    Ok(collation
        .and_then(|name| name.to_str().ok())
        .filter(|name| !name.eq_ignore_ascii_case("BINARY"))
        .map(str::to_owned))
}
