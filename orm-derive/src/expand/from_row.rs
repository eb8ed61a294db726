//! Reading rows as structs: by position from a selection, whose types the compiler checks against the fields, and by name from
//! statements that were written by hand.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::columns::item_of;
use crate::ast::{FromRow, RowField, name_of, shown};

/// The implementations for a struct.
pub(super) fn expand(item: &FromRow) -> TokenStream {
    let read = read(item);
    let filled = filled(item);
    let by_name = by_name(item);
    quote! {
        const _: () = {
            #read
            #filled
            #by_name
        };
    }
}

/// The implementations for a struct with errors.
pub(super) fn fallback(item: &FromRow) -> TokenStream {
    let ident = &item.ident;
    quote! {
        #[automatically_derived]
        impl ::orm::__private::RowType for #ident {
            fn read(_: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> { loop {} }
            fn shapes(_: &mut ::std::vec::Vec<::orm::__private::Shape>) {}
        }
        #[automatically_derived]
        impl<R> ::orm::__private::FilledFrom<R> for #ident {}
        #[automatically_derived]
        impl ::orm::__private::FromRow for #ident {
            const WIDTH: usize = 0;
        }
    }
}

fn read(item: &FromRow) -> TokenStream {
    let ident = &item.ident;
    let subject = ident.to_string();
    let fields = item.fields.iter().map(|RowField { ident, ty, .. }| {
        let read = item_of(ty, "RowType", "read");
        quote!(#ident: #read(row)?)
    });
    let shapes = item.fields.iter().map(|field| item_of(&field.ty, "RowType", "shapes"));
    let types = item.fields.iter().map(|field| &field.ty);
    let checks = types.map(|ty| quote_spanned!(ty.span()=> const _: () = ::orm::__private::check::is_row::<#ty>();));
    let bounds = bounds(item, &quote!(::orm::__private::RowType));
    quote! {
        #(#checks)*

        // The checks above report a wrong type. This impl assumes that all types fit.
        #[automatically_derived]
        impl ::orm::__private::RowType for #ident where #(#bounds),* {
            fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
                ::core::result::Result::Ok(Self { #(#fields),* })
            }

            fn shapes(shapes: &mut ::std::vec::Vec<::orm::__private::Shape>) {
                #(#shapes(shapes);)*
            }

            fn subject() -> &'static str {
                #subject
            }
        }
    }
}

/// One trait for each field, which only the field's own type implements. It has the field's name, so the compiler's error names the field.
fn filled(item: &FromRow) -> TokenStream {
    let ident = &item.ident;
    let traits: Vec<_> = item.fields.iter().map(|field| trait_name(&field.ident)).collect();
    let picked: Vec<_> = (0..item.fields.len()).map(|number| format_ident!("__P{number}")).collect();
    let bounds = bounds(item, &quote!(::orm::__private::RowType));
    let checks = item.fields.iter().zip(&traits).enumerate().map(|(number, (field, check))| {
        let (name, ty) = (name_of(&field.ident), &field.ty);
        let shown = shown(ty);
        let message = format!("the field `{name}` of `{ident}` is `{shown}`, and `{{Self}}` is selected for it");
        let label = format!("value {} of the selection has another type than the field `{name}`", number + 1);
        quote! {
            #[diagnostic::on_unimplemented(message = #message, label = #label)]
            #[allow(non_camel_case_types)]
            trait #check {}
            impl #check for #ty {}
        }
    });
    quote! {
        const _: () = {
            #(#checks)*

            #[automatically_derived]
            impl<#(#picked: #traits),*> ::orm::__private::FilledFrom<(#(#picked,)*)> for #ident
            where #(#bounds),* {}
        };
    }
}

/// The name of a field as the name of a trait, unless it is one of Rust's own types.
fn trait_name(field: &Ident) -> Ident {
    const OWN: [&str; 17] = [
        "bool", "char", "str", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
        "f32", "f64",
    ];
    if OWN.iter().any(|own| field == own) { format_ident!("{field}_") } else { field.clone() }
}

fn by_name(item: &FromRow) -> TokenStream {
    let ident = &item.ident;
    let width = item.fields.len();
    let columns = item.fields.iter().map(|field| &field.column);
    let bounds = bounds(item, &quote!(::orm::__private::RowType + ::orm::__private::check::IsValue));
    quote! {
        #[automatically_derived]
        impl ::orm::__private::FromRow for #ident where #(#bounds),* {
            const WIDTH: usize = #width;
            const COLUMNS: ::core::option::Option<&'static [&'static str]> =
                ::core::option::Option::Some(&[#(#columns),*]);
        }
    }
}

/// The bound that all fields implement a trait. The unused lifetime defers the check until it is needed.
fn bounds(item: &FromRow, bound: &TokenStream) -> Vec<TokenStream> {
    item.fields.iter().map(|RowField { ty, .. }| quote_spanned!(ty.span()=> for<'__orm> #ty: #bound)).collect()
}
