use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Path, Token, Type};

use super::{FieldPath, assigned, list, options, text};
use crate::ctxt::Ctxt;
use crate::spanned::{Flag, Once};
use crate::symbol::{self, AttributeSite};

/// The options of a relation attribute.
pub(crate) struct RelationAttrs {
    /// Where the attribute is written.
    pub(crate) span: Span,
    pub(crate) back_populates: Once<Ident>,
    /// The words, each with its constant.
    pub(crate) cascade: Once<Vec<(Ident, &'static str)>>,
    /// The variant of `PassiveDeletes`.
    pub(crate) passive_deletes: Once<&'static str>,
    pub(crate) single_parent: Flag,
    pub(crate) view_only: Flag,
    /// The variant of `OnDelete`.
    pub(crate) on_delete: Once<&'static str>,
    /// Set by `on_update = "cascade"`. There is no other action.
    pub(crate) on_update: Flag,
    pub(crate) deferrable: Flag,
    pub(crate) post_update: Flag,
    pub(crate) order_by: Once<Vec<OrderAttr>>,
    pub(crate) column: Once<LitStr>,
    /// The column that names the model of a `OneOf`.
    pub(crate) type_column: Once<LitStr>,
    /// The column of the key beside it.
    pub(crate) key_column: Once<LitStr>,
    pub(crate) renamed_from: Once<LitStr>,
    pub(crate) table: Once<LitStr>,
    pub(crate) through: Once<Path>,
    /// The variant of `Load`.
    pub(crate) load: Once<&'static str>,
    /// The field of the target that holds the places of members.
    pub(crate) ordering: Once<FieldPath>,
    pub(crate) proxies: Once<Vec<ProxyAttr>>,
}

/// One association proxy: `courses: Course = course`.
pub(crate) struct ProxyAttr {
    pub(crate) name: Ident,
    pub(crate) target: Type,
    /// The field of the members that it goes on along.
    pub(crate) field: Ident,
}

/// One field of `order_by`.
pub(crate) struct OrderAttr {
    pub(crate) field: FieldPath,
    pub(crate) descending: bool,
}

impl RelationAttrs {
    pub(crate) fn parse(cx: &Ctxt, attr: &Attribute, site: &AttributeSite) -> Self {
        let span = attr.path().get_ident().map_or_else(Span::call_site, Ident::span);
        let mut out = Self {
            span,
            back_populates: Once::default(),
            cascade: Once::default(),
            passive_deletes: Once::default(),
            single_parent: Once::default(),
            view_only: Once::default(),
            on_delete: Once::default(),
            on_update: Once::default(),
            deferrable: Once::default(),
            post_update: Once::default(),
            order_by: Once::default(),
            column: Once::default(),
            type_column: Once::default(),
            key_column: Once::default(),
            renamed_from: Once::default(),
            table: Once::default(),
            through: Once::default(),
            load: Once::default(),
            ordering: Once::default(),
            proxies: Once::default(),
        };
        options(cx, attr, site, |name, input| out.option(cx, name, input));
        out
    }

    fn option(&mut self, cx: &Ctxt, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        match name.to_string().as_str() {
            "back_populates" => self.back_populates.set(cx, name, field(input)?),
            "cascade" => self.cascade.set(cx, name, list(input, |content| cascade(cx, content))?),
            "passive_deletes" => self.passive_deletes.set(cx, name, passive_deletes(input)?),
            "single_parent" => self.single_parent.set(cx, name, ()),
            "view_only" => self.view_only.set(cx, name, ()),
            "on_delete" => self.on_delete.set(cx, name, on_delete(input)?),
            "on_update" => self.on_update.set(cx, name, on_update(input)?),
            "deferrable" => self.deferrable.set(cx, name, ()),
            "post_update" => self.post_update.set(cx, name, ()),
            "order_by" => self.order_by.set(cx, name, order_by(input)?),
            "column" => self.column.set(cx, name, text(input)?),
            "type_column" => self.type_column.set(cx, name, text(input)?),
            "key_column" => self.key_column.set(cx, name, text(input)?),
            "renamed_from" => self.renamed_from.set(cx, name, text(input)?),
            "table" => self.table.set(cx, name, text(input)?),
            "load" => self.load.set(cx, name, load(input)?),
            "proxy" => self.proxies.set(cx, name, list(input, proxies)?),
            "ordering" => self.ordering.set(cx, name, assigned(input)?),
            _ => self.through.set(cx, name, assigned(input)?),
        }
        Ok(())
    }

