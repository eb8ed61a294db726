//! `#[derive(Point)]`: from attributes to code, in the steps of the other derives.

mod attrs;
mod check;
mod expand;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, LitStr, Type, Visibility};

use crate::ast::name_of;
use crate::case::Case;
use crate::ctxt::Ctxt;
use attrs::{ColumnAttrs, PointAttrs};

/// A struct with `#[derive(Point)]`.
struct Point {
    ident: Ident,
    vis: Visibility,
    /// The name of the measurement.
    measurement: String,
    measurement_span: proc_macro2::Span,
    columns: Vec<Column>,
}

/// One field.
struct Column {
    ident: Ident,
    ty: Type,
    name: String,
    attrs: ColumnAttrs,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Tag,
    Field,
    Time,
}

impl Column {
    fn role(&self) -> Role {
        match (self.attrs.tag.is_set(), self.attrs.time.is_set()) {
            (true, _) => Role::Tag,
            (_, true) => Role::Time,
            _ => Role::Field,
        }
    }
}

/// The code for a struct with `#[derive(Point)]`.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let cx = Ctxt::new();
    let point = parse(&cx, input);
    check::check(&cx, &point);
    match cx.check() {
        Ok(()) => expand::expand(&point),
        Err(error) => {
            let errors = error.to_compile_error();
            let fallback = if input.generics.params.is_empty() { expand::fallback(&point) } else { TokenStream::new() };
            quote!(#errors #fallback)
        }
    }
}

fn parse(cx: &Ctxt, input: &DeriveInput) -> Point {
    let attrs = PointAttrs::parse(cx, &input.attrs);
    let ident = input.ident.clone();
    if !input.generics.params.is_empty() {
        cx.error(input.generics.span(), format!("`{ident}` is one measurement, so it cannot be generic"));
    }
    let found = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(_) => None,
            Fields::Unnamed(_) => Some("a tuple struct: its fields have no names"),
            Fields::Unit => Some("a unit struct: it has no fields"),
        },
        Data::Enum(_) => Some("an enum"),
        Data::Union(_) => Some("a union"),
    };
    if let Some(found) = found {
        cx.error(ident.span(), format!("a point is a struct with named fields, and `{ident}` is {found}"));
    }
    let columns = match &input.data {
        Data::Struct(data) => data.fields.iter().filter_map(|field| column(cx, field)).collect(),
        _ => Vec::new(),
    };
    let measurement_span = attrs.measurement.get().map_or_else(|| ident.span(), LitStr::span);
    let default = || Case::Snake.apply(&ident.unraw().to_string());
    let measurement = attrs.measurement.get().map_or_else(default, LitStr::value);
    Point { ident, vis: input.vis.clone(), measurement, measurement_span, columns }
}

fn column(cx: &Ctxt, field: &syn::Field) -> Option<Column> {
    let attrs = ColumnAttrs::parse(cx, &field.attrs);
    let ident = field.ident.clone()?;
    let name = match (&attrs.name.get(), attrs.time.is_set()) {
        (Some(name), _) => name.value(),
        (None, true) => "time".to_owned(),
        (None, false) => name_of(&ident),
    };
    Some(Column { ident, ty: field.ty.clone(), name, attrs })
}
