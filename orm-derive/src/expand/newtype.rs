use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::columns::item_of;
use super::db_enum::checked;
use crate::ast::Newtype;
use crate::spanned::generated_at;

/// What makes a struct around one value a column type, a key and an element of arrays, as far as the type inside is one.
pub(super) fn expand(item: &Newtype) -> TokenStream {
    let Some((member, inner)) = &item.field else { return TokenStream::new() };
    let ident = &item.ident;
    let column_type = column_type(item, inner);
    let arithmetic = arithmetic(item, inner);
    quote! {
        const _: fn(&#ident) -> #ident = <#ident as ::core::clone::Clone>::clone;

        #column_type

        #[automatically_derived]
        impl ::orm::__private::Newtype for #ident
        where
            for<'__orm> #ident: ::core::clone::Clone,
            for<'__orm> #inner: ::orm::__private::ColumnType<Base = #inner>,
        {
            type Inner = #inner;
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::orm::__private::ArrayItem for #ident
        where
            for<'__orm> #ident: ::core::clone::Clone,
            for<'__orm> #inner: ::orm::__private::ArrayItem,
        {
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::orm::__private::Text for #ident where for<'__orm> #inner: ::orm::__private::Text {
            type Checked = ();
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::orm::__private::Key for #ident
        where
            for<'__orm> #ident: ::core::clone::Clone + ::core::cmp::Eq + ::core::hash::Hash + ::core::fmt::Debug,
            for<'__orm> #inner: ::orm::__private::Key + ::orm::__private::ColumnType<Base = #inner>,
        {
            const WIDTH: usize = 1;

            fn part(&self, index: usize) -> ::orm::__private::ValueRef<'_> {
                <#inner as ::orm::__private::Key>::part(&self.#member, index)
            }

            fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
                row.column()
            }

            fn read_nullable(
                row: &mut ::orm::__private::RowReader<'_>,
            ) -> ::orm::__private::Result<::core::option::Option<Self>> {
                row.column()
            }

            fn folded(self, forms: &[::orm::__private::TextForm]) -> Self {
                Self { #member: <#inner as ::orm::__private::Key>::folded(self.#member, forms) }
            }

            fn is_set(&self) -> bool {
                <#inner as ::orm::__private::Key>::is_set(&self.#member)
            }
        }

        #arithmetic
    }
}

fn column_type(item: &Newtype, inner: &Type) -> TokenStream {
    let (ident, member) = (&item.ident, item.field.as_ref().map(|(member, _)| member));
    let [sql_type, values, encode, decode] =
        ["SQL_TYPE", "VALUES", "to_ref", "from_ref"].map(|name| item_of(inner, "ColumnType", name));
    let made = made(item, inner);
    let is_checked = item.attrs.validate.get().is_some() || item.attrs.try_from.span().is_some();
    let values = if is_checked { checked(&values) } else { values };
    quote! {
        // The check above reports a struct without `Clone`. This impl assumes it.
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::orm::__private::ColumnType for #ident where for<'__orm> #ident: ::core::clone::Clone {
            type Base = Self;
            const SQL_TYPE: ::orm::__private::SqlType = #sql_type;
            const VALUES: ::orm::__private::Values = #values;

            fn to_ref(&self) -> ::orm::__private::ValueRef<'_> {
                #encode(&self.#member)
            }

            fn from_ref(
                value: ::orm::__private::ValueRef<'_>,
            ) -> ::core::result::Result<Self, ::orm::__private::Mismatch> {
                let inner = #decode(value)?;
                #made
            }
        }
    }
}

/// The struct around a value that was read, or why it refuses it.
fn made(item: &Newtype, inner: &Type) -> TokenStream {
    let member = item.field.as_ref().map(|(member, _)| member);
    let expected = format!("a valid `{}`", item.ident);
    let refuse = quote!(|error| ::orm::__private::refused(#expected, value, error));
    if let Some(path) = item.attrs.validate.get() {
        let check = quote_spanned!(generated_at(path.span())=> #path(&inner).map_err(#refuse)?;);
        return quote! {
            #check
            ::core::result::Result::Ok(Self { #member: inner })
        };
    }
    match item.attrs.try_from.span() {
        Some(span) => {
            quote_spanned!(generated_at(span)=> <Self as ::core::convert::TryFrom<#inner>>::try_from(inner).map_err(#refuse))
        }
        None => quote!(::core::result::Result::Ok(Self { #member: inner })),
    }
}

/// Sums and computations in queries.
fn arithmetic(item: &Newtype, inner: &Type) -> Option<TokenStream> {
    let (ident, span) = (&item.ident, generated_at(item.attrs.arithmetic.span()?));
    let number = quote_spanned!(span=> <#inner as ::orm::__private::Number>);
    Some(quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::orm::__private::Number for #ident {
            type Sum = #number::Sum;
            type Average = #number::Average;
        }
    })
}

/// The code for a struct with errors.
pub(super) fn fallback(item: &Newtype) -> TokenStream {
    super::fallback::column_type(&item.ident)
}
