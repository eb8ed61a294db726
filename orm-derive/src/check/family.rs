//! Rules of families: what a base and what a subtype says.

use crate::ast::{Field, Kind, Model, name_of};
use crate::ctxt::Ctxt;

/// Checks the options of a model of a family, and that no other model has them.
pub(super) fn check(cx: &Ctxt, model: &Model) {
    let (attrs, ident) = (&model.attrs, &model.ident);
    if let (Some(span), true) = (attrs.inherits.span(), attrs.polymorphic.is_set()) {
        let message = "a subtype has no `polymorphic` of its own: the base at the root names the types of all levels";
        return cx.error(span, message);
    }
    match attrs.inherits.span() {
        Some(span) => {
            subtype(cx, model, span);
            for span in model.fields.iter().filter_map(bases).skip(1) {
                cx.error(span, format!("`{ident}` has a base already; a model inherits from one"));
            }
        }
        None => {
            for span in model.fields.iter().filter_map(bases) {
                cx.error(
                    span,
                    format!("a field with `base` is for a subtype: add `inherits, identity = \"..\"` to `{ident}`"),
                );
            }
            if let Some(span) = attrs.identity.span() {
                let message = "`identity` is for a subtype, beside `inherits`; that of a base is in `polymorphic(..)`";
                cx.error(span, message);
            }
        }
    }
    discriminator(cx, model);
}

fn bases(field: &Field) -> Option<proc_macro2::Span> {
    matches!(field.kind, Kind::Base).then(|| field.attrs.base.span()).flatten()
}

fn subtype(cx: &Ctxt, model: &Model, inherits: proc_macro2::Span) {
    let (attrs, ident) = (&model.attrs, &model.ident);
    if model.base().is_none() {
        let message = format!("`{ident}` needs a field for what it inherits: `#[orm(base)] base: Base`");
        cx.error(inherits, message);
    }
    if !attrs.identity.is_set() {
        let message = format!("`{ident}` needs `identity = \"..\"`, what the discriminator holds in its rows");
        cx.error(inherits, message);
    }
    let of_base = [
        ("schema", attrs.schema.span()),
        ("renamed_from", attrs.renamed_from.span()),
        ("optimistic", attrs.optimistic.span()),
        ("filter", attrs.filter.span()),
        ("soft_delete", attrs.soft_delete.span()),
        ("comment", attrs.comment.span()),
        ("exclude", attrs.exclusions.first().map(|exclusion| exclusion.sql.span())),
    ];
    let own = model.fields.iter().flat_map(|field| {
        let attrs = &field.attrs;
        [
            ("primary_key", attrs.primary_key.span()),
            ("version", attrs.version.span()),
            ("shard_key", attrs.shard_key.span()),
        ]
    });
    for (option, span) in of_base.into_iter().chain(own) {
        if let Some(span) = span {
            cx.error(span, format!("a subtype has the `{option}` of its base, so it says none itself"));
        }
    }
    if let Some(base) = model.base() {
        for (option, span) in
            base.attrs.plain_only().chain(base.attrs.key_options()).filter(|(name, _)| *name != "base")
        {
            cx.error(span, format!("the field of the base is no column, so it takes no `{option}`"));
        }
    }
}

/// No field holds the discriminator.
fn discriminator(cx: &Ctxt, model: &Model) {
    let Some(polymorphic) = model.attrs.polymorphic.get() else { return };
    let on = name_of(&polymorphic.on);
    for field in &model.fields {
        let (name, span) = match &field.kind {
            Kind::Column(column) => (&column.name, column.span),
            _ => (&field.name, field.ident.span()),
        };
        if *name == on {
            let message = format!(
                "`{on}` tells the type of a row: the flush writes it by the type of the object, so no field holds it; remove the field"
            );
            cx.error(span, message);
        }
    }
    let paths: Vec<_> = polymorphic.subtypes.iter().map(|subtype| &subtype.path).collect();
    for (_, path) in paths.iter().enumerate().filter(|(number, path)| paths[..*number].contains(path)) {
        cx.error(syn::spanned::Spanned::span(path), "the type is named twice");
    }
}
