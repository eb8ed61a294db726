//! The options of a URL: those of libpq, by its names and variables.

use std::time::Duration;

use orm_core::engine::UrlOption;
use tokio_postgres::config::ChannelBinding;

use crate::settings::{Settings, SslMode, Target};
use crate::wire::Prepared;

const TARGETS: &[(&str, Target)] = &[
    ("any", Target::Any),
    ("read-write", Target::ReadWrite),
    ("read-only", Target::ReadOnly),
    ("primary", Target::Primary),
    ("standby", Target::Standby),
    ("prefer-standby", Target::PreferStandby),
];
const SSL_MODES: &[(&str, SslMode)] = &[
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];
const PREPARED: &[(&str, Prepared)] =
    &[("auto", Prepared::Auto), ("never", Prepared::Never), ("always", Prepared::Always)];

const BINDINGS: &[(&str, ChannelBinding)] =
    &[("require", ChannelBinding::Require), ("prefer", ChannelBinding::Prefer), ("disable", ChannelBinding::Disable)];

/// Every option, as the guide's table has it.
pub(crate) const OPTIONS: &[UrlOption<Settings>] = &[
    UrlOption {
        name: "host",
        variable: Some("PGHOST"),
        takes: "names or addresses, or directories of Unix sockets, which begin with `/`, with `,` in between; the socket of this machine unless said otherwise",
        set: |settings, value| put(&mut settings.host, list(value).map(str::to_owned).collect()),
    },
    UrlOption {
        name: "hostaddr",
        variable: Some("PGHOSTADDR"),
        takes: "an IP address for each host, which spares looking for its name",
        set: |settings, value| {
            let address = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
            list(value).map(address).collect::<Option<_>>().map(|it| settings.hostaddr = it)
        },
    },
    UrlOption {
        name: "port",
        variable: Some("PGPORT"),
        takes: "a number for all hosts, or one for each; `5432` unless said otherwise",
        set: |settings, value| {
            let port =
                |text: &str| if text.is_empty() { Some(5432) } else { text.parse().ok().filter(|port| *port > 0) };
            list(value).map(port).collect::<Option<_>>().map(|it| settings.port = it)
        },
    },
    UrlOption {
        name: "dbname",
        variable: Some("PGDATABASE"),
        takes: "the database; the one with the user's name unless said otherwise",
        set: |settings, value| put(&mut settings.dbname, some(value)),
    },
    UrlOption {
        name: "user",
        variable: Some("PGUSER"),
        takes: "the role to log in as; the one with the name of the system's user unless said otherwise",
        set: |settings, value| put(&mut settings.user, some(value)),
    },
    UrlOption {
        name: "password",
        variable: Some("PGPASSWORD"),
        takes: "its password",
        set: |settings, value| put(&mut settings.password, some(value)),
    },
    UrlOption {
        name: "passfile",
        variable: Some("PGPASSFILE"),
        takes: "the file that is asked for passwords; `~/.pgpass` unless said otherwise",
        set: |settings, value| put(&mut settings.passfile, some(value).map(Into::into)),
    },
    UrlOption {
        name: "connect_timeout",
        variable: Some("PGCONNECT_TIMEOUT"),
        takes: "seconds for each host, logging in included, or `0` for no limit; `10` unless said otherwise",
        set: |settings, value| duration(value, Duration::from_secs).map(|it| settings.connect_timeout = it),
    },
    UrlOption {
        name: "target_session_attrs",
        variable: Some("PGTARGETSESSIONATTRS"),
        takes: "`any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`: the first host of that kind is taken; `any` unless said otherwise",
        set: |settings, value| word(value, TARGETS).map(|it| settings.target = it),
    },
    UrlOption {
        name: "load_balance_hosts",
        variable: Some("PGLOADBALANCEHOSTS"),
        takes: "`random` to try hosts and addresses in random order; `disable` unless said otherwise",
        set: |settings, value| word(value, &[("random", true), ("disable", false)]).map(|it| settings.shuffles = it),
    },
    UrlOption {
        name: "prepared",
        variable: None,
        takes: "`auto`, `never` or `always`, see [behind a pooler](#behind-a-pooler); `auto` unless said otherwise",
        set: |settings, value| word(value, PREPARED).map(|it| settings.prepared = it),
    },
    UrlOption {
        name: "application_name",
        variable: Some("PGAPPNAME"),
        takes: "the program's name, as `pg_stat_activity` shows it; `orm` unless said otherwise",
        set: |settings, value| put(&mut settings.application_name, value.to_owned()),
    },
    UrlOption {
        name: "options",
        variable: Some("PGOPTIONS"),
        takes: "settings of the server, as `-c search_path=shop -c lock_timeout=5s`",
        set: |settings, value| put(&mut settings.options, some(value)),
    },
    UrlOption {
        name: "client_encoding",
        variable: None,
        takes: "`utf8`, which is what holds in any case",
        set: |_, value| word(value, &[("utf8", ()), ("utf-8", ()), ("unicode", ()), ("auto", ())]),
    },
    UrlOption {
        name: "sslmode",
        variable: Some("PGSSLMODE"),
        takes: "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`, see below; `prefer` unless said otherwise",
        set: |settings, value| word(value, SSL_MODES).map(|it| settings.sslmode = Some(it)),
    },
    UrlOption {
        name: "sslrootcert",
        variable: Some("PGSSLROOTCERT"),
        takes: "the file with the certificates of trusted authorities, or `system`; `~/.postgresql/root.crt` unless said otherwise",
        set: |settings, value| put(&mut settings.sslrootcert, some(value)),
    },
    UrlOption {
        name: "sslcert",
        variable: Some("PGSSLCERT"),
        takes: "the file with the client's own certificate; `~/.postgresql/postgresql.crt` unless said otherwise",
        set: |settings, value| put(&mut settings.sslcert, some(value).map(Into::into)),
    },
    UrlOption {
        name: "sslkey",
        variable: Some("PGSSLKEY"),
        takes: "the file with its key; `~/.postgresql/postgresql.key` unless said otherwise",
        set: |settings, value| put(&mut settings.sslkey, some(value).map(Into::into)),
    },
    UrlOption {
        name: "sslnegotiation",
        variable: Some("PGSSLNEGOTIATION"),
        takes: "`postgres`, which asks the server for encryption first; `direct` is not supported",
        set: |settings, value| {
            word(value, &[("postgres", false), ("direct", true)]).map(|it| settings.negotiates_directly = it)
        },
    },
    UrlOption {
        name: "channel_binding",
        variable: Some("PGCHANNELBINDING"),
        takes: "`require`, `prefer` or `disable`: whether the login is bound to the encrypted connection; `prefer` unless said otherwise",
        set: |settings, value| word(value, BINDINGS).map(|it| settings.channel_binding = it),
    },
    UrlOption {
        name: "keepalives",
        variable: None,
        takes: "`1` or `0`: whether TCP looks after silent connections; `1` unless said otherwise",
        set: |settings, value| word(value, &[("1", true), ("0", false)]).map(|it| settings.keepalives = it),
    },
    UrlOption {
        name: "keepalives_idle",
        variable: None,
        takes: "seconds of silence after which it does, `0` as if nothing was said; `7200` unless said otherwise",
        set: |settings, value| {
            duration(value, Duration::from_secs)?.map_or(Some(()), |it| put(&mut settings.keepalives_idle, it))
        },
    },
    UrlOption {
        name: "keepalives_interval",
        variable: None,
        takes: "seconds until it asks again, or `0` for the system's",
        set: |settings, value| duration(value, Duration::from_secs).map(|it| settings.keepalives_interval = it),
    },
    UrlOption {
        name: "keepalives_count",
        variable: None,
        takes: "how often it asks, or `0` for the system's",
        set: |settings, value| {
            value.parse().ok().map(|it| settings.keepalives_count = Some(it).filter(|count| *count > 0))
        },
    },
    UrlOption {
        name: "tcp_user_timeout",
        variable: None,
        takes: "milliseconds that sent data may stay unanswered, or `0` for the system's",
        set: |settings, value| duration(value, Duration::from_millis).map(|it| settings.tcp_user_timeout = it),
    },
];

