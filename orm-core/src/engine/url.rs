use std::fmt;

use percent_encoding::percent_decode_str;

use crate::error::{Error, ErrorKind, Result};

/// A database URL in its parts: `scheme://authority/path?option=value&option=value`.
///
/// `Display` and `Debug` show it without the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    text: String,
    scheme: String,
    authority: String,
    path: String,
    options: Vec<(String, String)>,
}

impl DatabaseUrl {
    /// Splits a URL into its parts. The backend interprets them.
    ///
    /// # Errors
    ///
    /// `Config` if this is not a URL, or its percent-encoding is broken. The message does not show the URL.
    pub fn parse(text: &str) -> Result<Self> {
        let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| is_scheme(scheme)).ok_or_else(|| {
            malformed("it must begin with a scheme and `://`, as in `sqlite:///app.db` or `postgresql://user@host/db`")
        })?;
        let (location, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = location.split_at(location.find('/').unwrap_or(location.len()));
        let scheme = scheme.to_ascii_lowercase();
        Ok(Self {
            text: format!("{scheme}://{rest}"),
            scheme,
            authority: authority.to_owned(),
            path: decode(path)?,
            options: parse_options(options)?,
        })
    }

    /// The whole URL as it was written, with its password.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Sets an option, as if it stood at the end of the URL.
    pub fn set_option(&mut self, name: String, value: String) {
        self.options.push((name, value));
    }

    /// Takes those options out that `wanted` names.
    pub(super) fn take_options(&mut self, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        self.options.extract_if(.., |(name, _)| wanted(name)).collect()
    }

    /// The scheme, in lower case.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The text between `://` and the path, as it was written.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The path with its leading slash, decoded; empty when there is none.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A part of the authority, decoded.
    ///
    /// # Errors
    ///
    /// `Config` when its percent-encoding is broken.
    pub fn decode(part: &str) -> Result<String> {
        decode(part)
    }

    /// The options, decoded, in their order.
    pub fn options(&self) -> impl Iterator<Item = (&str, &str)> {
        self.options.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The options whose values are shown. Others may hold a password, under whatever name.
const SHOWN: [&str; 29] = [
    "user",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "channel_binding",
    "application_name",
    "connect_timeout",
    "target_session_attrs",
    "load_balance_hosts",
    "prepared",
    "mode",
    "busy_timeout",
    "journal_mode",
    "synchronous",
    "cache_size",
    "foreign_keys",
    "time_format",
    "uuid_format",
    "decimal_format",
    "bool_format",
    "client_encoding",
    "statement_timeout",
    "lock_timeout",
    "idle_timeout",
    "transaction_timeout",
];

/// Whether the value of an option may be shown.
pub(super) fn shows(option: &str) -> bool {
    SHOWN.contains(&option)
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = &self.text[self.scheme.len() + "://".len()..];
        let (location, options) = rest.split_once('?').unwrap_or((rest, ""));
        write!(f, "{}://", self.scheme)?;
        // The last `@` ends the password, even if the password has unescaped signs.
        let (login, place) = match (options.contains('@'), location.rsplit_once('@')) {
            (true, _) => (Some(location), None),
            (false, Some((login, place))) => (Some(login), Some(place)),
            (false, None) => (None, Some(location)),
        };
        if let Some(login) = login {
            let (user, password) = login.split_once(':').map_or((login, ""), |(user, _)| (user, ":***"));
            write!(f, "{}{password}", if user.contains('/') { "***" } else { user })?;
        }
        let Some(place) = place else { return Ok(()) };
        if login.is_some() {
            f.write_str("@")?;
        }
        let (hosts, path) = place.split_at(place.find('/').unwrap_or(place.len()));
        write_hosts(f, hosts)?;
        f.write_str(path)?;
        for (index, option) in options.split('&').filter(|option| !option.is_empty()).enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            match option.split_once('=') {
                Some((name, _)) if !shows(name) => write!(f, "{separator}{name}=***")?,
                _ => write!(f, "{separator}{option}")?,
            }
        }
        Ok(())
    }
}

