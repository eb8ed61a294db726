use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{Attribute, Expr, LitStr, Path, Token};

use super::db_enum::case;
use super::{FieldPath, IndexAttr, assigned, list, options, text};
use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::spanned::{Flag, Once};
use crate::symbol::AttributeSite;

/// `#[orm(..)]` on a struct.
#[derive(Default)]
pub(crate) struct TableAttrs {
    pub(crate) table: Once<LitStr>,
    pub(crate) schema: Once<LitStr>,
    pub(crate) renamed_from: Once<LitStr>,
    pub(crate) indexes: Vec<IndexAttr>,
    pub(crate) checks: Vec<CheckAttr>,
    pub(crate) exclusions: Vec<CheckAttr>,
    pub(crate) comment: Once<LitStr>,
    pub(crate) hooks: Flag,
    pub(crate) garde: Flag,
    pub(crate) constants: Once<Ident>,
    pub(crate) optimistic: Once<Optimistic>,
    pub(crate) filter: Once<Expr>,
    pub(crate) soft_delete: Once<FieldPath>,
    pub(crate) polymorphic: Once<PolymorphicAttr>,
    pub(crate) inherits: Flag,
    pub(crate) identity: Once<LitStr>,
    pub(crate) view: Once<ViewAttr>,
    pub(crate) read_only: Flag,
    /// The column that tells which variant an embedded enum is.
    pub(crate) tag: Once<LitStr>,
    pub(crate) rename_all: Once<Case>,
}

/// `optimistic(..)`.
pub(crate) enum Optimistic {
    /// `off`: an UPDATE compares nothing.
    Off,
    /// `columns(..)`: an UPDATE compares these columns, whatever it writes.
    Columns(Vec<FieldPath>),
}

impl TableAttrs {
    /// The fields that are always compared.
    pub(crate) fn optimistic_columns(&self) -> &[FieldPath] {
        match self.optimistic.get() {
            Some(Optimistic::Columns(fields)) => fields,
            Some(Optimistic::Off) | None => &[],
        }
    }
}

/// `polymorphic(..)`.
pub(crate) struct PolymorphicAttr {
    /// The column that says which type a row is.
    pub(crate) on: Ident,
    /// What the column holds in the rows of the base itself; `None` for an abstract base, which has none.
    pub(crate) identity: Option<LitStr>,
    pub(crate) subtypes: Vec<SubtypeAttr>,
    /// The name of the enum of all types.
    pub(crate) variants: Option<Ident>,
}

/// One of `subtypes(..)`.
pub(crate) struct SubtypeAttr {
    pub(crate) path: Path,
    /// The position of its own base among them, if that is not the base of all.
    pub(crate) base: Option<usize>,
}

/// `view` or `materialized_view`.
pub(crate) struct ViewAttr {
    pub(crate) materialized: bool,
    /// The query, if the view is not made by others.
    pub(crate) query: Option<ViewQuery>,
}

/// The query of a view.
pub(crate) enum ViewQuery {
    Sql(LitStr),
    Typed(Box<Expr>),
}

impl ViewAttr {
    fn parse(name: &Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        let query = if input.peek(Token![=]) {
            Some(if input.peek2(LitStr) { ViewQuery::Sql(text(input)?) } else { ViewQuery::Typed(assigned(input)?) })
        } else {
            None
        };
        Ok(Self { materialized: name == "materialized_view", query })
    }
}

/// `check(..)` or `exclude(..)`.
pub(crate) struct CheckAttr {
    pub(crate) sql: LitStr,
    pub(crate) name: Option<LitStr>,
}

impl TableAttrs {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute], site: &AttributeSite) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
            options(cx, attr, site, |name, input| out.option(cx, name, input));
        }
        out
    }

    fn option(&mut self, cx: &Ctxt, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        if name == "table" {
            self.table.set(cx, name, text(input)?);
        } else if name == "schema" {
            self.schema.set(cx, name, text(input)?);
        } else if name == "renamed_from" {
            self.renamed_from.set(cx, name, text(input)?);
        } else if name == "tag" {
            self.tag.set(cx, name, text(input)?);
        } else if name == "rename_all" {
            if let Some(case) = case(cx, &text(input)?) {
                self.rename_all.set(cx, name, case);
            }
        } else if name == "constants" {
            let literal = text(input)?;
            let ident = literal.parse().map_err(|_| syn::Error::new(literal.span(), "no name of a type"))?;
            self.constants.set(cx, name, ident);
        } else if name == "hooks" {
            self.hooks.set(cx, name, ());
        } else if name == "garde" {
            self.garde.set(cx, name, ());
        } else if name == "optimistic" {
            self.optimistic.set(cx, name, list(input, optimistic)?);
        } else if name == "filter" {
            self.filter.set(cx, name, assigned(input)?);
        } else if name == "soft_delete" {
            self.soft_delete.set(cx, name, assigned(input)?);
        } else if name == "polymorphic" {
            self.polymorphic.set(cx, name, list(input, polymorphic)?);
        } else if name == "inherits" {
            self.inherits.set(cx, name, ());
        } else if name == "identity" {
            self.identity.set(cx, name, text(input)?);
        } else if name == "view" || name == "materialized_view" {
            self.view.set(cx, name, ViewAttr::parse(name, input)?);
        } else if name == "read_only" {
            self.read_only.set(cx, name, ());
        } else if name == "comment" {
            self.comment.set(cx, name, text(input)?);
        } else if name == "check" {
            self.checks.push(list(input, check)?);
        } else if name == "exclude" {
            self.exclusions.push(list(input, check)?);
        } else {
            self.indexes.push(list(input, |content| IndexAttr::of_struct(name, content))?);
        }
        Ok(())
    }
}

