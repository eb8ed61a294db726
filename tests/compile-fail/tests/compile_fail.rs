//! What must not compile, and what the compiler then says. Each `.stderr` is read like prose.

#![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]

use std::path::Path;

/// The most lines of one file, which may hold several mistakes.
const MAX_LINES: usize = 30;

/// Half of the files have at most this many lines.
const MEDIAN_FILE_LINES: usize = 12;

/// Half of the mistakes are explained in at most this many lines.
const MEDIAN_LINES: usize = 7;

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*/*.rs");
}

#[test]
fn explanations_are_short() {
    let topics = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")).unwrap();
    let files =
        topics.flat_map(|topic| std::fs::read_dir(topic.unwrap().path()).unwrap()).map(|file| file.unwrap().path());
    let (mut whole, mut each) = (Vec::new(), Vec::new());
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "stderr")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{}: {lines} lines", path.display());
        whole.push(lines);
        each.extend(text.split("\n\nerror").map(|explanation| explanation.trim_end().lines().count()));
    }
    for (mut lengths, most, what) in [(whole, MEDIAN_FILE_LINES, "files"), (each, MEDIAN_LINES, "explanations")] {
        lengths.sort_unstable();
        let median = lengths[lengths.len() / 2];
        assert!(median <= most, "{median} lines in the median of {} {what}", lengths.len());
    }
}
