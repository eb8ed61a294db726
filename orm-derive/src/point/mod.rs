//! `#[derive(Point)]`: from attributes to code, in the steps of the other derives.

mod attrs;
mod check;
mod expand;

use proc_macro2::{Ident, TokenStream};
use syn::{DeriveInput, LitStr, Type, Visibility};

use crate::ast::{name_of, named_fields, refuse_generics};
use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::expand::with_errors;
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
        Err(error) => with_errors(&error, input, || expand::fallback(&point)),
    }
}

fn parse(cx: &Ctxt, input: &DeriveInput) -> Point {
    let attrs = PointAttrs::parse(cx, &input.attrs);
    let ident = input.ident.clone();
    refuse_generics(cx, input, "is a point of one measurement");
    let fields = named_fields(cx, input, "a point", "for a tag or field of named values use `#[derive(DbEnum)]`");
    let columns = fields.filter_map(|field| column(cx, field)).collect();
    let measurement_span = attrs.measurement.get().map_or_else(|| ident.span(), LitStr::span);
    let default = || Case::Snake.apply(&name_of(&ident));
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
