//! Patterns. On a database whose `LIKE` ignores case, case matters to `GLOB`, whose patterns are spelled differently.

use super::SqlWriter;
use super::expr::{Sense, argument, operand};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Expr, LikeKind};
use crate::value::Value;

/// Appends a comparison of `text` with a pattern.
pub(super) fn like(out: &mut SqlWriter, text: &Expr, kind: LikeKind, pattern: &Expr, sense: Sense) -> Result<()> {
    let facts = out.dialect().capabilities();
    argument(out, text, operand)?;
    out.sql(sense.word());
    match kind {
        LikeKind::ILike if facts.ilike => write_like(out, "ILIKE ", pattern),
        LikeKind::ILike if facts.like_ignores_case => {
            check_ascii(out, pattern)?;
            write_like(out, "LIKE ", pattern)
        }
        LikeKind::ILike => Err(Error::unsupported(out.dialect().name(), "ILIKE")),
        LikeKind::Like | LikeKind::Escaped if facts.like_ignores_case => {
            let pattern = glob(out, pattern)?;
            out.sql("GLOB ").param(pattern);
            Ok(())
        }
        LikeKind::Like | LikeKind::Escaped => write_like(out, "LIKE ", pattern),
    }
}

fn write_like(out: &mut SqlWriter, operator: &'static str, pattern: &Expr) -> Result<()> {
    operand(out.sql(operator), pattern)?;
    out.sql(" ESCAPE '\\'");
    Ok(())
}

/// `LIKE` instead of `ILIKE` finds the same only where it knows the case of every letter of the pattern.
fn check_ascii(out: &SqlWriter, pattern: &Expr) -> Result<()> {
    let cased = |letter: char| !letter.is_ascii() && (letter.is_lowercase() || letter.is_uppercase());
    match pattern {
        Expr::Param(Value::Text(pattern), _) if pattern.chars().any(cased) => {
            Err(Error::unsupported(out.dialect().name(), "`ilike` with letters outside ASCII in its pattern"))
        }
        Expr::Param(..) => Ok(()),
        _ => Err(Error::unsupported(out.dialect().name(), "`ilike` with a pattern that is not a value")),
    }
}

/// A pattern of `LIKE` as one of `GLOB`.
fn glob(out: &SqlWriter, pattern: &Expr) -> Result<Value> {
    let pattern = match pattern {
        Expr::Param(Value::Text(pattern), _) => pattern,
        Expr::Param(other, _) => return Ok(other.clone()),
        _ => return Err(Error::unsupported(out.dialect().name(), "`like` with a pattern that is not a value")),
    };
    let mut glob = String::with_capacity(pattern.len() + 4);
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => glob.push('*'),
            '_' => glob.push('?'),
            '\\' => match letters.next() {
                Some(escaped) => push_literal(&mut glob, escaped),
                None => {
                    return Err(Error::new(ErrorKind::Database, "a LIKE pattern must not end with a lone backslash"));
                }
            },
            letter => push_literal(&mut glob, letter),
        }
    }
    Ok(Value::Text(glob))
}

fn push_literal(glob: &mut String, letter: char) {
    match letter {
        '*' | '?' | '[' => glob.extend(['[', letter, ']']),
        letter => glob.push(letter),
    }
}
