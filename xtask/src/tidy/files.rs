use super::{File, Problem, Tree};

/// Lines a source file may have. 400 is the aim.
const SOURCE_LINES: usize = 600;

/// Lines a compile error may take to say what is wrong.
const DIAGNOSTIC_LINES: usize = 30;

/// What must not be left in code. Spelt in two parts, so that this file passes.
const LEFTOVERS: &[&str] = &[concat!("to", "do!"), concat!("unimpl", "emented!"), concat!("db", "g!(")];

/// Lengths, leftovers, and modules in `mod.rs` style.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.with_extension("rs") {
        problems.extend(too_long(file, SOURCE_LINES));
        problems.extend(leftovers(file));
        problems.extend(self_named(file, tree));
    }
    problems.extend(tree.with_extension("stderr").filter_map(|file| too_long(file, DIAGNOSTIC_LINES)));
    problems
}

fn too_long(file: &File, limit: usize) -> Option<Problem> {
    if file.text.lines().next().is_some_and(|line| line.contains("written by `orm inspect`")) {
        return None;
    }
    let lines = file.text.lines().count();
    (lines > limit).then(|| format!("{}: {lines} lines, {limit} are allowed", file.path))
}

fn leftovers(file: &File) -> impl Iterator<Item = Problem> {
    let lines = file.text.lines().enumerate();
    lines.filter_map(|(index, line)| {
        let found = LEFTOVERS.iter().find(|leftover| line.contains(**leftover))?;
        Some(format!("{}:{}: `{found}` has no place here", file.path, index + 1))
    })
}

/// `foo.rs` beside a folder `foo`: its place is `foo/mod.rs`.
fn self_named(file: &File, tree: &Tree) -> Option<Problem> {
    let folder = format!("{}/", file.path.strip_suffix(".rs")?);
    let inside = tree.files.iter().any(|other| other.path.starts_with(&folder) && other.path.ends_with(".rs"));
    let in_source = file.path.contains("src/");
    (inside && in_source).then(|| format!("{}: belongs to {folder}mod.rs", file.path))
}
