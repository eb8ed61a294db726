//! Embedded values: their columns as a generic struct of constants, and the functions that read and write them by number.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::family::Rest;
use super::{columns, default, embedded_enum, indexes, row, rules, spec, with};
use crate::ast::{Body, Embedded, Field, Kind};

/// The code for an embedded struct or enum without errors.
pub(super) fn expand(item: &Embedded) -> TokenStream {
    match &item.body {
        Body::Struct(fields) => of_struct(item, fields),
        Body::Enum(variants) => embedded_enum::expand(item, variants),
        Body::Broken => TokenStream::new(),
    }
}

/// The implementations for an input with errors.
pub(super) fn fallback(item: &Embedded) -> TokenStream {
    let columns = match &item.body {
        Body::Struct(fields) => struct_columns(fields),
        Body::Enum(_) | Body::Broken => Vec::new(),
    };
    let (ident, ty, columns) = (&item.ident, fields_type(item), constants(item, &columns));
    let body = quote! {
        type Fields<__M, __N: ::orm::__private::Nullability> = #ty<__M, __N>;
        const SPEC: ::orm::__private::EmbeddedSpec = ::orm::__private::EmbeddedSpec {
            prefix: "", nullable: false, whole: false, fields: &[], indexes: &[], checks: &[],
        };
        fn read(_: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> { loop {} }
        fn value(&self, _: usize) -> ::orm::__private::ValueRef<'_> { loop {} }
        fn set_value(
            &mut self,
            _: usize,
            _: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> { loop {} }
    };
    quote! {
        const _: () = {
            #columns
            impl ::orm::__private::Embedded for #ident where for<'__orm> #ident: ::core::clone::Clone { #body }
        };
    }
}

fn of_struct(item: &Embedded, fields: &[Field]) -> TokenStream {
    let ident = &item.ident;
    let (widths, limits) = (columns::widths(fields), columns::checks(fields));
    let types = with::types(ident, fields);
    let columns = constants(item, &struct_columns(fields));
    let spec = struct_spec(item, fields);
    let rest = Rest::default();
    let (reads, get, set) = (row::reads(fields), row::get(fields, &rest), row::set(fields, &rest));
    let (touch, fill) = (default::touch_on_update(fields), default::fill_on_insert(fields));
    let rules = rules::check_rules(fields, None);
    let (defaults, default) = (default::defaults(fields, None), default::implementation(ident, fields));
    let implementation = implementation(
        item,
        &spec,
        &quote! {
            fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
                ::core::result::Result::Ok(Self { #reads })
            }

            fn value(&self, field: usize) -> ::orm::__private::ValueRef<'_> {
                #get
            }

            fn set_value(
                &mut self,
                field: usize,
                value: ::orm::__private::ValueRef<'_>,
            ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
                #set
                ::core::result::Result::Ok(())
            }

            #touch
            #fill
            #rules
            #defaults
        },
    );
    quote! {
        const _: () = {
            #types
            #widths
            #columns
            #implementation
            #default
            #limits
        };
    }
}

/// `impl Embedded` and `impl RowType`, with the constant description `spec` and the functions.
pub(super) fn implementation(item: &Embedded, spec: &TokenStream, functions: &TokenStream) -> TokenStream {
    let (ident, ty) = (&item.ident, fields_type(item));
    quote! {
        const _: () = ::orm::__private::check::is_clone::<#ident>();

        // The check above reports a value without `Clone`. These impls assume it.
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        #[allow(unused_variables, deprecated)]
        impl ::orm::__private::Embedded for #ident where for<'__orm> #ident: ::core::clone::Clone {
            type Fields<__M, __N: ::orm::__private::Nullability> = #ty<__M, __N>;
            const SPEC: ::orm::__private::EmbeddedSpec = #spec;

            #functions
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::orm::__private::RowType for #ident where for<'__orm> #ident: ::core::clone::Clone {
            fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
                <Self as ::orm::__private::Embedded>::read(row)
            }

            fn shapes(shapes: &mut ::std::vec::Vec<::orm::__private::Shape>) {
                ::orm::__private::embedded_shapes(&<Self as ::orm::__private::Embedded>::SPEC, shapes);
            }
        }
    }
}

