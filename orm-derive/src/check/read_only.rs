//! Rules of views and other models that are read-only.

use proc_macro2::Span;

use crate::ast::{Kind, Model};
use crate::attr::ViewAttr;
use crate::ctxt::Ctxt;

/// Checks that a model that is never written says nothing of writing, and a view nothing of a table.
pub(super) fn check(cx: &Ctxt, model: &Model) {
    let attrs = &model.attrs;
    let what = match (attrs.view.get(), attrs.read_only.span()) {
        (Some(_), Some(span)) => return cx.error(span, "a view is read-only already; remove `read_only`"),
        (Some(view), None) => {
            of_a_table(cx, model, view);
            "a view"
        }
        (None, Some(_)) => "a read-only model",
        (None, None) => return,
    };
    refuse(cx, what, "its rows are never written", written(model));
    let family =
        [("polymorphic", attrs.polymorphic.get().map(|family| family.on.span())), ("inherits", attrs.inherits.span())];
    refuse(cx, what, "a family is written as a whole", family);
}

fn refuse(cx: &Ctxt, what: &str, reason: &str, options: impl IntoIterator<Item = (&'static str, Option<Span>)>) {
    for (name, span) in options {
        if let Some(span) = span {
            cx.error(span, format!("{what} takes no `{name}`: {reason}"));
        }
    }
}

/// What is said of writing.
fn written(model: &Model) -> Vec<(&'static str, Option<Span>)> {
    let attrs = &model.attrs;
    let of_struct = [
        ("optimistic", attrs.optimistic.span()),
        ("soft_delete", attrs.soft_delete.span()),
        ("garde", attrs.garde.span()),
    ];
    let of_fields = model.fields.iter().flat_map(|field| {
        let attrs = &field.attrs;
        [
            ("version", attrs.version.span()),
            ("read_back", attrs.read_back.span()),
            ("on_update", attrs.on_update.span()),
            ("default_on_insert", attrs.default_on_insert.span()),
            ("validate", attrs.rule_span()),
        ]
    });
    of_struct.into_iter().chain(of_fields).collect()
}

/// What is said of a table.
fn of_a_table(cx: &Ctxt, model: &Model, view: &ViewAttr) {
    let attrs = &model.attrs;
    let of_struct = [
        ("renamed_from", attrs.renamed_from.span()),
        ("comment", attrs.comment.span()),
        ("check", attrs.checks.first().map(|check| check.sql.span())),
        ("exclude", attrs.exclusions.first().map(|exclusion| exclusion.sql.span())),
    ];
    let of_fields = model.fields.iter().flat_map(|field| {
        let attrs = &field.attrs;
        [
            ("renamed_from", attrs.renamed_from.span()),
            ("comment", attrs.comment.span()),
            ("server_default", attrs.server_default.span()),
            ("computed", attrs.computed.span()),
        ]
    });
    refuse(cx, "a view", "its query makes its columns", of_struct.into_iter().chain(of_fields));
    if !view.materialized {
        let of_fields = model
            .fields
            .iter()
            .flat_map(|field| [("unique", field.attrs.unique.span()), ("index", field.attrs.index.span())]);
        let of_struct = ("index", attrs.indexes.first().map(|index| index.span));
        refuse(cx, "a view", "only a `materialized_view` stores rows", of_fields.chain([of_struct]));
    }
    if model.is_keyless() {
        for field in &model.fields {
            if let Kind::Relation(relation) = &field.kind {
                let attribute = relation.relation_type.attribute();
                let message = format!(
                    "`{}` has no key, by which `#[{attribute}]` finds its members; mark a field with `#[orm(primary_key)]`",
                    model.ident
                );
                cx.error(field.ident.span(), message);
            }
        }
    }
}