/// Sets a setting that takes every value.
fn put<T>(setting: &mut T, value: T) -> Option<()> {
    *setting = value;
    Some(())
}

/// What a word stands for.
fn word<T: Copy>(value: &str, words: &[(&str, T)]) -> Option<T> {
    words.iter().find(|(word, _)| value.eq_ignore_ascii_case(word)).map(|(_, meaning)| *meaning)
}

fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim)
}

/// Nothing is said by an empty value.
fn some(value: &str) -> Option<String> {
    Some(value.to_owned()).filter(|value| !value.is_empty())
}

/// A duration; zero stands for none.
fn duration(value: &str, unit: fn(u64) -> Duration) -> Option<Option<Duration>> {
    let number = value.parse().ok().filter(|&number: &u32| number <= i32::MAX.unsigned_abs())?;
    Some(Some(unit(number.into())).filter(|duration| !duration.is_zero()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_has_the_same_table() {
        let guide = include_str!("../../docs/guide/engine.md");
        for UrlOption { name, variable, takes, .. } in OPTIONS {
            let variable = variable.map(|variable| format!("`{variable}`")).unwrap_or_default();
            let row = format!("| `{name}` | {variable} | {takes} |");
            assert!(guide.contains(&row), "docs/guide/engine.md lacks\n{row}");
        }
    }
}
