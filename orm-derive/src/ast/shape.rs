//! What a derive stands on: the same questions for each of them.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields};

use crate::ctxt::Ctxt;

/// Reports the parameters of a type that has none, because it `is` one thing: "is one table".
pub(crate) fn refuse_generics(cx: &Ctxt, input: &DeriveInput, is: &str) {
    if !input.generics.params.is_empty() {
        cx.error(input.generics.span(), format!("`{}` {is}, so it cannot be generic", input.ident));
    }
}

/// The named fields of a struct that is to be `what`: "a model". Anything else is reported, an enum with what to do instead.
pub(crate) fn named_fields<'a>(
    cx: &Ctxt,
    input: &'a DeriveInput,
    what: &str,
    instead_of_enum: &str,
) -> impl Iterator<Item = &'a syn::Field> {
    let (span, found): (Span, String) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(fields.named.iter()).into_iter().flatten(),
            Fields::Unnamed(fields) => (fields.span(), "a tuple struct: its fields have no names".to_owned()),
            Fields::Unit => (input.ident.span(), "a unit struct: it has no fields".to_owned()),
        },
        Data::Enum(data) => (data.enum_token.span(), format!("an enum; {instead_of_enum}")),
        Data::Union(data) => (data.union_token.span(), "a union".to_owned()),
    };
    cx.error(span, format!("{what} is a struct with named fields, and `{}` is {found}", input.ident));
    None.into_iter().flatten()
}
