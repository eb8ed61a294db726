use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields};

use crate::attr::{EnumAttrs, VariantAttrs};
use crate::case::Case;
use crate::ctxt::Ctxt;

/// An enum with `#[derive(DbEnum)]`.
pub(crate) struct DbEnum {
    pub(crate) ident: Ident,
    pub(crate) variants: Vec<Variant>,
}

/// One variant.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// Its text in the database.
    pub(crate) text: String,
    /// The span of that text.
    pub(crate) span: Span,
}

impl DbEnum {
    /// Reads the enum, and reports errors to `cx`.
    pub(crate) fn parse(cx: &Ctxt, input: &DeriveInput) -> Self {
        let ident = input.ident.clone();
        let case = EnumAttrs::parse(cx, &input.attrs).rename_all.get().copied().unwrap_or(Case::Snake);
        if !input.generics.params.is_empty() {
            cx.error(input.generics.span(), format!("`{ident}` is one list of texts, so it cannot be generic"));
        }
        let Data::Enum(data) = &input.data else {
            cx.error(ident.span(), format!("`#[derive(DbEnum)]` is for enums, and `{ident}` is none"));
            return Self { ident, variants: Vec::new() };
        };
        if data.variants.is_empty() {
            cx.error(ident.span(), format!("`{ident}` has no variant, so no text could be read as one"));
        }
        let variants = data.variants.iter().map(|variant| Variant::parse(cx, case, variant)).collect();
        Self { ident, variants }
    }
}

impl Variant {
    fn parse(cx: &Ctxt, case: Case, variant: &syn::Variant) -> Self {
        if !matches!(variant.fields, Fields::Unit) {
            cx.error(variant.fields.span(), "a variant is kept as its name, so it cannot have fields");
        }
        let attrs = VariantAttrs::parse(cx, &variant.attrs);
        let ident = variant.ident.clone();
        let text = attrs.rename.get().map(syn::LitStr::value);
        let text = text.unwrap_or_else(|| case.apply(&ident.unraw().to_string()));
        let span = attrs.rename.get().map_or(ident.span(), syn::LitStr::span);
        Self { ident, text, span }
    }
}
