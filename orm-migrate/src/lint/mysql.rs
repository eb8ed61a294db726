//! Rules about what MySQL and MariaDB copy and lock. Most of their changes run beside readers and writers; these do not.

use orm_core::catalog::{Catalog, TypeKind};

use super::rules::{added_column, of_old_table};
use super::statement::{Action, Statement};
use super::{Context, Find, Rule};
use crate::words::{after, begins, has, is, is_any, name};

const MYSQL: &[&str] = &["mysql", "mariadb"];

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: "type-copies-table",
        cure: "add a column of the new type, fill it in parts, and let programs change over; or run it when nobody else has to write",
        databases: MYSQL,
        find: Find::InStatement(type_copies_table),
    },
    Rule {
        code: "column-copies-table",
        cure: "add the column without it, fill it in parts, and set the default afterwards",
        databases: MYSQL,
        find: Find::InStatement(column_copies_table),
    },
    Rule {
        code: "foreign-key-copies-table",
        cure: "look for rows that violate it, and add it in a session with SET foreign_key_checks = 0, which copies nothing and checks nothing",
        databases: MYSQL,
        find: Find::InStatement(foreign_key_copies_table),
    },
    Rule {
        code: "check-copies-table",
        cure: "run it when nobody else has to write; several of one table belong into one ALTER TABLE",
        databases: MYSQL,
        find: Find::InStatement(check_copies_table),
    },
    Rule {
        code: "primary-key-copies-table",
        cure: "drop the old key and add the new one in one ALTER TABLE, during which others can write",
        databases: MYSQL,
        find: Find::InStatement(primary_key_copies_table),
    },
    Rule {
        code: "index-locks-writes",
        cure: "run it when nobody else has to write",
        databases: MYSQL,
        find: Find::InStatement(index_locks_writes),
    },
    Rule {
        code: "schema-commits-rows",
        cure: "change the rows in a revision of their own",
        databases: MYSQL,
        find: Find::InStatement(schema_commits_rows),
    },
];

/// What `find` says of the actions of an `ALTER TABLE`, unless the statement has the server refuse whatever locks.
fn of_locking(
    context: &Context<'_>,
    statement: &Statement<'_>,
    find: impl Fn(&str, &Action<'_>) -> Option<String>,
) -> Vec<String> {
    const REFUSED: [&[&str]; 3] = [&["lock", "none"], &["algorithm", "instant"], &["algorithm", "nocopy"]];
    let words: Vec<&str> = statement.words.iter().copied().filter(|word| *word != "=").collect();
    match REFUSED.iter().any(|sequence| has(&words, sequence)) {
        true => Vec::new(),
        false => of_old_table(context, statement, find),
    }
}

fn copied(table: &str, why: &str) -> String {
    format!("every row of {table} is copied for {why}, and nobody else can write to it meanwhile")
}

fn type_copies_table(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let is_mariadb = context.dialect.name() == "MariaDB";
    of_locking(context, statement, |table, action| {
        let (old, new) = redefined_column(action)?;
        let of = |catalog: &Catalog, column: &str| Some(catalog.find(table)?.column(column)?.data_type.kind.clone());
        let stays = match (of(&context.before, &old), of(&context.after, &new)) {
            (Some(before), Some(after)) => is_same_storage(&before, &after, is_mariadb),
            _ => false,
        };
        (!stays).then(|| copied(table, &format!("the type of {old}")))
    })
}

/// Whether the values of a type are those of another as they are stored.
fn is_same_storage(from: &TypeKind, to: &TypeKind, is_mariadb: bool) -> bool {
    /// So many characters have at most 255 bytes, of which one more byte tells the number.
    const SHORT: u32 = 63;
    match (from, to) {
        (TypeKind::VarChar(Some(from)), TypeKind::VarChar(Some(to))) => {
            from <= to && (is_mariadb || (*from <= SHORT) == (*to <= SHORT))
        }
        _ => from == to,
    }
}

fn column_copies_table(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    of_locking(context, statement, |table, action| {
        let column = added_column(action)?;
        let is_made = action.iter().any(|word| is_any(word, &["stored", "persistent", "auto_increment"]));
        let is_expression = has(action, &["default", "("]);
        (is_made || is_expression).then(|| copied(table, &format!("{column}, which has another value in each row")))
    })
}

fn foreign_key_copies_table(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    of_locking(context, statement, |table, action| {
        let rest = constraint(action)?;
        begins(rest, &["foreign", "key"]).then(|| copied(table, "the foreign key"))
    })
}

fn check_copies_table(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    of_locking(context, statement, |table, action| {
        begins(constraint(action)?, &["check"]).then(|| copied(table, "the constraint"))
    })
}

fn primary_key_copies_table(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    if statement.has(&["add", "primary", "key"]) {
        return Vec::new();
    }
    of_locking(context, statement, |table, action| {
        begins(action, &["drop", "primary", "key"]).then(|| copied(table, "having no primary key"))
    })
}

fn index_locks_writes(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    const KINDS: [&str; 2] = ["fulltext", "spatial"];
    let said = |table: &str| format!("nobody can write to {table} while the index is built");
    let made =
        after(&statement.words, &["create"]).filter(|rest| rest.first().is_some_and(|kind| is_any(kind, &KINDS)));
    let on = made.and_then(|rest| rest.iter().position(|word| is(word, "on")).map(|at| &rest[at + 1..]));
    let table = on.and_then(name).map(|(table, _)| table).filter(|table| context.is_old(table));
    let mut found: Vec<String> = table.iter().map(|table| said(table)).collect();
    found.extend(of_locking(context, statement, |table, action| {
        let kind = *after(action, &["add"])?.first()?;
        is_any(kind, &KINDS).then(|| said(table))
    }));
    found
}

fn schema_commits_rows(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let is_schema = ["alter", "create", "drop", "rename", "truncate"].iter().any(|word| statement.begins(&[word]));
    let commits = is_schema && context.has_written;
    let said = "it commits the rows that were changed before it: others see them without the rest of the revision, also if that fails";
    commits.then(|| said.to_owned()).into_iter().collect()
}

/// What an action adds as a constraint, without its name.
fn constraint<'w, 's>(action: &'w Action<'s>) -> Option<&'w [&'s str]> {
    let rest = after(action, &["add"])?;
    match after(rest, &["constraint"]) {
        // The name may be left out.
        Some(rest) if rest.first().is_some_and(|word| is_any(word, &["foreign", "check"])) => Some(rest),
        Some(named) => Some(name(named)?.1),
        None => Some(rest),
    }
}

/// The column of an action `MODIFY` or `CHANGE`, and its name behind it.
fn redefined_column(action: &Action<'_>) -> Option<(String, String)> {
    let changes = begins(action, &["change"]);
    let rest = after(action, &["modify"]).or_else(|| after(action, &["change"]))?;
    let (old, rest) = name(after(rest, &["column"]).unwrap_or(rest))?;
    let new = if changes { name(rest)?.0 } else { old.clone() };
    Some((old, new))
}
