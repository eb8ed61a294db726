//! The Chinook music shop as models, for the programs that read it.

#[expect(missing_docs, reason = "the columns are the shop's")]
pub mod models;
pub mod source;
