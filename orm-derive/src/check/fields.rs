use syn::spanned::Spanned;

use super::MOST_KEYS;
use crate::ast::{Column, Field, Kind, Model, deferred_of, generated_of, option_of, shown};
use crate::ctxt::Ctxt;

/// Checks which options go with which kind of field, and what the struct as a whole needs.
pub(super) fn check(cx: &Ctxt, model: &Model) {
    if !model.attrs.inherits.is_set() {
        primary_key(cx, model);
    }
    version(cx, model);
    shard_key(cx, model);
    for field in &model.fields {
        if field.is_key() && field.is_optional() {
            cx.error(field.ty.span(), "a primary key is never NULL, so its field cannot be an `Option`");
        }
        match &field.kind {
            Kind::Column(column) => plain(cx, field, column),
            Kind::ForeignKey(_) | Kind::OneOf(_) => foreign_key(cx, field),
            Kind::Embedded => embed(cx, field),
            Kind::Relation(_) | Kind::Broken => no_column(cx, field),
            Kind::Base => {}
        }
    }
}

fn primary_key(cx: &Ctxt, model: &Model) {
    match model.keys().count() {
        0 if model.attrs.view.is_set() => {}
        0 => {
            let message = format!("`{}` has no primary key; mark a field with `#[orm(primary_key)]`", model.ident);
            cx.error(model.ident.span(), message);
        }
        1..=MOST_KEYS => {}
        count => {
            let message = format!("the primary key of `{}` has {count} fields; {MOST_KEYS} are the most", model.ident);
            cx.error(model.ident.span(), message);
        }
    }
}

fn version(cx: &Ctxt, model: &Model) {
    let mut versions = model.fields.iter().filter_map(|field| Some((field, field.attrs.version.span()?)));
    let Some((first, _)) = versions.next() else { return };
    for (_, span) in versions {
        cx.error(span, format!("`{}` counts the versions already; a model has one `version`", first.ident));
    }
}

fn shard_key(cx: &Ctxt, model: &Model) {
    let columns = model.fields.iter().filter(|field| matches!(field.kind, Kind::Column(_) | Kind::ForeignKey(_)));
    let mut keys = columns.filter_map(|field| Some((field, field.attrs.shard_key.span()?)));
    let Some((first, span)) = keys.next() else { return };
    if first.is_optional() {
        cx.error(span, "every row is on one shard, so its shard key is never NULL and its field cannot be an `Option`");
    }
    if let Some(secret) = first.attrs.secret.span() {
        cx.error(secret, "a shard key cannot be secret: messages say of it which shard has it");
    }
    if let Some(computed) = first.attrs.computed.span() {
        cx.error(computed, "a new object has no computed value yet, so it cannot tell its shard");
    }
    for (_, span) in keys {
        cx.error(
            span,
            format!("`{}` tells the shard of a `{}` already; a model has one `shard_key`", first.ident, model.ident),
        );
    }
}

pub(super) fn plain(cx: &Ctxt, field: &Field, column: &Column) {
    let attrs = &field.attrs;
    if let Some(span) = attrs.prefix.span() {
        cx.error(span, "`prefix` is for a field with `embed`; `column = \"..\"` names a single column");
    }
    if let (Some(span), None) = (attrs.deferred.span(), &column.deferred) {
        let ty = shown(&field.ty);
        cx.error(
            span,
            format!("`deferred` names the group of a column that is read on demand: write `Deferred<{ty}>`"),
        );
    }
    nested(cx, field, column);
    if attrs.computed.is_set() {
        for (name, span) in attrs.values() {
            cx.error(span, format!("the database computes a field with `computed`, so it takes no `{name}`"));
        }
        return;
    }
    read_back(cx, field);
    if column.deferred.is_some() {
        deferred(cx, field);
    } else if column.generated.is_some() {
        generated(cx, field, column);
    } else {
        filled(cx, field, column);
    }
    if let (Some(span), true) = (attrs.version.span(), attrs.primary_key.is_set()) {
        cx.error(span, "a primary key cannot count versions");
    }
    if let (Some(span), Some(_)) = (attrs.with.span().or(attrs.json.span()), &column.generated) {
        cx.error(span, "a `Generated` is encoded by the type in it: use `Json<T>`, or implement `CustomType` for it");
    }
    if let (Some(_), Some(span)) = (attrs.json.span(), attrs.with.span()) {
        cx.error(span, "a field is encoded in one way: `with` or `json`");
    }
    if let (Some(span), true) = (attrs.with.span().or(attrs.json.span()), attrs.primary_key.is_set()) {
        cx.error(span, "a key is encoded by its own type, which foreign keys have too: implement `CustomType` for it");
    }
    if let (Some(span), true) = (attrs.secret.span(), attrs.primary_key.is_set()) {
        cx.error(span, "a primary key cannot be secret: messages name objects by it");
    }
}

/// A value that triggers set is read by the key of its row.
fn read_back(cx: &Ctxt, field: &Field) {
    let Some(span) = field.attrs.read_back.span() else { return };
    let contradictions = [
        (field.attrs.primary_key.is_set(), "a key cannot come back: by it the row is found"),
        (field.attrs.version.is_set(), "a version cannot come back: the flush counts it"),
        (field.deferred().is_some(), "a `Deferred` is read when it is asked for, which finds what a trigger set"),
    ];
    for (_, message) in contradictions.into_iter().filter(|(is_set, _)| *is_set) {
        cx.error(span, message);
    }
}

