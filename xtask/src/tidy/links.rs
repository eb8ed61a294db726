use super::documents::prose;
use super::{File, Problem, Tree};

/// Every link of a document leads to a file of the tree, and to a heading if it names one.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    tree.with_extension("md").flat_map(|file| broken(file, tree)).collect()
}

fn broken(file: &File, tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in prose(&file.text) {
        for link in links(line).filter(|link| !link.contains("://")) {
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { file.path.clone() } else { resolve(&file.path, path) };
            let found = tree.files.iter().find(|other| other.path == target);
            let is_there = match found {
                Some(found) => heading.is_empty() || anchors(&found.text).any(|anchor| anchor == heading),
                None => false,
            };
            if !is_there {
                problems.push(format!("{}:{number}: the link `{link}` leads nowhere", file.path));
            }
        }
    }
    problems
}

/// The targets of `[text](target)`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

/// The path of a link, from the root.
fn resolve(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The names that links give to headings: small letters and digits, blanks as hyphens.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let headings =
        prose(text).filter(|(_, line)| line.starts_with('#')).map(|(_, line)| line.trim_start_matches('#').trim());
    headings.map(|heading| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_must_lead_to_files_and_headings() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let a = "[b](b.md) [top](../README.md) [own](#what-it-is) [x](https://x.org) [no](c.md) [no](b.md#one)";
        let files = vec![
            file("docs/a.md", &format!("# What, it *is*\n{a}\n```text\n[no](d.md)\n```")),
            file("docs/b.md", "## Two"),
            file("README.md", "[two](docs/b.md#two)"),
        ];
        let problems = ["c.md", "b.md#one"].map(|link| format!("docs/a.md:2: the link `{link}` leads nowhere"));
        assert_eq!(check(&Tree { files }), problems);
    }
}
