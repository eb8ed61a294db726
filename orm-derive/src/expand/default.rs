use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, ExprLit, Lit};

use super::columns::item_of;
use crate::ast::{Field, Kind, Model};
use crate::spanned::generated_at;

/// `impl Default`, where a field says `default = expr`.
pub(super) fn implementation(model: &Model) -> Option<TokenStream> {
    let span = model.fields.iter().find_map(|field| field.attrs.default.span())?;
    let ident = &model.ident;
    let fields = model.fields.iter().map(|field| {
        let ident = &field.ident;
        let value = match field.attrs.default.get() {
            Some(default) => converted(field, default),
            None => quote!(::core::default::Default::default()),
        };
        quote!(#ident: #value)
    });
    Some(quote_spanned! {generated_at(span)=>
        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::default::Default for #ident {
            fn default() -> Self {
                Self { #(#fields),* }
            }
        }
    })
}

/// `Model::touch_on_update`, where a field says `on_update = expr`.
pub(super) fn touch_on_update(model: &Model) -> Option<TokenStream> {
    let updates: Vec<TokenStream> = model
        .fields
        .iter()
        .filter_map(|field| {
            let ident = &field.ident;
            let value = converted(field, field.attrs.on_update.get()?);
            Some(quote!(self.#ident = #value;))
        })
        .collect();
    (!updates.is_empty()).then(|| {
        quote! {
            fn touch_on_update(&mut self) {
                #(#updates)*
            }
        }
    })
}

/// `Model::defaults`, where a field says `default = expr`: there is an `impl Default` then, which has the expressions.
pub(super) fn defaults(model: &Model) -> Option<TokenStream> {
    let values: Vec<TokenStream> = model
        .fields
        .iter()
        .filter(|field| field.attrs.default.get().is_some())
        .map(|field| {
            let (ident, number) = (&field.ident, field.number);
            let encode = item_of(&field.ty, "ColumnType", "to_ref");
            quote!(each(#number, #encode(&value.#ident));)
        })
        .collect();
    (!values.is_empty()).then(|| {
        quote! {
            fn defaults(each: &mut dyn ::core::ops::FnMut(usize, ::orm::__private::ValueRef<'_>)) {
                let value: Self = ::core::default::Default::default();
                #(#values)*
            }
        }
    })
}

/// `value` as the field's type: text literals are borrowed and most fields are not, so they are converted.
fn converted(field: &Field, value: &Expr) -> TokenStream {
    if !matches!(value, Expr::Lit(ExprLit { lit: Lit::Str(_), .. })) {
        return quote!(#value);
    }
    match &field.kind {
        Kind::Column(column) if column.optional => {
            quote!(::core::option::Option::Some(::core::convert::Into::into(#value)))
        }
        _ => quote!(::core::convert::Into::into(#value)),
    }
}
