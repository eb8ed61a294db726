//! The options of a URL.

use std::time::Duration;

use orm_core::engine::UrlOption;
use orm_core::value::{Format, SqlType};
use rusqlite::OpenFlags;

use crate::dialect::Formats;

/// What may be done with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
    Create,
    /// There is none.
    Memory,
}

impl Access {
    pub(crate) fn flags(self) -> OpenFlags {
        match self {
            Self::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Self::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Self::Create | Self::Memory => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        }
    }
}

/// How a database is opened. What is `None` is as SQLite has it.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) access: Access,
    pub(crate) busy_timeout: Duration,
    pub(crate) journal_mode: Option<&'static str>,
    pub(crate) synchronous: Option<&'static str>,
    pub(crate) cache_size: Option<i64>,
    pub(crate) foreign_keys: bool,
    pub(crate) formats: Formats,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access: Access::Create,
            busy_timeout: Duration::from_secs(5),
            journal_mode: None,
            synchronous: None,
            cache_size: None,
            foreign_keys: true,
            formats: Formats::default(),
        }
    }
}

const MODES: &[(&str, Access)] =
    &[("ro", Access::Read), ("rw", Access::Write), ("rwc", Access::Create), ("memory", Access::Memory)];
const JOURNALS: &[(&str, &str)] = &[
    ("wal", "wal"),
    ("delete", "delete"),
    ("truncate", "truncate"),
    ("persist", "persist"),
    ("memory", "memory"),
    ("off", "off"),
];
const SYNCHRONOUS: &[(&str, &str)] = &[("off", "off"), ("normal", "normal"), ("full", "full"), ("extra", "extra")];
const SWITCHES: &[(&str, bool)] =
    &[("on", true), ("true", true), ("1", true), ("off", false), ("false", false), ("0", false)];

/// Every option, as the guide's table has it.
pub(crate) const OPTIONS: &[UrlOption<Options>] = &[
    UrlOption {
        name: "mode",
        variable: None,
        takes: "`rwc` to read, write and create the file, `rw` and `ro` for a file that exists, `memory` for a database in memory; `rwc` unless said otherwise",
        set: |options, value| word(value, MODES).map(|it| options.access = it),
    },
    UrlOption {
        name: "busy_timeout",
        variable: None,
        takes: "milliseconds to wait for the lock of another connection, at most a day; 5000 unless said otherwise",
        set: |options, value| {
            let milliseconds = value.parse().ok().filter(|&time: &u64| time <= 86_400_000)?;
            put(&mut options.busy_timeout, Duration::from_millis(milliseconds))
        },
    },
    UrlOption {
        name: "journal_mode",
        variable: None,
        takes: "`wal`, `delete`, `truncate`, `persist`, `memory` or `off`; unless said otherwise new files get `wal`, and others keep what they have",
        set: |options, value| word(value, JOURNALS).map(|it| options.journal_mode = Some(it)),
    },
    UrlOption {
        name: "synchronous",
        variable: None,
        takes: "`full`, `normal`, `off` or `extra`; `full` unless said otherwise",
        set: |options, value| word(value, SYNCHRONOUS).map(|it| options.synchronous = Some(it)),
    },
    UrlOption {
        name: "cache_size",
        variable: None,
        takes: "a number of pages, or `-` and a number of KiB, for each connection; `-2000` unless said otherwise",
        set: |options, value| value.parse::<i32>().ok().map(|it| options.cache_size = Some(it.into())),
    },
    UrlOption {
        name: "foreign_keys",
        variable: None,
        takes: "`on` or `off`; `on` unless said otherwise",
        set: |options, value| word(value, SWITCHES).map(|it| options.foreign_keys = it),
    },
    UrlOption {
        name: "time_format",
        variable: None,
        takes: "`mixed`, `text`, `seconds`, `micros`, `iso_millis`, `epoch` or `epoch_millis`",
        set: |options, value| format(value, SqlType::Timestamp).map(|it| options.formats.times = it),
    },
    UrlOption {
        name: "uuid_format",
        variable: None,
        takes: "`mixed`, `text`, `upper`, `simple` or `blob`",
        set: |options, value| format(value, SqlType::Uuid).map(|it| options.formats.uuids = it),
    },
    UrlOption {
        name: "decimal_format",
        variable: None,
        takes: "`mixed` or `number`",
        set: |options, value| format(value, SqlType::Decimal).map(|it| options.formats.decimals = it),
    },
    UrlOption {
        name: "bool_format",
        variable: None,
        takes: "`mixed` or `text`",
        set: |options, value| format(value, SqlType::Bool).map(|it| options.formats.booleans = it),
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

/// A format of values of a type, by its name.
fn format(name: &str, sql_type: SqlType) -> Option<Format> {
    Format::of(sql_type).iter().copied().find(|format| format.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_has_the_same_table() {
        let guide = include_str!("../../docs/guide/engine.md");
        for UrlOption { name, takes, .. } in OPTIONS {
            let row = format!("| `{name}` | {takes} |");
            assert!(guide.contains(&row), "docs/guide/engine.md lacks\n{row}");
        }
    }

    #[test]
    fn formats_are_named_as_they_are() {
        for (option, sql_type) in [
            ("time_format", SqlType::Timestamp),
            ("uuid_format", SqlType::Uuid),
            ("decimal_format", SqlType::Decimal),
            ("bool_format", SqlType::Bool),
        ] {
            let takes = OPTIONS.iter().find(|known| known.name == option).map_or("", |known| known.takes);
            let named: Vec<&str> = takes.split('`').skip(1).step_by(2).collect();
            let known: Vec<&str> = Format::of(sql_type).iter().map(|format| format.name()).collect();
            assert_eq!(named, known, "{option}");
        }
    }
}
