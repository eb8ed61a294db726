use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Visibility};

use super::Field;
use crate::attr::TableAttrs;
use crate::case::Case;
use crate::ctxt::Ctxt;

/// A struct with `#[derive(Model)]`.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// The name of the table.
    pub(crate) table: String,
    pub(crate) attrs: TableAttrs,
    pub(crate) fields: Vec<Field>,
}

impl Model {
    /// Reads the struct, and reports errors to `cx`.
    pub(crate) fn parse(cx: &Ctxt, input: &DeriveInput) -> Self {
        let attrs = TableAttrs::parse(cx, &input.attrs);
        let ident = input.ident.clone();
        if !input.generics.params.is_empty() {
            cx.error(input.generics.span(), format!("`{ident}` is one table, so it cannot be generic"));
        }
        let fields = named_fields(cx, input)
            .enumerate()
            .filter_map(|(number, field)| Field::parse(cx, &ident, number, field))
            .collect();
        let default = || Case::Snake.apply(&ident.unraw().to_string());
        let table = attrs.table.get().map_or_else(default, syn::LitStr::value);
        Self { ident, vis: input.vis.clone(), table, attrs, fields }
    }

    /// The type that has the constants of the fields.
    pub(crate) fn constants(&self) -> &Ident {
        self.attrs.constants.get().unwrap_or(&self.ident)
    }

    /// The fields of the primary key.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.is_key())
    }

    /// The field of that name, if it has columns.
    pub(crate) fn column_field(&self, name: &Ident) -> Option<&Field> {
        let name = name.unraw();
        self.fields.iter().find(|field| field.has_columns() && name == field.name)
    }
}

/// The named fields of a struct; anything else is reported.
fn named_fields<'a>(cx: &Ctxt, input: &'a DeriveInput) -> impl Iterator<Item = &'a syn::Field> {
    let (span, found): (Span, &str) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(fields.named.iter()).into_iter().flatten(),
            Fields::Unnamed(fields) => (fields.span(), "a tuple struct: its fields have no names"),
            Fields::Unit => (input.ident.span(), "a unit struct: it has no fields"),
        },
        Data::Enum(data) => (data.enum_token.span(), "an enum; for a column of named values use `#[derive(DbEnum)]`"),
        Data::Union(data) => (data.union_token.span(), "a union"),
    };
    cx.error(span, format!("a model is a struct with named fields, and `{}` is {found}", input.ident));
    None.into_iter().flatten()
}
