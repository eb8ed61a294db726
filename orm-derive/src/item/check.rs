use proc_macro2::Ident;
use syn::LitStr;

use super::attrs::IndexAttr;
use super::{Field, Item};
use crate::ctxt::Ctxt;
use crate::symbol;

/// Checks what needs more than one attribute.
pub(super) fn check(cx: &Ctxt, item: &Item) {
    if !cx.is_clean() {
        return;
    }
    table(cx, item);
    keys(cx, item);
    for word in ["version", "ttl"] {
        only_one(cx, item, word, |field| match word {
            "version" => field.attrs.version.is_set(),
            _ => field.attrs.ttl.is_set(),
        });
    }
    for (position, field) in item.fields.iter().enumerate() {
        options(cx, field);
        composed(cx, item, field);
        constant(cx, item, field);
        if let Some(other) = item.fields[..position].iter().find(|other| other.name == field.name) {
            let message = format!("`{}` and `{}` are both the attribute \"{}\"", other.ident, field.ident, field.name);
            cx.error(field.ident.span(), message);
        }
    }
    item.indexes.iter().enumerate().for_each(|(position, index)| check_index(cx, item, position, index));
}

fn table(cx: &Ctxt, item: &Item) {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if !(3..=255).contains(&item.table.len()) || !item.table.chars().all(is_fit) {
        let message = format!(
            "\"{}\" is no name of a table: DynamoDB's have 3 to 255 letters, digits, `_`, `-` and `.`; give one with `#[item(table = \"..\")]`",
            item.table
        );
        cx.error(item.table_span, message);
    }
}

fn keys(cx: &Ctxt, item: &Item) {
    if item.hash().is_none() {
        let message = format!("`{}` has no hash key; mark a field with `#[item(hash_key)]`", item.ident);
        cx.error(item.ident.span(), message);
    }
    only_one(cx, item, "hash_key", |field| field.attrs.hash_key.is_set());
    only_one(cx, item, "range_key", |field| field.attrs.range_key.is_set());
}

fn only_one(cx: &Ctxt, item: &Item, word: &str, has: impl Fn(&Field) -> bool) {
    let mut marked = item.fields.iter().filter(|field| has(field));
    let Some(first) = marked.next() else { return };
    for other in marked {
        let message = format!(
            "`{}` and `{}` are both `{word}` of `{}`, and an item has one",
            first.ident, other.ident, item.ident
        );
        cx.error(other.ident.span(), message);
    }
}

/// Options that exclude each other.
fn options(cx: &Ctxt, field: &Field) {
    let attrs = &field.attrs;
    let set = [
        ("hash_key", attrs.hash_key.span()),
        ("range_key", attrs.range_key.span()),
        ("version", attrs.version.span()),
        ("ttl", attrs.ttl.span()),
        ("serde", attrs.serde.span()),
        ("column", attrs.column.span()),
        ("default", attrs.default.span()),
        ("null", attrs.null.span()),
        ("composed", attrs.composed.span()),
    ];
    let excluded = [
        ("hash_key", &["range_key", "version", "ttl", "serde", "default", "null"][..]),
        ("range_key", &["version", "ttl", "serde", "default", "null"]),
        ("version", &["ttl", "serde", "column", "default", "null", "composed"]),
        ("ttl", &["serde", "column", "null", "composed"]),
        ("serde", &["column", "composed"]),
        ("column", &["composed"]),
        ("default", &["composed"]),
        ("null", &["composed"]),
    ];
    for (word, others) in excluded {
        let is_set = |word: &str| set.iter().find(|(known, _)| *known == word).and_then(|(_, span)| *span);
        if is_set(word).is_none() {
            continue;
        }
        for other in others {
            if let Some(span) = is_set(other) {
                cx.error(span, format!("`{}` is `{word}`, so it takes no `{other}`", field.ident));
            }
        }
    }
}

fn composed(cx: &Ctxt, item: &Item, field: &Field) {
    for part in field.composed.iter().flat_map(|composed| &composed.parts) {
        match item.field(part) {
            None => unknown_field(cx, item, part),
            Some(other) if other.composed.is_some() => {
                cx.error(part.span(), format!("`{part}` is composed itself; name the fields that it is made of"));
            }
            Some(_) => {}
        }
    }
}

fn unknown_field(cx: &Ctxt, item: &Item, name: &Ident) {
    let fields: Vec<String> = item.fields.iter().map(|field| field.ident.to_string()).collect();
    let suggestion = symbol::suggestion(&name.to_string(), fields.iter().map(String::as_str));
    cx.error(name.span(), format!("`{}` has no field `{name}`; {suggestion}", item.ident));
}

fn constant(cx: &Ctxt, item: &Item, field: &Field) {
    if symbol::ITEM_FUNCTIONS.contains(&field.ident.to_string().as_str()) {
        let (ident, name) = (&item.ident, &field.ident);
        let message = format!(
            "the constant `{ident}::{name}` would hide the function `{ident}::{name}()`: give the field another name and keep its attribute by `#[item(name = \"{}\")]`",
            field.name
        );
        cx.error(field.ident.span(), message);
    }
}

fn check_index(cx: &Ctxt, item: &Item, position: usize, index: &IndexAttr) {
    let (word, span) = (&index.word, index.word.span());
    let named = |index: &IndexAttr| index.name.get().map(LitStr::value);
    let Some(name) = named(index) else {
        return cx.error(span, format!("an index has a name; write `{word}(name = \"..\", ..)`"));
    };
    let constant = constant_of(&name);
    if syn::parse_str::<Ident>(&constant).is_err() {
        cx.error(span, format!("\"{name}\" makes no name of a constant"));
    }
    if item.indexes[..position].iter().any(|other| named(other).is_some_and(|other| constant_of(&other) == constant)) {
        cx.error(span, format!("there are two indexes \"{name}\""));
    }
    if item.fields.iter().any(|field| field.ident == constant) {
        cx.error(
            span,
            format!("the index and a field are both the constant `{constant}`; give the index another name"),
        );
    }
    match (index.is_local, index.hash.span()) {
        (true, Some(hash)) => cx.error(hash, "a local index has the hash key of the table; say its `range`"),
        (false, None) => cx.error(span, "a global index has a hash key; write `hash = field`"),
        _ => {}
    }
    if index.is_local && !index.range.is_set() {
        cx.error(span, "a local index has a range key; write `range = field`");
    }
    if index.is_local && item.range().is_none() {
        cx.error(span, format!("a local index needs a table with a range key, and `{}` has none", item.ident));
    }
    if let (true, Some(include)) = (index.keys.is_set(), index.include.span()) {
        cx.error(include, "an index has the keys alone or fields besides, and not both");
    }
    let fields = [index.hash.get(), index.range.get()].into_iter().flatten();
    for field in fields.chain(index.include.get().into_iter().flatten()) {
        if item.field(field).is_none() {
            unknown_field(cx, item, field);
        }
    }
}

/// The name of the constant of an index.
pub(super) fn constant_of(name: &str) -> String {
    name.replace(['-', '.'], "_")
}
