//! Bounds of the generated code. The constant data reports a type that is not a model or not a column. All other code assumes by these
//! bounds that its types fit, so each mistake is reported once.
//!
//! The unused lifetime defers the check of a bound until it is needed. No bound leads back to `Model`, because models may reference each
//! other in cycles.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use crate::ast::{Kind, Model};

/// The bound that the targets of all relations are models.
pub(super) fn models(model: &Model) -> Vec<TokenStream> {
    let targets = model.fields.iter().filter_map(|field| field.relation().map(|(_, target, _)| target));
    distinct(targets, &quote!(::orm::__private::check::IsModel))
}

/// The bound that the targets of foreign keys are models.
pub(super) fn referenced_models(model: &Model) -> Vec<TokenStream> {
    let targets = model.fields.iter().filter_map(|field| match &field.kind {
        Kind::ForeignKey(key) => Some(&key.target),
        _ => None,
    });
    distinct(targets, &quote!(::orm::__private::check::IsModel))
}

/// The bound that the types of columns implement `ColumnType`.
pub(super) fn columns(model: &Model) -> Vec<TokenStream> {
    let columns = model.fields.iter().filter(|field| matches!(field.kind, Kind::Column(_))).map(|field| &field.ty);
    distinct(columns.filter(|ty| !is_well_known(ty)), &quote!(::orm::__private::ColumnType))
}

/// Whether a type is known to be a column type, so that the bound can be left out.
fn is_well_known(ty: &Type) -> bool {
    const KNOWN: [&str; 9] = ["bool", "i16", "i32", "i64", "f32", "f64", "String", "Option < String >", "Vec < u8 >"];
    let ty = quote!(#ty).to_string();
    KNOWN.contains(&&*ty)
}

fn distinct<'a>(types: impl Iterator<Item = &'a Type>, bound: &TokenStream) -> Vec<TokenStream> {
    let bounds = types.map(|ty| quote!(for<'__orm> #ty: #bound));
    let distinct: BTreeMap<String, TokenStream> = bounds.map(|bound| (bound.to_string(), bound)).collect();
    distinct.into_values().collect()
}
