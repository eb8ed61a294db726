//! Reads the definition of a table from the catalog.

use orm_core::model::Row;
use orm_core::schema::{ColumnFacts, Filled, TableFacts, TableName};
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

/// A row for each column of the table that this connection finds under the quoted name. An unknown table has none.
///
/// `format_type(.., -1)` is the type without its modifier, in a spelling that a cast takes. Names are qualified where the connection would
/// not find them otherwise. A trigger of the table or of a partition may change the key, if its function mentions the column. Other
/// triggers are expected to leave the key alone, which is checked when the rows come back. A key that the user may not read cannot come
/// back, so it is not drawn.
pub(crate) const DESCRIBE: &str = "SELECT a.attname::text, format_type(a.atttypid, -1), format_type(a.atttypid, a.atttypmod), \
    NOT (a.attnotnull OR t.typnotnull), a.attidentity::text, a.attgenerated <> '', pg_get_expr(d.adbin, d.adrelid), \
    CASE WHEN has_sequence_privilege(s.name, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT') THEN s.name::text END, \
    CASE WHEN a.attcollation <> t.typcollation THEN o.collname::text END, \
    c.relkind IN ('v', 'f') OR EXISTS (SELECT FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc f ON f.oid = g.tgfoid \
        JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary \
        JOIN pg_catalog.pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY(i.indkey) \
        WHERE g.tgtype & 7 = 7 AND g.tgenabled <> 'D' AND position(lower(k.attname) IN lower(f.prosrc)) > 0 \
        AND (g.tgrelid = c.oid OR g.tgrelid IN (SELECT p.relid FROM pg_partition_tree(c.oid) p))), \
    c.relpersistence = 't', t.typcategory = 'A', c.relkind <> 'r' OR c.relhassubclass \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
    LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation \
    LEFT JOIN LATERAL (SELECT q.oid::regclass AS name FROM pg_catalog.pg_depend p \
            JOIN pg_catalog.pg_class q ON q.oid = p.objid AND q.relkind = 'S' \
            WHERE a.attidentity <> '' AND p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass \
                AND p.refobjid = c.oid AND p.refobjsubid = a.attnum AND p.deptype = 'i' \
        UNION ALL SELECT q.oid::regclass FROM pg_catalog.pg_depend p \
            JOIN pg_catalog.pg_class q ON q.oid = p.refobjid AND q.relkind = 'S' \
            WHERE a.attidentity = '' AND p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid \
                AND p.refclassid = 'pg_class'::regclass \
        LIMIT 1) s ON TRUE \
    WHERE c.oid = to_regclass($1) ORDER BY a.attnum";

/// The name as the catalog reads it.
pub(crate) fn quoted(table: &TableName) -> String {
    let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    match &table.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(&table.name)),
        None => quote(&table.name),
    }
}

/// Adds the column of a row.
pub(crate) fn add(facts: &mut Option<TableFacts>, row: &dyn Row) -> Result<()> {
    let flag = |index| cell(row, index).map(|cell| matches!(cell, ValueRef::Bool(true)));
    let table = facts.get_or_insert(TableFacts {
        columns: Vec::new(),
        rewrites_inserts: flag(9)?,
        reads_others: flag(12)?,
        temporary: flag(10)?,
    });
    table.columns.push(ColumnFacts {
        name: text(row, 0)?.unwrap_or_default(),
        type_name: shorter(text(row, 1)?.unwrap_or_default()),
        full_type: shorter(text(row, 2)?.unwrap_or_default()),
        nullable: flag(3)?,
        is_array: flag(11)?,
        sequence: text(row, 7)?,
        filled: match (text(row, 4)?.as_deref(), flag(5)?, text(row, 6)?) {
            (Some(identity @ ("a" | "d")), ..) => Filled::Identity { always: identity == "a" },
            (_, true, _) => Filled::Computed,
            (_, false, Some(default)) => Filled::Default(default),
            (_, false, None) => Filled::Nothing,
        },
        collation: text(row, 8)?,
    });
    Ok(())
}

/// The type as statements spell it.
fn shorter(name: String) -> String {
    const SHORT: &[(&str, &str)] = &[
        ("timestamp with time zone", "timestamptz"),
        ("timestamp without time zone", "timestamp"),
        ("time without time zone", "time"),
    ];
    let found = SHORT.iter().find_map(|(long, short)| Some((*short, name.strip_prefix(long)?)));
    found.map(|(short, rest)| format!("{short}{rest}")).unwrap_or(name)
}

fn text(row: &dyn Row, index: usize) -> Result<Option<String>> {
    match cell(row, index)? {
        ValueRef::Text(text) => Ok(Some(text.to_owned())),
        _ => Ok(None),
    }
}

fn cell(row: &dyn Row, index: usize) -> Result<ValueRef<'_>> {
    row.get(index).map_err(|mismatch| Error::new(ErrorKind::Decode, format!("the description of a table: {mismatch}")))
}
