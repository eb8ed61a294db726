//! Views, and other models that are read-only.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::spec::option;
use crate::ast::Model;
use crate::attr::{ViewAttr, ViewQuery};
use crate::spanned::generated_at;

/// `ModelSpec::kind`.
pub(super) fn kind(model: &Model) -> TokenStream {
    let kind = match (model.attrs.view.get(), model.attrs.read_only.is_set()) {
        (Some(view), _) => {
            let (materialized, definition) = (view.materialized, option(definition(model, view)));
            quote!(View(::orm::__private::ViewSpec { materialized: #materialized, definition: #definition }))
        }
        (None, true) => quote!(ReadOnly),
        (None, false) => quote!(Table),
    };
    quote!(::orm::__private::ModelKind::#kind)
}

fn definition(model: &Model, view: &ViewAttr) -> Option<TokenStream> {
    let definition = match view.query.as_ref()? {
        ViewQuery::Sql(sql) => quote!(Sql(#sql)),
        ViewQuery::Typed(query) => {
            let (ident, constants) = (&model.ident, model.constants());
            let columns = model.fields.iter().filter_map(crate::ast::Field::column_constant);
            let columns: Vec<_> = columns.map(|column| quote!(#constants::#column)).collect();
            let columns = if let [only] = &columns[..] { quote!(#only) } else { quote!((#(#columns),*)) };
            let span = generated_at(query.span());
            let made = quote_spanned! {span=>
                ::orm::__private::definition::<#ident, _, _, _>(#columns, #query)
            };
            quote!(Query(|| #made))
        }
    };
    Some(quote!(::orm::__private::Definition::#definition))
}

/// The constants of `Model` that say so.
pub(super) fn constants(model: &Model) -> TokenStream {
    let ident = &model.ident;
    let why = match (model.attrs.view.get(), model.attrs.read_only.is_set()) {
        (Some(_), _) => format!("`{ident}` is a view, which is read-only: write to the tables that it reads"),
        (None, true) => format!("`{ident}` is read-only: no row of it is written"),
        (None, false) => return TokenStream::new(),
    };
    let keyless = model.is_keyless().then(|| {
        quote!(
            const KEYED: bool = false;
        )
    });
    quote! {
        const READ_ONLY: ::core::option::Option<&'static str> = ::core::option::Option::Some(#why);
        #keyless
    }
}
