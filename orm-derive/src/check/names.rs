use std::collections::BTreeMap;

use proc_macro2::Ident;

use crate::ast::{Field, Kind, Model};
use crate::ctxt::Ctxt;
use crate::symbol;

/// That names are used once, and name something.
pub(super) fn check(cx: &Ctxt, model: &Model) {
    columns(cx, model);
    constants(cx, model);
    let optimistic = model.attrs.optimistic_columns();
    for (position, name) in optimistic.iter().enumerate() {
        index_field(cx, model, name, optimistic[..position].contains(name));
    }
    for index in &model.attrs.indexes {
        for (position, name) in index.fields.iter().enumerate() {
            index_field(cx, model, name, index.fields[..position].contains(name));
        }
    }
}

/// Two columns of one name, as far as the names are known here: a foreign key is named after the key of its target
/// unless it says otherwise.
fn columns(cx: &Ctxt, model: &Model) {
    let mut seen: BTreeMap<String, &Field> = BTreeMap::new();
    for field in &model.fields {
        let (name, span) = match &field.kind {
            Kind::Column(column) => (column.name.clone(), column.span),
            Kind::ForeignKey(key) => match key.attrs.column.get() {
                Some(literal) => (literal.value(), literal.span()),
                None => continue,
            },
            Kind::Relation(_) | Kind::Broken => continue,
        };
        match seen.get(&name) {
            None => drop(seen.insert(name, field)),
            Some(other) => {
                let message = format!("`{}` and `{}` are both the column \"{name}\"", other.ident, field.ident);
                cx.error(span, message);
            }
        }
    }
}

/// Two constants of one name: `brand_id` beside a `belongs_to` field `brand`.
fn constants(cx: &Ctxt, model: &Model) {
    for key in &model.fields {
        let (Kind::ForeignKey(_), Some(constant)) = (&key.kind, key.column_constant()) else { continue };
        if let Some(other) = model.fields.iter().find(|field| constant == field.name) {
            let message = format!(
                "`{}` is the column `{constant}` already, and `{}::{constant}` names it; remove this field or rename it",
                key.ident, model.ident
            );
            cx.error(other.ident.span(), message);
        }
    }
}

fn index_field(cx: &Ctxt, model: &Model, name: &Ident, repeated: bool) {
    if repeated {
        cx.error(name.span(), format!("`{name}` is given twice"));
    }
    if model.column_field(name).is_some() {
        return;
    }
    let known = model.fields.iter().filter(|field| field.has_columns()).map(|field| field.name.as_str());
    let near = symbol::suggestion(&name.to_string(), known);
    cx.error(name.span(), format!("`{}` has no field `{name}` that is a column; {near}", model.ident));
}
