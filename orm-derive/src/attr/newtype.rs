use syn::{Attribute, Path};

use super::{assigned, options};
use crate::ctxt::Ctxt;
use crate::spanned::{Flag, Once};
use crate::symbol;

/// `#[orm(..)]` on a struct with `#[derive(DbType)]`.
#[derive(Default)]
pub(crate) struct NewtypeAttrs {
    pub(crate) validate: Once<Path>,
    pub(crate) try_from: Flag,
    pub(crate) arithmetic: Flag,
}

impl NewtypeAttrs {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
            options(cx, attr, &symbol::NEWTYPE, |name, input| {
                match name.to_string().as_str() {
                    "validate" => out.validate.set(cx, name, assigned(input)?),
                    "try_from" => out.try_from.set(cx, name, ()),
                    _ => out.arithmetic.set(cx, name, ()),
                }
                Ok(())
            });
        }
        out
    }
}
