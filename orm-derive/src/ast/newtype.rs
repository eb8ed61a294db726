use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Member, Type};

use super::refuse_generics;
use super::relation_type::option_of;
use crate::attr::NewtypeAttrs;
use crate::ctxt::Ctxt;

/// A struct with `#[derive(DbType)]`.
pub(crate) struct Newtype {
    pub(crate) ident: Ident,
    pub(crate) attrs: NewtypeAttrs,
    /// Its only field; `None` after an error.
    pub(crate) field: Option<(Member, Type)>,
}

impl Newtype {
    /// Reads the struct, and reports errors to `cx`.
    pub(crate) fn parse(cx: &Ctxt, input: &DeriveInput) -> Self {
        let ident = input.ident.clone();
        let attrs = NewtypeAttrs::parse(cx, &input.attrs);
        refuse_generics(cx, input, "is the type of one kind of column");
        if let (Some(span), true) = (attrs.try_from.span(), attrs.validate.is_set()) {
            cx.error(span, "`try_from` decides what is valid; remove `validate`, or this");
        }
        let field = only_field(cx, input);
        if let Some((_, ty)) = field.as_ref().filter(|(_, ty)| option_of(ty).is_some()) {
            let message = format!("a column type is never NULL itself: make the fields of models an `Option<{ident}>`");
            cx.error(ty.span(), message);
        }
        Self { ident, attrs, field }
    }
}

fn only_field(cx: &Ctxt, input: &DeriveInput) -> Option<(Member, Type)> {
    let ident = &input.ident;
    let (span, problem): (Span, String) = match &input.data {
        Data::Struct(data) => {
            let mut members = data.fields.members().zip(&data.fields);
            match (members.next(), data.fields.len()) {
                (Some((member, field)), 1) => return Some((member, field.ty.clone())),
                (None, _) => (ident.span(), "has no value that a column could hold".to_owned()),
                (_, count) => (fields(&data.fields), format!("has {count} fields: {EMBED}")),
            }
        }
        Data::Enum(data) => {
            (data.enum_token.span(), "is an enum; for a list of names use `#[derive(DbEnum)]`".to_owned())
        }
        Data::Union(data) => (data.union_token.span(), "is a union".to_owned()),
    };
    cx.error(span, format!("`#[derive(DbType)]` is for a struct around one value, and `{ident}` {problem}"));
    None
}

/// What a struct of several fields is instead.
const EMBED: &str = "embed them as columns of their own, or make one value of them by `CustomType`";

fn fields(fields: &Fields) -> Span {
    match fields {
        Fields::Named(named) => named.span(),
        Fields::Unnamed(unnamed) => unnamed.span(),
        Fields::Unit => Span::call_site(),
    }
}
