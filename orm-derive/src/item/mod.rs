//! `#[derive(Item)]`: from attributes to code, in the steps of the other derives.

mod attrs;
mod check;
mod composed;
mod expand;
mod fields;

use proc_macro2::{Ident, Span, TokenStream};
use syn::{DeriveInput, LitStr, Type, Visibility};

use crate::ast::{name_of, named_fields, refuse_generics};
use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::expand::with_errors;
use attrs::{FieldAttrs, IndexAttr, ItemAttrs};
use composed::Composed;

/// A struct with `#[derive(Item)]`.
struct Item {
    ident: Ident,
    vis: Visibility,
    table: String,
    table_span: Span,
    region: Option<LitStr>,
    indexes: Vec<IndexAttr>,
    fields: Vec<Field>,
}

/// One field.
struct Field {
    ident: Ident,
    ty: Type,
    /// The attribute's name.
    name: String,
    attrs: FieldAttrs,
    composed: Option<Composed>,
}

impl Item {
    fn hash(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.attrs.hash_key.is_set())
    }

    fn range(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.attrs.range_key.is_set())
    }

    fn field(&self, ident: &Ident) -> Option<&Field> {
        self.fields.iter().find(|field| field.ident == *ident)
    }
}

/// The code for a struct with `#[derive(Item)]`.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let cx = Ctxt::new();
    let item = parse(&cx, input);
    check::check(&cx, &item);
    match cx.check() {
        Ok(()) => expand::expand(&item),
        Err(error) => with_errors(&error, input, || expand::fallback(&item)),
    }
}

fn parse(cx: &Ctxt, input: &DeriveInput) -> Item {
    let attrs = ItemAttrs::parse(cx, &input.attrs);
    let ident = input.ident.clone();
    refuse_generics(cx, input, "is an item of one table");
    let fields = named_fields(cx, input, "an item", "as a field of an item it takes `#[item(serde)]`");
    let fields = fields.filter_map(|it| field(cx, it)).collect();
    let table_span = attrs.table.get().map_or_else(|| ident.span(), LitStr::span);
    let default = || Case::Snake.apply(&name_of(&ident));
    let table = attrs.table.get().map_or_else(default, LitStr::value);
    let region = attrs.region.get().cloned();
    Item { ident, vis: input.vis.clone(), table, table_span, region, indexes: attrs.indexes, fields }
}

fn field(cx: &Ctxt, field: &syn::Field) -> Option<Field> {
    let attrs = FieldAttrs::parse(cx, &field.attrs);
    let ident = field.ident.clone()?;
    let name = attrs.name.get().map_or_else(|| name_of(&ident), LitStr::value);
    let composed = attrs.composed.get().and_then(|text| match Composed::parse(text) {
        Ok(composed) => Some(composed),
        Err(error) => {
            cx.syn_error(error);
            None
        }
    });
    Some(Field { ident, ty: field.ty.clone(), name, attrs, composed })
}
