use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, LitStr, Token};

use crate::attr::{assigned, list, options, text};
use crate::ctxt::Ctxt;
use crate::spanned::{Flag, Once};
use crate::symbol;

/// `#[item(..)]` on a struct.
#[derive(Default)]
pub(super) struct ItemAttrs {
    pub(super) table: Once<LitStr>,
    pub(super) region: Once<LitStr>,
    pub(super) indexes: Vec<IndexAttr>,
}

impl ItemAttrs {
    pub(super) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("item")) {
            options(cx, attr, &symbol::ITEM, |name, input| {
                match name.to_string().as_str() {
                    "table" => out.table.set(cx, name, text(input)?),
                    "region" => out.region.set(cx, name, text(input)?),
                    local => out.indexes.push(IndexAttr::parse(cx, name, local == "local_index", input)?),
                }
                Ok(())
            });
        }
        out
    }
}

/// `index(..)` or `local_index(..)`.
pub(super) struct IndexAttr {
    /// The word `index` or `local_index`.
    pub(super) word: Ident,
    pub(super) is_local: bool,
    pub(super) name: Once<LitStr>,
    pub(super) hash: Once<Ident>,
    pub(super) range: Once<Ident>,
    pub(super) keys: Flag,
    pub(super) include: Once<Vec<Ident>>,
}

impl IndexAttr {
    fn parse(cx: &Ctxt, word: &Ident, is_local: bool, input: ParseStream<'_>) -> syn::Result<Self> {
        let (name, hash, range) = (Once::default(), Once::default(), Once::default());
        let (keys, include) = (Flag::default(), Once::default());
        let mut out = Self { word: word.clone(), is_local, name, hash, range, keys, include };
        list(input, |content| {
            while !content.is_empty() {
                let option = content.call(Ident::parse_any)?;
                match option.to_string().as_str() {
                    "name" => out.name.set(cx, &option, text(content)?),
                    "hash" => out.hash.set(cx, &option, assigned(content)?),
                    "range" => out.range.set(cx, &option, assigned(content)?),
                    "keys" => out.keys.set(cx, &option, ()),
                    "include" => out.include.set(cx, &option, list(content, fields)?),
                    other => {
                        let suggestion = symbol::suggestion(other, symbol::ITEM_INDEX);
                        let message = format!("an index has no option `{other}`; {suggestion}");
                        return Err(syn::Error::new(option.span(), message));
                    }
                }
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })?;
        Ok(out)
    }
}

fn fields(content: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    Ok(Punctuated::<Ident, Token![,]>::parse_terminated(content)?.into_iter().collect())
}

/// `#[item(..)]` on a field.
#[derive(Default)]
pub(super) struct FieldAttrs {
    pub(super) hash_key: Flag,
    pub(super) range_key: Flag,
    pub(super) version: Flag,
    pub(super) ttl: Flag,
    pub(super) name: Once<LitStr>,
    pub(super) default: Once<Option<Expr>>,
    pub(super) serde: Flag,
    pub(super) column: Flag,
    pub(super) null: Flag,
    pub(super) composed: Once<LitStr>,
}

impl FieldAttrs {
    pub(super) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("item")) {
            options(cx, attr, &symbol::ITEM_FIELD, |name, input| {
                match name.to_string().as_str() {
                    "hash_key" => out.hash_key.set(cx, name, ()),
                    "range_key" => out.range_key.set(cx, name, ()),
                    "version" => out.version.set(cx, name, ()),
                    "ttl" => out.ttl.set(cx, name, ()),
                    "name" => out.name.set(cx, name, text(input)?),
                    "default" => {
                        let value = if input.peek(Token![=]) { Some(assigned(input)?) } else { None };
                        out.default.set(cx, name, value);
                    }
                    "serde" => out.serde.set(cx, name, ()),
                    "column" => out.column.set(cx, name, ()),
                    "null" => out.null.set(cx, name, ()),
                    _ => out.composed.set(cx, name, text(input)?),
                }
                Ok(())
            });
        }
        out
    }

    /// How the value is encoded.
    pub(super) fn encoding(&self) -> Encoding {
        match (self.serde.is_set(), self.column.is_set(), self.ttl.is_set()) {
            (true, ..) => Encoding::Serde,
            (_, true, _) => Encoding::Column,
            (.., true) => Encoding::Epoch,
            _ => Encoding::Plain,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// By the type itself.
    Plain,
    Serde,
    Column,
    Epoch,
}
