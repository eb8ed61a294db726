//! The code that the derives write: constants and thin functions over `::orm::__private`, and nothing else.

mod bounds;
mod columns;
mod db_enum;
mod default;
mod embedded;
mod embedded_enum;
mod fallback;
mod family;
mod family_enum;
mod from_row;
mod indexes;
mod model;
mod newtype;
mod relations;
mod row;
mod rules;
#[cfg(test)]
mod snapshots;
mod spec;
mod view;
mod with;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::ast::{DbEnum, Embedded, FromRow, Model, Newtype};
use crate::check;
use crate::ctxt::Ctxt;

/// The code for a struct with `#[derive(Model)]`.
pub(crate) fn derive_model(input: &DeriveInput) -> TokenStream {
    let cx = Ctxt::new();
    let parsed = Model::parse(&cx, input);
    check::model(&cx, &parsed);
    match cx.check() {
        Ok(()) => model::expand(&parsed),
        Err(error) => with_errors(&error, input, || fallback::model(&parsed)),
    }
}

/// The code for an enum with `#[derive(DbEnum)]`.
pub(crate) fn derive_db_enum(input: &DeriveInput) -> TokenStream {
    let cx = Ctxt::new();
    let parsed = DbEnum::parse(&cx, input);
    check::db_enum(&cx, &parsed);
    match cx.check() {
        Ok(()) => db_enum::expand(&parsed),
        Err(error) => with_errors(&error, input, || fallback::column_type(&parsed.ident)),
    }
}

/// The code for a struct with `#[derive(DbType)]`.
pub(crate) fn derive_db_type(input: &DeriveInput) -> TokenStream {
    let cx = Ctxt::new();
    let parsed = Newtype::parse(&cx, input);
    match cx.check() {
        Ok(()) => newtype::expand(&parsed),
        Err(error) => with_errors(&error, input, || newtype::fallback(&parsed)),
    }
}

/// The code for a struct or an enum with `#[derive(Embedded)]`.
pub(crate) fn derive_embedded(input: &DeriveInput) -> TokenStream {
    let cx = Ctxt::new();
    let parsed = Embedded::parse(&cx, input);
    check::embedded(&cx, &parsed);
    match cx.check() {
        Ok(()) => embedded::expand(&parsed),
        Err(error) => with_errors(&error, input, || embedded::fallback(&parsed)),
    }
}

/// The code for a struct with `#[derive(FromRow)]`.
pub(crate) fn derive_from_row(input: &DeriveInput) -> TokenStream {
    let cx = Ctxt::new();
    let parsed = FromRow::parse(&cx, input);
    check::from_row(&cx, &parsed);
    match cx.check() {
        Ok(()) => from_row::expand(&parsed),
        Err(error) => with_errors(&error, input, || from_row::fallback(&parsed)),
    }
}

/// The errors, and an implementation that keeps the rest of the program from adding its own.
pub(crate) fn with_errors(
    error: &syn::Error,
    input: &DeriveInput,
    fallback: impl FnOnce() -> TokenStream,
) -> TokenStream {
    let errors = error.to_compile_error();
    let fallback = if input.generics.params.is_empty() { fallback() } else { TokenStream::new() };
    quote! {
        #errors
        #fallback
    }
}
