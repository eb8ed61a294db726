use super::{File, Problem, Tree};

/// A path in a document is one when it starts with a name that the root holds. History keeps names of what is gone.
const HISTORY: &str = "CHANGELOG.md";

/// Every path of the tree that a document names in backticks exists, and what it quotes from a file is in there.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let documents = tree.with_extension("md").filter(|file| file.path != HISTORY);
    documents.flat_map(|file| missing(file, tree).into_iter().chain(misquoted(file, tree))).collect()
}

/// A block whose first line is a comment with a path quotes that file.
fn misquoted(file: &File, tree: &Tree) -> Vec<Problem> {
    let blocks = file.text.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let quotes = blocks.filter_map(|(_, text)| text.strip_prefix("// ")?.split_once('\n'));
    let wrong = quotes.filter(|(path, quote)| {
        let source = tree.files.iter().find(|source| source.path == *path);
        looks_like_a_path(path, tree) && !source.is_some_and(|source| source.text.contains(quote))
    });
    wrong
        .map(|(path, quote)| format!("{}: not in `{path}`: {}", file.path, quote.lines().next().unwrap_or(quote)))
        .collect()
}

fn missing(file: &File, tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in prose(&file.text) {
        let spans = line.split('`').skip(1).step_by(2);
        for path in spans.filter(|span| looks_like_a_path(span, tree)) {
            if !exists(path, tree) {
                problems.push(format!("{}:{number}: `{path}` does not exist", file.path));
            }
        }
    }
    problems
}

/// The lines outside code blocks, with their numbers.
pub(super) fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        (!in_code && !fence).then_some((index + 1, line))
    })
}

fn looks_like_a_path(span: &str, tree: &Tree) -> bool {
    let plain = span.chars().all(|c| c.is_alphanumeric() || "/._-*".contains(c));
    let Some((first, _)) = span.split_once('/') else { return false };
    plain && !span.contains('*') && tree.files.iter().any(|file| file.path.split('/').next() == Some(first))
}

fn exists(path: &str, tree: &Tree) -> bool {
    let folder = format!("{}/", path.trim_end_matches('/'));
    tree.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_document(text: &str, expected: &[&str]) {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let tree = Tree { files: vec![file("A.md", text), file("src/lib.rs", "fn f() {\n}\n"), file(".ci/run", "")] };
        assert_eq!(check(&tree), expected);
    }

    #[test]
    fn paths_in_backticks_must_exist() {
        check_document("see `src/lib.rs`, `src/`, `.ci/run`", &[]);
        check_document("see `src/gone.rs`", &["A.md:1: `src/gone.rs` does not exist"]);
    }

    #[test]
    fn other_words_in_backticks_are_no_paths() {
        check_document("`and/or`, `src/*.rs`, `cargo test`\n```text\n`src/gone.rs`\n```", &[]);
    }

    #[test]
    fn quotes_must_be_in_their_files() {
        let quote = |code: &str| format!("A\n\n```text\n// src/lib.rs\n{code}\n```\n\nB\n");
        check_document(&quote("fn f() {\n}"), &[]);
        check_document(&quote("fn f() {\n    1\n}"), &["A.md: not in `src/lib.rs`: fn f() {"]);
        check_document("```text\nfn g() {}\n```", &[]);
    }
}
