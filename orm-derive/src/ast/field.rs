use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Path, Type, Visibility, parse_quote_spanned};

use super::relation_type::{RelationField, deferred_of, generated_of, one_of, option_of};
use super::{Number, RelationType};
use crate::attr::{ColumnAttrs, RelationAttrs, TableAttrs};
use crate::case::capitalized;
use crate::ctxt::Ctxt;
use crate::symbol;

/// One field of a model, or of an embedded value.
pub(crate) struct Field {
    /// Its position in the struct.
    pub(crate) position: usize,
    /// What names it at run time.
    pub(crate) number: Number,
    pub(crate) ident: Ident,
    /// The identifier without `r#`.
    pub(crate) name: String,
    pub(crate) vis: Visibility,
    /// Its type, with the struct's name for `Self`.
    pub(crate) ty: Type,
    pub(crate) attrs: ColumnAttrs,
    pub(crate) kind: Kind,
}

/// The kind of a field.
pub(crate) enum Kind {
    Column(Column),
    ForeignKey(ForeignKey),
    /// Keys to several models, of which one is set.
    OneOf(OneOfKey),
    Relation(Relation),
    /// A value whose fields are columns.
    Embedded,
    /// The base of a subtype.
    Base,
    /// An attribute and a type that contradict each other; the error is reported already.
    Broken,
}

/// A plain column.
pub(crate) struct Column {
    /// Its name in the database.
    pub(crate) name: String,
    /// The span of that name.
    pub(crate) span: Span,
    /// Whether the type is an `Option`.
    pub(crate) optional: bool,
    /// `T` of a `Generated<T>`.
    pub(crate) generated: Option<Type>,
    /// `T` of a `Deferred<T>`.
    pub(crate) deferred: Option<Type>,
    /// The type of the column, where it is not the field's.
    pub(crate) wrapped: Option<Box<Wrapped>>,
}

/// A column type that wraps the field's, which is not encoded by itself.
pub(crate) struct Wrapped {
    pub(crate) ty: Type,
    /// For `with`: by which functions it is encoded. Others are JSON documents.
    pub(crate) with: Option<With>,
}

/// The column type `name` is made for a field, which is encoded by the functions at `path`.
pub(crate) struct With {
    pub(crate) path: Path,
    pub(crate) name: Ident,
    /// The type of the field, without its `Option`.
    pub(crate) inner: Type,
}

/// A `belongs_to` field.
pub(crate) struct ForeignKey {
    pub(crate) target: Type,
    pub(crate) optional: bool,
    pub(crate) attrs: RelationAttrs,
}

/// A `belongs_to` field with several targets.
pub(crate) struct OneOfKey {
    /// The enum of the models.
    pub(crate) models: Type,
    pub(crate) optional: bool,
    pub(crate) attrs: RelationAttrs,
}

impl OneOfKey {
    /// Whether the keys to all models have the same columns.
    pub(crate) fn is_shared(&self) -> bool {
        self.attrs.type_column.is_set()
    }
}

/// A relation whose foreign key is in another table.
pub(crate) struct Relation {
    pub(crate) relation_type: RelationType,
    pub(crate) target: Type,
    pub(crate) attrs: RelationAttrs,
}

