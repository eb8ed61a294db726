use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{bounds, columns, default, family, relations, row, rules, spec, view, with};
use crate::ast::{Column, Field, Kind, Model};
use crate::spanned::generated_at;

/// The code for a model without errors.
pub(super) fn expand(model: &Model) -> TokenStream {
    let family = family::of_model(model);
    let numbers = family::numbers(model);
    let (constants, constants_type) = (columns::constants(model), columns::constants_type(model));
    let (limits, versions) = (columns::checks(&model.fields), columns::one_version(model));
    let (types, widths) = (with::types(&model.ident, &model.fields), columns::widths(&model.fields));
    let implementation = implementation(model);
    let references = relations::references(model);
    let default = default::implementation(&model.ident, &model.fields);
    let ends = relations::checks(model);
    let variants = family::variants(model);
    quote! {
        #constants_type
        const _: () = {
            #types
            #widths
            #numbers
            #constants
            #implementation
            #family
            #references
            #default
            #limits
        };
        #versions
        #ends
        #variants
    }
}

fn implementation(model: &Model) -> TokenStream {
    let (ident, constants) = (&model.ident, model.constants());
    let (key_type, stored) = (key_type(model), family::stored(model));
    let targets = bounds::models(model);
    let (spec, table) = (spec::model(model), table(model));
    let key = key(model);
    let row = row::functions(model);
    let hand_over = relations::hand_over(model);
    let touch = default::touch_on_update(&model.fields);
    let defaults = default::defaults(&model.fields, family::own_identity(model));
    let fill = default::fill_on_insert(&model.fields);
    let (hooked, hooks, rules) = (hooked(model), hooks(model), rules::of_model(model));
    let (is_abstract, read_only) = (family::is_abstract(model), view::constants(model));
    quote! {
        #[automatically_derived]
        impl ::orm::__private::check::IsModel for #ident {
            type Constants = #constants;
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        #[allow(unused_variables, deprecated)]
        impl ::orm::__private::Model for #ident where #(#targets),* {
            type Key = #key_type;
            type Stored = #stored;
            #is_abstract
            #read_only

            fn spec() -> &'static ::orm::__private::ModelSpec {
                static SPEC: ::orm::__private::ModelSpec = #spec;
                &SPEC
            }

            fn table() -> &'static ::orm::__private::TableDef {
                #table
            }

            fn arena() -> ::std::boxed::Box<dyn ::core::any::Any + ::core::marker::Send> {
                ::orm::__private::new_arena::<Self>()
            }

            fn key(&self) -> ::core::option::Option<Self::Key> {
                #key
            }

            #row
            #hand_over
            #touch
            #fill
            #hooks
            #rules
            #defaults
        }

        #hooked
    }
}

/// The body of `Model::table`.
fn table(model: &Model) -> TokenStream {
    match model.base() {
        Some(base) => {
            let table = columns::item_of(&base.ty, "Model", "table");
            quote!(#table())
        }
        None => quote! {
            static TABLE: ::orm::__private::TableSlot = ::orm::__private::TableSlot::new();
            TABLE.get(::orm::__private::model_ref::<Self>())
        },
    }
}

/// For `#[orm(hooks)]`: calls the hooks. Those of a base come before.
fn hooks(model: &Model) -> Option<TokenStream> {
    let own = model.attrs.hooks.span().map(|span| {
        let ident = &model.ident;
        quote_spanned!(generated_at(span)=> ::orm::__private::run_hook::<#ident>(self, hook))
    });
    if let Some(base) = model.base() {
        return Some(family::hooks(base, own));
    }
    let call = own?;
    Some(quote! {
        const HOOKS: bool = true;
        fn hook(&mut self, hook: ::orm::__private::Hook<'_, Self>) -> ::orm::__private::Result<()> {
            #call
        }
    })
}

/// For `#[orm(hooks)]`: the marker `Hooked`, which `Hooks` requires. Without the option nobody would call the hooks.
pub(super) fn hooked(model: &Model) -> Option<TokenStream> {
    let ident = &model.ident;
    model.attrs.hooks.is_set().then(|| {
        quote! {
            #[automatically_derived]
            impl ::orm::__private::Hooked for #ident {}
        }
    })
}

/// The type of the primary key: the type of its one field, or a tuple.
pub(super) fn key_type(model: &Model) -> TokenStream {
    if let Some(base) = model.base() {
        return columns::item_of(&base.ty, "Model", "Key");
    }
    if model.is_keyless() {
        return quote!(::orm::__private::NoKey);
    }
    let parts: Vec<TokenStream> = model.keys().map(key_part_type).collect();
    match &parts[..] {
        [only] => only.clone(),
        parts => quote!((#(#parts),*)),
    }
}

fn key_part_type(field: &Field) -> TokenStream {
    match &field.kind {
        Kind::ForeignKey(key) => columns::key_of(&key.target),
        // Refused, and not to be reported twice.
        Kind::Column(Column { generated: Some(inner), .. } | Column { deferred: Some(inner), .. }) => quote!(#inner),
        _ => {
            let ty = &field.ty;
            quote!(#ty)
        }
    }
}

/// The body of `Model::key`.
fn key(model: &Model) -> TokenStream {
    if let Some(Field { ident, .. }) = model.base() {
        return quote!(::orm::__private::Model::key(&self.#ident));
    }
    if model.is_keyless() {
        return quote!(::core::option::Option::None);
    }
    let fields: Vec<&Field> = model.keys().collect();
    if let [field] = fields[..] {
        let ident = &field.ident;
        return match &field.kind {
            Kind::ForeignKey(_) => quote!(::orm::__private::BelongsTo::as_key(&self.#ident).cloned()),
            _ => quote!(::core::option::Option::Some(::core::clone::Clone::clone(&self.#ident))),
        };
    }
    let parts = fields.into_iter().map(|field| {
        let ident = &field.ident;
        match &field.kind {
            Kind::ForeignKey(_) => quote!(::orm::__private::BelongsTo::as_key(&self.#ident).cloned()?),
            _ => quote!(::core::clone::Clone::clone(&self.#ident)),
        }
    });
    quote!(::core::option::Option::Some((#(#parts),*)))
}
