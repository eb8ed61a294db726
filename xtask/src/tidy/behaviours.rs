use std::collections::BTreeSet;

use super::{File, Problem, Tree};

/// A list of numbered behaviours, what its numbers begin with, and what the names of cases begin with.
struct List {
    path: &'static str,
    item: &'static str,
    case: &'static str,
}

const LISTS: [List; 2] = [
    List { path: "docs/design/unit-of-work.md", item: "U-", case: "u_" },
    List { path: "docs/design/inheritance.md", item: "I-", case: "i_" },
];

const CASES: &str = "tests/src/cases/";

/// The lists of behaviours and the cases that are named after their numbers agree.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    LISTS.iter().flat_map(|list| check_list(tree, list)).collect()
}

fn check_list(tree: &Tree, list: &List) -> Vec<Problem> {
    let List { path, item: sign, case } = list;
    let Some(file) = tree.files.iter().find(|file| file.path == *path) else {
        return vec![format!("{path} does not exist")];
    };
    let files = tree.files.iter().filter(|file| file.path.starts_with(CASES));
    let cases: BTreeSet<&str> = files.flat_map(|file| case_numbers(file, case)).collect();
    let mut listed = BTreeSet::new();
    let mut problems = Vec::new();
    for item in file.text.lines().filter_map(|line| line.strip_prefix("* **")?.strip_prefix(sign)) {
        let (number, text) = item.split_once("** ").unwrap_or((item, ""));
        if !listed.insert(number) {
            problems.push(format!("{path}: {sign}{number} is listed twice"));
        }
        match (cases.contains(number), text.starts_with("(no case: ")) {
            (false, false) => problems.push(format!("{path}: {sign}{number} has no case and does not say why")),
            (true, true) => problems.push(format!("{path}: {sign}{number} has a case")),
            _ => {}
        }
    }
    problems.extend(cases.difference(&listed).map(|number| format!("{CASES}: {case}{number} is not in {path}")));
    problems
}

/// The numbers of the functions `u_NNN_..` of a file.
fn case_numbers<'f>(file: &'f File, case: &'f str) -> impl Iterator<Item = &'f str> {
    let functions = file.text.lines().filter_map(move |line| line.strip_prefix("pub fn ")?.strip_prefix(case));
    let numbered = functions.filter_map(|name| name.split_once('_')).map(|(number, _)| number);
    numbered.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_cases_must_agree() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let list = "* **U-001** a\n* **U-002** b\n* **U-003** (no case: c)\n* **U-004** (no case: d)\n* **U-001** e";
        let cases = "pub fn u_001_a() {}\npub fn u_004_d() {}\npub fn u_009_f() {}";
        let other = "* **I-001** a";
        let [first, second] = LISTS.map(|list| list.path);
        let files = vec![
            file(first, list),
            file(second, other),
            file("tests/src/cases/a.rs", cases),
            file("tests/src/cases/b.rs", "pub fn i_001_a() {}\npub fn i_an() {}"),
        ];
        assert_eq!(
            check(&Tree { files }),
            [
                format!("{first}: U-002 has no case and does not say why"),
                format!("{first}: U-004 has a case"),
                format!("{first}: U-001 is listed twice"),
                format!("{CASES}: u_009 is not in {first}"),
            ]
        );
    }
}
