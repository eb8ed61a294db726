//! Tables, views and triggers.

use orm_core::Result;
use orm_core::catalog::{CatalogTable, Reflect, Trigger, View};

use super::words::own_words;
use super::{Found, of_schema, queries};
use crate::connection::MysqlConnection;
use crate::table::ansi_quoted;

pub(super) fn read(connection: &mut MysqlConnection, options: &Reflect, found: &mut Found<'_>) -> Result<()> {
    of_schema(connection, queries::RELATIONS, found, |found, cells| {
        let table = cells.text(0)?;
        let name = found.named(found.name, &table);
        if !options.wants(&name, true) {
            return Ok(());
        }
        if cells.text(1)? == "VIEW" {
            found.views.insert(table, View { name, ..View::default() });
        } else {
            let comment = cells.told(2)?;
            found.tables.insert(table, CatalogTable { name, comment, ..CatalogTable::default() });
        }
        Ok(())
    })?;
    of_schema(connection, queries::VIEWS, found, |found, cells| {
        let own = found.own;
        if let Some(view) = found.views.get_mut(&cells.text(0)?) {
            view.definition = own_words(&unqualified(&cells.text(1)?, own));
        }
        Ok(())
    })?;
    of_schema(connection, queries::PARTITIONS, found, |found, cells| {
        if let Some(table) = found.tables.get_mut(&cells.text(0)?) {
            table.partition_by = Some(format!("{} ({})", cells.text(1)?, cells.text(2)?));
        }
        Ok(())
    })
}

pub(super) fn triggers(connection: &mut MysqlConnection, found: &mut Found<'_>) -> Result<()> {
    of_schema(connection, queries::TRIGGERS, found, |found, cells| {
        let Some(table) = found.tables.get_mut(&cells.text(0)?) else { return Ok(()) };
        let (name, timing, event, body) = (cells.text(1)?, cells.text(2)?, cells.text(3)?, cells.text(4)?);
        let (trigger, on) = (ansi_quoted(&name), ansi_quoted(&table.name.name));
        let definition = format!("CREATE TRIGGER {trigger} {timing} {event} ON {on} FOR EACH ROW {body}");
        table.triggers.push(Trigger { name, definition });
        Ok(())
    })
}

/// The query of a view as a statement of this connection would say it: names in standard quotes, and those of the connection's own schema
/// without it.
fn unqualified(query: &str, own: Option<&str>) -> String {
    let prefix = own.map(|own| format!("`{}`.", own.replace('`', "``"))).unwrap_or_default();
    let mut out = String::with_capacity(query.len());
    let mut rest = query;
    while let Some(next) = rest.chars().next() {
        let end = match next {
            '\'' | '`' => quoted_end(rest, next),
            _ => next.len_utf8(),
        };
        if next == '`' && !prefix.is_empty() && rest.starts_with(&prefix) {
            rest = &rest[prefix.len()..];
            continue;
        }
        match next {
            '`' => out.push_str(&ansi_quoted(&rest[1..end.max(2) - 1].replace("``", "`"))),
            _ => out.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    out
}

/// Where a text in quotes ends, behind its last quote. A doubled quote is one inside, and so is one behind a backslash of a text.
fn quoted_end(text: &str, quote: char) -> usize {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' if quote == '\'' => drop(letters.next()),
            _ if letter == quote && letters.next_if(|&(_, next)| next == quote).is_none() => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::unqualified;

    #[test]
    fn views_name_their_tables_as_statements_do() {
        let told = "select `shop`.`user`.`id` AS `a``b`,'`shop`.''x' AS `shop` from `shop`.`user` join `other`.`t`";
        let expected = "select \"user\".\"id\" AS \"a`b\",'`shop`.''x' AS \"shop\" from \"user\" join \"other\".\"t\"";
        assert_eq!(unqualified(told, Some("shop")), expected);
        assert_eq!(unqualified("select 1 AS `1`", None), "select 1 AS \"1\"");
    }
}