/// An embedded value takes a prefix, a default and rules; its own fields say the rest.
pub(super) fn embed(cx: &Ctxt, field: &Field) {
    let takes = |name: &str| matches!(name, "embed" | "prefix" | "default" | "validate");
    for (name, span) in field.attrs.plain_only().chain(field.attrs.key_options()).filter(|(name, _)| !takes(name)) {
        let cure = match name {
            "column" => "; `prefix = \"..\"` changes the names of its columns",
            "primary_key" | "shard_key" => "",
            _ => "; write it on the field of the embedded struct",
        };
        cx.error(span, format!("an embedded field takes no `{name}`{cure}"));
    }
}

/// A value that is left to somebody else while it is not set: of a plain field must be told that it was not.
fn filled(cx: &Ctxt, field: &Field, column: &Column) {
    let attrs = &field.attrs;
    let tells = column.optional || field.is_key();
    // With `default` the program gives every value, and the database's default is for the rows of others.
    if let (Some(span), false) = (attrs.server_default.span(), tells || attrs.default.is_set()) {
        let ty = shown(&field.ty);
        let message = format!(
            "a `{ty}` does not tell whether it was set: write `Generated<{ty}>`, which leaves its value to the database until it is, or \
             `Option<{ty}>` for a column that may be NULL"
        );
        cx.error(span, message);
    }
    let Some(span) = attrs.default_on_insert.span() else { return };
    if attrs.default.is_set() {
        cx.error(span, "a field with `default` is never unset, so `default_on_insert` would never be asked");
    } else if !tells {
        let message = "a field with `default_on_insert` is a `Generated<T>`, an `Option` or the primary key: of no other can be \
                       told that it was not set; use `default`";
        cx.error(span, message);
    }
}

fn deferred(cx: &Ctxt, field: &Field) {
    let attrs = &field.attrs;
    let contradictions = [
        ("primary_key", attrs.primary_key.span(), "a row is known by its key"),
        ("version", attrs.version.span(), "each UPDATE compares the version"),
        ("shard_key", attrs.shard_key.span(), "each statement asks the row for its shard"),
        ("on_update", attrs.on_update.span(), "each UPDATE would write it"),
        ("default_on_insert", attrs.default_on_insert.span(), "`default` gives a new object its value"),
        ("with", attrs.with.span(), "a `Deferred` is encoded by the type in it, which may implement `CustomType`"),
        ("json", attrs.json.span(), "a `Deferred` is encoded by the type in it, which may be a `Json<T>`"),
    ];
    for (name, span, reason) in contradictions {
        if let Some(span) = span {
            cx.error(span, format!("a `Deferred` field takes no `{name}`: {reason}"));
        }
    }
}

/// `Deferred` is the outermost type, around what the column has without it.
fn nested(cx: &Ctxt, field: &Field, column: &Column) {
    let inner = column.deferred.as_ref().or(column.generated.as_ref()).or_else(|| option_of(&field.ty));
    let Some(inner) = inner else { return };
    let message = if let (None, Some(value)) = (&column.deferred, deferred_of(inner)) {
        format!("`Deferred` is the outermost type: write `Deferred<Option<{}>>`", shown(value))
    } else if column.deferred.is_none() {
        return;
    } else if deferred_of(inner).is_some() {
        format!("a column is deferred once: write `{}`", shown(inner))
    } else if let Some(value) = generated_of(inner) {
        format!(
            "a `Deferred` that is not set leaves its value to the database already: write `Deferred<{}>`",
            shown(value)
        )
    } else {
        return;
    };
    cx.error(field.ty.span(), message);
}

fn generated(cx: &Ctxt, field: &Field, column: &Column) {
    let attrs = &field.attrs;
    if attrs.server_default.is_set() && attrs.default_on_insert.is_set() {
        let message = "`default_on_insert` fills the field before the database could: keep one of the two";
        cx.error(field.ty.span(), message);
    } else if !(attrs.server_default.is_set() || attrs.default_on_insert.is_set()) {
        let message = "nothing fills a `Generated` that is not set: add `server_default = \"sql\"` or \
                       `default_on_insert = expression`";
        cx.error(field.ty.span(), message);
    }
    let contradictions = [
        ("default", attrs.default.span(), "it would be set from the start"),
        ("primary_key", attrs.primary_key.span(), "a key tells by 0, \"\" or the nil UUID that it was not set"),
        ("version", attrs.version.span(), "a version is set from the start"),
    ];
    for (name, span, reason) in contradictions {
        if let Some(span) = span {
            cx.error(span, format!("a `Generated` field takes no `{name}`: {reason}; use the plain type"));
        }
    }
    if let Some(inner) = column.generated.as_ref().filter(|inner| option_of(inner).is_some()) {
        let inner = shown(inner);
        cx.error(
            field.ty.span(),
            format!("write `{inner}`: a column that may be NULL tells by `None` that it was not set"),
        );
    }
}

fn foreign_key(cx: &Ctxt, field: &Field) {
    for (name, span) in field.attrs.plain_only() {
        let cure = match name {
            "column" | "renamed_from" => format!("; write `#[belongs_to({name} = \"name\")]`"),
            _ => String::new(),
        };
        cx.error(span, format!("a `#[belongs_to]` field takes no `{name}`{cure}"));
    }
}

fn no_column(cx: &Ctxt, field: &Field) {
    let Some((relation_type, ..)) = field.relation() else { return };
    for (name, span) in field.attrs.plain_only().chain(field.attrs.key_options()) {
        let attribute = relation_type.attribute();
        cx.error(span, format!("a `#[{attribute}]` field is no column, so it takes no `{name}`"));
    }
}