impl Field {
    /// The fields of a struct called `owner`, with their numbers.
    /// The numbers of a subtype follow those of other types.
    pub(super) fn parse_all<'a>(
        cx: &Ctxt,
        owner: &Ident,
        placed: bool,
        fields: impl Iterator<Item = &'a syn::Field>,
    ) -> Vec<Self> {
        let mut number = Number { placed, plain: 0, embedded: Vec::new() };
        let mut all = Vec::new();
        for (position, field) in fields.enumerate() {
            let Some(field) = Self::parse(cx, owner, (position, &number), field) else { continue };
            match field.kind {
                Kind::Embedded | Kind::OneOf(_) => number.embedded.push(position),
                Kind::Base => {}
                _ => number.plain += 1,
            }
            all.push(field);
        }
        all
    }

    fn parse(cx: &Ctxt, model: &Ident, (position, number): (usize, &Number), field: &syn::Field) -> Option<Self> {
        let ident = field.ident.clone()?;
        let name = ident.unraw().to_string();
        let ty = without_self(&field.ty, model);
        let attrs = ColumnAttrs::parse(cx, Some(&ident), &field.attrs, &symbol::COLUMN);
        let kind = kind(cx, (model, &ident), &ty, &attrs, &field.attrs);
        Some(Self { position, number: number.clone(), ident, name, vis: field.vis.clone(), ty, attrs, kind })
    }

    /// Moves the indexes with options to those of the struct.
    pub(super) fn hand_over_indexes(fields: &mut [Self], attrs: &mut TableAttrs) {
        for field in fields.iter_mut().filter(|field| field.has_columns()) {
            attrs.indexes.append(&mut field.attrs.indexes);
        }
    }

    /// Whether the field holds columns.
    pub(crate) fn has_columns(&self) -> bool {
        matches!(self.kind, Kind::Column(_) | Kind::ForeignKey(_))
    }

    pub(crate) fn is_key(&self) -> bool {
        self.attrs.primary_key.is_set() && self.has_columns()
    }

    /// Whether the field's columns may be NULL.
    pub(crate) fn is_optional(&self) -> bool {
        match &self.kind {
            Kind::Column(column) => column.optional,
            Kind::ForeignKey(key) => key.optional,
            Kind::OneOf(key) => key.optional,
            Kind::Embedded => option_of(&self.ty).is_some(),
            Kind::Relation(_) | Kind::Base | Kind::Broken => false,
        }
    }

    /// The type of the column, where it is not the field's.
    pub(crate) fn wrapped(&self) -> Option<&Wrapped> {
        match &self.kind {
            Kind::Column(column) => column.wrapped.as_deref(),
            _ => None,
        }
    }

    /// `T` of a column that is a `Deferred<T>`.
    pub(crate) fn deferred(&self) -> Option<&Type> {
        match &self.kind {
            Kind::Column(column) => column.deferred.as_ref(),
            _ => None,
        }
    }

    /// The type of a plain column.
    pub(crate) fn column_type(&self) -> &Type {
        self.wrapped().map_or(&self.ty, |wrapped| &wrapped.ty)
    }

    /// The name of the constant that is the field's column, if it has one.
    pub(crate) fn column_constant(&self) -> Option<Ident> {
        match self.kind {
            Kind::Column(_) => Some(self.ident.clone()),
            Kind::ForeignKey(_) => Some(format_ident!("{}_id", self.name, span = self.ident.span())),
            Kind::Embedded | Kind::OneOf(_) | Kind::Relation(_) | Kind::Base | Kind::Broken => None,
        }
    }

    /// How many numbers it has is known to the compiler only.
    pub(crate) fn is_wide(&self) -> bool {
        matches!(self.kind, Kind::Embedded | Kind::OneOf(_))
    }

    /// The model at the other side and the options of the relation, where the field declares one.
    pub(crate) fn relation(&self) -> Option<(RelationType, &Type, &RelationAttrs)> {
        match &self.kind {
            Kind::ForeignKey(key) => Some((RelationType::BelongsTo, &key.target, &key.attrs)),
            Kind::Relation(relation) => Some((relation.relation_type, &relation.target, &relation.attrs)),
            Kind::Column(_) | Kind::OneOf(_) | Kind::Embedded | Kind::Base | Kind::Broken => None,
        }
    }
}

