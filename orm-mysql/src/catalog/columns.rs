//! The columns of tables and views.

use orm_core::Result;
use orm_core::catalog::{CatalogColumn, Generated, Identity};

use super::cells::Cells;
use super::{Found, data_type, of_schema, queries};
use crate::connection::MysqlConnection;
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
    Ok(CatalogColumn {
        name: cells.text(1)?,
        data_type: data_type(&cells.text(2)?),
        nullable: cells.text(3)? == "YES",
        default: cells.option(4)?.and_then(|default| written_default(server, default, &extra)),
        identity: extra.contains("auto_increment").then(Identity::default),
        generated: generated.map(|expression| Generated {
            expression: own_words(&expression),
            stored: !extra.to_ascii_uppercase().contains("VIRTUAL"),
        }),
        collation: cells.option(7)?,
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
        _ => Some(bare(told)),
    }
}

/// An expression with the usual names of functions that MariaDB calls otherwise when it is asked.
pub(super) fn own_words(expression: &str) -> String {
    expression.replace("octet_length(", "length(")
}

/// An expression without the parentheses around all of it.
pub(super) fn bare(expression: String) -> String {
    let Some(inner) = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return expression };
    let (mut depth, mut quote) = (0, None);
    for letter in inner.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        // `(a) AND (b)` begins and ends with others.
        if depth < 0 {
            return expression;
        }
    }
    inner.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_expressions() {
        let default = |server, told: &str, extra| written_default(server, told.to_owned(), extra);
        assert_eq!(default(Server::MariaDb, "'it''s'", "").as_deref(), Some("'it''s'"));
        assert_eq!(default(Server::MariaDb, "NULL", ""), None);
        assert_eq!(default(Server::MariaDb, "current_timestamp(6)", "").as_deref(), Some("current_timestamp"));
        assert_eq!(default(Server::MariaDb, "(1 + 1)", "").as_deref(), Some("1 + 1"));
        assert_eq!(default(Server::MySql, "it's", "").as_deref(), Some("'it''s'"));
        assert_eq!(default(Server::MySql, "now(6)", "DEFAULT_GENERATED").as_deref(), Some("now(6)"));
        assert_eq!(bare("(a) AND (b)".to_owned()), "(a) AND (b)");
    }
}
