use proc_macro2::Span;
use quote::ToTokens;
use syn::Type;

use crate::ast::{Field, Kind, Model, OneOfKey, Relation, RelationType};
use crate::attr::RelationAttrs;
use crate::ctxt::Ctxt;
use crate::symbol;

/// Checks the options of one end of a relation. Generated code checks whether the other end agrees.
pub(super) fn check(cx: &Ctxt, model: &Model) {
    for field in &model.fields {
        if let Kind::OneOf(key) = &field.kind {
            one_of(cx, field, key);
        }
        let Some((relation_type, target, attrs)) = field.relation() else { continue };
        not_shared(cx, attrs);
        orphans(cx, relation_type, attrs);
        passive(cx, attrs);
        view_only(cx, attrs);
        own_inverse(cx, model, field, target, attrs);
        loading(cx, relation_type, attrs);
        ordering(cx, attrs);
        match &field.kind {
            Kind::Relation(relation) if relation.relation_type == RelationType::ManyToMany => association(cx, relation),
            Kind::Relation(relation) => needs_back_populates(cx, relation),
            Kind::ForeignKey(key) => {
                nullable(cx, key.optional, attrs);
                deferrable(cx, attrs);
            }
            Kind::Column(_) | Kind::OneOf(_) | Kind::Embedded | Kind::Base | Kind::Broken => {}
        }
    }
}

fn one_of(cx: &Ctxt, field: &Field, key: &OneOfKey) {
    let attrs = &key.attrs;
    orphans(cx, RelationType::BelongsTo, attrs);
    loading(cx, RelationType::BelongsTo, attrs);
    deferrable(cx, attrs);
    shared(cx, attrs);
    if let (Some(span), Some(&"SetNull"), false) = (attrs.on_delete.span(), attrs.on_delete.get(), key.optional) {
        cx.error(span, "of a `OneOf` one key is always set: `on_delete = \"set null\"` needs an `Option<OneOf<..>>`");
    }
    if let Some(span) = attrs.renamed_from.span() {
        cx.error(span, "a `OneOf` field has a column for each model, so it takes no `renamed_from`");
    }
    if let Some(span) = field.attrs.primary_key.span() {
        cx.error(span, "a primary key is never NULL, and of the keys of a `OneOf` all but one are");
    }
}

/// Columns that keys to several models have in common.
fn shared(cx: &Ctxt, attrs: &RelationAttrs) {
    let Some(name) = attrs.type_column.get() else {
        if let Some(span) = attrs.key_column.span() {
            cx.error(span, "`key_column` stands beside `type_column`, which names the column that tells the model");
        }
        return;
    };
    let contradictions = [
        ("on_delete", attrs.on_delete.span()),
        ("on_update", attrs.on_update.span()),
        ("deferrable", attrs.deferrable.span()),
    ];
    for (option, span) in contradictions.into_iter().filter_map(|(option, span)| Some((option, span?))) {
        cx.error(span, format!("a key with `type_column` has no constraint, so it takes no `{option}`"));
    }
    if let Some(span) = attrs.post_update.span() {
        cx.error(
            span,
            "a key with `type_column` has no constraint, so its row waits for no other: remove `post_update`",
        );
    }
    if let Some(span) = attrs.column.span() {
        cx.error(span, "`key_column` names the column of a key with `type_column`; remove `column`");
    }
    if let Some(key) = attrs.key_column.get().filter(|key| key.value() == name.value()) {
        cx.error(key.span(), "one column cannot hold both the key and the name of its model");
    }
}

fn not_shared(cx: &Ctxt, attrs: &RelationAttrs) {
    for (option, span) in [("type_column", attrs.type_column.span()), ("key_column", attrs.key_column.span())] {
        if let Some(span) = span {
            cx.error(span, format!("`{option}` is for a key to one of several models: a `OneOf`"));
        }
    }
}

fn orphans(cx: &Ctxt, relation_type: RelationType, attrs: &RelationAttrs) {
    let Some(span) = attrs.cascades("delete_orphan") else { return };
    if deletes(attrs).is_none() {
        cx.error(span, "`delete_orphan` needs `delete` too: `cascade(all, delete_orphan)`");
    }
    if matches!(relation_type, RelationType::BelongsTo | RelationType::ManyToMany) && !attrs.single_parent.is_set() {
        let attribute = relation_type.attribute();
        let message = format!(
            "`delete_orphan` needs `single_parent` on `#[{attribute}]`: an object that others reference is no orphan"
        );
        cx.error(span, message);
    }
}

/// The span of `delete` or `all` in the cascade.
fn deletes(attrs: &RelationAttrs) -> Option<Span> {
    attrs.cascades("delete").or_else(|| attrs.cascades("all"))
}

