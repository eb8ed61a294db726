//! The words of a handwritten text.

use super::lexer::tokens;
use crate::dialect::Dialect;
use crate::error::Result;

/// The words of a text: names, literals, numbers and signs, each as it is spelled, without blanks and comments.
///
/// # Errors
///
/// `InvalidState` for a text that does not end, as a string without its closing quote.
pub fn words<'t>(dialect: &dyn Dialect, text: &'t str) -> Result<Vec<&'t str>> {
    let tokens = tokens(text, &dialect.capabilities().lexical_rules)?;
    Ok(tokens.iter().filter(|token| !token.is_blank()).map(|token| token.text).collect())
}
