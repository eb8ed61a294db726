//! Bounds of the generated code. The constant data reports a type that is not a model. All other code assumes by these bounds that its types fit,
//! so each mistake is reported once. There are none for the types of columns: a model with a type that is not a column is still a model.
//!
//! The unused lifetime defers the check of a bound until it is needed. No bound leads back to `Model`, because models may reference each
//! other in cycles.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use crate::ast::{Kind, Model};

/// The bound that the targets of all relations are models, and that enums name those of several.
pub(super) fn models(model: &Model) -> Vec<TokenStream> {
    let targets = model.fields.iter().filter_map(|field| field.relation().map(|(_, target, _)| target));
    let enums = model.fields.iter().filter_map(|field| match &field.kind {
        Kind::OneOf(key) => Some(&key.models),
        _ => None,
    });
    let mut bounds = distinct(targets, &quote!(::orm::__private::check::IsModel));
    bounds.extend(distinct(enums, &quote!(::orm::__private::Targets)));
    bounds
}

/// The bound that the targets of foreign keys are models.
pub(super) fn referenced_models(model: &Model) -> Vec<TokenStream> {
    let targets = model.fields.iter().filter_map(|field| match &field.kind {
        Kind::ForeignKey(key) => Some(&key.target),
        _ => None,
    });
    distinct(targets, &quote!(::orm::__private::check::IsModel))
}

fn distinct<'a>(types: impl Iterator<Item = &'a Type>, bound: &TokenStream) -> Vec<TokenStream> {
    let bounds = types.map(|ty| quote!(for<'__orm> #ty: #bound));
    let distinct: BTreeMap<String, TokenStream> = bounds.map(|bound| (bound.to_string(), bound)).collect();
    distinct.into_values().collect()
}
