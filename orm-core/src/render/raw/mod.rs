//! SQL that was written by hand: its names become placeholders, and the rest stays as it is.

mod lexer;
mod statements;
mod summary;
mod words;

use std::collections::HashMap;
use std::ops::RangeInclusive;

pub(crate) use statements::single_statement_writes;
pub use statements::{check_script, statements};
pub(crate) use summary::kind;
pub use summary::summary;
pub use words::words;

use super::expr::{self, Polarity, expr, list_test};
use crate::dialect::Role;
use crate::dialect::SqlWriter;
use crate::dialect::{ArrayParameters, Dialect};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Raw, RawBind};
use crate::value::{SqlType, Value};
use lexer::{Kind, Token, tokens};

/// The text of a statement written by hand, with its parameters.
///
/// # Errors
///
/// `InvalidState` when a name is bound twice, not at all, or is not in the text; `Unsupported` for a list where the database takes
/// none.
pub fn raw(dialect: &'static dyn Dialect, raw: &Raw) -> Result<(String, Vec<Value>)> {
    let mut out = SqlWriter::new(dialect);
    write_raw(&mut out, raw, Sharing::ByName)?;
    out.checked()
}

/// Appends a fragment, in parentheses.
pub(super) fn fragment(out: &mut SqlWriter, raw: &Raw) -> Result<()> {
    let tokens = tokens(&raw.text, &out.dialect().capabilities().lexical_rules)?;
    if tokens.iter().any(|token| token.kind == Kind::Semicolon) {
        return Err(misuse(format!("`sql_expr({:?})` is one expression, and takes no `;`", raw.text)));
    }
    let mut depth = 0_usize;
    for token in &tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close if depth == 0 => return Err(unbalanced(raw)),
            Kind::Close => depth -= 1,
            _ => {}
        }
    }
    if depth > 0 {
        return Err(unbalanced(raw));
    }
    out.sql("(");
    write_raw(out, raw, Sharing::ByValue)?;
    // A comment must not swallow what follows.
    out.sql(if tokens.last().is_some_and(|last| last.kind == Kind::LineComment) { "\n)" } else { ")" });
    Ok(())
}

/// Which values share a placeholder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sharing {
    /// The values of one name, because each name may have another type in the text.
    ByName,
    /// Equal values, so that a fragment has the same text in every clause.
    ByValue,
}

fn write_raw(out: &mut SqlWriter, raw: &Raw, sharing: Sharing) -> Result<()> {
    let lexical_rules = &out.dialect().capabilities().lexical_rules;
    let tokens = tokens(&raw.text, lexical_rules)?;
    let binds = binds(raw, &tokens)?;
    let mut placeholders = HashMap::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let (next, bind) = match in_list(&tokens, at, &binds) {
            Some((range, polarity, (values, sql_type))) => {
                let test = list_test(out.dialect(), polarity);
                out.sql(test);
                list(out, values, sql_type, sharing);
                out.sql(")");
                (range.end() + 1, None)
            }
            None if token.kind == Kind::Name => (at + 1, binds.get(&token.text[1..])),
            None => {
                out.trusted(token.text);
                (at + 1, None)
            }
        };
        at = next;
        match (bind, sharing) {
            (None, _) => {}
            (Some(RawBind::Value(value, _)), Sharing::ByName) => {
                let known = match placeholders.get(token.text) {
                    Some(&known) if out.dialect().capabilities().numbered_parameters => known,
                    _ => out.add_param(value.clone()),
                };
                placeholders.insert(token.text, known);
                out.placeholder_at(known);
            }
            (Some(RawBind::Value(value, sql_type)), Sharing::ByValue) => {
                out.shared_param(value, Role::Value(*sql_type));
            }
            (Some(RawBind::List(values, sql_type)), _) => {
                lone_list(out, token.text)?;
                list(out, values, *sql_type, sharing);
            }
            (Some(RawBind::Expr(inner)), _) => {
                expr(out.sql("("), inner)?;
                out.sql(")");
            }
        }
    }
    Ok(())
}

