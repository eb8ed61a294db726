use std::fmt::{self, Display, Formatter};

/// The result of what works with revisions.
pub type Result<T> = std::result::Result<T, Error>;

/// What is wrong with revisions, or with running them.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read, written or understood.
    File {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// Two revisions have one id.
    Duplicate {
        /// The id.
        id: String,
        /// The folders of both.
        folders: [String; 2],
    },
    /// A revision names another one that is not there.
    Missing {
        /// The revision, or the database.
        of: String,
        /// The id that is not there.
        id: String,
    },
    /// Revisions come before each other.
    Loop(Vec<String>),
    /// The files of a revision are not those that its digest was made of.
    Changed {
        /// The revision.
        id: String,
    },
    /// No revision is called so.
    Unknown(String),
    /// Several revisions are meant.
    Ambiguous {
        /// What was asked for.
        asked: String,
        /// What it may mean.
        choices: Vec<String>,
    },
    /// A revision loses rows or values, and this was not allowed.
    Destructive {
        /// The revision.
        id: String,
        /// What is lost.
        dangers: Vec<String>,
    },
    /// A revision has no text for the database.
    NoScript {
        /// The revision.
        id: String,
        /// The file that is not there.
        file: String,
    },
    /// A step in Rust is called and was not registered.
    NoStep {
        /// The revision.
        id: String,
        /// The name of the step.
        step: String,
    },
    /// A statement failed.
    Statement {
        /// The revision.
        id: String,
        /// Which statement of its script, from one.
        number: usize,
        /// Its first line.
        statement: String,
        /// What remains of the revision, and how to go on.
        state: &'static str,
        /// The database's error.
        source: orm_core::Error,
    },
    /// A revision was left in the middle, where each statement of the schema commits.
    Unfinished {
        /// The revision.
        id: String,
        /// Whether it was run, `up`, or undone, `down`.
        way: &'static str,
        /// How many statements of its script are done.
        statements: usize,
    },
    /// A tenant failed of several.
    Tenant {
        /// Its name.
        failed: String,
        /// Those that are done.
        done: Vec<String>,
        /// Those that were not begun.
        left: Vec<String>,
        /// What is wrong.
        source: Box<Error>,
    },
    /// Branches changed one table, so that their schemas cannot be put together.
    Conflict(Vec<String>),
    /// The command was called in a wrong way.
    Usage(String),
    /// The database's error.
    Database(orm_core::Error),
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, reason } => write!(f, "{path}: {reason}"),
            Self::Duplicate { id, folders: [a, b] } => {
                write!(f, "two revisions have the id `{id}`, in {a} and {b}: give one of them another id")
            }
            Self::Missing { of, id } => {
                write!(
                    f,
                    "{of} names the revision `{id}`, which is not there: bring its folder back, or take the name out"
                )
            }
            Self::Loop(ids) => write!(f, "revisions come before each other: {}", ids.join(" → ")),
            Self::Changed { id } => write!(
                f,
                "the files of revision `{id}` are not those that its digest was made of: undo the change, or run `edit {id}` if no database has it"
            ),
            Self::Unknown(asked) => write!(f, "no revision is called `{asked}`; `history` lists them"),
            Self::Ambiguous { asked, choices } => {
                write!(f, "`{asked}` may mean several revisions; name one of them:")?;
                choices.iter().try_for_each(|choice| write!(f, "\n  {choice}"))
            }
            Self::Destructive { id, dangers } => {
                write!(f, "revision `{id}` is destructive:")?;
                dangers.iter().try_for_each(|danger| write!(f, "\n  {danger}"))?;
                f.write_str("\nrun it with `--allow-destructive`, or write `accepted` for `danger` in its script")
            }
            Self::NoScript { id, file } => write!(f, "revision `{id}` has no file {file}"),
            Self::NoStep { id, step } => {
                write!(
                    f,
                    "revision `{id}` calls the step in Rust `{step}`, which is not registered in this program: register it by `Migrations::step`"
                )
            }
            Self::Statement { id, number, statement, state, source } => {
                write!(f, "statement {number} of revision `{id}` failed: {source}\n  {statement}\n{state}")
            }
            Self::Unfinished { id, way, statements } => {
                let command = if *way == "up" { "upgrade" } else { "downgrade" };
                write!(
                    f,
                    "{statements} statements of the script `{way}` of revision `{id}` are done, and the rest is not: {command} to the end of it first"
                )
            }
            Self::Tenant { failed, done, left, source } => {
                write!(f, "tenant {failed}: {source}")?;
                write!(f, "\ntenants that are done: {}; not begun: {}; ", listed(done), listed(left))?;
                f.write_str("correct the cause, and run it again: those that are done have nothing to do")
            }
            Self::Conflict(tables) => write!(
                f,
                "both branches changed the same tables: {}; if the models are what both lead to, `merge --models` takes the schema of the merge from \
                 them",
                tables.join(", ")
            ),
            Self::Usage(text) => f.write_str(text),
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(error) | Self::Statement { source: error, .. } => Some(error),
            Self::Tenant { source, .. } => source.source(),
            _ => None,
        }
    }
}

impl From<orm_core::Error> for Error {
    fn from(error: orm_core::Error) -> Self {
        Self::Database(error)
    }
}

/// For functions that return the result of `orm`: the kind is that of the database's error, or `Schema`.
impl From<Error> for orm_core::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => error,
            error => Self::new(error.kind(), error.to_string()),
        }
    }
}

impl Error {
    fn kind(&self) -> orm_core::ErrorKind {
        match self {
            Self::Database(source) | Self::Statement { source, .. } => source.kind(),
            Self::Tenant { source, .. } => source.kind(),
            _ => orm_core::ErrorKind::Schema,
        }
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// A file that cannot be used.
pub(crate) fn file(path: impl Display, reason: impl Display) -> Error {
    Error::File { path: path.to_string(), reason: reason.to_string() }
}
