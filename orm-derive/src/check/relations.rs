use quote::ToTokens;
use syn::Type;

use crate::ast::{Carrier, Field, Kind, Model, Relation};
use crate::attr::RelationAttrs;
use crate::ctxt::Ctxt;

/// What an end of a relation has to say. Whether the other end agrees, the compiler finds out.
pub(super) fn check(cx: &Ctxt, model: &Model) {
    for field in &model.fields {
        let Some((_, target, attrs)) = field.relation() else { continue };
        orphans(cx, attrs);
        own_inverse(cx, model, field, target, attrs);
        match &field.kind {
            Kind::Relation(relation) if relation.carrier == Carrier::ManyToMany => association(cx, relation),
            Kind::Relation(relation) => needs_back_populates(cx, relation),
            Kind::ForeignKey(key) => nullable(cx, key.optional, attrs),
            Kind::Column(_) | Kind::Broken => {}
        }
    }
}

fn orphans(cx: &Ctxt, attrs: &RelationAttrs) {
    let deletes = attrs.cascades("delete").or_else(|| attrs.cascades("all")).is_some();
    if let (Some(span), false) = (attrs.cascades("delete_orphan"), deletes) {
        cx.error(span, "`delete_orphan` needs `delete` too: `cascade(all, delete_orphan)`");
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
    let (attribute, target) = (relation.carrier.attribute(), relation.target.to_token_stream());
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
    if let (Some(&"SetNull"), Some(span), false) = (attrs.on_delete.get(), attrs.on_delete.span(), optional) {
        cx.error(span, "\"set null\" needs a key that may be NULL: make the field an `Option<BelongsTo<Model>>`");
    }
}
