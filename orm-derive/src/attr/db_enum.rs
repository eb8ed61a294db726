use syn::{Attribute, LitStr};

use super::{options, text};
use crate::case::{CASES, Case};
use crate::ctxt::Ctxt;
use crate::spanned::Once;
use crate::symbol;

/// `#[orm(..)]` on an enum.
#[derive(Default)]
pub(crate) struct EnumAttrs {
    pub(crate) rename_all: Once<Case>,
}

impl EnumAttrs {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
            options(cx, attr, &symbol::ENUM, |name, input| {
                if let Some(case) = case(cx, &text(input)?) {
                    out.rename_all.set(cx, name, case);
                }
                Ok(())
            });
        }
        out
    }
}

pub(super) fn case(cx: &Ctxt, literal: &LitStr) -> Option<Case> {
    let value = literal.value();
    let found = CASES.iter().find(|(name, _)| *name == value).map(|(_, case)| *case);
    if found.is_none() {
        let near = symbol::suggestion(&value, CASES.iter().map(|(name, _)| *name));
        cx.error(literal.span(), format!("there is no case \"{value}\"; {near}"));
    }
    found
}

/// `#[orm(..)]` on a variant.
#[derive(Default)]
pub(crate) struct VariantAttrs {
    pub(crate) rename: Once<LitStr>,
}

impl VariantAttrs {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
            options(cx, attr, &symbol::VARIANT, |name, input| {
                out.rename.set(cx, name, super::assigned(input)?);
                Ok(())
            });
        }
        out
    }
}
