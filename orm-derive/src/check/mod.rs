//! Rules over more than one attribute. They run only on input that was parsed without an error, so that no mistake is reported twice.

mod db_enum;
mod embedded;
mod family;
mod fields;
mod from_row;
mod names;
mod read_only;
mod relations;

pub(crate) use db_enum::db_enum;
pub(crate) use embedded::embedded;
pub(crate) use from_row::from_row;

use crate::ast::Model;
use crate::ctxt::Ctxt;

/// The most fields that a primary key may have.
pub(crate) const MOST_KEYS: usize = 4;

/// Checks a whole model.
pub(crate) fn model(cx: &Ctxt, model: &Model) {
    if !cx.is_clean() {
        return;
    }
    family::check(cx, model);
    fields::check(cx, model);
    names::check(cx, model);
    relations::check(cx, model);
    read_only::check(cx, model);
}
