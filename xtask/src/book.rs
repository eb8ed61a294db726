//! `cargo xtask book`: the guide as a book, in `target/book`.

use std::path::PathBuf;
use std::process::Command;

use crate::Result;
use crate::command::{cargo, root, run as run_command, succeeds};

const VERSION: &str = "0.5.4";

/// Makes the book. Takes the `mdbook` of the machine, or installs one under `target`.
///
/// # Errors
///
/// When `mdbook` cannot be installed, and when it finds something wrong with a page.
pub fn run() -> Result<()> {
    run_command(Command::new(mdbook()?).args(["build", "docs/guide"]).current_dir(root()))
}

fn mdbook() -> Result<PathBuf> {
    if succeeds("mdbook", &["--version"]) {
        return Ok("mdbook".into());
    }
    let folder = root().join("target/mdbook");
    let program = folder.join("bin/mdbook");
    if !program.is_file() {
        let install = ["install", "mdbook", "--quiet", "--locked", "--version", VERSION];
        let lean = ["--no-default-features", "--features", "search", "--root"];
        run_command(cargo(&install).args(lean).arg(&folder))?;
    }
    Ok(program)
}
