//! The file behind a connection. It may be deleted or replaced while it is open, and nobody tells SQLite.

use std::path::PathBuf;

use orm_core::{Error, ErrorKind, Result};

/// A file as it was when it was opened.
#[derive(Debug)]
pub(crate) struct OpenFile {
    path: PathBuf,
    identity: Identity,
}

impl OpenFile {
    /// The file of a connection; `None` for a database in memory.
    pub(crate) fn of(native: &rusqlite::Connection) -> Option<Self> {
        let path = PathBuf::from(native.path().filter(|path| !path.is_empty())?);
        let identity = identity(&path)?;
        Some(Self { path, identity })
    }

    /// Which file it is, whatever its name.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Checks that the path still leads to the file.
    ///
    /// # Errors
    ///
    /// `ConnectionLost` if it does not.
    pub(crate) fn check(&self) -> Result<()> {
        match identity(&self.path) {
            Some(identity) if identity == self.identity => Ok(()),
            _ => Err(self.gone()),
        }
    }

    #[cold]
    fn gone(&self) -> Error {
        let message = format!(
            "the database file {} was deleted or replaced while it was open, and what was written to it since is lost; the next connection \
             opens what is there now",
            self.path.display()
        );
        Error::new(ErrorKind::ConnectionLost, message)
    }
}

/// Which file it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity(Known);

/// Device and number.
#[cfg(unix)]
type Known = (u64, u64);

/// Elsewhere an open file cannot be deleted, and its path stays what it is.
#[cfg(not(unix))]
type Known = PathBuf;

#[cfg(unix)]
pub(crate) fn identity(path: &std::path::Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|facts| Identity((facts.dev(), facts.ino())))
}

#[cfg(not(unix))]
pub(crate) fn identity(path: &std::path::Path) -> Option<Identity> {
    path.canonicalize().ok().map(Identity)
}
