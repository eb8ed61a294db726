use proc_macro2::Ident;
use syn::{Attribute, LitStr};

use super::{assigned, options, text};
use crate::case::{CASES, Case};
use crate::ctxt::Ctxt;
use crate::spanned::{Flag, Once};
use crate::symbol::{self, AttributeSite};

/// `#[orm(..)]` on an enum.
#[derive(Default)]
pub(crate) struct EnumAttrs {
    pub(crate) rename_all: Once<Case>,
    /// The type of integers that stand for the variants.
    pub(crate) repr: Once<Ident>,
    /// The name of the type in the database.
    pub(crate) native: Once<LitStr>,
}

impl EnumAttrs {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
            options(cx, attr, &symbol::ENUM, |name, input| {
                let value = text(input)?;
                if name == "repr" {
                    out.repr.set(cx, name, repr(&value)?);
                } else if name == "native" {
                    out.native.set(cx, name, value);
                } else if let Some(case) = case(cx, &value) {
                    out.rename_all.set(cx, name, case);
                }
                Ok(())
            });
        }
        out
    }
}

fn repr(literal: &LitStr) -> syn::Result<Ident> {
    let value = literal.value();
    if symbol::REPRS.contains(&value.as_str()) {
        return Ok(Ident::new(&value, literal.span()));
    }
    let near = symbol::suggestion(&value, symbol::REPRS.iter().copied());
    Err(syn::Error::new(literal.span(), format!("\"{value}\" is no integer for a column ({near})")))
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
    /// The variant has the values that no other stands for.
    pub(crate) unknown: Flag,
}

impl VariantAttrs {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute], site: &AttributeSite) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
            options(cx, attr, site, |name, input| {
                if name == "unknown" {
                    out.unknown.set(cx, name, ());
                } else {
                    out.rename.set(cx, name, assigned(input)?);
                }
                Ok(())
            });
        }
        out
    }
}
