//! Embedded enums: a column that tells the variant, and one for each field of a variant, which is NULL in all other variants.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::columns::item_of;
use super::embedded::{Constant, column_of, constants, implementation, nullable};
use super::spec;
use crate::ast::{Embedded, EmbeddedVariant, VariantField};

pub(super) fn expand(item: &Embedded, variants: &[EmbeddedVariant]) -> TokenStream {
    let columns = constants(item, &columns(item, variants));
    let (spec, read) = (enum_spec(item, variants), read(variants));
    let (value, set_value) = (value(variants), set_value(variants));
    let implementation = implementation(item, &spec, &quote!(#read #value #set_value));
    quote! {
        const _: () = {
            #columns
            #implementation
        };
    }
}

fn columns(item: &Embedded, variants: &[EmbeddedVariant]) -> Vec<Constant> {
    let vis = &item.vis;
    let vis = || quote!(#vis);
    let tag = Constant {
        ident: format_ident!("{}", item.tag(), span = Span::call_site()),
        vis: vis(),
        ty: column_of(&nullable(&quote!(::std::string::String))),
        value: quote!(::orm::__private::Column::new(first)),
    };
    let fields = variants.iter().flat_map(|variant| &variant.fields).map(|field| {
        let (ty, number) = (&field.ty, field.number);
        Constant {
            ident: field.constant.clone(),
            vis: vis(),
            ty: column_of(&quote!(<::orm::__private::Yes as ::orm::__private::Nullability>::Of<#ty>)),
            value: quote!(::orm::__private::Column::new(first + #number)),
        }
    });
    std::iter::once(tag).chain(fields).collect()
}

fn enum_spec(item: &Embedded, variants: &[EmbeddedVariant]) -> TokenStream {
    let tag = item.tag();
    let fields = variants.iter().flat_map(|variant| &variant.fields).map(|field| {
        let name = field.constant.to_string();
        let column = spec::column(&field.ty, &field.attrs, &field.column, &quote!(true), None);
        quote! {
            ::orm::__private::FieldSpec {
                name: #name, primary_key: false, kind: ::orm::__private::FieldKind::#column,
            }
        }
    });
    let check = check(variants);
    quote! {
        ::orm::__private::EmbeddedSpec {
            prefix: "",
            nullable: false,
            whole: true,
            fields: &[
                ::orm::__private::FieldSpec {
                    name: #tag,
                    primary_key: false,
                    kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                        #tag, ::orm::__private::SqlType::Text, false, <::std::string::String as ::orm::__private::ColumnType>::VALUES,
                    )),
                },
                #(#fields),*
            ],
            indexes: &[],
            checks: &[::orm::__private::CheckSpec { name: ::core::option::Option::None, sql: &[#(#check),*] }],
        }
    }
}

/// That the columns of the variant are set, and those of the others are not.
fn check(variants: &[EmbeddedVariant]) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let text = |text: &str| spec::text_part(text, Span::call_site());
    let column = |number: usize| quote!(::orm::__private::SqlPart::Column(#number));
    // Where the variant is NULL, the comparisons are neither true nor false, which would do for a CHECK.
    parts.push(column(0));
    parts.extend(text(" IS NOT NULL AND ("));
    for (position, variant) in variants.iter().enumerate() {
        parts.extend(text(if position == 0 { "(" } else { " OR (" }));
        parts.push(column(0));
        parts.extend(text(&format!(" = '{}'", variant.text.replace('\'', "''"))));
        for (owner, field) in variants.iter().enumerate().flat_map(|(at, one)| one.fields.iter().map(move |f| (at, f)))
        {
            let is = match owner == position {
                true if field.is_optional() => continue,
                true => " IS NOT NULL",
                false => " IS NULL",
            };
            parts.extend(text(" AND "));
            parts.push(column(field.number));
            parts.extend(text(is));
        }
        parts.extend(text(")"));
    }
    parts.extend(text(")"));
    parts
}

fn read(variants: &[EmbeddedVariant]) -> TokenStream {
    let texts = variants.iter().map(|variant| &variant.text);
    let numbers = 0..variants.len();
    let expected: Vec<String> = variants.iter().map(|variant| format!("\"{}\"", variant.text)).collect();
    let expected = format!("one of {}", expected.join(", "));
    let all: usize = variants.iter().map(|variant| variant.fields.len()).sum();
    let mut before = 0;
    let arms = variants.iter().enumerate().map(|(number, variant)| {
        let own = variant.fields.len();
        let (skipped, left) = (before, all - before - own);
        before += own;
        let reads = variant.fields.iter().map(|field| {
            let (name, decode) = (member(field), item_of(&field.ty, "ColumnType", "from_ref"));
            quote!(#name: row.cell(|cell| #decode(cell))?)
        });
        let (ident, pattern) = (&variant.ident, number_pattern(number, variants.len()));
        let skip = |cells: usize| (cells > 0).then(|| quote!(row.skip(#cells);));
        let (skip_before, skip_after) = (skip(skipped), skip(left));
        quote! {
            #pattern => {
                #skip_before
                let read = Self::#ident { #(#reads),* };
                #skip_after
                read
            }
        }
    });
    quote! {
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            let variant: usize = row.cell(|cell| match cell {
                #(::orm::__private::ValueRef::Text(#texts) => ::core::result::Result::Ok(#numbers),)*
                _ => ::core::result::Result::Err(::orm::__private::Mismatch::new(#expected, cell)),
            })?;
            ::core::result::Result::Ok(match variant {
                #(#arms)*
            })
        }
    }
}

/// The last variant stands for all other numbers, of which there are none.
fn number_pattern(number: usize, count: usize) -> TokenStream {
    if number + 1 == count { quote!(_) } else { quote!(#number) }
}

fn value(variants: &[EmbeddedVariant]) -> TokenStream {
    let tags = variants.iter().map(|EmbeddedVariant { ident, text, .. }| {
        quote!((Self::#ident { .. }, 0usize) => ::orm::__private::ValueRef::Text(#text),)
    });
    let fields = each_field(variants).map(|(variant, field)| {
        let (name, number) = (member(field), field.number);
        let encode = item_of(&field.ty, "ColumnType", "to_ref");
        quote!((Self::#variant { #name: value, .. }, #number) => #encode(value),)
    });
    quote! {
        fn value(&self, field: usize) -> ::orm::__private::ValueRef<'_> {
            match (self, field) {
                #(#tags)*
                #(#fields)*
                _ => ::orm::__private::ValueRef::Null,
            }
        }
    }
}

fn set_value(variants: &[EmbeddedVariant]) -> TokenStream {
    let fields = each_field(variants).map(|(variant, field)| {
        let (name, number) = (member(field), field.number);
        let decode = item_of(&field.ty, "ColumnType", "from_ref");
        quote! {
            (Self::#variant { #name: own, .. }, #number) => {
                *own = #decode(value)?;
                return ::core::result::Result::Ok(());
            }
        }
    });
    quote! {
        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            match (&mut *self, field) {
                #(#fields)*
                _ => {}
            }
            if <Self as ::orm::__private::Embedded>::value(self, field) == value {
                return ::core::result::Result::Ok(());
            }
            ::core::result::Result::Err(::orm::__private::Mismatch::new("what fits the variant of the object", value))
        }
    }
}

fn each_field(variants: &[EmbeddedVariant]) -> impl Iterator<Item = (&Ident, &VariantField)> {
    variants.iter().flat_map(|variant| variant.fields.iter().map(|field| (&variant.ident, field)))
}

/// The field in a pattern or an expression: its name, or 0.
fn member(field: &VariantField) -> TokenStream {
    match &field.ident {
        Some(ident) => quote!(#ident),
        None => quote!(0),
    }
}
