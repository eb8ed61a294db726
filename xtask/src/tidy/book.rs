use super::{Problem, Tree};

const FOLDER: &str = "docs/guide/";
const SUMMARY: &str = "docs/guide/SUMMARY.md";

/// Every page of the guide is in the book's table of contents.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let Some(summary) = tree.files.iter().find(|file| file.path == SUMMARY) else {
        return vec![format!("{SUMMARY} does not exist")];
    };
    let pages = tree.with_extension("md").filter_map(|file| file.path.strip_prefix(FOLDER));
    let missing = pages.filter(|page| *page != "SUMMARY.md" && !summary.text.contains(&format!("({page})")));
    missing.map(|page| format!("{FOLDER}{page} is not in {SUMMARY}")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::File;
    use super::*;

    #[test]
    fn pages_must_be_in_the_table_of_contents() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = vec![
            file(SUMMARY, "- [A](a.md)"),
            file("docs/guide/a.md", ""),
            file("docs/guide/b/c.md", ""),
            file("d.md", ""),
        ];
        assert_eq!(check(&Tree { files }), [format!("docs/guide/b/c.md is not in {SUMMARY}")]);
    }
}
