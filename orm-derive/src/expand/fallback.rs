use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{columns, family, model, with};
use crate::ast::Model;
use crate::check::MOST_KEYS;

/// The code for a model with errors: the constants that are known, and an implementation that never runs. It keeps the rest of the program
/// from adding errors.
pub(super) fn model(item: &Model) -> TokenStream {
    let ident = &item.ident;
    let types = with::types(&item.ident, &item.fields);
    let (constants, constants_type) = (columns::constants(item), columns::constants_type(item));
    let (constants_name, widths) = (item.constants(), columns::widths(&item.fields));
    let (stored, family) = (family::fallback_stored(item), family::fallback(item));
    let numbers = family::numbers(item);
    let usable = item.keys().all(|field| !field.is_optional()) && (1..=MOST_KEYS).contains(&item.keys().count());
    let key = if usable || item.base().is_some() { model::key_type(item) } else { quote!(i64) };
    let hooked = model::hooked(item);
    quote! {
        #constants_type
        const _: () = {
            #types
            #widths
            #numbers
            #constants
            #hooked
            #family

            #[automatically_derived]
            impl ::orm::__private::check::IsModel for #ident {
                type Constants = #constants_name;
            }

            #[automatically_derived]
            #[allow(unused_variables)]
            impl ::orm::__private::Model for #ident {
                type Key = #key;
                type Stored = #stored;
                fn spec() -> &'static ::orm::__private::ModelSpec { loop {} }
                fn table() -> &'static ::orm::__private::TableDef { loop {} }
                fn arena() -> ::std::boxed::Box<dyn ::core::any::Any + ::core::marker::Send> { loop {} }
                fn key(&self) -> ::core::option::Option<Self::Key> { loop {} }
                fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> { loop {} }
                fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> { loop {} }
                fn set_value(
                    &mut self,
                    field: usize,
                    value: ::orm::__private::ValueRef<'_>,
                ) -> ::core::result::Result<(), ::orm::__private::Mismatch> { loop {} }
                fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> { loop {} }
                fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) { loop {} }
                fn snapshot(&self) -> Self { loop {} }
                fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) { loop {} }
            }
        };
    }
}

/// The code for a column type with errors.
pub(super) fn column_type(ident: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::orm::__private::ColumnType for #ident {
            type Base = Self;
            const SQL_TYPE: ::orm::__private::SqlType = ::orm::__private::SqlType::Text;
            fn to_ref(&self) -> ::orm::__private::ValueRef<'_> { loop {} }
            fn from_ref(
                _: ::orm::__private::ValueRef<'_>,
            ) -> ::core::result::Result<Self, ::orm::__private::Mismatch> { loop {} }
        }
    }
}