fn struct_spec(item: &Embedded, fields: &[Field]) -> TokenStream {
    let ty = fields_type(item);
    let own = quote!(<#ty<(), ::orm::__private::No>>::__new(0).);
    let indexes = indexes::all(fields, &item.attrs, &own);
    let checks = spec::checks(fields, &item.attrs.checks, &own);
    let inner = fields.iter().filter(|field| matches!(field.kind, Kind::Embedded));
    let whole = inner.map(|field| columns::item_of(&field.ty, "Embedded", "SPEC"));
    let fields = fields.iter().map(spec::field);
    quote! {
        ::orm::__private::EmbeddedSpec {
            prefix: "",
            nullable: false,
            whole: false #(|| #whole.whole)*,
            fields: &[#(#fields),*],
            indexes: #indexes,
            checks: #checks,
        }
    }
}

/// One field of the struct of columns.
pub(super) struct Constant {
    pub(super) ident: Ident,
    pub(super) vis: TokenStream,
    pub(super) ty: TokenStream,
    pub(super) value: TokenStream,
}

/// The struct that has the columns of an embedded value, in whichever model.
pub(super) fn constants(item: &Embedded, columns: &[Constant]) -> TokenStream {
    let name = fields_type(item);
    let doc = format!("The columns of a [`{}`].", item.ident);
    let idents = || columns.iter().map(|column| &column.ident);
    let (names, values) = (idents(), columns.iter().map(|column| &column.value));
    let fields = columns.iter().map(|Constant { ident, vis, ty, .. }| {
        let doc = format!("The column `{ident}`.");
        quote!(#[doc = #doc] #vis #ident: #ty)
    });
    quote! {
        #[doc = #doc]
        #[allow(dead_code, deprecated)]
        pub struct #name<__M, __N: ::orm::__private::Nullability> {
            #(#fields,)*
            __types: ::core::marker::PhantomData<fn() -> (__M, __N)>,
        }

        #[automatically_derived]
        impl<__M, __N: ::orm::__private::Nullability> #name<__M, __N> {
            #[doc(hidden)]
            pub const fn __new(first: usize) -> Self {
                let _ = first;
                Self { #(#names: #values,)* __types: ::core::marker::PhantomData }
            }
        }

        #[automatically_derived]
        impl<__M, __N: ::orm::__private::Nullability> ::core::clone::Clone for #name<__M, __N> {
            fn clone(&self) -> Self {
                *self
            }
        }

        #[automatically_derived]
        impl<__M, __N: ::orm::__private::Nullability> ::core::marker::Copy for #name<__M, __N> {}
    }
}

/// The name of that struct.
pub(super) fn fields_type(item: &Embedded) -> Ident {
    format_ident!("{}Fields", item.ident, span = Span::call_site())
}

fn struct_columns(fields: &[Field]) -> Vec<Constant> {
    let constant = |field: &Field| {
        let (ident, vis, number) = (field.ident.clone(), &field.vis, &field.number);
        let (ty, value) = match field.kind {
            Kind::Column(_) => {
                let own = columns::column_type(field);
                (column_of(&nullable(&own)), quote!(::orm::__private::Column::new(first + #number)))
            }
            Kind::Embedded => {
                let ty = &field.ty;
                let value = columns::embedded_columns(field, &quote!(first), &quote!(__M), &quote!(__N));
                (quote!(::orm::__private::EmbeddedColumns<__M, #ty, __N>), value)
            }
            Kind::ForeignKey(_) | Kind::OneOf(_) | Kind::Relation(_) | Kind::Base | Kind::Broken => return None,
        };
        Some(Constant { ident, vis: quote!(#vis), ty, value })
    };
    fields.iter().filter_map(constant).collect()
}

/// A column of some type.
pub(super) fn column_of(ty: &TokenStream) -> TokenStream {
    quote!(::orm::__private::Column<__M, #ty>)
}

/// A type, in an `Option` where there may be no value.
pub(super) fn nullable(ty: &TokenStream) -> TokenStream {
    quote_spanned!(ty.span()=> <__N as ::orm::__private::Nullability>::Of<#ty>)
}
