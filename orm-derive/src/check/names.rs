use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::ast::{Field, Kind, Model};
use crate::attr::{FieldPath, IndexKeyAttr, TableAttrs};
use crate::ctxt::Ctxt;
use crate::symbol;

/// Checks that names are unique, and that the names in options are fields.
pub(super) fn check(cx: &Ctxt, model: &Model) {
    columns(cx, &model.fields);
    constants(cx, model);
    functions(cx, model);
    proxies(cx, model);
    paths(cx, &model.ident, &model.fields, model.attrs.optimistic_columns());
    for path in model.attrs.optimistic_columns() {
        let named = |field: &&Field| path.inner.is_empty() && path.field.unraw() == field.name;
        if model.fields.iter().find(named).is_some_and(|field| field.deferred().is_some()) {
            cx.error(
                path.span(),
                format!("`{path}` is a `Deferred`, of which an UPDATE does not know what the row held"),
            );
        }
    }
    paths(cx, &model.ident, &model.fields, model.attrs.soft_delete.get());
    indexes(cx, &model.ident, &model.fields, &model.attrs);
}

/// Checks the fields that indexes name.
pub(super) fn indexes(cx: &Ctxt, owner: &Ident, fields: &[Field], attrs: &TableAttrs) {
    for index in &attrs.indexes {
        let keys: Vec<&FieldPath> = index.keys.iter().filter_map(IndexKeyAttr::field).collect();
        for path in index.include.iter().filter(|path| keys.contains(path)) {
            cx.error(path.span(), format!("`{path}` is a key of the index, which has its value already"));
        }
        paths(cx, owner, fields, keys);
        paths(cx, owner, fields, &index.include);
    }
}

fn paths<'p>(cx: &Ctxt, owner: &Ident, fields: &[Field], paths: impl IntoIterator<Item = &'p FieldPath>) {
    let mut seen = Vec::new();
    for path in paths {
        if seen.contains(&path) {
            cx.error(path.span(), format!("`{path}` is given twice"));
        }
        named_field(cx, owner, fields, path);
        seen.push(path);
    }
}

/// Finds two columns with one name. The name of a foreign key is known here only if `column` gives it; otherwise it follows from the key of
/// the target.
pub(super) fn columns(cx: &Ctxt, fields: &[Field]) {
    let mut seen: BTreeMap<String, &Field> = BTreeMap::new();
    for field in fields {
        let (name, span) = match &field.kind {
            Kind::Column(column) => (column.name.clone(), column.span),
            Kind::ForeignKey(key) => match key.attrs.column.get() {
                Some(literal) => (literal.value(), literal.span()),
                None => continue,
            },
            Kind::Embedded | Kind::OneOf(_) | Kind::Relation(_) | Kind::Base | Kind::Broken => continue,
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

/// Finds two constants with one name: `brand_id` beside a `belongs_to` field `brand`.
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

/// Finds association proxies whose constants have the name of another one, or of a function.
fn proxies(cx: &Ctxt, model: &Model) {
    let ident = &model.ident;
    let mut seen: Vec<String> = Vec::new();
    let attrs = model.fields.iter().filter_map(|field| field.relation().map(|(.., attrs)| attrs));
    for proxy in attrs.flat_map(|attrs| attrs.proxies.get().into_iter().flatten()) {
        let name = proxy.name.unraw().to_string();
        let is_field = |field: &Field| field.name == name || field.column_constant().is_some_and(|known| known == name);
        if model.fields.iter().any(is_field) {
            cx.error(proxy.name.span(), format!("`{ident}::{name}` is a field already; give the proxy another name"));
        } else if seen.contains(&name) {
            cx.error(proxy.name.span(), format!("`{name}` is given twice"));
        } else if symbol::FUNCTIONS.contains(&&*name) && !model.attrs.constants.is_set() {
            let message =
                format!("`{ident}::{name}` would hide the function `{ident}::{name}()`; give the proxy another name");
            cx.error(proxy.name.span(), message);
        }
        seen.push(name);
    }
}

/// Finds constants that hide a function of the model.
fn functions(cx: &Ctxt, model: &Model) {
    if model.attrs.constants.is_set() {
        return;
    }
    let ident = &model.ident;
    for field in &model.fields {
        let name = &field.name;
        if !symbol::FUNCTIONS.contains(&&**name) {
            continue;
        }
        let keep = match &field.kind {
            Kind::Column(column) => format!(" and keep its column by `#[orm(column = \"{}\")]`", column.name),
            _ => String::new(),
        };
        let message = format!(
            "the constant `{ident}::{name}` would hide the function `{ident}::{name}()`: give the field another name{keep}, or \
             put the constants elsewhere by `#[orm(constants = \"{ident}Fields\")]` on the struct"
        );
        cx.error(field.ident.span(), message);
    }
}

fn named_field(cx: &Ctxt, owner: &Ident, fields: &[Field], path: &FieldPath) {
    let name = &path.field;
    let found = fields.iter().find(|field| name.unraw() == field.name);
    match found.map(|field| (&field.kind, path.inner.is_empty())) {
        Some((Kind::Column(_) | Kind::ForeignKey(_), true) | (Kind::Embedded, false)) => {}
        Some((Kind::Embedded, true)) => {
            cx.error(path.span(), format!("`{name}` is several columns: name one of them, `{name}.field`"));
        }
        Some((Kind::Column(_) | Kind::ForeignKey(_), false)) => {
            cx.error(path.span(), format!("`{name}` is one column, and no embedded value with fields of its own"));
        }
        _ => {
            let known = fields.iter().filter(|field| field.has_columns()).map(|field| field.name.as_str());
            let near = symbol::suggestion(&name.to_string(), known);
            cx.error(name.span(), format!("`{owner}` has no field `{name}` that is a column; {near}"));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]

    use std::collections::BTreeSet;
    use std::path::Path;

    use syn::{Item, TraitItem};

    use crate::symbol::FUNCTIONS;

    fn items(file: &str) -> Vec<Item> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap().items
    }

    /// The functions of a trait, and its constants.
    fn functions(file: &str, name: &str) -> BTreeSet<String> {
        let found = items(file).into_iter().find_map(|item| match item {
            Item::Trait(item) if item.ident == name => Some(item.items),
            _ => None,
        });
        let names = found.unwrap().into_iter().filter_map(|item| match item {
            TraitItem::Fn(function) => Some(function.sig.ident.to_string()),
            _ => None,
        });
        names.collect()
    }

    /// The fields of a model of the tests.
    fn fields(name: &str) -> BTreeSet<String> {
        let found = items("tests/src/models/words.rs").into_iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == name => Some(item.fields),
            _ => None,
        });
        found.unwrap().into_iter().filter_map(|field| Some(field.ident?.to_string())).collect()
    }

    #[test]
    fn constants_hide_no_function_that_is_called_by_the_model_s_name() {
        let mut known = functions("orm-core/src/query/model_query.rs", "ModelQuery");
        known.extend(["default", "clone"].map(str::to_owned));
        assert_eq!(FUNCTIONS.map(str::to_owned).into_iter().collect::<BTreeSet<_>>(), known);
    }

    /// All other functions are called on values, or by `<M as Model>`: a model of the tests has a field for each, and works.
    #[test]
    fn constants_may_hide_all_other_functions() {
        let mut others = functions("orm-core/src/model/mod.rs", "Model");
        others.extend(functions("orm-core/src/model/hooks.rs", "Hooks"));
        let missing: Vec<_> = others.difference(&fields("Words")).cloned().collect();
        assert_eq!(missing, [] as [&str; 0]);
    }
}
