use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, LitStr, Type, Visibility};

use super::relation_type::option_of;
use super::{Field, name_of, refuse_generics};
use crate::attr::{ColumnAttrs, TableAttrs, VariantAttrs};
use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::symbol;

/// A struct or an enum with `#[derive(Embedded)]`.
pub(crate) struct Embedded {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) attrs: TableAttrs,
    pub(crate) body: Body,
}

/// What it is made of.
pub(crate) enum Body {
    Struct(Vec<Field>),
    Enum(Vec<Variant>),
    /// Neither; the error is reported already.
    Broken,
}

/// One variant of an enum.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// What stands in the column that tells the variants apart.
    pub(crate) text: String,
    pub(crate) fields: Vec<VariantField>,
}

/// One field of a variant, which is a column.
pub(crate) struct VariantField {
    /// Its name, or `None` for the field of a tuple.
    pub(crate) ident: Option<Ident>,
    /// The name of its constant: that of the variant, and its own.
    pub(crate) constant: Ident,
    /// Its number among the columns of the enum. The first column tells the variant.
    pub(crate) number: usize,
    pub(crate) column: String,
    pub(crate) ty: Type,
    pub(crate) attrs: ColumnAttrs,
}

impl Embedded {
    /// Reads the input, and reports errors to `cx`.
    pub(crate) fn parse(cx: &Ctxt, input: &DeriveInput) -> Self {
        let ident = input.ident.clone();
        refuse_generics(cx, input, "is a list of columns");
        let site = if matches!(input.data, Data::Enum(_)) { &symbol::EMBEDDED_ENUM } else { &symbol::EMBEDDED };
        let mut attrs = TableAttrs::parse(cx, &input.attrs, site);
        let body = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) if !fields.named.is_empty() => {
                    let mut fields = Field::parse_all(cx, &ident, false, fields.named.iter());
                    Field::hand_over_indexes(&mut fields, &mut attrs);
                    Body::Struct(fields)
                }
                _ => broken(cx, &ident, "a struct without named fields"),
            },
            Data::Enum(data) if data.variants.is_empty() => broken(cx, &ident, "an enum without variants"),
            Data::Enum(data) => Body::Enum(variants(cx, &attrs, data)),
            Data::Union(_) => broken(cx, &ident, "a union"),
        };
        Self { ident, vis: input.vis.clone(), attrs, body }
    }
}

impl Embedded {
    /// The column that tells the variants of an enum apart.
    pub(crate) fn tag(&self) -> String {
        self.attrs.tag.get().map_or_else(|| "kind".to_owned(), LitStr::value)
    }
}

fn broken(cx: &Ctxt, ident: &Ident, found: &str) -> Body {
    let message = format!("an embedded value is a struct with named fields or an enum, and `{ident}` is {found}");
    cx.error(ident.span(), message);
    Body::Broken
}

fn variants(cx: &Ctxt, attrs: &TableAttrs, data: &syn::DataEnum) -> Vec<Variant> {
    let case = attrs.rename_all.get().copied().unwrap_or(Case::Snake);
    let mut next = 1;
    let each = data.variants.iter().map(|variant| {
        let name = name_of(&variant.ident);
        let rename = VariantAttrs::parse(cx, &variant.attrs, &symbol::EMBEDDED_VARIANT).rename;
        if matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() != 1) {
            cx.error(
                variant.fields.span(),
                "a tuple of several fields gives its columns no names: write `{ name: Type }`",
            );
        }
        let fields = variant.fields.iter().map(|field| {
            let parsed = VariantField::parse(cx, &Case::Snake.apply(&name), next, field);
            next += 1;
            parsed
        });
        Variant {
            fields: fields.collect(),
            text: rename.get().map_or_else(|| case.apply(&variant.ident.unraw().to_string()), LitStr::value),
            ident: variant.ident.clone(),
        }
    });
    each.collect()
}

impl VariantField {
    fn parse(cx: &Ctxt, variant: &str, number: usize, field: &syn::Field) -> Self {
        let attrs = ColumnAttrs::parse(cx, None, &field.attrs, &symbol::VARIANT_FIELD);
        let name = match &field.ident {
            Some(ident) => format!("{variant}_{}", name_of(ident)),
            None => variant.to_owned(),
        };
        let span = field.ident.as_ref().map_or_else(|| field.ty.span(), Ident::span);
        Self {
            ident: field.ident.clone(),
            constant: format_ident!("{name}", span = span),
            number,
            column: attrs.column.get().map_or(name, LitStr::value),
            ty: field.ty.clone(),
            attrs,
        }
    }

    pub(crate) fn is_optional(&self) -> bool {
        option_of(&self.ty).is_some()
    }
}
