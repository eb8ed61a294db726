//! `cargo xtask tidy`: the rules of the house that no compiler checks. Also a test of this package.

mod behaviours;
mod book;
mod documents;
mod examples;
mod files;
mod layers;
mod links;
mod words;

use std::path::{Path, PathBuf};

use crate::Result;
use crate::command::root;

/// A place in the tree and what is wrong with it.
type Problem = String;

/// Checks everything.
///
/// # Errors
///
/// With all problems, one a line.
pub fn run() -> Result<()> {
    let tree = Tree::read()?;
    let checks: [fn(&Tree) -> Vec<Problem>; 8] = [
        layers::check,
        files::check,
        documents::check,
        book::check,
        behaviours::check,
        examples::check,
        links::check,
        words::check,
    ];
    let problems: Vec<Problem> = checks.iter().flat_map(|check| check(&tree)).collect();
    if problems.is_empty() {
        println!("tidy: {} files are in order", tree.files.len());
        return Ok(());
    }
    Err(problems.join("\n").into())
}

/// The files of the project, without what builds and version control put beside them.
struct Tree {
    files: Vec<File>,
}

struct File {
    /// Relative to the root, with forward slashes.
    path: String,
    text: String,
}

impl Tree {
    fn read() -> Result<Self> {
        let mut files = Vec::new();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(root().join(&folder))? {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                if entry.file_type()?.is_dir() {
                    if !is_foreign(&path) {
                        folders.push(path);
                    }
                } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
                    files.push(File { path: path.to_string_lossy().replace('\\', "/"), text });
                }
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    fn with_extension(&self, extension: &str) -> impl Iterator<Item = &File> {
        let ending = format!(".{extension}");
        self.files.iter().filter(move |file| file.path.ends_with(&ending))
    }
}

fn is_foreign(folder: &Path) -> bool {
    folder.ends_with("target") || folder == Path::new(".git")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() -> crate::Result<()> {
        super::run()
    }
}
