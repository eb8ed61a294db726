use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Lit};

use super::columns::{encode, item_of};
use crate::ast::{Field, Kind, width};
use crate::spanned::generated_at;

/// `impl Default`, if a field has `default = expr`.
pub(super) fn implementation(ident: &Ident, fields: &[Field]) -> Option<TokenStream> {
    let span = fields.iter().find_map(|field| field.attrs.default.span())?;
    let fields = fields.iter().map(|field| {
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

/// `touch_on_update`, if a field has `on_update = expr`.
pub(super) fn touch_on_update(fields: &[Field]) -> Option<TokenStream> {
    let updates: Vec<TokenStream> = fields
        .iter()
        .filter_map(|field| {
            let ident = &field.ident;
            if let Kind::Embedded = field.kind {
                let touch = item_of(&field.ty, "Embedded", "touch_on_update");
                return Some(quote!(#touch(&mut self.#ident);));
            }
            if let Kind::Base = field.kind {
                return Some(quote!(::orm::__private::Model::touch_on_update(&mut self.#ident);));
            }
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

/// `fill_on_insert`, if a field has `default_on_insert = expr`.
pub(super) fn fill_on_insert(fields: &[Field]) -> Option<TokenStream> {
    let fills: Vec<(TokenStream, TokenStream)> = fields
        .iter()
        .filter_map(|field| {
            let ident = &field.ident;
            if let Kind::Embedded = field.kind {
                let [has, fill] = ["FILLS", "fill_on_insert"].map(|item| item_of(&field.ty, "Embedded", item));
                return Some((has, quote!(#fill(&mut self.#ident);)));
            }
            if let Kind::Base = field.kind {
                let has = item_of(&field.ty, "Model", "FILLS");
                return Some((has, quote!(::orm::__private::Model::fill_on_insert(&mut self.#ident);)));
            }
            let value = converted(field, field.attrs.default_on_insert.get()?);
            let unset = match field.wrapped() {
                None => quote_spanned!(field.ty.span()=> ::orm::__private::is_unset(&self.#ident)),
                Some(_) => quote!(::core::option::Option::is_none(&self.#ident)),
            };
            Some((quote!(true), quote!(if #unset { self.#ident = #value; })))
        })
        .collect();
    let (has, fills): (Vec<TokenStream>, Vec<TokenStream>) = fills.into_iter().unzip();
    let is_own = fields.iter().any(|field| field.attrs.default_on_insert.is_set());
    let has = if is_own { quote!(true) } else { quote!(#(#has)||*) };
    (!fills.is_empty()).then(|| {
        quote! {
            const FILLS: bool = #has;
            fn fill_on_insert(&mut self) {
                #(#fills)*
            }
        }
    })
}

/// `defaults`, if a field has `default = expr`, or has `default_on_insert = expr` and is not a key.
pub(super) fn defaults(fields: &[Field], more: Option<TokenStream>) -> Option<TokenStream> {
    // The expressions are in `impl Default` already. Writing them twice would report each mistake twice.
    let whole = fields.iter().any(|field| field.attrs.default.is_set());
    let whole = whole.then(|| quote!(let whole = <Self as ::core::default::Default>::default();));
    let values: Vec<TokenStream> = fields.iter().filter_map(default_value).chain(more).collect();
    (!values.is_empty()).then(|| {
        quote! {
            fn defaults(each: &mut dyn ::core::ops::FnMut(usize, ::orm::__private::ValueRef<'_>)) {
                #whole
                #(#values)*
            }
        }
    })
}

fn default_value(field: &Field) -> Option<TokenStream> {
    let (number, ident, ty) = (&field.number, &field.ident, &field.ty);
    if let Kind::Embedded = field.kind {
        return Some(embedded_default(field));
    }
    if let Kind::Base = field.kind {
        let defaults = item_of(ty, "Model", "defaults");
        // What the type adds to each row it says itself.
        return Some(quote!(#defaults(&mut |field, value| if field != __DISCRIMINATOR { each(field, value) });));
    }
    let encode = encode(field);
    if field.attrs.default.is_set() {
        return Some(quote!(each(#number, #encode(&whole.#ident));));
    }
    let value = field.attrs.default_on_insert.get().filter(|_| !field.is_key())?;
    let value = converted(field, value);
    Some(quote! {{
        let value: #ty = #value;
        each(#number, #encode(&value));
    }})
}

/// The defaults of an embedded value: all of its columns where the model itself gives a default, and its own otherwise.
fn embedded_default(field: &Field) -> TokenStream {
    let (number, ident) = (&field.number, &field.ident);
    if field.attrs.default.is_set() {
        let (value, width) = (item_of(&field.ty, "Embedded", "value"), width(field.position));
        return quote!((0..#width).for_each(|field| each(#number + field, #value(&whole.#ident, field))););
    }
    let defaults = item_of(&field.ty, "Embedded", "defaults");
    quote!(#defaults(&mut |field, value| each(#number + field, value));)
}

/// `value` as the field's type. Text literals are converted, because most fields are owned. A `Generated<T>` and a `Deferred<T>` take a `T`.
fn converted(field: &Field, value: &Expr) -> TokenStream {
    let is_text = matches!(value, Expr::Lit(ExprLit { lit: Lit::Str(_), .. }));
    let owned = if is_text { quote!(::core::convert::Into::into(#value)) } else { quote!(#value) };
    match &field.kind {
        Kind::Column(column) if column.generated.is_some() => quote!(::orm::__private::Generated::new(#owned)),
        Kind::Column(column) if column.deferred.is_some() => quote!(::orm::__private::Deferred::new(#owned)),
        Kind::Column(column) if column.optional && is_text => quote!(::core::option::Option::Some(#owned)),
        _ => owned,
    }
}
