//! The input of the derives, parsed for the rest of the crate.

mod db_enum;
mod embedded;
mod field;
mod from_row;
mod model;
mod newtype;
mod number;
mod relation_type;
mod shape;

pub(crate) use db_enum::{DbEnum, Variant as DbVariant};
pub(crate) use embedded::{Body, Embedded, Variant as EmbeddedVariant, VariantField};
pub(crate) use field::{Column, Field, ForeignKey, Kind, OneOfKey, Relation, With};
pub(crate) use from_row::{FromRow, RowField};
pub(crate) use model::{Model, number_of};
pub(crate) use newtype::Newtype;
pub(crate) use number::{Number, first_placed, width};
pub(crate) use relation_type::{RelationField, RelationType, deferred_of, generated_of, handle_of, option_of};
pub(crate) use shape::{named_fields, refuse_generics};

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;

/// An identifier as text, without `r#`.
pub(crate) fn name_of(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// A type as the user wrote it, without spaces between its tokens.
pub(crate) fn shown(ty: &syn::Type) -> String {
    ty.to_token_stream().to_string().replace(" < ", "<").replace(" >", ">").replace(" :: ", "::").replace(" ,", ",")
}
