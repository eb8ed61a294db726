use std::path::{Path, PathBuf};

use crate::command::output;
use crate::private::find_program;

/// The server, and the program that makes its data folder.
pub(super) fn find() -> Option<(PathBuf, PathBuf)> {
    Some((find_program("mariadbd")?, find_program("mariadb-install-db")?))
}

/// `MariaDB 10.11.6 (/usr/sbin/mariadbd)`.
pub(super) fn describe(server: &Path) -> String {
    let told = server.to_str().and_then(|server| output(server, &["--version"])).unwrap_or_default();
    format!("MariaDB {} ({})", version(&told), server.display())
}

/// `mariadbd  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu ..` as `10.11.6`.
fn version(told: &str) -> &str {
    let after = told.split("Ver ").nth(1).unwrap_or_default();
    after.split(['-', ' ']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_read_from_what_the_server_says_of_itself() {
        assert_eq!(version("mariadbd  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64"), "10.11.6");
        assert_eq!(version("mariadbd"), "");
    }
}
