//! Rules for every database.

use super::statement::{Action, Statement};
use super::{Context, Find, Rule};
use crate::words::{begins, has, is_any, name};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: "drop-table",
        cure: "deploy a version that does not use it, and drop it in a later revision; keep the rows elsewhere if somebody may need them",
        databases: &[],
        find: Find::InStatement(drop_table),
    },
    Rule {
        code: "drop-column",
        cure: "deploy a version that does not use it, and drop it in a later revision",
        databases: &[],
        find: Find::InStatement(drop_column),
    },
    Rule {
        code: "rename",
        cure: "add the new name beside the old one, write both, and drop the old one in a later revision; or stop the programs meanwhile",
        databases: &[],
        find: Find::InStatement(rename),
    },
    Rule {
        code: "not-null-without-default",
        cure: "add it with a default, or as one that may be NULL, fill it, and forbid NULL in a later revision",
        databases: &[],
        find: Find::InStatement(not_null_without_default),
    },
    Rule {
        code: "all-rows",
        cure: "change the rows in parts, each in a transaction of its own, or say WHERE",
        databases: &[],
        find: Find::InStatement(all_rows),
    },
    Rule {
        code: "table-copied",
        cure: "run it when nothing else has to write; several changes of one table belong into one revision",
        databases: &["sqlite"],
        find: Find::InStatement(table_copied),
    },
];

fn drop_table(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let is_gone = |table: &String| context.is_old(table) && !context.rebuilt.contains(table);
    let tables = statement.dropped().into_iter().filter(is_gone);
    tables.map(|table| format!("programs that still use {table} fail, and its rows are lost")).collect()
}

fn drop_column(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let said =
        |table: &str, column: &str| format!("programs that still use {table}.{column} fail, and its values are lost");
    let mut found: Vec<String> = of_old_table(context, statement, |table, action| {
        let rest = begins(action, &["drop"]).then(|| &action[1..])?;
        let is_other =
            rest.first().is_none_or(|word| is_any(word, &["constraint", "primary", "index", "foreign", "check"]));
        let column = if begins(rest, &["column"]) { &rest[1..] } else { rest };
        (!is_other).then(|| name(column).map(|(column, _)| said(table, &column)))?
    });
    // A table that is made again without a column.
    for table in statement.dropped().iter().filter(|table| context.rebuilt.contains(*table)) {
        if let (Some(before), Some(after)) = (context.before.find(table), context.after.find(table)) {
            let gone = before.columns.iter().filter(|column| after.column(&column.name).is_none());
            found.extend(gone.map(|column| said(table, &column.name)));
        }
    }
    found
}

fn rename(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    of_old_table(context, statement, |table, action| {
        let is_other = has(action, &["rename", "constraint"]) || has(action, &["rename", "index"]);
        if !begins(action, &["rename"]) || is_other {
            return None;
        }
        let what = if begins(action, &["rename", "to"]) { table.to_owned() } else { column_of(table, &action[1..])? };
        Some(format!("programs that still use the name {what} fail"))
    })
}

fn column_of(table: &str, words: &Action<'_>) -> Option<String> {
    let words = if begins(words, &["column"]) { &words[1..] } else { words };
    Some(format!("{table}.{}", name(words)?.0))
}

fn not_null_without_default(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    const FILLS: [&str; 8] =
        ["default", "generated", "identity", "serial", "bigserial", "smallserial", "auto_increment", "as"];
    of_old_table(context, statement, |table, action| {
        let column = added_column(action)?;
        let fails = has(action, &["not", "null"]) && !action.iter().any(|word| is_any(word, &FILLS));
        fails.then(|| format!("{table}.{column} may not be NULL and has no default: it fails if {table} has rows"))
    })
}

fn all_rows(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let is_all = !statement.has(&["where"]) && !statement.begins(&["insert"]);
    let table = statement.written().filter(|table| is_all && context.is_old(table));
    table.map(|table| format!("it changes every row of {table} in one transaction")).into_iter().collect()
}

fn table_copied(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let copied = statement.written().and_then(|table| table.split_once("__new_").map(|(_, name)| name.to_owned()));
    let copied = copied.filter(|table| statement.begins(&["insert"]) && context.rebuilt.contains(table));
    copied
        .map(|table| format!("every row of {table} is copied, and nobody else can write to the database meanwhile"))
        .into_iter()
        .collect()
}

/// What `find` says of the actions of an `ALTER TABLE` of a table that was there before.
pub(super) fn of_old_table(
    context: &Context<'_>,
    statement: &Statement<'_>,
    find: impl Fn(&str, &Action<'_>) -> Option<String>,
) -> Vec<String> {
    let altered = statement.altered().filter(|(table, _)| context.is_old(table));
    altered
        .map_or_else(Vec::new, |(table, actions)| actions.into_iter().filter_map(|each| find(&table, each)).collect())
}

/// The column that an action adds.
pub(super) fn added_column(action: &Action<'_>) -> Option<String> {
    const CONSTRAINTS: [&str; 8] = ["constraint", "primary", "unique", "foreign", "check", "exclude", "index", "key"];
    let rest = begins(action, &["add"]).then(|| &action[1..])?;
    if begins(rest, &["column"]) {
        return Some(name(&rest[1..])?.0);
    }
    rest.first().filter(|word| !is_any(word, &CONSTRAINTS)).and_then(|_| Some(name(rest)?.0))
}
