use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, Fields, LitStr};

use super::refuse_generics;
use crate::attr::{EnumAttrs, VariantAttrs};
use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::symbol;

/// An enum with `#[derive(DbEnum)]`.
pub(crate) struct DbEnum {
    pub(crate) ident: Ident,
    /// The type of integers that stand for the variants, if it is not their texts.
    pub(crate) repr: Option<Ident>,
    /// The name of its type in the database, if it is one.
    pub(crate) native: Option<LitStr>,
    /// The variants that stand for one value each.
    pub(crate) variants: Vec<Variant>,
    /// The variant that has any other value.
    pub(crate) unknown: Option<Ident>,
}

/// One variant.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// `= number`.
    pub(crate) number: Option<Expr>,
    /// Where a text was given for it.
    pub(crate) renamed: Option<Span>,
    /// Its text in the database.
    pub(crate) text: String,
    /// The span of that text.
    pub(crate) span: Span,
}

impl DbEnum {
    /// Reads the enum, and reports errors to `cx`.
    pub(crate) fn parse(cx: &Ctxt, input: &DeriveInput) -> Self {
        let ident = input.ident.clone();
        let attrs = EnumAttrs::parse(cx, &input.attrs);
        let case = attrs.rename_all.get().copied().unwrap_or(Case::Snake);
        let repr = attrs.repr.get().cloned();
        if let (Some(span), true) = (attrs.rename_all.span(), repr.is_some()) {
            cx.error(span, "an enum with `repr` is kept as numbers, so it takes no `rename_all`");
        }
        let native = attrs.native.get().cloned();
        if let (Some(span), true) = (attrs.native.span(), repr.is_some()) {
            cx.error(
                span,
                "an enum with `repr` is kept as numbers, so it is no enum of the database; remove one of them",
            );
        }
        refuse_generics(cx, input, "is one list of texts");
        let Data::Enum(data) = &input.data else {
            cx.error(ident.span(), format!("`#[derive(DbEnum)]` is for enums, and `{ident}` is none"));
            return Self { ident, repr, native, variants: Vec::new(), unknown: None };
        };
        if data.variants.is_empty() {
            cx.error(ident.span(), format!("`{ident}` has no variant, so no text could be read as one"));
        }
        let mut item = Self { ident, repr, native, variants: Vec::new(), unknown: None };
        for (position, variant) in data.variants.iter().enumerate() {
            let attrs = VariantAttrs::parse(cx, &variant.attrs, &symbol::VARIANT);
            match attrs.unknown.span() {
                None => item.variants.push(Variant::parse(cx, case, &attrs, variant)),
                Some(span) => {
                    let holds_one = matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1);
                    if position + 1 < data.variants.len() || !holds_one || attrs.rename.is_set() {
                        let ty = item.repr.as_ref().map_or_else(|| "String".to_owned(), Ident::to_string);
                        let name = &variant.ident;
                        cx.error(
                            span,
                            format!("unknown values are kept by the last variant: `#[orm(unknown)] {name}({ty})`"),
                        );
                    }
                    item.unknown = Some(variant.ident.clone());
                }
            }
        }
        item
    }
}

impl Variant {
    fn parse(cx: &Ctxt, case: Case, attrs: &VariantAttrs, variant: &syn::Variant) -> Self {
        if !matches!(variant.fields, Fields::Unit) {
            cx.error(variant.fields.span(), "a variant is kept as its name, so it cannot have fields");
        }
        let ident = variant.ident.clone();
        let text = attrs.rename.get().map(LitStr::value);
        let text = text.unwrap_or_else(|| case.apply(&ident.unraw().to_string()));
        let span = attrs.rename.get().map_or(ident.span(), LitStr::span);
        let number = variant.discriminant.as_ref().map(|(_, number)| number.clone());
        Self { ident, number, renamed: attrs.rename.span(), text, span }
    }
}