fn kind(cx: &Ctxt, (model, ident): (&Ident, &Ident), ty: &Type, column: &ColumnAttrs, attrs: &[Attribute]) -> Kind {
    let declared = declared(cx, attrs);
    let found = RelationField::of(ty);
    let several = one_of(ty);
    let (declared, found) = match (declared, several) {
        (Some((RelationType::BelongsTo, attrs)), Some((models, optional))) => {
            return Kind::OneOf(OneOfKey { models: models.clone(), optional, attrs });
        }
        (None, Some(_)) => {
            cx.error(ty.span(), "a `OneOf` field is a relation: mark it with `#[belongs_to]`");
            return Kind::Broken;
        }
        (declared, _) => (declared, found),
    };
    match (declared, found) {
        (None, None) if column.base.is_set() => Kind::Base,
        (None, None) if column.embed.is_set() => Kind::Embedded,
        (None, None) => Kind::Column(Column {
            name: column.column.get().map_or_else(|| ident.unraw().to_string(), syn::LitStr::value),
            span: column.column.get().map_or(ident.span(), syn::LitStr::span),
            optional: option_of(ty).is_some(),
            generated: generated_of(ty).cloned(),
            deferred: deferred_of(ty).cloned(),
            wrapped: wrapped(model, ident, ty, column),
        }),
        (Some((relation_type, attrs)), Some(found)) if goes_together(relation_type, &found) => match relation_type {
            RelationType::BelongsTo => {
                Kind::ForeignKey(ForeignKey { target: found.target, optional: found.optional, attrs })
            }
            _ => Kind::Relation(Relation { relation_type, target: found.target, attrs }),
        },
        (Some((relation_type, _)), _) => {
            cx.error(ty.span(), wrong_type(relation_type));
            Kind::Broken
        }
        (None, Some(found)) => {
            let (name, attribute) = (found.relation_type.type_name(), found.relation_type.attribute());
            cx.error(ty.span(), format!("a `{name}` field is a relation: mark it with `#[{attribute}]`"));
            Kind::Broken
        }
    }
}

/// The type of a column that wraps the field's, and how it is encoded.
fn wrapped(model: &Ident, ident: &Ident, ty: &Type, attrs: &ColumnAttrs) -> Option<Box<Wrapped>> {
    let (inner, span) = (option_of(ty).unwrap_or(ty), ty.span());
    let (wrapper, with) = match attrs.with.get() {
        Some(path) => {
            let words = ident.unraw().to_string();
            let words: String = words.split('_').map(capitalized).collect();
            let name = format_ident!("{}{words}", model.unraw(), span = span);
            (quote_spanned!(span=> #name), Some(With { path: path.clone(), name, inner: inner.clone() }))
        }
        None => {
            attrs.json.span()?;
            (quote_spanned!(span=> ::orm::__private::Json<#inner>), None)
        }
    };
    let ty = match option_of(ty) {
        Some(_) => parse_quote_spanned!(span=> ::core::option::Option<#wrapper>),
        None => parse_quote_spanned!(span=> #wrapper),
    };
    Some(Box::new(Wrapped { ty, with }))
}

/// The relation that the attributes declare. A field is one relation at most.
fn declared(cx: &Ctxt, attrs: &[Attribute]) -> Option<(RelationType, RelationAttrs)> {
    let mut found = None;
    for attr in attrs {
        let Some(relation_type) = RelationType::of_attribute(attr.path()) else { continue };
        let parsed = RelationAttrs::parse(cx, attr, relation_type.site());
        match &found {
            None => found = Some((relation_type, parsed)),
            Some((first, _)) => {
                let first = first.attribute();
                cx.error(parsed.span, format!("the field has a `#[{first}]` already; a field is one relation"));
            }
        }
    }
    found
}

fn goes_together(declared: RelationType, found: &RelationField) -> bool {
    declared == found.relation_type && (declared == RelationType::BelongsTo || !found.optional)
}

fn wrong_type(relation_type: RelationType) -> String {
    let (name, attribute) = (relation_type.type_name(), relation_type.attribute());
    let optional =
        if relation_type == RelationType::BelongsTo { format!(" or `Option<{name}<Model>>`") } else { String::new() };
    format!("a `#[{attribute}]` field has type `{name}<Model>`{optional}")
}

/// The type with `Self` replaced by the model's name, because most of the generated code is outside the `impl`.
fn without_self(ty: &Type, model: &Ident) -> Type {
    syn::parse2(replace_self(ty.to_token_stream(), model)).unwrap_or_else(|_| ty.clone())
}

fn replace_self(tokens: TokenStream, model: &Ident) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(word) if word == "Self" => TokenTree::Ident(Ident::new(&model.to_string(), word.span())),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), replace_self(group.stream(), model));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    });
    replaced.collect()
}
