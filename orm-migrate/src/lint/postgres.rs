//! Rules about the locks of PostgreSQL.

use orm_core::catalog::TypeKind;

use super::rules::{added_column, of_old_table};
use super::statement::{Action, Statement};
use super::{Context, Find, Rule};
use crate::words::{after, begins, has, is, is_any, name};

const POSTGRES: &[&str] = &["postgresql"];

const VALIDATE: &str =
    "add it with NOT VALID, and run VALIDATE CONSTRAINT in a later revision, which lets others write";

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: "index-blocks-writes",
        cure: "write CREATE INDEX CONCURRENTLY IF NOT EXISTS, with the line `-- orm: alone` above; `revision --concurrently` does it",
        databases: POSTGRES,
        find: Find::InStatement(index_blocks_writes),
    },
    Rule {
        code: "drop-index-waits",
        cure: "write DROP INDEX CONCURRENTLY IF EXISTS, with the line `-- orm: alone` above",
        databases: POSTGRES,
        find: Find::InStatement(drop_index_waits),
    },
    Rule {
        code: "concurrently-in-transaction",
        cure: "write the line `-- orm: alone` above the statement",
        databases: POSTGRES,
        find: Find::InStatement(concurrently_in_transaction),
    },
    Rule {
        code: "alone-not-repeatable",
        cure: "write IF NOT EXISTS or IF EXISTS: after a failure of the revision the statement runs again",
        databases: POSTGRES,
        find: Find::InStatement(alone_not_repeatable),
    },
    Rule { code: "constraint-scans", cure: VALIDATE, databases: POSTGRES, find: Find::InStatement(constraint_scans) },
    Rule {
        code: "unique-builds-index",
        cure: "build the index by CREATE UNIQUE INDEX CONCURRENTLY, and add the constraint with USING INDEX",
        databases: POSTGRES,
        find: Find::InStatement(unique_builds_index),
    },
    Rule {
        code: "not-null-scans",
        cure: "add CHECK (column IS NOT NULL) NOT VALID and validate it in an earlier revision: then SET NOT NULL reads nothing",
        databases: POSTGRES,
        find: Find::InStatement(not_null_scans),
    },
    Rule {
        code: "type-rewrites",
        cure: "add a column of the new type, fill it in parts, and let programs change over; or run it when nothing else has to read the table",
        databases: POSTGRES,
        find: Find::InStatement(type_rewrites),
    },
    Rule {
        code: "column-rewrites",
        cure: "add the column without it, fill it in parts, and set the default afterwards",
        databases: POSTGRES,
        find: Find::InStatement(column_rewrites),
    },
    Rule {
        code: "enum-value-in-transaction",
        cure: "write the line `-- orm: alone` above, so that later statements can use the value",
        databases: POSTGRES,
        find: Find::InStatement(enum_value_in_transaction),
    },
    Rule {
        code: "rows-under-locks",
        cure: "change the rows in a revision of their own",
        databases: POSTGRES,
        find: Find::InStatement(rows_under_locks),
    },
];

/// The message, if it is so.
fn said(is_so: bool, message: impl FnOnce() -> String) -> Vec<String> {
    is_so.then(message).into_iter().collect()
}

fn index_blocks_writes(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let table = statement.indexed().filter(|table| context.is_old(table) && !statement.has(&["concurrently"]));
    table.map(|table| format!("nobody can write to {table} while the index is built")).into_iter().collect()
}

fn drop_index_waits(_: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    said(statement.begins(&["drop", "index"]) && !statement.has(&["concurrently"]), || {
        "it waits for all transactions that use the table, and those that come after wait for it".to_owned()
    })
}

fn concurrently_in_transaction(_: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let is_index = statement.has(&["index", "concurrently"]) || statement.begins(&["reindex"]);
    said(is_index && statement.has(&["concurrently"]) && !statement.alone, || {
        "CONCURRENTLY fails in the transaction of the revision".to_owned()
    })
}

fn alone_not_repeatable(_: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let makes = statement.begins(&["create"]) || statement.has(&["add", "value"]);
    let repeats = statement.has(&["if", "not", "exists"]) || statement.has(&["or", "replace"]);
    let fails = (makes && !repeats) || (statement.begins(&["drop"]) && !statement.has(&["if", "exists"]));
    said(statement.alone && fails, || {
        "it stays done when the revision fails, and fails when the revision runs again".to_owned()
    })
}