    /// The span of `word` in the cascade, if it is there.
    pub(crate) fn cascades(&self, word: &str) -> Option<Span> {
        self.cascade.get()?.iter().find(|(given, _)| given == word).map(|(given, _)| given.span())
    }
}

/// The field of `name = field`, which may be a keyword.
fn field(input: ParseStream<'_>) -> syn::Result<Ident> {
    input.parse::<Token![=]>()?;
    input.call(Ident::parse_any)
}

fn cascade(cx: &Ctxt, content: ParseStream<'_>) -> syn::Result<Vec<(Ident, &'static str)>> {
    let words = Punctuated::<Ident, Token![,]>::parse_terminated(content)?;
    let mut found: Vec<(Ident, &'static str)> = Vec::new();
    for word in words {
        let known = symbol::CASCADES.iter().find(|(name, _)| word == name);
        match known {
            Some(_) if found.iter().any(|(other, _)| *other == word) => {
                cx.error(word.span(), format!("`{word}` is given twice"));
            }
            Some((_, constant)) => found.push((word, constant)),
            None => {
                let near = symbol::suggestion(&word.to_string(), symbol::CASCADES.iter().map(|(name, _)| *name));
                cx.error(word.span(), format!("there is no cascade `{word}`; {near}"));
            }
        }
    }
    Ok(found)
}

fn passive_deletes(input: ParseStream<'_>) -> syn::Result<&'static str> {
    if !input.peek(Token![=]) {
        return Ok("Unloaded");
    }
    let literal = text(input)?;
    match literal.value().as_str() {
        "all" => Ok("All"),
        other => Err(syn::Error::new(literal.span(), format!("`passive_deletes` is never \"{other}\""))),
    }
}

fn on_delete(input: ParseStream<'_>) -> syn::Result<&'static str> {
    let literal = text(input)?;
    let value = literal.value();
    let found = symbol::ON_DELETES.iter().find(|(word, _)| *word == value);
    found
        .map(|(_, variant)| *variant)
        .ok_or_else(|| syn::Error::new(literal.span(), format!("unknown action \"{value}\"")))
}

fn on_update(input: ParseStream<'_>) -> syn::Result<()> {
    let literal = text(input)?;
    match literal.value().as_str() {
        "cascade" => Ok(()),
        other => Err(syn::Error::new(literal.span(), format!("unknown action \"{other}\""))),
    }
}

fn load(input: ParseStream<'_>) -> syn::Result<&'static str> {
    let literal = text(input)?;
    let value = literal.value();
    let found = symbol::LOADS.iter().find(|(word, _)| *word == value);
    found
        .map(|(_, variant)| *variant)
        .ok_or_else(|| syn::Error::new(literal.span(), format!("no relation is loaded \"{value}\"")))
}

fn proxies(content: ParseStream<'_>) -> syn::Result<Vec<ProxyAttr>> {
    let proxies = Punctuated::<ProxyAttr, Token![,]>::parse_terminated_with(content, proxy)?;
    if proxies.is_empty() { Err(content.error("no relation is named")) } else { Ok(proxies.into_iter().collect()) }
}

fn proxy(input: ParseStream<'_>) -> syn::Result<ProxyAttr> {
    let name = input.call(Ident::parse_any)?;
    input.parse::<Token![:]>()?;
    Ok(ProxyAttr { name, target: input.parse()?, field: field(input)? })
}

fn order_by(input: ParseStream<'_>) -> syn::Result<Vec<OrderAttr>> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        return Ok(vec![order(input)?]);
    }
    list(input, |content| {
        let orders = Punctuated::<OrderAttr, Token![,]>::parse_terminated_with(content, order)?;
        if orders.is_empty() { Err(content.error("no field is named")) } else { Ok(orders.into_iter().collect()) }
    })
}

fn order(input: ParseStream<'_>) -> syn::Result<OrderAttr> {
    let field = input.parse()?;
    if !input.peek(Ident::peek_any) {
        return Ok(OrderAttr { field, descending: false });
    }
    let direction = input.call(Ident::parse_any)?;
    match direction.to_string().as_str() {
        "asc" => Ok(OrderAttr { field, descending: false }),
        "desc" => Ok(OrderAttr { field, descending: true }),
        other => Err(syn::Error::new(direction.span(), format!("`{other}` is neither `asc` nor `desc`"))),
    }
}
