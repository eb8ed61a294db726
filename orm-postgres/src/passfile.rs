//! Files of passwords, as libpq reads them: `host:port:database:user:password`, a line each.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// What a password is wanted for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Login<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) database: &'a str,
    pub(crate) user: &'a str,
}

/// The password of the first line that fits, in `file` or in that of the system's user. It is read at each login, so that a password may
/// be changed while the program runs. A file that others may read is warned of and not used.
pub(crate) fn password(file: Option<&Path>, login: &Login<'_>) -> Option<String> {
    let path = match file {
        Some(file) => file.to_owned(),
        None => standard_file()?,
    };
    match read(&path) {
        Ok(text) => find(&text, login),
        Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            tracing::warn!(target: "orm::connect", "the password file {} is not used: {error}", path.display());
            None
        }
    }
}

#[cfg(unix)]
fn standard_file() -> Option<PathBuf> {
    Some(std::env::home_dir()?.join(".pgpass"))
}

#[cfg(not(unix))]
fn standard_file() -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("APPDATA")?).join("postgresql").join("pgpass.conf"))
}

fn read(path: &Path) -> io::Result<String> {
    let refused = |reason: &str| Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
    // Opening a pipe would wait.
    if !fs::metadata(path)?.is_file() {
        return refused("it is no plain file");
    }
    let mut file = File::open(path)?;
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&file.metadata()?.permissions()) & 0o077 != 0 {
        return refused("others have access to it; take that away by `chmod 0600`");
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

fn find(text: &str, login: &Login<'_>) -> Option<String> {
    let port = login.port.to_string();
    let wanted = [login.host, &port, login.database, login.user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut rest = line;
        for wanted in wanted {
            let (field, after) = split(rest)?;
            rest = after;
            if field != "*" && unescape(field) != wanted {
                return None;
            }
        }
        // The password ends with the line, or with a colon.
        let password = unescape(split(rest).map_or(rest, |(password, _)| password));
        Some(password).filter(|password| !password.is_empty())
    })
}

/// What stands before the first colon that is not escaped, and after it.
fn split(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = text.find(|letter| {
        let ends = letter == ':' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    })?;
    Some((&text[..end], &text[end + 1..]))
}

fn unescape(field: &str) -> String {
    let mut letters = field.chars();
    let mut text = String::with_capacity(field.len());
    while let Some(letter) = letters.next() {
        text.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Login<'_> = Login { host: "db", port: 5432, database: "cars", user: "alice" };

    #[test]
    fn the_first_line_that_fits_is_taken() {
        for (text, expected) in [
            ("db:5432:cars:alice:secret", Some("secret")),
            ("#db:5432:cars:alice:no\n*:*:*:*:any\ndb:5432:cars:alice:late", Some("any")),
            ("db:5433:cars:alice:no\ndb:*:cars:alice:yes\r\n", Some("yes")),
            ("db:5432:cars:bob:no", None),
            ("db:5432:cars", None),
            ("db:5432:cars:alice:", None),
            (r"db:5432:cars:alice:a\:b\\c:rest", Some(r"a:b\c")),
            (r"d\b:5432:cars:alice:plain", Some("plain")),
        ] {
            assert_eq!(find(text, &ALICE).as_deref(), expected, "{text}");
        }
        let odd = Login { host: "::1", user: r"a\b", ..ALICE };
        assert_eq!(find(r"\:\:1:5432:cars:a\\b:p", &odd).as_deref(), Some("p"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let path = std::env::temp_dir().join(format!("orm-pgpass-{}", std::process::id()));
        fs::write(&path, "db:5432:cars:alice:secret\n").unwrap();
        for (mode, expected) in [(0o640, None), (0o604, None), (0o600, Some("secret"))] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(password(Some(&path), &ALICE).as_deref(), expected, "{mode:o}");
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(password(Some(&path), &ALICE), None);
    }
}
