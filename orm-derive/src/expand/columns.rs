use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::bounds;
use crate::ast::{Column, Field, Kind, Model, width};
use crate::spanned::generated_at;

/// The constants `User::age` and `Car::model_id`, and those of the relations.
pub(super) fn constants(model: &Model) -> TokenStream {
    let ident = model.constants();
    let mut seen = BTreeSet::new();
    let (mut plain, mut keys) = (TokenStream::new(), TokenStream::new());
    for field in &model.fields {
        plain.extend(super::relations::constant(model, field));
        plain.extend(embedded(&model.ident, field));
        // Two constants with one name are an error. Only the first is written.
        let column = column(model, field).filter(|_| seen.insert(field.column_constant()));
        if let Kind::ForeignKey(_) = field.kind { &mut keys } else { &mut plain }.extend(column);
    }
    let fields = model.fields.iter().flat_map(|field| [Some(field.ident.clone()), field.column_constant()]);
    plain.extend(super::relations::proxies(model, fields.flatten().collect()));
    let targets = bounds::referenced_models(model);
    let keys = (!keys.is_empty()).then(|| implementation(quote!(#ident where #(#targets),*), keys));
    let plain = implementation(quote!(#ident), plain);
    quote!(#plain #keys)
}

/// The type of the constants, for `constants = ".."`.
pub(super) fn constants_type(model: &Model) -> Option<TokenStream> {
    let (ident, vis) = (model.attrs.constants.get()?, &model.vis);
    let doc = format!("The columns and relations of [`{}`].", model.ident);
    Some(quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        #vis enum #ident {}
    })
}

/// The path to the constants of another model.
pub(super) fn constants_of(target: &Type) -> TokenStream {
    quote_spanned!(target.span()=> <#target as ::orm::__private::check::IsModel>::Constants)
}

fn implementation(of: TokenStream, constants: TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        #[allow(non_upper_case_globals, dead_code, deprecated)]
        impl #of {
            #constants
        }
    }
}

fn column(model: &Model, field: &Field) -> Option<TokenStream> {
    let constant = field.column_constant()?;
    let (ident, vis, number) = (&model.ident, &field.vis, &field.number);
    let doc = match field.kind {
        Kind::ForeignKey(_) => format!("The column of the foreign key `{}`.", field.name),
        _ => format!("The column `{}`.", field.name),
    };
    let mut ty = column_type(field);
    if field.deferred().is_some() {
        ty.extend(quote!(, ::orm::__private::OnDemand));
    }
    // A function of the user with the same name is then reported at the field.
    Some(quote_spanned! {generated_at(field.ident.span())=>
        #[doc = #doc]
        #vis const #constant: ::orm::__private::Column<#ident, #ty> = ::orm::__private::Column::new(#number);
    })
}

/// The constant of an embedded field.
fn embedded(owner: &Ident, field: &Field) -> Option<TokenStream> {
    let Kind::Embedded = field.kind else { return None };
    let (vis, constant) = (&field.vis, &field.ident);
    let (doc, ty, no) = (format!("The columns of `{}`.", field.name), &field.ty, quote!(::orm::__private::No));
    let value = embedded_columns(field, &quote!(0), &quote!(#owner), &no);
    let columns = quote_spanned!(ty.span()=> ::orm::__private::EmbeddedColumns<#owner, #ty>);
    Some(quote_spanned! {generated_at(constant.span())=>
        #[doc = #doc]
        #vis const #constant: #columns = #value;
    })
}

/// The columns of an embedded field, where the fields around it have numbers from `first`.
pub(super) fn embedded_columns(
    field: &Field,
    first: &TokenStream,
    model: &TokenStream,
    null: &TokenStream,
) -> TokenStream {
    let (number, fields) = (&field.number, item_of(&field.ty, "Embedded", "Fields"));
    quote_spanned! {field.ty.span()=>
        ::orm::__private::EmbeddedColumns::new(#first + #number, <#fields<#model, #null>>::__new(#first + #number))
    }
}

/// How many fields each embedded value has. All numbers are made of these constants.
pub(super) fn widths(fields: &[Field]) -> TokenStream {
    let widths = fields.iter().filter_map(|field| {
        let name = width(field.position);
        let count = match &field.kind {
            Kind::Embedded => {
                let spec = item_of(&field.ty, "Embedded", "SPEC");
                quote!(#spec.width())
            }
            Kind::OneOf(_) => {
                let models = item_of(&field.ty, "OneOfField", "MODELS");
                quote!(#models.len())
            }
            _ => return None,
        };
        Some(quote!(const #name: usize = #count;))
    });
    widths.collect()
}

/// The type of the column in queries.
pub(super) fn column_type(field: &Field) -> TokenStream {
    let ty = field.column_type();
    match &field.kind {
        Kind::ForeignKey(_) => item_of(ty, "ForeignField", "Column"),
        Kind::Column(Column { generated: Some(inner), .. } | Column { deferred: Some(inner), .. }) => quote!(#inner),
        _ => quote!(#ty),
    }
}

/// The type of a model's key.
pub(super) fn key_of(target: &Type) -> TokenStream {
    quote_spanned!(target.span()=> <#target as ::orm::__private::Model>::Key)
}

/// `<T as Trait>::item`, all of it with the span of the type that the user wrote. The compiler points there, and reports the type once.
pub(super) fn item_of(ty: &Type, of: &str, item: &str) -> TokenStream {
    let (first, last) = ends(ty);
    let (of, item) = (Ident::new(of, first), Ident::new(item, last));
    let open = quote_spanned!(first=> <);
    let path = quote_spanned!(last=> as ::orm::__private::#of>::#item);
    quote!(#open #ty #path)
}

/// The function that makes a plain column's value of its field.
pub(super) fn encode(field: &Field) -> TokenStream {
    match field.wrapped() {
        None => item_of(&field.ty, "ColumnType", "to_ref"),
        Some(_) => item_of(field.column_type(), "FieldType", "lend"),
    }
}

/// The function that makes the field of a plain column's value.
pub(super) fn decode(field: &Field) -> TokenStream {
    match field.wrapped() {
        None => item_of(&field.ty, "ColumnType", "from_ref"),
        Some(_) => item_of(field.column_type(), "FieldType", "receive"),
    }
}

fn ends(ty: &Type) -> (Span, Span) {
    let spans = ty.to_token_stream().into_iter().map(|token| token.span());
    let first = spans.clone().next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

/// Compile-time checks that `length`, `precision`, `version` and the `server_default` of a key are on columns of a fitting type.
pub(super) fn checks(fields: &[Field]) -> TokenStream {
    let checks = fields.iter().flat_map(|field| {
        let attrs = &field.attrs;
        // With `on_update` the user gives the next version, so any type will do.
        let counts = attrs.version.span().filter(|_| !attrs.on_update.is_set());
        let filled_key = attrs.server_default.span().filter(|_| field.is_key());
        [
            (attrs.length.span(), "is_text", "`length` is for columns of text"),
            (attrs.precision.span(), "is_decimal", "`precision` is for columns of type `Decimal`"),
            (
                counts,
                "is_counter",
                "a `version` is an integer or one of chrono's points in time; for another type add `on_update = expression`",
            ),
            (
                filled_key,
                "is_blank_key",
                "a primary key with `server_default` is an integer, a text or a `Uuid`: of no other type is a value that means `not set`",
            ),
        ]
        .map(|(span, check, message)| Some(check_type(field.column_type(), span?, check, message)))
    });
    let wholes = fields.iter().filter(|field| matches!(field.kind, Kind::Embedded) && field.is_optional());
    let wholes = wholes.map(|field| {
        let (span, spec) = (field.ty.span(), item_of(&field.ty, "Embedded", "SPEC"));
        quote_spanned! {span=>
            const _: () = ::orm::__private::check::require(
                !#spec.is_filled() && #spec.versions() == 0,
                "of an embedded `Option` that is `None` all columns are NULL, so none of them can have `server_default`, `computed` or `version`",
            );
        }
    });
    checks.flatten().chain(wholes).collect()
}

/// Checks that a model with embedded values has one version at most.
pub(super) fn one_version(model: &Model) -> Option<TokenStream> {
    let mut embedded = model.fields.iter().filter(|field| matches!(field.kind, Kind::Embedded)).peekable();
    embedded.peek()?;
    let own = model.fields.iter().filter(|field| field.attrs.version.is_set()).count();
    let specs = embedded.map(|field| item_of(&field.ty, "Embedded", "SPEC"));
    let message = format!("`{}` counts its versions in several fields; a model has one `version`", model.ident);
    Some(quote_spanned! {model.ident.span()=>
        const _: () = ::orm::__private::check::require(#own #(+ #specs.versions())* <= 1, #message);
    })
}

fn check_type(ty: &Type, span: Span, check: &str, message: &str) -> TokenStream {
    let check = Ident::new(check, span);
    quote_spanned! {span=>
        const _: () = ::orm::__private::check::require(::orm::__private::check::#check::<#ty>(), #message);
    }
}
