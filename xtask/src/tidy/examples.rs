use std::collections::BTreeSet;

use super::{File, Problem, Tree};

/// The files with the types and functions that a reader looks up first.
const ENTRY_POINTS: &[&str] = &[
    "orm-core/src/engine/builder.rs",
    "orm-core/src/engine/handle.rs",
    "orm-core/src/engine/schema.rs",
    "orm-core/src/error/kind.rs",
    "orm-core/src/model/belongs_to.rs",
    "orm-core/src/model/handle.rs",
    "orm-core/src/query/builder.rs",
    "orm-core/src/query/lock.rs",
    "orm-core/src/session/events/listeners.rs",
    "orm-core/src/session/flush/explain.rs",
    "orm-core/src/session/flush/round.rs",
    "orm-core/src/session/mod.rs",
    "orm-core/src/session/objects/access.rs",
    "orm-core/src/session/objects/add.rs",
    "orm-core/src/session/objects/add_again.rs",
    "orm-core/src/session/objects/delete.rs",
    "orm-core/src/session/objects/expressions.rs",
    "orm-core/src/session/objects/merge.rs",
    "orm-core/src/session/read/fetch.rs",
    "orm-core/src/session/read/include.rs",
    "orm-core/src/session/read/lock.rs",
    "orm-core/src/session/read/pages.rs",
    "orm-core/src/session/read/query_plan.rs",
    "orm-core/src/session/read/rows.rs",
    "orm-core/src/session/read/stream.rs",
    "orm-core/src/session/relations/related.rs",
    "orm-core/src/session/transaction/commit.rs",
    "orm-core/src/session/transaction/nested.rs",
    "orm-core/src/session/transaction/unit.rs",
    "orm-derive/src/lib.rs",
    "orm-tokio/src/engine.rs",
    "orm-tokio/src/session/awaited.rs",
    "orm-tokio/src/session/memory.rs",
    "orm-tokio/src/session/mod.rs",
    "orm-tokio/src/unit.rs",
    "src/engine.rs",
];

const ITEMS: &[&str] = &["pub fn ", "pub struct ", "pub enum ", "pub trait "];

/// Every public item of an entry point has an example, or says whose example it shares. A function that shares one is called in some
/// example.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let missing = ENTRY_POINTS.iter().filter(|path| !tree.files.iter().any(|file| file.path == **path));
    let mut problems: Vec<Problem> = missing.map(|path| format!("{path}: is missing")).collect();
    let files: Vec<&File> = tree.files.iter().filter(|file| ENTRY_POINTS.contains(&file.path.as_str())).collect();
    let called: BTreeSet<&str> = tree.with_extension("rs").flat_map(|file| calls(&file.text)).collect();
    problems.extend(files.into_iter().flat_map(|file| without_example(file, &called)));
    problems
}

fn without_example(file: &File, called: &BTreeSet<&str>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (mut doc, mut hidden) = (String::new(), false);
    for (index, line) in file.text.lines().map(str::trim_start).enumerate() {
        if let Some(text) = line.strip_prefix("///") {
            doc.push_str(text);
            doc.push('\n');
        } else if line == "#[doc(hidden)]" {
            hidden = true;
        } else if let Some(item) = ITEMS.iter().find_map(|item| line.strip_prefix(item)) {
            if !hidden && !has_example(&doc, item, line.starts_with("pub fn "), called) {
                problems.push(format!("{}:{}: `{}` has no example", file.path, index + 1, name(item)));
            }
            (doc, hidden) = (String::new(), false);
        } else if line.is_empty() {
            (doc, hidden) = (String::new(), false);
        }
    }
    problems
}

fn has_example(doc: &str, item: &str, is_fn: bool, called: &BTreeSet<&str>) -> bool {
    doc.contains("```") || doc.contains("example of ") && (!is_fn || called.contains(name(item)))
}

/// What is called, as `name(` or `name::<`, in the examples of a file.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    let docs = text.lines().filter_map(|line| line.trim_start().strip_prefix("///"));
    let mut in_code = false;
    let code = docs.filter(move |line| {
        in_code ^= line.trim_start().starts_with("```");
        in_code
    });
    code.flat_map(|line| {
        let before = line.match_indices(['(', ':']).map(|(end, _)| &line[..end]);
        before.map(|text| text.rsplit(|c| !is_word(c)).next().unwrap_or(text))
    })
}

/// The name that an item's text begins with.
fn name(item: &str) -> &str {
    item.split(|c| !is_word(c)).next().unwrap_or(item)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_file(text: &str, expected: &[&str]) {
        let file = File { path: "a.rs".to_owned(), text: text.to_owned() };
        assert_eq!(without_example(&file, &calls(text).collect()), expected);
    }

    #[test]
    fn an_item_has_an_example_or_shares_one() {
        check_file(
            "/// ```\n/// a().b::<i32>();\n/// ```\npub fn f() {}\n/// See the example of [`f`].\n#[must_use(\n    \"b\"\n)]\npub fn a() {}",
            &[],
        );
        check_file("/// Does it.\npub fn f() {}", &["a.rs:2: `f` has no example"]);
        check_file("/// ```\n/// a();\n/// ```\npub fn a() {}\npub struct B;", &["a.rs:5: `B` has no example"]);
    }

    #[test]
    fn a_shared_example_calls_the_function() {
        let shares = "/// See the example of [`f`].\npub fn g() {}";
        check_file(shares, &["a.rs:2: `g` has no example"]);
        check_file(&format!("/// ```\n/// x.g(1);\n/// ```\npub fn f() {{}}\n{shares}"), &[]);
    }
}
