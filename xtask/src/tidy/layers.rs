use std::collections::BTreeSet;

use super::{File, Problem, Tree};

/// Folders of the core and the modules in each, lowest first. A module imports those above it in this list and no other. What is not here
/// is a problem.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "error", "value", "schema", "catalog", "sql", "model", "dialect", "render", "driver", "engine", "query",
            "session", "shards",
        ],
    ),
    (
        "session/flush/",
        &[
            "conflict",
            "plan",
            "filtered",
            "placed",
            "changed_rows",
            "changes",
            "order",
            "prepare",
            "execute",
            "on_delete",
            "apply",
            "explain",
            "untracked",
            "round",
        ],
    ),
];

/// Crates and the crates of ours that they may depend on.
const CRATES: &[(&str, &[&str])] = &[
    ("orm-core", &[]),
    ("orm-derive", &[]),
    ("orm-sqlite", &["orm-core"]),
    ("orm-postgres", &["orm-core"]),
    ("orm-mysql", &["orm-core"]),
    ("orm-inspect", &["orm-core"]),
    ("orm-migrate", &["orm-core"]),
    ("orm-cli", &["orm", "orm-inspect"]),
    ("orm-tokio", &["orm-core"]),
    ("orm-influx", &["orm-core", "orm-derive"]),
    ("orm-files", &["orm-core"]),
    ("orm-dynamodb", &["orm-core", "orm-derive", "orm-tokio"]),
    ("orm-arrow", &["orm-core"]),
    ("orm-cache", &["orm-core"]),
];

/// Crates of ours that examples may depend on.
const OF_EXAMPLES: &[&str] = &["orm", "orm-influx", "orm-dynamodb", "orm-cache"];

const CORE: &str = "orm-core/src/";

/// Imports go one way: between the modules of the core, and between crates.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems: Vec<Problem> =
        LAYERS.iter().flat_map(|&(folder, layers)| module_problems(tree, folder, layers)).collect();
    problems.extend(CRATES.iter().flat_map(|&(name, allowed)| crate_problems(tree, name, allowed)));
    problems.extend(tree.files.iter().filter_map(example_of).flat_map(|name| crate_problems(tree, &name, OF_EXAMPLES)));
    problems
}

fn module_problems(tree: &Tree, folder: &str, layers: &[&str]) -> Vec<Problem> {
    let path = format!("crate::{}", folder.replace('/', "::"));
    let mut problems = Vec::new();
    for file in tree.with_extension("rs") {
        let Some(inside) = file.path.strip_prefix(CORE).and_then(|inside| inside.strip_prefix(folder)) else {
            continue;
        };
        let Some(module) = module_of(inside) else { continue };
        // Beside the modules, `super` is the folder itself.
        let text = if inside.contains('/') {
            file.text.clone()
        } else {
            file.text.replace("use super::", &format!("use {path}"))
        };
        let allowed = layers.iter().position(|layer| *layer == module).map_or(&[][..], |layer| &layers[..layer]);
        let imports = imports(&text, &path).into_iter().filter(|import| import != module);
        let wrong = imports.filter(|import| !allowed.contains(&import.as_str()));
        problems.extend(wrong.map(|import| format!("{}: `{module}` may not import `{import}`", file.path)));
    }
    problems
}

/// The module that a file belongs to, by its path in the folder of modules; the folder's root and what the derive's code calls are above
/// them all.
fn module_of(inside: &str) -> Option<&str> {
    let module = inside.split('/').next()?;
    let module = module.strip_suffix(".rs").unwrap_or(module);
    (!["lib", "mod", "codegen"].contains(&module)).then_some(module)
}

/// The modules that a file names behind `path`, outside comments and unit tests.
fn imports(text: &str, path: &str) -> BTreeSet<String> {
    let code: Vec<&str> = text
        .lines()
        .take_while(|line| *line != "mod tests {")
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let mut found = BTreeSet::new();
    for after in code.split(path).skip(1) {
        match after.strip_prefix('{') {
            Some(group) => found.extend(group_heads(group)),
            None => found.extend(leading_name(after)),
        }
    }
    found
}

/// `{a::B, c::{D, E}}`, without the first brace, as `a`, `c`.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut expects_head = true;
    for (index, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expects_head = true,
            c if expects_head && !c.is_whitespace() => {
                heads.extend(leading_name(&group[index..]));
                expects_head = false;
            }
            _ => {}
        }
    }
    heads
}

/// The lower-case name that the text begins with. Macros and re-exported types of the crate's root are no modules.
fn leading_name(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let is_macro = text[name.len()..].starts_with('!');
    (name.starts_with(|c: char| c.is_lowercase()) && !is_macro).then_some(name)
}

fn example_of(file: &File) -> Option<String> {
    let name = file.path.strip_prefix("examples/")?.strip_suffix("/Cargo.toml")?;
    Some(format!("examples/{name}"))
}

/// The crates of ours that a manifest names besides those allowed, up to what only its examples and tests need.
fn crate_problems(tree: &Tree, folder: &str, allowed: &[&str]) -> Vec<Problem> {
    let path = format!("{folder}/Cargo.toml");
    let Some(manifest) = tree.files.iter().find(|file| file.path == path) else {
        return vec![format!("{path}: is missing")];
    };
    let dependencies = manifest.text.lines().take_while(|line| *line != "[dev-dependencies]");
    let names = dependencies.filter_map(|line| line.split(['.', ' ', '=']).next());
    let ours = names.filter(|name| *name == "orm" || name.starts_with("orm-"));
    ours.filter(|name| !allowed.contains(name)).map(|name| format!("{path}: may not depend on `{name}`")).collect()
}

#[cfg(test)]
mod tests {
    use super::imports;

    #[track_caller]
    fn check_imports(text: &str, expected: &[&str]) {
        assert_eq!(imports(text, "crate::").into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn single_paths_and_groups_are_read() {
        check_imports("use crate::value::{Value, ValueRef};", &["value"]);
        check_imports("use crate::{\n    error::{Error, Result},\n    sql::Expr,\n};", &["error", "sql"]);
        check_imports("fn f() -> crate::error::Error {}", &["error"]);
    }

    #[test]
    fn comments_unit_tests_and_the_root_do_not_count() {
        check_imports("/// See [`x`](crate::session::Session).\nuse crate::Error;\ncrate::list!();", &[]);
        check_imports("#[cfg(test)]\nmod tests {\n    use crate::session::Session;\n}", &[]);
    }
}
