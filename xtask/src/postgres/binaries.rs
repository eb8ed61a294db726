use std::path::{Path, PathBuf};

use crate::command::output;

/// Folders that hold one folder per installed version, with the path of the programs inside that.
const VERSIONED: &[(&str, &str)] = &[
    ("/usr/lib/postgresql", "bin"),
    ("/usr", "bin"),
    ("/usr/libexec", ""),
    ("/opt/homebrew/opt", "bin"),
    ("/usr/local/opt", "bin"),
    ("/Library/PostgreSQL", "bin"),
];

/// The folder with the newest `initdb` and `postgres` of this machine.
pub(super) fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(output("pg_config", &["--bindir"]).map(PathBuf::from));
    folders.extend(VERSIONED.iter().flat_map(|&(parent, bin)| children(parent, bin)));
    folders.retain(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file());
    folders.into_iter().max_by_key(|folder| version(folder))
}

fn children(parent: &str, bin: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    entries.map(|entry| entry.path().join(bin)).collect()
}

/// `PostgreSQL 15.8 (/usr/lib/postgresql/15/bin)`.
pub(super) fn describe(folder: &Path) -> String {
    let version = version(folder).map(|(major, minor)| format!(" {major}.{minor}")).unwrap_or_default();
    format!("PostgreSQL{version} ({})", folder.display())
}

/// `postgres (PostgreSQL) 15.8 (Debian ..)` as `(15, 8)`.
fn version(folder: &Path) -> Option<(u32, u32)> {
    let text = output(folder.join("postgres").to_str()?, &["--version"])?;
    parse_version(&text)
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let word = text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    let mut numbers = word.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok());
    Some((numbers.next()?, numbers.next().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn versions_are_read_from_what_postgres_says_of_itself() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)"), Some((15, 8)));
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1"), Some((18, 1)));
        assert_eq!(parse_version("postgres"), None);
    }
}
