use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::ast::{DbEnum, DbVariant};

/// `impl ColumnType` and `impl ArrayItem` for an enum.
pub(super) fn expand(item: &DbEnum) -> TokenStream {
    let ident = &item.ident;
    let column = match &item.repr {
        Some(repr) => of_numbers(item, repr),
        None => of_texts(item),
    };
    quote! {
        const _: fn(&#ident) -> #ident = <#ident as ::core::clone::Clone>::clone;

        // The check above reports an enum without `Clone`. This impl assumes it.
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        #[allow(deprecated)]
        impl ::orm::__private::ColumnType for #ident where for<'__orm> #ident: ::core::clone::Clone {
            type Base = Self;
            #column
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::orm::__private::ArrayItem for #ident where for<'__orm> #ident: ::core::clone::Clone {}
    }
}

/// An enum that is kept as the names of its variants.
fn of_texts(item: &DbEnum) -> TokenStream {
    let variants: Vec<_> = item.variants.iter().map(|variant| &variant.ident).collect();
    let texts: Vec<_> = item.variants.iter().map(|variant| &variant.text).collect();
    let expected = expected(item);
    let unknown = item.unknown.iter();
    let write_unknown = unknown.clone().map(|variant| quote!(Self::#variant(text) => text,));
    let values = match (&item.unknown, &item.native) {
        (Some(_), _) => quote!(::orm::__private::Values::All),
        (None, Some(name)) => quote! {
            ::orm::__private::Values::Native(&::orm::__private::NativeEnum { name: #name, texts: &[#(#texts),*] })
        },
        (None, None) => quote!(::orm::__private::Values::Texts(&[#(#texts),*])),
    };
    let read_unknown = unknown.map(|variant| {
        quote! {
            ::orm::__private::ValueRef::Text(text) => {
                ::core::result::Result::Ok(Self::#variant(::core::convert::From::from(text)))
            }
        }
    });
    quote! {
        const SQL_TYPE: ::orm::__private::SqlType = ::orm::__private::SqlType::Text;
        const VALUES: ::orm::__private::Values = #values;

        fn to_ref(&self) -> ::orm::__private::ValueRef<'_> {
            ::orm::__private::ValueRef::Text(match self {
                #(Self::#variants => #texts,)*
                #(#write_unknown)*
            })
        }

        fn from_ref(
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<Self, ::orm::__private::Mismatch> {
            match value {
                #(::orm::__private::ValueRef::Text(#texts) => ::core::result::Result::Ok(Self::#variants),)*
                #(#read_unknown)*
                _ => ::core::result::Result::Err(::orm::__private::Mismatch::new(#expected, value)),
            }
        }
    }
}

/// An enum that is kept as the numbers of its variants.
fn of_numbers(item: &DbEnum, repr: &Ident) -> TokenStream {
    let variants: Vec<_> = item.variants.iter().map(|variant| &variant.ident).collect();
    let names: Vec<_> = (0..variants.len()).map(|position| format_ident!("N{position}")).collect();
    let numbers = item.variants.iter().enumerate().map(|(position, variant)| number(variant, position, &names, repr));
    let numbers = quote!(#(#numbers)*);
    let expected = format!("the number of a variant of `{}`", item.ident);
    let write_unknown = item.unknown.iter().map(|variant| quote!(Self::#variant(number) => *number,));
    let range = quote!(<#repr as ::orm::__private::ColumnType>::VALUES);
    let values = match item.unknown {
        Some(_) => range,
        None => checked(&range),
    };
    let other = match &item.unknown {
        Some(variant) => quote!(number => ::core::result::Result::Ok(Self::#variant(number))),
        None => quote!(_ => ::core::result::Result::Err(::orm::__private::Mismatch::new(#expected, value))),
    };
    quote! {
        const SQL_TYPE: ::orm::__private::SqlType = <#repr as ::orm::__private::ColumnType>::SQL_TYPE;
        const VALUES: ::orm::__private::Values = #values;

        fn to_ref(&self) -> ::orm::__private::ValueRef<'_> {
            #numbers
            let number: #repr = match self {
                #(Self::#variants => #names,)*
                #(#write_unknown)*
            };
            ::orm::__private::ValueRef::I64(::core::convert::From::from(number))
        }

        fn from_ref(
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<Self, ::orm::__private::Mismatch> {
            #numbers
            match <#repr as ::orm::__private::ColumnType>::from_ref(value)? {
                #(#names => ::core::result::Result::Ok(Self::#variants),)*
                #other,
            }
        }
    }
}

/// The values of the integers `range` that this type can be made of.
pub(super) fn checked(range: &TokenStream) -> TokenStream {
    quote! {
        ::orm::__private::Values::Checked {
            range: #range.range(),
            check: |value| {
                ::core::result::Result::map(<Self as ::orm::__private::ColumnType>::from_ref(value), ::core::mem::drop)
            },
        }
    }
}

/// The constant for the number of a variant: its own, or the one after the variant before it.
fn number(variant: &DbVariant, position: usize, names: &[Ident], repr: &Ident) -> TokenStream {
    let name = &names[position];
    match (&variant.number, position.checked_sub(1).map(|before| &names[before])) {
        (Some(number), _) => quote_spanned!(number.span()=> const #name: #repr = #number;),
        (None, Some(before)) => quote!(const #name: #repr = #before + 1;),
        (None, None) => quote!(const #name: #repr = 0;),
    }
}

/// What was expected, for the error about any other text.
fn expected(item: &DbEnum) -> String {
    let texts: Vec<String> = item.variants.iter().map(|variant| format!("\"{}\"", variant.text)).collect();
    match &texts[..] {
        _ if item.unknown.is_some() => "a text".to_owned(),
        [only] => only.clone(),
        _ => format!("one of {}", texts.join(", ")),
    }
}
