use proc_macro2::TokenStream;
use quote::quote;

use super::columns::{decode, encode, item_of};
use crate::ast::{Field, Kind, Model};

/// The functions that read an object from a row, and the values of a row from an object.
pub(super) fn functions(model: &Model) -> TokenStream {
    let read = read(model);
    let snapshot = snapshot(model);
    let columns = columns(model);
    let foreign = foreign(model);
    quote! {
        #read
        #snapshot
        #columns
        #foreign
    }
}

fn read(model: &Model) -> TokenStream {
    let fields = model.fields.iter().map(|field| {
        let ident = &field.ident;
        match &field.kind {
            Kind::Column(_) => {
                let decode = decode(field);
                quote!(#ident: row.cell(|cell| #decode(cell))?)
            }
            Kind::ForeignKey(_) => quote!(#ident: ::orm::__private::ForeignField::read(row)?),
            Kind::Relation(_) | Kind::Broken => quote!(#ident: ::core::default::Default::default()),
        }
    });
    quote! {
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            ::core::result::Result::Ok(Self { #(#fields),* })
        }
    }
}

fn snapshot(model: &Model) -> TokenStream {
    let fields = model.fields.iter().map(|field| {
        let ident = &field.ident;
        if field.has_columns() {
            let copy = item_of(&field.ty, "Clone", "clone");
            quote!(#ident: #copy(&self.#ident))
        } else {
            quote!(#ident: ::core::default::Default::default())
        }
    });
    quote! {
        fn snapshot(&self) -> Self {
            Self { #(#fields),* }
        }
    }
}

/// `value` and `set_value`.
fn columns(model: &Model) -> TokenStream {
    let get = model.fields.iter().filter_map(|field| {
        let (number, ident) = (field.number, &field.ident);
        match &field.kind {
            Kind::Column(_) => {
                let encode = encode(field);
                Some(quote!(#number => #encode(&self.#ident),))
            }
            Kind::ForeignKey(_) => Some(quote!(#number => ::orm::__private::ForeignField::part(&self.#ident, part),)),
            Kind::Relation(_) | Kind::Broken => None,
        }
    });
    let set = model.fields.iter().filter(|field| matches!(field.kind, Kind::Column(_))).map(|field| {
        let (number, ident, decode) = (field.number, &field.ident, decode(field));
        quote!(#number => self.#ident = #decode(value)?,)
    });
    quote! {
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            match field {
                #(#get)*
                _ => ::orm::__private::ValueRef::Null,
            }
        }

        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            match field {
                #(#set)*
                _ => {}
            }
            ::core::result::Result::Ok(())
        }
    }
}

/// `foreign` and `set_foreign`.
fn foreign(model: &Model) -> TokenStream {
    let keys = || model.fields.iter().filter(|field| matches!(field.kind, Kind::ForeignKey(_)));
    let get = keys()
        .map(|Field { number, ident, .. }| quote!(#number => ::orm::__private::ForeignField::state(&self.#ident),));
    let set = keys().map(|Field { number, ident, .. }| {
        quote!(#number => ::orm::__private::ForeignField::set_state(&mut self.#ident, to),)
    });
    quote! {
        fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> {
            match field {
                #(#get)*
                _ => ::orm::__private::Foreign::Unset,
            }
        }

        fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) {
            match field {
                #(#set)*
                _ => {}
            }
        }
    }
}
