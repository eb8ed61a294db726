use super::{File, Problem, Tree};

/// Parts of names and words of prose that have a better one, with that one. A word is found in names in any case: `doubt_rows` in
/// `doubtRows`, `DoubtRows` and `doubt_rows_again`.
const WORDS: &[(&str, &str)] = &[
    ("carrier", "relation value, relation kind"),
    ("circle", "cycle"),
    ("circles", "cycles"),
    ("doubt_rows", "the name of what is done with the rows"),
    ("expel", "remove"),
    ("expelled", "removed"),
    ("expels", "removes"),
    ("graft", "joined load"),
    ("grafts", "joined loads"),
    ("lexis", "lexical rules"),
    ("misfit", "mismatch, error"),
    ("newborn", "new, pending"),
];

/// Names that say nothing, with what to look for instead. Only whole names in the code of the library count.
const NAMES: &[(&str, &str)] = &[
    ("Behind", "after a cursor"),
    ("Instead", "pending expression"),
    ("Sense", "whether a test is negated"),
    ("Told", "how rows are matched"),
    ("take_back", "undo, restore"),
];

/// Turns of phrase that hide who does what.
const PHRASES: &[(&str, &str)] = &[
    ("tells of ", "describes, reports"),
    ("tell of ", "describe, report"),
    ("is told of ", "gets, is called for"),
    ("of which there is none", "which does not exist"),
    ("which there is none of", "which does not exist"),
    ("behind your back", "without being asked"),
    ("what else makes ", "name the thing"),
    ("as far as they exist", "if they exist"),
];

/// History keeps its words, and this table has to have them.
const EXEMPT: &[&str] = &["CHANGELOG.md", "xtask/src/tidy/words.rs"];

/// Code and documents use the common words of the field.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let files = tree.with_extension("rs").chain(tree.with_extension("md"));
    files.filter(|file| !EXEMPT.contains(&file.path.as_str())).flat_map(problems).collect()
}

fn problems(file: &File) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        let parts = parts(line);
        let is_code = is_code(file, line);
        let words = WORDS.iter().filter(|(word, _)| has_part(&parts, word));
        let names =
            NAMES.iter().filter(|(name, _)| is_code && line.contains(name) && tokens(line).any(|it| it == *name));
        let phrases = PHRASES.iter().filter(|(phrase, _)| line.contains(phrase));
        let found = words.chain(names).chain(phrases);
        problems
            .extend(found.map(|(word, better)| format!("{}:{number}: `{}`: better {better}", file.path, word.trim())));
    }
    problems
}

/// Whether the parts of a line have a word, or several in a row.
fn has_part(parts: &str, word: &str) -> bool {
    parts.match_indices(word).any(|(at, _)| parts[..at].ends_with('_') && parts[at + word.len()..].starts_with('_'))
}

fn is_code(file: &File, line: &str) -> bool {
    file.path.starts_with("orm-") && file.path.ends_with(".rs") && !line.trim_start().starts_with("//")
}

/// The names and words of a line.
fn tokens(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|token| !token.is_empty())
}

/// The words of a line in lower case, each between underscores, and names split into theirs: `aNewName` is `_a_new_name_`.
fn parts(line: &str) -> String {
    let mut out = String::from("_");
    let mut was_lower = false;
    for c in line.chars() {
        if c.is_uppercase() && was_lower {
            out.push('_');
        }
        was_lower = c.is_lowercase();
        let is_word = c.is_alphanumeric();
        match (is_word, out.ends_with('_')) {
            (true, _) => out.extend(c.to_lowercase()),
            (false, true) => {}
            (false, false) => out.push('_'),
        }
    }
    out.push('_');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_line(path: &str, line: &str, expected: &[&str]) {
        let file = File { path: path.to_owned(), text: line.to_owned() };
        let found = check(&Tree { files: vec![file] });
        let words: Vec<&str> = found.iter().filter_map(|problem| problem.split('`').nth(1)).collect();
        assert_eq!(words, expected, "{line}");
    }

    #[test]
    fn words_are_found_in_names_and_prose() {
        check_line("a.rs", "fn u_147_a_circle_of_rows() {}", &["circle"]);
        check_line("a.rs", "struct JoinedGraft;", &["graft"]);
        check_line("a.rs", "// Expels it.", &["expels"]);
        check_line("a.md", "Two circles.", &["circles"]);
        check_line("a.rs", "self.doubtRows(); encircled(); semicircle();", &["doubt_rows"]);
    }

    #[test]
    fn names_are_found_in_code_only() {
        check_line("orm-core/src/a.rs", "use render::Sense;", &["Sense"]);
        check_line("orm-core/src/a.rs", "/// Sense and nonsense, run by Cargo.", &[]);
        check_line("xtask/src/a.rs", "read(\"Cargo.toml\")", &[]);
        check_line("a.md", "Behind the cursor", &[]);
    }

    #[test]
    fn phrases_are_found_everywhere_but_in_history() {
        check_line("a.md", "The page tells of joins.", &["tells of"]);
        check_line("CHANGELOG.md", "It tells of circles.", &[]);
    }
}
