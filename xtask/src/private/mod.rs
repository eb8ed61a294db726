//! What private servers have in common: a guardian that ends them with their owner, and the installation of their programs.

mod guardian;
mod install;

use std::path::PathBuf;

pub(crate) use guardian::{Guardian, free_port};
pub(crate) use install::{Package, install};

/// A program by its name, where it is found on this machine.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/opt/homebrew/bin"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}
