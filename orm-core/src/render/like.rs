//! Patterns. If `LIKE` of the database ignores case, `GLOB` is used where case matters. Its patterns are written differently.

use super::expr::{Polarity, argument, expr, operand};
use crate::dialect::Role;
use crate::dialect::SqlWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Expr, LikeKind};
use crate::value::Value;

/// Appends a comparison of `text` with a pattern.
pub(super) fn like(out: &mut SqlWriter, text: &Expr, kind: LikeKind, pattern: &Expr, polarity: Polarity) -> Result<()> {
    let facts = out.dialect().capabilities();
    if kind != LikeKind::ILike && facts.like_ignores_case {
        return write_glob(out, text, pattern, polarity);
    }
    if kind == LikeKind::ILike && facts.ilike && !facts.ilike_operator {
        argument(out.sql("lower("), text, expr)?;
        argument(out.sql(")").sql(polarity.word()).sql("LIKE lower("), pattern, expr)?;
        out.sql(") ESCAPE '\\'");
        return Ok(());
    }
    argument(out, text, operand)?;
    out.sql(polarity.word());
    match kind {
        LikeKind::ILike if facts.ilike => write_like(out, "ILIKE ", pattern),
        LikeKind::ILike => {
            check_ascii(out, pattern)?;
            write_like(out, "LIKE ", pattern)
        }
        LikeKind::Like | LikeKind::Escaped => write_like(out, "LIKE ", pattern),
    }
}

fn write_like(out: &mut SqlWriter, operator: &'static str, pattern: &Expr) -> Result<()> {
    operand(out.sql(operator), pattern)?;
    out.sql(" ESCAPE '\\'");
    Ok(())
}

/// A column that begins with a text is also within a range. An index can be used for the range, even if the plan does not know the pattern.
fn write_glob(out: &mut SqlWriter, text: &Expr, pattern: &Expr, polarity: Polarity) -> Result<()> {
    let (start, glob) = glob(out, pattern)?;
    let within = matches!(text, Expr::Column(_)) && polarity == Polarity::Is && !start.is_empty();
    out.sql(if within { "(" } else { "" });
    argument(out, text, operand)?;
    out.sql(polarity.word()).sql("GLOB ").shared_param(&glob, Role::Pattern);
    if within {
        operand(out.sql(" AND "), text)?;
        let end = after(&start);
        out.sql(" COLLATE BINARY >= ").shared_param(&Value::Text(start), Role::Pattern);
        if let Some(end) = end {
            operand(out.sql(" AND "), text)?;
            out.sql(" COLLATE BINARY < ").shared_param(&Value::Text(end), Role::Pattern);
        }
        out.sql(")");
    }
    Ok(())
}

/// A text that sorts after all texts that begin with `start`, by bytes in any encoding. `None` if it is not easily found.
fn after(start: &str) -> Option<String> {
    let mut end = start.to_owned();
    let last = u32::from(end.pop()?);
    let next = char::from_u32(last + 1).filter(|_| last < 0xFFFF && last & 0xFF != 0xFF)?;
    end.push(next);
    Some(end)
}

/// Whether `LIKE` finds the same as `ILIKE`, which is so if it knows the case of every letter of the pattern.
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

/// The constant prefix of a `LIKE` pattern, and the pattern for `GLOB`.
fn glob(out: &SqlWriter, pattern: &Expr) -> Result<(String, Value)> {
    let pattern = match pattern {
        Expr::Param(Value::Text(pattern), _) => pattern,
        Expr::Param(other, _) => return Ok((String::new(), other.clone())),
        _ => return Err(Error::unsupported(out.dialect().name(), "`like` with a pattern that is not a value")),
    };
    let mut glob = String::with_capacity(pattern.len() + 4);
    let (mut start, mut is_start) = (String::new(), true);
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        let literal = match letter {
            '%' | '_' => {
                is_start = false;
                glob.push(if letter == '%' { '*' } else { '?' });
                continue;
            }
            '\\' => letters
                .next()
                .ok_or_else(|| Error::new(ErrorKind::Database, "a LIKE pattern must not end with a lone backslash"))?,
            letter => letter,
        };
        push_literal(&mut glob, literal);
        if is_start {
            start.push(literal);
        }
    }
    Ok((start, Value::Text(glob)))
}

fn push_literal(glob: &mut String, letter: char) {
    match letter {
        '*' | '?' | '[' => glob.extend(['[', letter, ']']),
        letter => glob.push(letter),
    }
}
