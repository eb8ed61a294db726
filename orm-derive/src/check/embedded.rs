use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::spanned::Spanned;

use super::{fields, names};
use crate::ast::{Body, Embedded, EmbeddedVariant, Field, Kind, RelationField, deferred_of};
use crate::ctxt::Ctxt;

/// Checks a whole embedded struct or enum.
pub(crate) fn embedded(cx: &Ctxt, item: &Embedded) {
    if !cx.is_clean() {
        return;
    }
    match &item.body {
        Body::Struct(fields) => {
            fields.iter().for_each(|field| struct_field(cx, field));
            names::columns(cx, fields);
            names::indexes(cx, &item.ident, fields, &item.attrs);
        }
        Body::Enum(variants) => variants_of(cx, item, variants),
        Body::Broken => {}
    }
}

fn struct_field(cx: &Ctxt, field: &Field) {
    if let Some(span) = field.attrs.primary_key.span() {
        cx.error(span, "an embedded value holds no primary key: models without it could not be told apart; put the key in the model");
    }
    if let Some(span) = field.attrs.shard_key.span() {
        cx.error(span, "an embedded value tells no shard: put the shard key in the model");
    }
    match &field.kind {
        Kind::Column(column) => {
            if column.deferred.is_some() {
                cx.error(field.ty.span(), NOT_DEFERRED);
            }
            fields::plain(cx, field, column);
        }
        Kind::Embedded => fields::embed(cx, field),
        Kind::ForeignKey(_) | Kind::OneOf(_) | Kind::Relation(_) => cx.error(field.ty.span(), NO_RELATION),
        Kind::Base => {
            cx.error(field.ty.span(), "an embedded value inherits nothing: `base` is for the field of a model")
        }
        Kind::Broken => {}
    }
}

const NO_RELATION: &str = "an embedded value has no relations: its columns may stand several times in one model, and each relation has \
                           one other end; put the field in the model";

const NOT_DEFERRED: &str =
    "an embedded value is read as a whole, so none of its fields is a `Deferred`; put the field in the model";

fn variants_of(cx: &Ctxt, item: &Embedded, variants: &[EmbeddedVariant]) {
    let mut texts = BTreeSet::new();
    let tag = item.tag();
    let mut columns: BTreeSet<&str> = [&*tag].into();
    for variant in variants {
        if !texts.insert(&variant.text) {
            cx.error(
                variant.ident.span(),
                format!("two variants are kept as \"{}\"; `rename = \"..\"` tells them apart", variant.text),
            );
        }
        for field in &variant.fields {
            let span = field.attrs.column.span().unwrap_or_else(|| field.constant.span());
            if RelationField::of(&field.ty).is_some() {
                cx.error(field.ty.span(), NO_RELATION);
            } else if deferred_of(&field.ty).is_some() {
                cx.error(field.ty.span(), NOT_DEFERRED);
            } else if !columns.insert(&field.column) {
                twice(cx, span, &field.column);
            }
        }
    }
}

fn twice(cx: &Ctxt, span: Span, column: &str) {
    cx.error(span, format!("there is a column \"{column}\" already; `column = \"..\"` gives this one another name"));
}
