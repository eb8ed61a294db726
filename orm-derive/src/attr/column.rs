use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::token::Paren;
use syn::{Attribute, Expr, LitInt, LitStr, Path, Token};

use super::{IndexAttr, assigned, list, options, text};
use crate::ctxt::Ctxt;
use crate::spanned::{Flag, Once};
use crate::symbol::{self, AttributeSite};

/// `#[orm(..)]` on a field.
#[derive(Default)]
pub(crate) struct ColumnAttrs {
    pub(crate) primary_key: Flag,
    pub(crate) column: Once<LitStr>,
    pub(crate) renamed_from: Once<LitStr>,
    pub(crate) length: Once<u32>,
    pub(crate) precision: Once<(u32, u32)>,
    pub(crate) format: Once<Ident>,
    pub(crate) unique: Flag,
    pub(crate) index: Flag,
    /// Those with options.
    pub(crate) indexes: Vec<IndexAttr>,
    pub(crate) comment: Once<LitStr>,
    pub(crate) default: Once<Expr>,
    pub(crate) default_on_insert: Once<Expr>,
    pub(crate) on_update: Once<Expr>,
    pub(crate) server_default: Once<LitStr>,
    pub(crate) computed: Once<LitStr>,
    pub(crate) read_back: Flag,
    pub(crate) version: Flag,
    pub(crate) secret: Flag,
    pub(crate) shard_key: Flag,
    pub(crate) with: Once<Path>,
    pub(crate) pg_type: Once<LitStr>,
    pub(crate) json: Flag,
    /// The rules, in their order.
    pub(crate) validate: Vec<Path>,
    pub(crate) embed: Flag,
    pub(crate) prefix: Once<LitStr>,
    pub(crate) base: Flag,
    /// The group of a `Deferred`.
    pub(crate) deferred: Once<LitStr>,
}

impl ColumnAttrs {
    /// Reads the options of `field`, if that has a name.
    pub(crate) fn parse(cx: &Ctxt, field: Option<&Ident>, attrs: &[Attribute], site: &AttributeSite) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
            options(cx, attr, site, |name, input| match field.filter(|_| input.peek(Paren)) {
                Some(field) if name == "index" || name == "unique" => {
                    out.indexes.push(list(input, |content| IndexAttr::of_field(name, field, content))?);
                    Ok(())
                }
                _ => out.option(cx, name, input),
            });
        }
        out
    }

    fn option(&mut self, cx: &Ctxt, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        match name.to_string().as_str() {
            "primary_key" => self.primary_key.set(cx, name, ()),
            "column" => self.column.set(cx, name, text(input)?),
            "renamed_from" => self.renamed_from.set(cx, name, text(input)?),
            "length" => self.length.set(cx, name, length(input)?),
            "precision" => self.precision.set(cx, name, list(input, precision)?),
            "format" => self.format.set(cx, name, format(input)?),
            "unique" => self.unique.set(cx, name, ()),
            "index" => self.index.set(cx, name, ()),
            "comment" => self.comment.set(cx, name, text(input)?),
            "default" => self.default.set(cx, name, assigned(input)?),
            "default_on_insert" => self.default_on_insert.set(cx, name, assigned(input)?),
            "on_update" => self.on_update.set(cx, name, assigned(input)?),
            "server_default" => self.server_default.set(cx, name, text(input)?),
            "computed" => self.computed.set(cx, name, text(input)?),
            "read_back" => self.read_back.set(cx, name, ()),
            "version" => self.version.set(cx, name, ()),
            "secret" => self.secret.set(cx, name, ()),
            "shard_key" => self.shard_key.set(cx, name, ()),
            "pg_type" => self.pg_type.set(cx, name, text(input)?),
            "with" => self.with.set(cx, name, assigned(input)?),
            "validate" => self.validate.push(assigned(input)?),
            "embed" => self.embed.set(cx, name, ()),
            "prefix" => self.prefix.set(cx, name, text(input)?),
            "base" => self.base.set(cx, name, ()),
            "deferred" => self.deferred.set(cx, name, text(input)?),
            _ => self.json.set(cx, name, ()),
        }
        Ok(())
    }

    /// The given options that only plain columns take.
    pub(crate) fn plain_only(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let given = [
            ("column", self.column.span()),
            ("renamed_from", self.renamed_from.span()),
            ("length", self.length.span()),
            ("precision", self.precision.span()),
            ("format", self.format.span()),
            ("default", self.default.span()),
            ("default_on_insert", self.default_on_insert.span()),
            ("on_update", self.on_update.span()),
            ("server_default", self.server_default.span()),
            ("computed", self.computed.span()),
            ("read_back", self.read_back.span()),
            ("version", self.version.span()),
            ("secret", self.secret.span()),
            ("with", self.with.span()),
            ("pg_type", self.pg_type.span()),
            ("json", self.json.span()),
            ("validate", self.rule_span()),
            ("embed", self.embed.span()),
            ("prefix", self.prefix.span()),
            ("base", self.base.span()),
            ("deferred", self.deferred.span()),
        ];
        given.into_iter().filter_map(|(name, span)| Some((name, span?)))
    }

    /// The given options that contradict `computed`, because they give the column a value or look at the one that is written.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let given = [
            ("primary_key", self.primary_key.span()),
            ("default", self.default.span()),
            ("default_on_insert", self.default_on_insert.span()),
            ("on_update", self.on_update.span()),
            ("server_default", self.server_default.span()),
            ("read_back", self.read_back.span()),
            ("version", self.version.span()),
            ("validate", self.rule_span()),
        ];
        given.into_iter().filter_map(|(name, span)| Some((name, span?)))
    }

    /// Where the first rule is written.
    pub(crate) fn rule_span(&self) -> Option<Span> {
        self.validate.first().map(Spanned::span)
    }

    /// The given options that every field with a column takes.
    pub(crate) fn key_options(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let given = [
            ("primary_key", self.primary_key.span()),
            ("unique", self.unique.span()),
            ("index", self.index.span()),
            ("index", self.indexes.first().map(|index| index.span)),
            ("comment", self.comment.span()),
            ("shard_key", self.shard_key.span()),
        ];
        given.into_iter().filter_map(|(name, span)| Some((name, span?)))
    }
}

fn length(input: ParseStream<'_>) -> syn::Result<u32> {
    let literal: LitInt = assigned(input)?;
    match literal.base10_parse()? {
        0 => Err(syn::Error::new(literal.span(), "a length is at least 1")),
        length => Ok(length),
    }
}

/// The variant for a format, with the span of the literal.
fn format(input: ParseStream<'_>) -> syn::Result<Ident> {
    let literal = text(input)?;
    let value = literal.value();
    match symbol::FORMATS.iter().find(|(word, _)| *word == value) {
        Some((_, variant)) => Ok(Ident::new(variant, literal.span())),
        None => {
            let near = symbol::suggestion(&value, symbol::FORMATS.iter().map(|(word, _)| *word));
            Err(syn::Error::new(literal.span(), format!("there is no format \"{value}\" ({near})")))
        }
    }
}

fn precision(content: ParseStream<'_>) -> syn::Result<(u32, u32)> {
    let digits: LitInt = content.parse()?;
    content.parse::<Token![,]>()?;
    let fraction: LitInt = content.parse()?;
    let (all, behind) = (digits.base10_parse()?, fraction.base10_parse()?);
    if !content.is_empty() {
        return Err(content.error("two numbers are enough"));
    }
    if all == 0 || behind > all {
        return Err(syn::Error::new(fraction.span(), "the digits after the point are among the digits in all"));
    }
    Ok((all, behind))
}
