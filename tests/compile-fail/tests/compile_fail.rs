//! What must not compile, and what the compiler then says. Each `.stderr` is read like prose.

#![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]

use std::path::Path;

/// The most lines that a mistake may cost its maker.
const MAX_LINES: usize = 30;

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
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "stderr")) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= MAX_LINES, "{}: {lines} lines", path.display());
    }
}
