//! The attributes, as they are written: each option at most once, each value of the right form.

mod column;
mod db_enum;
mod from_row;
mod index;
mod newtype;
mod path;
mod relation;
mod table;

pub(crate) use column::ColumnAttrs;
pub(crate) use db_enum::{EnumAttrs, VariantAttrs};
pub(crate) use from_row::RowFieldAttrs;
pub(crate) use index::{IndexAttr, IndexKeyAttr, IndexKeyOf};
pub(crate) use newtype::NewtypeAttrs;
pub(crate) use path::FieldPath;
pub(crate) use relation::{OrderAttr, ProxyAttr, RelationAttrs};
pub(crate) use table::{CheckAttr, Optimistic, PolymorphicAttr, TableAttrs, ViewAttr, ViewQuery};

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, LitStr, Meta, Token, parenthesized};

use crate::ctxt::Ctxt;
use crate::symbol::{self, AttributeSite};

/// Reads the options of `attr`: `read` takes the value of one and says whether it knows the name.
///
/// A wrong value costs that option only; the others are still read.
pub(crate) fn options(
    cx: &Ctxt,
    attr: &Attribute,
    site: &AttributeSite,
    mut read: impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
) {
    if let Meta::Path(_) = attr.meta {
        return;
    }
    let parsed = attr.parse_args_with(|input: ParseStream<'_>| {
        while !input.is_empty() {
            let name = input.call(Ident::parse_any)?;
            option(cx, site, &name, input, &mut read);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    });
    if let Err(error) = parsed {
        cx.syn_error(error);
    }
}

fn option(
    cx: &Ctxt,
    site: &AttributeSite,
    name: &Ident,
    input: ParseStream<'_>,
    read: &mut impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
) {
    let Some(form) = site.form(&name.to_string()) else {
        cx.error(name.span(), unknown(&name.to_string(), site));
        return skip(input);
    };
    match read(name, input) {
        Ok(()) if input.is_empty() || input.peek(Token![,]) => {}
        Ok(()) => {
            cx.error(input.span(), format!("write `{form}`"));
            skip(input);
        }
        Err(error) => {
            cx.error(error.span(), format!("{error}; write `{form}`"));
            skip(input);
        }
    }
}

fn unknown(name: &str, site: &AttributeSite) -> String {
    let what = site.what;
    match symbol::related(site).iter().find(|other| other.has(name)) {
        Some(other) => format!("{what} takes no `{name}`; it is an option of {}", other.what),
        None => {
            let known = site.options.iter().map(|(option, _)| *option);
            format!("{what} has no option `{name}`; {}", symbol::suggestion(name, known))
        }
    }
}

/// Skips the rest of an option.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}

/// Parses a list in parentheses by `read`, which must consume all of it.
pub(crate) fn list<T>(input: ParseStream<'_>, read: impl FnOnce(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    let content;
    parenthesized!(content in input);
    let outcome = read(&content);
    if outcome.is_err() {
        // The parser reports unread tokens itself, and one error is enough.
        content.parse::<TokenStream>()?;
    }
    outcome
}

/// The value of `name = value`.
pub(crate) fn assigned<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// The value of `name = "text"`, which must not be empty.
pub(crate) fn text(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let literal: LitStr = assigned(input)?;
    if literal.value().is_empty() { Err(syn::Error::new(literal.span(), "empty text")) } else { Ok(literal) }
}