fn list(out: &mut SqlWriter, values: &[Value], sql_type: SqlType, sharing: Sharing) {
    let whole = out.dialect().capabilities().array_parameters != ArrayParameters::Listed;
    match sharing {
        Sharing::ByName if whole => {
            out.param(Value::Array(values.to_vec()));
        }
        Sharing::ByName | Sharing::ByValue => expr::list(out, values, sql_type),
    }
}

/// What is bound, by name.
fn binds<'r>(raw: &'r Raw, tokens: &[Token<'_>]) -> Result<HashMap<&'r str, &'r RawBind>> {
    let names: Vec<&str> =
        tokens.iter().filter(|token| token.kind == Kind::Name).map(|token| &token.text[1..]).collect();
    if let Some(own) = tokens.iter().find(|token| token.kind == Kind::Placeholder) {
        return Err(misuse(format!("`{}` in raw SQL: give the value a name, as in `:name`, and bind it", own.text)));
    }
    let mut binds = HashMap::new();
    for (name, bind) in &raw.binds {
        if !names.contains(&&**name) {
            let known =
                if names.is_empty() { "no value at all".to_owned() } else { format!("`:{}`", names.join("`, `:")) };
            return Err(misuse(format!("`{name}` is bound, and the SQL has no `:{name}`; it asks for {known}")));
        }
        if binds.insert(&**name, bind).is_some() {
            return Err(misuse(format!("`{name}` is bound twice")));
        }
    }
    match names.iter().find(|name| !binds.contains_key(*name)) {
        Some(name) => Err(misuse(format!(
            "nothing is bound to `:{name}`; call `.bind(\"{name}\", ..)`, or write `: {name}` if it is no value"
        ))),
        None => Ok(binds),
    }
}

/// A list that is bound to a name, and the type of its values.
type Listed<'r> = (&'r [Value], SqlType);

/// `IN (:name)` or `NOT IN (:name)` at this place, where a list is bound to the name.
fn in_list<'r>(
    tokens: &[Token<'_>],
    at: usize,
    binds: &HashMap<&'r str, &'r RawBind>,
) -> Option<(RangeInclusive<usize>, Polarity, Listed<'r>)> {
    let (mut place, mut polarity) = (at, Polarity::Is);
    if tokens[place].is_word("not") {
        polarity = Polarity::IsNot;
        place = solid(tokens, place + 1)?;
    }
    if !tokens[place].is_word("in") {
        return None;
    }
    let open = solid(tokens, place + 1).filter(|&place| tokens[place].kind == Kind::Open)?;
    let name = solid(tokens, open + 1).filter(|&place| tokens[place].kind == Kind::Name)?;
    let close = solid(tokens, name + 1).filter(|&place| tokens[place].kind == Kind::Close)?;
    match binds.get(&tokens[name].text[1..]) {
        Some(RawBind::List(values, sql_type)) => Some((at..=close, polarity, (values, *sql_type))),
        _ => None,
    }
}

/// The first token from `from` on that is neither blank nor comment.
fn solid(tokens: &[Token<'_>], from: usize) -> Option<usize> {
    (from..tokens.len()).find(|&place| !tokens[place].is_blank())
}

fn lone_list(out: &SqlWriter, name: &str) -> Result<()> {
    match out.dialect().capabilities().array_parameters {
        ArrayParameters::Any => Ok(()),
        ArrayParameters::TableFunction | ArrayParameters::Listed => Err(Error::unsupported(
            out.dialect().name(),
            &format!("a list as a value: write `IN ({name})` for `{name}`"),
        )),
    }
}

#[cold]
fn unbalanced(raw: &Raw) -> Error {
    misuse(format!("`sql_expr({:?})`: the parentheses do not match", raw.text))
}

#[cold]
fn misuse(message: String) -> Error {
    Error::new(ErrorKind::InvalidState, message)
}