fn passive(cx: &Ctxt, attrs: &RelationAttrs) {
    if attrs.passive_deletes.get() != Some(&"All") {
        return;
    }
    if let Some(span) = deletes(attrs).or_else(|| attrs.cascades("delete_orphan")) {
        cx.error(span, "`passive_deletes = \"all\"` never touches members, so deletes cannot spread to them");
    }
}

fn view_only(cx: &Ctxt, attrs: &RelationAttrs) {
    if !attrs.view_only.is_set() {
        return;
    }
    for word in symbol::WRITE_CASCADES {
        if let Some(span) = attrs.cascades(word) {
            cx.error(span, format!("a `view_only` relation is never written, so it takes no cascade `{word}`"));
        }
    }
    let contradictions =
        [("passive_deletes", attrs.passive_deletes.span()), ("single_parent", attrs.single_parent.span())];
    for (option, span) in contradictions {
        if let Some(span) = span {
            cx.error(span, format!("a `view_only` relation is never written, so `{option}` means nothing for it"));
        }
    }
}

/// What is never loaded cannot be looked through when its parent is deleted.
fn loading(cx: &Ctxt, relation_type: RelationType, attrs: &RelationAttrs) {
    let (Some(&"WriteOnly"), Some(span)) = (attrs.load.get(), attrs.load.span()) else { return };
    if relation_type != RelationType::HasMany {
        let attribute = relation_type.attribute();
        cx.error(
            span,
            format!("`load = \"write_only\"` is for `#[has_many]`; a `#[{attribute}]` is loaded to be written"),
        );
    } else if !attrs.passive_deletes.is_set() {
        let message = "`load = \"write_only\"` needs `passive_deletes`: the members are not loaded when the parent is deleted, \
                       so the database deletes them by `on_delete`";
        cx.error(span, message);
    }
}

/// The places are the order.
fn ordering(cx: &Ctxt, attrs: &RelationAttrs) {
    if let (Some(_), Some(span)) = (attrs.ordering.span(), attrs.order_by.span()) {
        cx.error(span, "`ordering` is the order of the members already; remove `order_by`");
    }
}

fn own_inverse(cx: &Ctxt, model: &Model, field: &Field, target: &Type, attrs: &RelationAttrs) {
    let Some(inverse) = attrs.back_populates.get() else { return };
    if *inverse == field.ident && model.ident == target.to_token_stream().to_string() {
        cx.error(inverse.span(), format!("`{inverse}` is this very field; `back_populates` names the other end"));
    }
}

fn needs_back_populates(cx: &Ctxt, relation: &Relation) {
    if relation.attrs.back_populates.is_set() {
        return;
    }
    let (attribute, target) = (relation.relation_type.attribute(), relation.target.to_token_stream());
    let message =
        format!("`#[{attribute}]` needs `back_populates = field`, naming the `BelongsTo` field of `{target}`");
    cx.error(relation.attrs.span, message);
}

fn association(cx: &Ctxt, relation: &Relation) {
    let attrs = &relation.attrs;
    match (attrs.table.span(), attrs.through.span()) {
        (None, None) => {
            let message = "`#[many_to_many]` needs `table = \"name\"` for a table of pairs, or `through = Model`";
            cx.error(attrs.span, message);
        }
        (Some(_), Some(span)) => cx.error(span, "`through` names the table already; remove `table`"),
        _ => {}
    }
    if let (Some(span), true) = (attrs.column.span(), attrs.through.is_set()) {
        cx.error(span, "the columns are those of the `through` model; write `column` on its `#[belongs_to]`");
    }
}

fn nullable(cx: &Ctxt, optional: bool, attrs: &RelationAttrs) {
    if let (Some(span), false) = (attrs.post_update.span(), optional) {
        cx.error(span, "`post_update` needs a key that may be NULL: make the field an `Option<BelongsTo<Model>>`");
    }
    if let (Some(&"SetNull"), Some(span), false) = (attrs.on_delete.get(), attrs.on_delete.span(), optional) {
        cx.error(span, "\"set null\" needs a key that may be NULL: make the field an `Option<BelongsTo<Model>>`");
    }
}

fn deferrable(cx: &Ctxt, attrs: &RelationAttrs) {
    if let (Some(span), Some(&"Restrict")) = (attrs.deferrable.span(), attrs.on_delete.get()) {
        cx.error(
            span,
            "a `deferrable` key is looked at when the transaction ends, but `on_delete = \"restrict\"` at once: leave \
             `on_delete` out, and a row that is still referenced then stops the commit",
        );
    }
}
