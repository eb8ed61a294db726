//! The columns of tables and views.

use orm_core::Result;
use orm_core::catalog::{CatalogColumn, Generated, Identity};
use orm_core::dialect::Dialect as _;

use super::cells::Cells;
use super::words::{bare, own_words};
use super::{Found, data_type, of_schema, queries};
use crate::connection::MysqlConnection;
use crate::dialect::MysqlDialect;
use crate::server::Server;

pub(super) fn read(connection: &mut MysqlConnection, found: &mut Found<'_>) -> Result<()> {
    let server = connection.server;
    of_schema(connection, queries::COLUMNS, found, |found, cells| {
        let table = cells.text(0)?;
        let columns = match found.tables.get_mut(&table) {
            Some(table) => &mut table.columns,
            None => match found.views.get_mut(&table) {
                Some(view) => &mut view.columns,
                None => return Ok(()),
            },
        };
        columns.push(column(server, cells)?);
        Ok(())
    })
}

fn column(server: Server, cells: &Cells<'_>) -> Result<CatalogColumn> {
    let (extra, generated) = (cells.text(5)?, cells.told(6)?);
    let data_type = data_type(&cells.text(2)?);
    let usual = MysqlDialect::of(server).column_collation(&data_type.kind);
    Ok(CatalogColumn {
        name: cells.text(1)?,
        data_type,
        nullable: cells.text(3)? == "YES",
        default: cells.option(4)?.and_then(|default| written_default(server, default, &extra)),
        identity: extra.contains("auto_increment").then(Identity::default),
        generated: generated.map(|expression| Generated {
            expression: own_words(&expression),
            stored: !extra.to_ascii_uppercase().contains("VIRTUAL"),
        }),
        collation: cells.option(7)?.filter(|collation| usual != Some(collation)),
        comment: cells.told(8)?,
        inherited: false,
    })
}

/// The expression of a default. MySQL tells a value without its quotes; MariaDB writes NULL where there is none.
fn written_default(server: Server, told: String, extra: &str) -> Option<String> {
    match server {
        Server::MariaDb if told.eq_ignore_ascii_case("NULL") => None,
        Server::MySql if !extra.contains("DEFAULT_GENERATED") => Some(format!("'{}'", told.replace('\'', "''"))),
        // The digits are those of the column.
        _ if told.starts_with("current_timestamp(") => Some("current_timestamp".to_owned()),
        _ => Some(bare(own_words(&told))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_expressions() {
        let default = |server, told: &str, extra| written_default(server, told.to_owned(), extra);
        assert_eq!(default(Server::MariaDb, "'it''s'", "").as_deref(), Some("'it''s'"));
        assert_eq!(default(Server::MariaDb, r"concat('it\'s')", "").as_deref(), Some("concat('it''s')"));
        assert_eq!(default(Server::MariaDb, "NULL", ""), None);
        assert_eq!(default(Server::MariaDb, "current_timestamp(6)", "").as_deref(), Some("current_timestamp"));
        assert_eq!(default(Server::MariaDb, "(1 + 1)", "").as_deref(), Some("1 + 1"));
        assert_eq!(default(Server::MySql, "it's", "").as_deref(), Some("'it''s'"));
        assert_eq!(default(Server::MySql, "now(6)", "DEFAULT_GENERATED").as_deref(), Some("now(6)"));
    }
}
