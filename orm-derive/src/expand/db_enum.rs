use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::DbEnum;

/// `impl ColumnType` and `impl ArrayItem` for an enum.
pub(super) fn expand(item: &DbEnum) -> TokenStream {
    let ident = &item.ident;
    let variants: Vec<_> = item.variants.iter().map(|variant| &variant.ident).collect();
    let texts: Vec<_> = item.variants.iter().map(|variant| &variant.text).collect();
    let expected = expected(item);
    quote! {
        const _: fn(&#ident) -> #ident = <#ident as ::core::clone::Clone>::clone;

        // The check above reports an enum without `Clone`. This impl assumes it.
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        #[allow(deprecated)]
        impl ::orm::__private::ColumnType for #ident where for<'__orm> #ident: ::core::clone::Clone {
            type Base = Self;
            const SQL_TYPE: ::orm::__private::SqlType = ::orm::__private::SqlType::Text;

            fn to_ref(&self) -> ::orm::__private::ValueRef<'_> {
                ::orm::__private::ValueRef::Text(match self {
                    #(Self::#variants => #texts,)*
                })
            }

            fn from_ref(
                value: ::orm::__private::ValueRef<'_>,
            ) -> ::core::result::Result<Self, ::orm::__private::Mismatch> {
                match value {
                    #(::orm::__private::ValueRef::Text(#texts) => ::core::result::Result::Ok(Self::#variants),)*
                    _ => ::core::result::Result::Err(::orm::__private::Mismatch::new(#expected, value)),
                }
            }
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::orm::__private::ArrayItem for #ident where for<'__orm> #ident: ::core::clone::Clone {}
    }
}

/// What was expected, for the error about any other text.
fn expected(item: &DbEnum) -> String {
    let texts: Vec<String> = item.variants.iter().map(|variant| format!("\"{}\"", variant.text)).collect();
    match &texts[..] {
        [only] => only.clone(),
        _ => format!("one of {}", texts.join(", ")),
    }
}
