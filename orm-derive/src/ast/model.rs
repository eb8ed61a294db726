use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{DeriveInput, Visibility};

use super::{Field, Kind, Number, named_fields, refuse_generics};
use crate::attr::{FieldPath, TableAttrs};
use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::symbol;

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
        let mut attrs = TableAttrs::parse(cx, &input.attrs, &symbol::TABLE);
        let ident = input.ident.clone();
        refuse_generics(cx, input, "is one table");
        let fields = named_fields(cx, input, "a model", "for a column of named values use `#[derive(DbEnum)]`");
        let mut fields = Field::parse_all(cx, &ident, attrs.inherits.is_set(), fields);
        Field::hand_over_indexes(&mut fields, &mut attrs);
        let default = || Case::Snake.apply(&ident.unraw().to_string());
        let table = attrs.table.get().map_or_else(default, syn::LitStr::value);
        Self { ident, vis: input.vis.clone(), table, attrs, fields }
    }

    /// The type that has the constants of the fields.
    pub(crate) fn constants(&self) -> &Ident {
        self.attrs.constants.get().unwrap_or(&self.ident)
    }

    /// Whether its rows are values only: a view that names no key.
    pub(crate) fn is_keyless(&self) -> bool {
        self.attrs.view.is_set() && self.keys().next().is_none()
    }

    /// The field with the base, of a subtype.
    pub(crate) fn base(&self) -> Option<&Field> {
        self.fields.iter().find(|field| self.attrs.inherits.is_set() && matches!(field.kind, Kind::Base))
    }

    /// How many fields the struct adds, by itself.
    pub(crate) fn width(&self) -> Number {
        let embedded = |field: &&Field| field.is_wide();
        let plain = |field: &&Field| !field.is_wide() && !matches!(field.kind, Kind::Base);
        Number {
            placed: false,
            plain: self.fields.iter().filter(plain).count(),
            embedded: self.fields.iter().filter(embedded).map(|field| field.position).collect(),
        }
    }

    /// The fields of the primary key.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.is_key())
    }

    /// The number of a field with columns, or of one in an embedded value, as an expression.
    pub(crate) fn number_of(&self, path: &FieldPath) -> Option<TokenStream> {
        let constants = self.constants();
        number_of(&self.fields, path, &quote!(#constants::))
    }
}

/// The number of the field that a path leads to, among the fields of a struct. The names of its constants come behind `of`.
pub(crate) fn number_of(fields: &[Field], path: &FieldPath, of: &TokenStream) -> Option<TokenStream> {
    let name = path.field.unraw();
    let field = fields.iter().find(|field| name == field.name)?;
    match (&field.kind, path.inner.is_empty()) {
        (Kind::Column(_) | Kind::ForeignKey(_), true) => Some(field.number.to_token_stream()),
        (Kind::Embedded, false) => {
            let column = path.column(of);
            Some(quote!(#column.field()))
        }
        _ => None,
    }
}
