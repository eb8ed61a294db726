use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, LitStr, Token};

use super::db_enum::case;
use super::{FieldPath, assigned, list, options, text};
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
    pub(crate) hooks: Flag,
    pub(crate) garde: Flag,
    pub(crate) constants: Once<Ident>,
    pub(crate) optimistic: Once<Optimistic>,
    pub(crate) filter: Once<Expr>,
    pub(crate) soft_delete: Once<FieldPath>,
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

/// `index(..)` or `unique(..)`.
pub(crate) struct IndexAttr {
    pub(crate) unique: bool,
    pub(crate) fields: Vec<FieldPath>,
    pub(crate) name: Option<LitStr>,
}

/// `check(..)`.
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
        } else if name == "check" {
            self.checks.push(list(input, check)?);
        } else {
            self.indexes.push(list(input, |content| index(name, content))?);
        }
        Ok(())
    }
}

fn index(kind: &Ident, content: ParseStream<'_>) -> syn::Result<IndexAttr> {
    let mut index = IndexAttr { unique: kind == "unique", fields: Vec::new(), name: None };
    while !content.is_empty() {
        let path: FieldPath = content.parse()?;
        if path.field == "name" && content.peek(Token![=]) {
            index.name = Some(once(&path.field, index.name.is_some(), text(content)?)?);
        } else {
            index.fields.push(path);
        }
        comma(content)?;
    }
    if index.fields.is_empty() { Err(syn::Error::new(kind.span(), "no field is named")) } else { Ok(index) }
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

fn once(word: &Ident, given: bool, value: LitStr) -> syn::Result<LitStr> {
    if given { Err(syn::Error::new(word.span(), format!("`{word}` is given twice"))) } else { Ok(value) }
}

/// The comma before the next element, if there is one.
fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() { Ok(()) } else { input.parse::<Token![,]>().map(drop) }
}
