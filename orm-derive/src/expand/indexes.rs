//! The indexes of a struct.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::spec::{option, parts};
use crate::ast::{Field, number_of};
use crate::attr::{IndexAttr, IndexKeyAttr, IndexKeyOf, TableAttrs};

/// All of them. The names of the constants of the struct come behind `of`.
pub(super) fn all(fields: &[Field], attrs: &TableAttrs, of: &TokenStream) -> TokenStream {
    let indexes = attrs.indexes.iter().map(|index| self::index(fields, index, of));
    quote!(&[#(#indexes),*])
}

fn index(fields: &[Field], index: &IndexAttr, of: &TokenStream) -> TokenStream {
    let name = option(index.name.as_ref());
    let keys = index.keys.iter().filter_map(|each| key(fields, each, of));
    let mut options = quote!(name: #name, keys: &[#(#keys),*],);
    if index.unique {
        options.extend(quote!(unique: true,));
    }
    if let Some(sql) = &index.predicate {
        let parts = parts(fields, sql, of);
        options.extend(quote!(predicate: &[#(#parts),*],));
    }
    if !index.include.is_empty() {
        let include = index.include.iter().filter_map(|path| number_of(fields, path, of));
        options.extend(quote!(include: &[#(#include),*],));
    }
    if let Some(method) = &index.method {
        options.extend(quote!(method: ::core::option::Option::Some(#method),));
    }
    if index.nulls_not_distinct {
        options.extend(quote!(nulls_not_distinct: true,));
    }
    quote!(::orm::__private::IndexSpec { #options ..::orm::__private::IndexSpec::NONE })
}

fn key(fields: &[Field], key: &IndexKeyAttr, of: &TokenStream) -> Option<TokenStream> {
    let looked_up = match &key.of {
        IndexKeyOf::Field(path) => {
            let number = number_of(fields, path, of)?;
            if key.order.is_usual() {
                return Some(quote!(::orm::__private::IndexKeySpec::field(#number)));
            }
            quote!(Field(#number))
        }
        IndexKeyOf::Sql(sql) => {
            let parts = parts(fields, sql, of);
            quote!(Sql(&[#(#parts),*]))
        }
    };
    let descending = key.order.descending;
    let nulls = option(key.order.nulls.map(|place| {
        let place = Ident::new(place, Span::call_site());
        quote!(::orm::__private::Nulls::#place)
    }));
    let class = option(key.order.class.as_ref());
    Some(quote! {
        ::orm::__private::IndexKeySpec {
            of: ::orm::__private::IndexKeyOf::#looked_up,
            order: ::orm::__private::KeyOrder { descending: #descending, nulls: #nulls, operator_class: #class },
        }
    })
}