/// Hosts with their ports. A port that is not a number may be a password, because the host was left out.
fn write_hosts(f: &mut fmt::Formatter<'_>, hosts: &str) -> fmt::Result {
    for (index, place) in hosts.split(',').enumerate() {
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !place.ends_with(']') => (host, Some(port)),
            _ => (place, None),
        };
        let port = port.map(|port| if port.bytes().all(|digit| digit.is_ascii_digit()) { port } else { "***" });
        write!(f, "{}{host}", if index == 0 { "" } else { "," })?;
        if let Some(port) = port {
            write!(f, ":{port}")?;
        }
    }
    Ok(())
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-._".contains(letter))
}

fn parse_options(text: &str) -> Result<Vec<(String, String)>> {
    text.split('&')
        .filter(|option| !option.is_empty())
        .map(|option| {
            let (name, value) = option
                .split_once('=')
                .ok_or_else(|| malformed("each option after `?` must be written `name=value`, with `&` in between"))?;
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Result<String> {
    let complete = text.split('%').skip(1).all(|code| {
        let mut digits = code.bytes();
        digits.next().is_some_and(|digit| digit.is_ascii_hexdigit())
            && digits.next().is_some_and(|digit| digit.is_ascii_hexdigit())
    });
    let decoded = percent_decode_str(text).decode_utf8().ok().filter(|_| complete);
    decoded.map(std::borrow::Cow::into_owned).ok_or_else(|| {
        malformed("`%` must be followed by two hexadecimal digits of UTF-8 text; write a plain `%` as `%25`")
    })
}

fn malformed(cure: &str) -> Error {
    Error::new(ErrorKind::Config, format!("the database URL is malformed: {cure}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_comes_apart() -> Result<()> {
        let url = DatabaseUrl::parse("SQLite:///my%20cars.db?mode=ro&busy_timeout=100")?;
        assert_eq!((url.scheme(), url.authority(), url.path()), ("sqlite", "", "/my cars.db"));
        assert_eq!(url.options().collect::<Vec<_>>(), [("mode", "ro"), ("busy_timeout", "100")]);
        assert_eq!(DatabaseUrl::parse("sqlite://")?.path(), "");
        assert_eq!(DatabaseUrl::parse("sqlite:////tmp/a.db")?.path(), "//tmp/a.db");
        Ok(())
    }

    #[test]
    fn the_password_never_shows() -> Result<()> {
        for text in [
            "postgresql://alice:s3cret@host:5432/db",
            "postgresql://alice:a/b:s3cret@host/db?x=1",
            "postgresql://alice:a@s3cret@host/db",
            "postgresql://alice:a?b=s3cret@host/db",
            "postgresql://alice:s3cret",
            "postgresql://alice:s3cret/db",
            "postgresql://host/db?user=alice&password=s3cret&x=1",
            "postgresql://host/db?user=alice&PASSWORD=s3cret",
            "postgresql://host/db?user=alice&p%61ssword=s3cret",
            "postgresql://host/db?user=alice&pwd=s3cret&sslpassword=s3cret",
            "postgresql://alice:x@host/db?secret=a@s3cret",
        ] {
            let url = DatabaseUrl::parse(text)?;
            assert!(!format!("{url} {url:?}").contains("s3cret"), "{url}");
            assert!(url.to_string().contains("alice"), "{url}");
        }
        let url = DatabaseUrl::parse("postgresql://host/db?password=a@s3cret")?;
        assert_eq!(url.to_string(), "postgresql://***");
        Ok(())
    }

    #[test]
    fn what_is_not_secret_shows() -> Result<()> {
        for (text, shown) in [
            (
                "postgresql://alice:x@a:1,[::1]:5433/db?sslmode=prefer&colour=red",
                "postgresql://alice:***@a:1,[::1]:5433/db?sslmode=prefer&colour=***",
            ),
            ("sqlite:///app.db?mode=ro", "sqlite:///app.db?mode=ro"),
            ("postgresql://[::1]/db", "postgresql://[::1]/db"),
        ] {
            assert_eq!(DatabaseUrl::parse(text)?.to_string(), shown);
        }
        Ok(())
    }

    #[test]
    fn broken_urls_are_configuration_errors() {
        for text in
            ["", "app.db", "://x", "sqlite:app.db", "sqlite:///%zz", "sqlite:///%", "sqlite:///a?mode", "sqlite:///%ff"]
        {
            let kind = DatabaseUrl::parse(text).err().map(|error| error.kind());
            assert_eq!(kind, Some(ErrorKind::Config), "{text}");
        }
    }
}
