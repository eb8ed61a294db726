//! What is written for single fields.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::attrs::Encoding;
use super::composed;
use super::{Field, Item};

/// The type with `Attribute` that stands for the field's type.
pub(super) fn attribute(field: &Field) -> TokenStream {
    let ty = &field.ty;
    match field.attrs.encoding() {
        Encoding::Plain => quote!(#ty),
        Encoding::Serde => quote_spanned!(ty.span()=> ::orm_dynamodb::__private::Serde<#ty>),
        Encoding::Column => quote_spanned!(ty.span()=> ::orm_dynamodb::__private::Column<#ty>),
        Encoding::Epoch => quote_spanned!(ty.span()=> ::orm_dynamodb::__private::Epoch<#ty>),
    }
}

/// The traits that the type of a field has to implement, each with the type.
pub(super) fn needed(item: &Item, field: &Field) -> Vec<(TokenStream, TokenStream)> {
    let (ty, attribute) = (&field.ty, attribute(field));
    let (plain, key) = (quote!(::orm_dynamodb::__private::Attribute), quote!(::orm_dynamodb::__private::KeyAttribute));
    let of_index = |ident: &&syn::Ident| **ident == field.ident;
    let is_key = field.attrs.hash_key.is_set() || field.attrs.range_key.is_set();
    let is_index_key = item
        .indexes
        .iter()
        .any(|index| [index.hash.get(), index.range.get()].into_iter().flatten().any(|it| of_index(&it)));
    let mut needed = match field.attrs.encoding() {
        Encoding::Epoch => vec![(quote!(#ty), quote!(::orm_dynamodb::__private::TimeToLive))],
        _ if is_key => vec![(attribute.clone(), key.clone())],
        _ => vec![(attribute.clone(), plain)],
    };
    if field.attrs.version.is_set() {
        needed.push((quote!(#ty), quote!(::orm_dynamodb::__private::Version)));
    }
    if is_index_key && !is_key {
        let compared = quote_spanned!(ty.span()=> <#attribute as ::orm_dynamodb::__private::Attribute>::Compared);
        needed.push((compared, key));
    }
    needed
}

/// The value of a field for DynamoDB, as a `Result`.
fn value(item: &Item, field: &Field) -> TokenStream {
    let (ident, ty) = (&field.ident, &field.ty);
    if let Some(composed) = &field.composed {
        let text = composed::text(item, field, composed);
        return quote!(::orm_dynamodb::__private::Attribute::to_attribute(&#text));
    }
    match field.attrs.encoding() {
        Encoding::Plain => quote!(::orm_dynamodb::__private::Attribute::to_attribute(&self.#ident)),
        Encoding::Serde => quote!(::orm_dynamodb::__private::Serde::<#ty>::write(&self.#ident)),
        Encoding::Column => quote!(::orm_dynamodb::__private::Column::<#ty>::write(&self.#ident)),
        Encoding::Epoch => quote!(::orm_dynamodb::__private::Epoch::<#ty>::write(&self.#ident)),
    }
}

/// Puts the value of a field into `attributes`.
pub(super) fn write(item: &Item, field: &Field) -> TokenStream {
    let (name, value) = (&field.name, value(item, field));
    let if_null = if field.attrs.null.is_set() { quote!(Null) } else { quote!(Absent) };
    quote! {
        ::orm_dynamodb::__private::write(
            &mut attributes, Self::SPEC, #name, #value, ::orm_dynamodb::__private::IfNull::#if_null,
        )?;
    }
}

/// Reads the value of a field from `attributes`.
pub(super) fn read(field: &Field) -> TokenStream {
    let (ident, ty, name) = (&field.ident, &field.ty, &field.name);
    let read = match field.attrs.encoding() {
        Encoding::Plain => quote!(<#ty as ::orm_dynamodb::__private::Attribute>::from_attribute),
        Encoding::Serde => quote!(::orm_dynamodb::__private::Serde::<#ty>::read),
        Encoding::Column => quote!(::orm_dynamodb::__private::Column::<#ty>::read),
        Encoding::Epoch => quote!(|value| ::orm_dynamodb::__private::Epoch::<#ty>::read(&value)),
    };
    let default = match default(field) {
        Some(default) => quote!(::core::option::Option::Some((|| #default) as fn() -> #ty)),
        None => quote!(::core::option::Option::None),
    };
    quote!(#ident: ::orm_dynamodb::__private::read(attributes, Self::SPEC, #name, #read, #default)?)
}

/// The value of a field that is absent.
pub(super) fn default(field: &Field) -> Option<TokenStream> {
    if field.attrs.version.is_set() {
        return Some(quote!(::orm_dynamodb::__private::Version::of(0)));
    }
    field.attrs.default.get().map(|default| match default {
        Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) => {
            quote!(::core::convert::Into::into(#text))
        }
        Some(value) => quote!(#value),
        None => quote!(::core::default::Default::default()),
    })
}
