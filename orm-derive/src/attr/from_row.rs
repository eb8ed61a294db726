use syn::{Attribute, LitStr};

use super::{options, text};
use crate::ctxt::Ctxt;
use crate::spanned::Once;
use crate::symbol;

/// `#[orm(..)]` on a field of a struct with `#[derive(FromRow)]`.
#[derive(Default)]
pub(crate) struct RowFieldAttrs {
    pub(crate) column: Once<LitStr>,
}

impl RowFieldAttrs {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
            options(cx, attr, &symbol::ROW_FIELD, |name, input| {
                out.column.set(cx, name, text(input)?);
                Ok(())
            });
        }
        out
    }
}
