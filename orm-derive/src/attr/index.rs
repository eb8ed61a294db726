//! `index(..)` and `unique(..)`, on a struct and on a field.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{LitStr, Token};

use super::table::{comma, once};
use super::{FieldPath, list, text};

/// `index(..)` or `unique(..)`.
pub(crate) struct IndexAttr {
    /// The word `index` or `unique`.
    pub(crate) span: Span,
    pub(crate) unique: bool,
    pub(crate) keys: Vec<IndexKeyAttr>,
    pub(crate) name: Option<LitStr>,
    /// The condition on its rows.
    pub(crate) predicate: Option<LitStr>,
    /// The fields that it has besides its keys.
    pub(crate) include: Vec<FieldPath>,
    pub(crate) method: Option<LitStr>,
    pub(crate) nulls_not_distinct: bool,
}

/// A key of an index.
pub(crate) struct IndexKeyAttr {
    pub(crate) of: IndexKeyOf,
    pub(crate) order: KeyOrder,
}

impl IndexKeyAttr {
    /// The field, if it is no expression.
    pub(crate) fn field(&self) -> Option<&FieldPath> {
        match &self.of {
            IndexKeyOf::Field(path) => Some(path),
            IndexKeyOf::Sql(_) => None,
        }
    }
}

/// What a key of an index looks up.
pub(crate) enum IndexKeyOf {
    Field(FieldPath),
    Sql(LitStr),
}

/// The words behind a key.
#[derive(Default)]
pub(crate) struct KeyOrder {
    pub(crate) descending: bool,
    /// The variant of `Nulls`.
    pub(crate) nulls: Option<&'static str>,
    pub(crate) class: Option<LitStr>,
}

impl KeyOrder {
    pub(crate) fn is_usual(&self) -> bool {
        !self.descending && self.nulls.is_none() && self.class.is_none()
    }

    /// Reads a word, if it is one of an order.
    fn word(&mut self, word: &Ident, content: ParseStream<'_>) -> syn::Result<bool> {
        if word == "desc" {
            once(word, std::mem::replace(&mut self.descending, true), ())?;
        } else if word == "nulls_first" || word == "nulls_last" {
            let place = if word == "nulls_first" { "First" } else { "Last" };
            self.nulls = Some(once(word, self.nulls.is_some(), place)?);
        } else if word == "class" {
            self.class = Some(once(word, self.class.is_some(), text(content)?)?);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Reads the words behind a key.
    fn behind(content: ParseStream<'_>) -> syn::Result<Self> {
        let mut order = Self::default();
        while !content.is_empty() && !content.peek(Token![,]) {
            let word = content.call(Ident::parse_any)?;
            if !order.word(&word, content)? {
                let message = format!(
                    "unknown word `{word}`; behind a key are `desc`, `nulls_first`, `nulls_last`, `class = \"..\"`"
                );
                return Err(syn::Error::new(word.span(), message));
            }
        }
        Ok(order)
    }
}

impl IndexAttr {
    fn new(kind: &Ident) -> Self {
        Self {
            span: kind.span(),
            unique: kind == "unique",
            keys: Vec::new(),
            name: None,
            predicate: None,
            include: Vec::new(),
            method: None,
            nulls_not_distinct: false,
        }
    }

    /// Reads the keys and options of an index of a struct.
    pub(super) fn of_struct(kind: &Ident, content: ParseStream<'_>) -> syn::Result<Self> {
        let mut index = Self::new(kind);
        while !content.is_empty() {
            let path: FieldPath = content.parse()?;
            if path.field == "expr" && content.peek(Token![=]) {
                let of = IndexKeyOf::Sql(text(content)?);
                index.keys.push(IndexKeyAttr { of, order: KeyOrder::behind(content)? });
            } else if !index.option(&path.field, content)? {
                index.keys.push(IndexKeyAttr { of: IndexKeyOf::Field(path), order: KeyOrder::behind(content)? });
            }
            comma(content)?;
        }
        if index.keys.is_empty() {
            return Err(syn::Error::new(kind.span(), "no field is named"));
        }
        index.checked()
    }

    /// Reads the options of an index of a field. Its one key is the field.
    pub(super) fn of_field(kind: &Ident, field: &Ident, content: ParseStream<'_>) -> syn::Result<Self> {
        let (mut index, mut order) = (Self::new(kind), KeyOrder::default());
        while !content.is_empty() {
            let word = content.call(Ident::parse_any)?;
            if !(order.word(&word, content)? || index.option(&word, content)?) {
                let message = format!(
                    "unknown word `{word}`; the key is the field itself: an index of several fields is an option of the struct"
                );
                return Err(syn::Error::new(word.span(), message));
            }
            comma(content)?;
        }
        index.keys.push(IndexKeyAttr { of: IndexKeyOf::Field(FieldPath::of_field(field)), order });
        index.checked()
    }

    /// Reads an option, if it is one.
    fn option(&mut self, word: &Ident, content: ParseStream<'_>) -> syn::Result<bool> {
        if content.peek(Token![=]) {
            let place = if word == "name" {
                &mut self.name
            } else if word == "where" {
                &mut self.predicate
            } else if word == "using" {
                &mut self.method
            } else {
                return Err(syn::Error::new(word.span(), format!("an index has no option `{word}`")));
            };
            *place = Some(once(word, place.is_some(), text(content)?)?);
        } else if word == "include" && content.peek(Paren) {
            let fields = list(content, |content| {
                let fields = Punctuated::<FieldPath, Token![,]>::parse_terminated(content)?;
                if fields.is_empty() { Err(content.error("no field is named")) } else { Ok(fields) }
            })?;
            self.include = once(word, !self.include.is_empty(), fields.into_iter().collect())?;
        } else if word == "nulls_not_distinct" {
            once(word, std::mem::replace(&mut self.nulls_not_distinct, true), ())?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn checked(self) -> syn::Result<Self> {
        if let (Some(method), true) = (&self.method, self.unique) {
            return Err(syn::Error::new(method.span(), "what is unique has the usual method: remove `using`"));
        }
        if let Some(method) = self.method.as_ref().filter(|method| method.value() == "btree") {
            return Err(syn::Error::new(method.span(), "\"btree\" is the usual method: remove `using`"));
        }
        if self.nulls_not_distinct && !self.unique {
            return Err(syn::Error::new(self.span, "`nulls_not_distinct` is an option of `unique(..)`"));
        }
        Ok(self)
    }
}
