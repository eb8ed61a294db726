//! On which shard a key is.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::order::compare;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::query::table::Table;
use crate::schema::naming::fnv1a;
use crate::schema::{ColumnDef, TableDef};
use crate::session::Placement;
use crate::value::{Value, ValueRef, bytes};

/// Tells the shard of a key, by its number among `count`.
pub(super) type Choose = Arc<dyn Fn(&Value) -> Result<usize> + Send + Sync>;

/// How keys are spread over shards.
#[derive(Clone)]
pub(super) enum Chooser {
    /// By a hash of the key.
    Hash,
    /// As the program says.
    Key(Choose),
    /// By the greatest of these keys that is not above it.
    Ranges(Arc<[(Value, usize)]>),
}

impl fmt::Debug for Chooser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hash => "Hash",
            Self::Key(_) => "Key",
            Self::Ranges(_) => "Ranges",
        })
    }
}

impl Chooser {
    /// # Errors
    ///
    /// `Config` when no shard has the key.
    pub(super) fn choose(&self, key: &Value, count: usize) -> Result<usize> {
        match self {
            Self::Hash => Ok(jump(hash(key), count)),
            Self::Key(choose) => match choose(key)? {
                shard if shard < count => Ok(shard),
                shard => {
                    let message =
                        format!("the key {} is on shard number {shard}, and there are {count}, from 0", shown(key));
                    Err(Error::new(ErrorKind::Config, message))
                }
            },
            Self::Ranges(ranges) => {
                let behind = ranges.partition_point(|(from, _)| compare(from, key) != Ordering::Greater);
                let range = behind.checked_sub(1).and_then(|index| ranges.get(index));
                range.map(|(_, shard)| *shard).ok_or_else(|| {
                    Error::new(ErrorKind::Config, format!("the key {} is below the first range of a shard", shown(key)))
                })
            }
        }
    }
}

/// Of keys that are equal, and no others, the bytes are equal.
pub(super) fn encoded(key: &Value) -> Vec<u8> {
    let mut encoded = Vec::new();
    bytes::write(&mut encoded, key);
    encoded
}

/// A hash of a key, the same in all programs.
fn hash(key: &Value) -> u64 {
    fnv1a(encoded(key).into_iter())
}

/// The number of a hash among `count`, by jumps: of the hashes that are spread over one more, only those move that go there.
fn jump(mut hash: u64, count: usize) -> usize {
    let (mut at, mut next) = (0_u64, 0_u64);
    while next < count as u64 {
        at = next;
        hash = hash.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        // At most 2^31 times a number of shards.
        next = (at + 1).saturating_mul(1 << 31) / ((hash >> 33) + 1);
    }
    usize::try_from(at).unwrap_or(0)
}

/// A key in messages.
pub(super) fn shown(key: &Value) -> String {
    key.to_ref().to_string()
}

/// A table that says of some keys on which shard they are.
#[derive(Debug, Clone)]
pub(super) struct Directory {
    pub(super) engine: Engine,
}

impl Directory {
    /// Where the table says that the key is.
    fn find(&self, key: &Value) -> Result<Option<String>> {
        let table = directory();
        let of_key = table.col("shard_key")?.eq(code(key));
        let row = table.query().filter(of_key).one_or_none(&mut self.engine.session())?;
        row.map(|row| row.read::<String>("shard")).transpose()
    }

    /// Has the table say that the key is there.
    pub(super) fn place(&self, key: &Value, shard: &str) -> Result<()> {
        let mut session = self.engine.session();
        let table = directory();
        table.delete().filter(table.col("shard_key")?.eq(code(key))).execute(&mut session)?;
        table.insert().set("shard_key", code(key)).set("shard", shard).execute(&mut session)?;
        session.commit()
    }
}

/// The table of a directory.
fn directory() -> Table {
    Table::new("orm_shard").column::<String>("shard_key").column::<String>("shard")
}

/// Makes the table of a directory.
pub(super) const CREATE_DIRECTORY: &str =
    "CREATE TABLE IF NOT EXISTS orm_shard (shard_key VARCHAR(512) NOT NULL PRIMARY KEY, shard VARCHAR(100) NOT NULL)";

/// A key as a directory has it.
fn code(key: &Value) -> String {
    encoded(key).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The error where a directory is needed.
#[cold]
pub(super) fn no_directory() -> Error {
    let message = "no directory says where single keys are: `directory` of the shards names its database";
    Error::new(ErrorKind::Config, message)
}

/// Where keys are, as one session knows it.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) names: Arc<[&'static str]>,
    pub(super) chooser: Chooser,
    pub(super) directory: Option<Directory>,
    /// What the directory has said in this unit of work.
    seen: Mutex<HashMap<Vec<u8>, usize>>,
}

impl Places {
    pub(super) fn new(names: Arc<[&'static str]>, chooser: Chooser, directory: Option<Directory>) -> Self {
        Self { names, chooser, directory, seen: Mutex::default() }
    }

    /// # Errors
    ///
    /// `Config` when no shard has the key, and those of a directory.
    pub(super) fn of(&self, key: &Value) -> Result<usize> {
        let Some(directory) = &self.directory else { return self.chooser.choose(key, self.names.len()) };
        let code = encoded(key);
        if let Some(&known) = self.lock().get(&code) {
            return Ok(known);
        }
        let shard = match directory.find(key)? {
            Some(name) => self.number(&name)?,
            None => self.chooser.choose(key, self.names.len())?,
        };
        self.lock().insert(code, shard);
        Ok(shard)
    }

    /// # Errors
    ///
    /// `Config` when there is no shard of that name.
    pub(super) fn number(&self, name: &str) -> Result<usize> {
        self.names.iter().position(|known| *known == name).ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                format!("there is no shard `{name}`: there are `{}`", self.names.join("`, `")),
            )
        })
    }

    /// Asks the directory anew from now on.
    pub(super) fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, usize>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of the session of one shard.
pub(super) struct Place {
    pub(super) places: Arc<Places>,
    pub(super) shard: usize,
}

impl Placement for Place {
    fn objection(&self, table: &TableDef, column: &ColumnDef, key: ValueRef<'_>) -> Result<Option<Error>> {
        let key = key.to_value();
        let right = self.places.of(&key)?;
        if right == self.shard {
            return Ok(None);
        }
        let (field, names) = (table.fields[column.field].name, &self.places.names);
        let message = format!(
            "its shard key `{field}` is {}, which is on the shard `{}`, and the object is on `{}`: a key stays on its shard; delete the \
             object here and add a new one",
            shown(&key),
            names[right],
            names[self.shard]
        );
        Ok(Some(Error::new(ErrorKind::InvalidState, message)))
    }
}