fn optimistic(content: ParseStream<'_>) -> syn::Result<Optimistic> {
    let word = content.call(Ident::parse_any)?;
    if word == "off" {
        comma(content)?;
        return if content.is_empty() {
            Ok(Optimistic::Off)
        } else {
            Err(content.error("`off` takes nothing beside it"))
        };
    }
    if word != "columns" {
        return Err(syn::Error::new(word.span(), format!("unknown word `{word}`")));
    }
    let fields = list(content, |content| {
        let fields = Punctuated::<FieldPath, Token![,]>::parse_terminated(content)?;
        if fields.is_empty() { Err(content.error("no field is named")) } else { Ok(fields.into_iter().collect()) }
    })?;
    comma(content)?;
    if content.is_empty() {
        Ok(Optimistic::Columns(fields))
    } else {
        Err(content.error("`columns(..)` takes nothing beside it"))
    }
}

fn polymorphic(content: ParseStream<'_>) -> syn::Result<PolymorphicAttr> {
    let (mut on, mut identity, mut subtypes, mut variants, mut is_abstract) = (None, None, None, None, None);
    let start = content.span();
    while !content.is_empty() {
        let word = content.call(Ident::parse_any)?;
        if word == "on" {
            on = Some(once(&word, on.is_some(), assigned(content)?)?);
        } else if word == "identity" {
            identity = Some(once(&word, identity.is_some(), text(content)?)?);
        } else if word == "abstract" {
            is_abstract = Some(once(&word, is_abstract.is_some(), word.span())?);
        } else if word == "subtypes" {
            let mut types = Vec::new();
            list(content, |content| below(content, None, &mut types))?;
            subtypes = Some(once(&word, subtypes.is_some(), types)?);
        } else if word == "variants" {
            let name = text(content)?;
            let ident = name.parse().map_err(|_| syn::Error::new(name.span(), "no name of a type"))?;
            variants = Some(once(&word, variants.is_some(), ident)?);
        } else {
            return Err(syn::Error::new(word.span(), format!("unknown word `{word}`")));
        }
        comma(content)?;
    }
    let missing = |what: &str| syn::Error::new(start, format!("{what} is missing"));
    if let (Some(_), Some(identity)) = (is_abstract, &identity) {
        let message = "an abstract base has no rows of its own, so it has no `identity`; remove one of them";
        return Err(syn::Error::new_spanned(identity, message));
    }
    if let (Some(span), Some([])) = (is_abstract, subtypes.as_deref()) {
        let message = "an abstract base has only rows of the models that inherit from it: name them in `subtypes(..)`";
        return Err(syn::Error::new(span, message));
    }
    if is_abstract.is_none() && identity.is_none() {
        return Err(missing("`identity`, what the column holds in rows of this type, or `abstract`,"));
    }
    Ok(PolymorphicAttr {
        on: on.ok_or_else(|| missing("`on`, the column that tells the type,"))?,
        identity,
        subtypes: subtypes.ok_or_else(|| missing("`subtypes`, the models that inherit from this one,"))?,
        variants,
    })
}

/// `A, B(C, D)`: models, and those below them.
fn below(content: ParseStream<'_>, base: Option<usize>, types: &mut Vec<SubtypeAttr>) -> syn::Result<()> {
    while !content.is_empty() {
        let own = types.len();
        types.push(SubtypeAttr { path: content.call(Path::parse_mod_style)?, base });
        if content.peek(Paren) {
            list(content, |content| below(content, Some(own), types))?;
        }
        comma(content)?;
    }
    Ok(())
}

fn check(content: ParseStream<'_>) -> syn::Result<CheckAttr> {
    let mut check = CheckAttr { sql: content.parse()?, name: None };
    comma(content)?;
    while !content.is_empty() {
        let word = content.call(Ident::parse_any)?;
        if word != "name" {
            return Err(syn::Error::new(word.span(), format!("unknown word `{word}`")));
        }
        check.name = Some(once(&word, check.name.is_some(), text(content)?)?);
        comma(content)?;
    }
    Ok(check)
}

pub(super) fn once<T>(word: &Ident, given: bool, value: T) -> syn::Result<T> {
    if given { Err(syn::Error::new(word.span(), format!("`{word}` is given twice"))) } else { Ok(value) }
}

/// The comma before the next element, if there is one.
pub(super) fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() { Ok(()) } else { input.parse::<Token![,]>().map(drop) }
}
