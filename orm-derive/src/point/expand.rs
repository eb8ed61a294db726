use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Column, Point, Role};
use crate::ast::shown;

/// `impl Point`, and the constants of the columns.
pub(super) fn expand(point: &Point) -> TokenStream {
    let (ident, measurement, name) = (&point.ident, &point.measurement, point.ident.to_string());
    let columns = point.columns.iter().map(|column| {
        let (name, role) = (&column.name, role(column));
        quote!(::orm_influx::__private::Column { name: #name, role: ::orm_influx::__private::Role::#role })
    });
    let (writes, reads) =
        (writes(point), point.columns.iter().enumerate().map(|(number, column)| read(number, column)));
    let (checks, bounds) = (point.columns.iter().map(|column| check(point, column)), point.columns.iter().map(bound));
    let constants = constants(point);
    quote! {
        const _: () = {
            #(#checks)*
            #constants

            // The checks above report a wrong type. This impl assumes that all types fit.
            #[automatically_derived]
            impl ::orm_influx::__private::Point for #ident where #(#bounds),* {
                const SPEC: &'static ::orm_influx::__private::PointSpec = &::orm_influx::__private::PointSpec {
                    name: #name,
                    measurement: #measurement,
                    columns: &[#(#columns),*],
                };

                fn write(
                    &self,
                    line: &mut ::orm_influx::__private::Line<'_>,
                ) -> ::orm_influx::__private::Result<()> {
                    #writes
                    ::core::result::Result::Ok(())
                }

                fn read(row: &::orm_influx::__private::Row<'_>) -> ::orm_influx::__private::Result<Self> {
                    ::core::result::Result::Ok(Self { #(#reads),* })
                }
            }
        };
    }
}

/// An implementation that never runs, for a struct with errors.
pub(super) fn fallback(point: &Point) -> TokenStream {
    let ident = &point.ident;
    let constants = constants(point);
    quote! {
        const _: () = {
            #constants

            #[automatically_derived]
            impl ::orm_influx::__private::Point for #ident {
                const SPEC: &'static ::orm_influx::__private::PointSpec = loop {};
                fn write(&self, _: &mut ::orm_influx::__private::Line<'_>) -> ::orm_influx::__private::Result<()> { loop {} }
                fn read(_: &::orm_influx::__private::Row<'_>) -> ::orm_influx::__private::Result<Self> { loop {} }
            }
        };
    }
}

fn role(column: &Column) -> TokenStream {
    let ty = &column.ty;
    match column.role() {
        Role::Tag => quote!(Tag),
        Role::Field if column.attrs.unsigned.is_set() => {
            quote!(Field(::orm_influx::__private::FieldType::Unsigned))
        }
        Role::Field => quote!(Field(::orm_influx::__private::FieldType::of::<#ty>())),
        Role::Time => quote!(Time),
    }
}

/// The tags in the order of their names, which InfluxDB reads fastest; the fields; the time.
fn writes(point: &Point) -> TokenStream {
    let of = |role: Role| point.columns.iter().filter(move |column| column.role() == role);
    let mut tags: Vec<_> = of(Role::Tag).collect();
    tags.sort_by(|a, b| a.name.cmp(&b.name));
    let tags = tags.into_iter().map(|Column { ident, name, .. }| quote!(line.tag(#name, &self.#ident)?;));
    let fields = of(Role::Field).map(|Column { ident, name, attrs, .. }| {
        if attrs.unsigned.is_set() {
            quote!(line.unsigned(#name, &self.#ident);)
        } else {
            quote!(line.field(#name, &self.#ident)?;)
        }
    });
    let time = of(Role::Time).map(|Column { ident, .. }| quote!(line.time(&self.#ident)?;));
    quote!(#(#tags)* #(#fields)* #(#time)*)
}

fn read(number: usize, column: &Column) -> TokenStream {
    let ident = &column.ident;
    match column.role() {
        Role::Time => quote!(#ident: row.time(#number)?),
        Role::Field if column.attrs.unsigned.is_set() => quote!(#ident: row.unsigned(#number)?),
        Role::Tag | Role::Field => quote!(#ident: row.value(#number)?),
    }
}

/// The trait that the type of a column has to implement.
fn needed(column: &Column) -> TokenStream {
    match column.role() {
        Role::Time => quote!(::orm_influx::__private::PointTime),
        Role::Field if column.attrs.unsigned.is_set() => quote!(::orm_influx::__private::Unsigned),
        Role::Tag | Role::Field => quote!(::orm_influx::__private::ColumnType),
    }
}

/// Reports a wrong type at the type.
fn check(point: &Point, column: &Column) -> TokenStream {
    let (ty, needed) = (&column.ty, needed(column));
    let is_tag = (column.role() == Role::Tag).then(|| {
        let message = format!(
            "`{}` of `{}` is a tag, and a tag is text: `{}` is a type for a field",
            column.ident,
            point.ident,
            shown(ty)
        );
        quote_spanned!(ty.span()=> const _: () = ::core::assert!(::orm_influx::__private::is_tag::<#ty>(), #message);)
    });
    quote_spanned! {ty.span()=>
        const _: () = {
            const fn fits<T: #needed>() {}
            fits::<#ty>();
        };
        #is_tag
    }
}

/// The bound that a type fits. The unused lifetime defers the check until it is needed.
fn bound(column: &Column) -> TokenStream {
    let (ty, needed) = (&column.ty, needed(column));
    quote_spanned!(ty.span()=> for<'__orm> #ty: #needed)
}

/// `Cpu::host` and `Cpu::usage`.
fn constants(point: &Point) -> TokenStream {
    let (ident, vis) = (&point.ident, &point.vis);
    let constants = point.columns.iter().filter(|column| column.role() != Role::Time).map(|column| {
        let (field, ty, name) = (&column.ident, &column.ty, &column.name);
        match column.role() {
            Role::Tag => {
                let doc = format!("The tag `{name}`.");
                quote! {
                    #[doc = #doc]
                    #vis const #field: ::orm_influx::__private::TagColumn<#ident> =
                        ::orm_influx::__private::TagColumn::new(#name);
                }
            }
            Role::Field | Role::Time => {
                let doc = format!("The field `{name}`.");
                quote! {
                    #[doc = #doc]
                    #vis const #field: ::orm_influx::__private::FieldColumn<#ident, #ty> =
                        ::orm_influx::__private::FieldColumn::new(#name);
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(non_upper_case_globals, dead_code)]
        impl #ident {
            #(#constants)*
        }
    }
}