fn constraint_scans(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    of_old_table(context, statement, |table, action| {
        let rest = constraint(action)?;
        let is_checked = begins(rest, &["foreign", "key"]) || begins(rest, &["check"]);
        let scans = is_checked && !has(rest, &["not", "valid"]);
        scans.then(|| format!("every row of {table} is checked under a lock that keeps others from writing"))
    })
}

fn unique_builds_index(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    of_old_table(context, statement, |table, action| {
        let rest = constraint(action)?;
        let is_key = begins(rest, &["unique"]) || begins(rest, &["primary", "key"]);
        let builds = is_key && !has(rest, &["using", "index"]);
        builds.then(|| format!("nobody can read or write {table} while the index of the constraint is built"))
    })
}

fn not_null_scans(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    of_old_table(context, statement, |table, action| {
        let (column, rest) = altered_column(action)?;
        begins(rest, &["set", "not", "null"]).then(|| {
            format!("every row of {table} is read to look at {column}, and nobody can read or write it meanwhile")
        })
    })
}

fn type_rewrites(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    of_old_table(context, statement, |table, action| {
        let (column, rest) = altered_column(action)?;
        let retypes = begins(rest, &["type"]) || begins(rest, &["set", "data", "type"]);
        let of =
            |catalog: &orm_core::catalog::Catalog| Some(catalog.find(table)?.column(&column)?.data_type.kind.clone());
        let stays = match (of(&context.before), of(&context.after)) {
            (Some(before), Some(after)) => is_same_storage(&before, &after),
            _ => false,
        };
        (retypes && !stays)
            .then(|| format!("{table} is written anew for {column}, and nobody can read or write it meanwhile"))
    })
}

/// Whether the values of a type are those of another as they are stored.
fn is_same_storage(from: &TypeKind, to: &TypeKind) -> bool {
    use TypeKind::{Numeric, Text, VarChar};
    match (from, to) {
        _ if from == to => true,
        (VarChar(_), Text | VarChar(None)) | (Text, VarChar(None)) => true,
        (VarChar(Some(from)), VarChar(Some(to))) => from <= to,
        (Numeric(_), Numeric(None)) => true,
        (Numeric(Some((digits, scale))), Numeric(Some((more, same)))) => digits <= more && scale == same,
        _ => false,
    }
}

fn column_rewrites(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    const NUMBERED: [&str; 5] = ["serial", "bigserial", "smallserial", "identity", "stored"];
    /// Functions that have one value in a transaction.
    const STABLE: [&str; 4] = ["now", "transaction_timestamp", "statement_timestamp", "coalesce"];
    of_old_table(context, statement, |table, action| {
        let column = added_column(action)?;
        let default = action.iter().position(|word| is(word, "default")).map_or(&action[..0], |at| &action[at..]);
        let is_call = |pair: &[&str]| {
            pair[1] == "("
                && pair[0].starts_with(char::is_alphabetic)
                && !is_any(pair[0], &STABLE)
                && !is(pair[0], "default")
        };
        let rewrites = action.iter().any(|word| is_any(word, &NUMBERED)) || default.windows(2).any(is_call);
        rewrites.then(|| format!("{column} has another value in each row, so that {table} is written anew, and nobody can read or write it meanwhile"))
    })
}

fn enum_value_in_transaction(_: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let adds = statement.begins(&["alter", "type"]) && statement.has(&["add", "value"]);
    said(adds && !statement.alone, || "the transaction that adds a value cannot use it".to_owned())
}

fn rows_under_locks(context: &Context<'_>, statement: &Statement<'_>) -> Vec<String> {
    let is_step = statement.words == ["call"];
    let writes = is_step || statement.written().is_some_and(|table| context.is_old(&table));
    said(writes && context.holds_locks && !statement.alone, || {
        "it changes rows while the tables that the revision has altered are locked".to_owned()
    })
}

/// What an action adds as a constraint, without its name.
fn constraint<'w, 's>(action: &'w Action<'s>) -> Option<&'w [&'s str]> {
    let rest = after(action, &["add"])?;
    match after(rest, &["constraint"]) {
        Some(named) => Some(name(named)?.1),
        None => Some(rest),
    }
}

/// The column of an action `ALTER COLUMN`, and what happens to it.
fn altered_column<'w, 's>(action: &'w Action<'s>) -> Option<(String, &'w [&'s str])> {
    let rest = after(action, &["alter"])?;
    name(after(rest, &["column"]).unwrap_or(rest))
}
