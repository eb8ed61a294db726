use std::collections::BTreeSet;

use super::{File, Problem, Tree};

const LIST: &str = "docs/design/unit-of-work.md";
const CASES: &str = "tests/src/cases/";

/// The list of behaviours and the cases that are named after its numbers agree.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let Some(list) = tree.files.iter().find(|file| file.path == LIST) else {
        return vec![format!("{LIST} does not exist")];
    };
    let cases: BTreeSet<&str> =
        tree.files.iter().filter(|file| file.path.starts_with(CASES)).flat_map(case_numbers).collect();
    let mut listed = BTreeSet::new();
    let mut problems = Vec::new();
    for item in list.text.lines().filter_map(|line| line.strip_prefix("* **U-")) {
        let (number, text) = item.split_once("** ").unwrap_or((item, ""));
        if !listed.insert(number) {
            problems.push(format!("{LIST}: U-{number} is listed twice"));
        }
        match (cases.contains(number), text.starts_with("(no case: ")) {
            (false, false) => problems.push(format!("{LIST}: U-{number} has no case and does not say why")),
            (true, true) => problems.push(format!("{LIST}: U-{number} has a case")),
            _ => {}
        }
    }
    problems.extend(cases.difference(&listed).map(|number| format!("{CASES}: u_{number} is not in {LIST}")));
    problems
}

/// The numbers of the functions `u_NNN_..` of a file.
fn case_numbers(file: &File) -> impl Iterator<Item = &str> {
    let functions = file.text.lines().filter_map(|line| line.strip_prefix("pub fn u_"));
    functions.filter_map(|name| name.split_once('_')).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_cases_must_agree() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let list = "* **U-001** a\n* **U-002** b\n* **U-003** (no case: c)\n* **U-004** (no case: d)\n* **U-001** e";
        let cases = "pub fn u_001_a() {}\npub fn u_004_d() {}\npub fn u_009_f() {}";
        let files = vec![file(LIST, list), file("tests/src/cases/a.rs", cases)];
        assert_eq!(
            check(&Tree { files }),
            [
                format!("{LIST}: U-002 has no case and does not say why"),
                format!("{LIST}: U-004 has a case"),
                format!("{LIST}: U-001 is listed twice"),
                format!("{CASES}: u_009 is not in {LIST}"),
            ]
        );
    }
}
