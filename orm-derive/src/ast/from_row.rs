use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, LitStr, Type};

use super::name_of;
use crate::attr::RowFieldAttrs;
use crate::ctxt::Ctxt;

/// A struct with `#[derive(FromRow)]`.
pub(crate) struct FromRow {
    pub(crate) ident: Ident,
    pub(crate) fields: Vec<RowField>,
}

/// One field.
pub(crate) struct RowField {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The name of the column.
    pub(crate) column: String,
}

impl FromRow {
    /// Reads the struct, and reports errors to `cx`.
    pub(crate) fn parse(cx: &Ctxt, input: &DeriveInput) -> Self {
        let ident = input.ident.clone();
        if !input.generics.params.is_empty() {
            let message = format!(
                "`{ident}` is generic, and `#[derive(FromRow)]` needs to know the type of every field: write one struct for each kind of row"
            );
            cx.error(input.generics.span(), message);
        }
        for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
            let message =
                "`#[derive(FromRow)]` has no options on the struct; a field takes `#[orm(column = \"name\")]`";
            cx.error(attr.path().span(), message);
        }
        let found = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) if fields.named.is_empty() => "a struct without fields",
                Fields::Named(fields) => {
                    let fields = fields.named.iter().filter_map(|field| RowField::parse(cx, field)).collect();
                    return Self { ident, fields };
                }
                Fields::Unnamed(_) => "a tuple struct; a row is read as a plain tuple without any derive",
                Fields::Unit => "a struct without fields",
            },
            Data::Enum(_) => "an enum",
            Data::Union(_) => "a union",
        };
        cx.error(ident.span(), format!("a row is read as a struct with named fields, and `{ident}` is {found}"));
        Self { ident, fields: Vec::new() }
    }
}

impl RowField {
    fn parse(cx: &Ctxt, field: &syn::Field) -> Option<Self> {
        let attrs = RowFieldAttrs::parse(cx, &field.attrs);
        let ident = field.ident.clone()?;
        let column = attrs.column.get().map_or_else(|| name_of(&ident), LitStr::value);
        Some(Self { ident, ty: field.ty.clone(), column })
    }
}
