//! Transactions that are prepared, by the statements that begin with `XA`.
//!
//! The server has to know the id of one as it begins. A prepared one belongs to its connection for as long as that is open. So the connection
//! commits it, or is closed and leaves it to others. On MariaDB a reset does not do for that: InnoDB refuses the connection afterwards.

use std::thread;
use std::time::Duration;

use mysql::prelude::Queryable as _;
use orm_core::driver::{Connection as _, TransactionMode, TransactionState};
use orm_core::{Error, ErrorKind, Result};

use crate::connection::{Known, MysqlConnection};
use crate::error::ends_connection;

/// A transaction that was begun under an id.
#[derive(Debug)]
pub(crate) struct Branch {
    /// The id as statements spell it, with the database.
    xid: String,
    pub(crate) prepared: bool,
}

/// The database of an id is its second part, which has so many bytes at most.
const LONGEST_DATABASE: usize = 64;

/// The format of ids that name none.
const FORMAT: i64 = 1;

/// How often, and with which pauses, a transaction is waited for that belongs to a connection which is about to close.
const TURNS: u32 = 400;
const PAUSE: Duration = Duration::from_millis(5);

const UNKNOWN_ID: u16 = 1397;
const ROLLED_BACK: u16 = 1402;

impl MysqlConnection {
    pub(crate) fn begin_branch(&mut self, id: &str, mode: TransactionMode) -> Result<()> {
        let xid = self.xid(id)?;
        self.begin_as(mode, Some(&xid))?;
        self.branch = Some(Branch { xid, prepared: false });
        Ok(())
    }

    pub(crate) fn prepare_branch(&mut self, id: &str) -> Result<()> {
        let xid = self.xid(id)?;
        if self.branch.as_ref().is_none_or(|branch| branch.xid != xid) {
            let message = format!("the transaction was not begun as {id:?}, which {} asks for", self.dialect().name());
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        if self.transaction()? != TransactionState::Begun {
            return Err(Error::new(ErrorKind::InvalidState, "the transaction has ended: there is nothing to prepare"));
        }
        self.script(&format!("XA END {xid}; XA PREPARE {xid}"))?;
        self.state.transaction = Known::None;
        self.branch = Some(Branch { xid, prepared: true });
        Ok(())
    }

    /// Commits the open transaction where it has an id, without a first phase. Tells whether it has one.
    pub(crate) fn commit_branch(&mut self) -> Result<bool> {
        let Some(Branch { xid, prepared: false }) = &self.branch else { return Ok(false) };
        self.script(&format!("XA END {xid}; XA COMMIT {xid} ONE PHASE"))?;
        self.branch = None;
        Ok(true)
    }

    /// Rolls the open transaction back where it has an id. Tells whether it has one.
    pub(crate) fn rollback_branch(&mut self) -> Result<bool> {
        let Some(Branch { xid, prepared: false }) = &self.branch else { return Ok(false) };
        let (end, rollback) = (format!("XA END {xid}"), format!("XA ROLLBACK {xid}"));
        self.settle()?;
        // It may have ended, or failed. What matters is the next statement.
        if let Err(error) = self.driver.query_drop(end)
            && ends_connection(&error)
        {
            return Err(self.failed(error));
        }
        match self.driver.query_drop(rollback) {
            Ok(()) => {}
            Err(error) if code(&error) == Some(UNKNOWN_ID) => {}
            Err(error) => return Err(self.failed(error)),
        }
        self.branch = None;
        Ok(true)
    }

    /// Commits or rolls back what is prepared under an id.
    pub(crate) fn end_branch(&mut self, command: &str, id: &str) -> Result<()> {
        let xid = self.xid(id)?;
        let own = self.branch.as_ref().is_some_and(|branch| branch.xid == xid);
        for _ in 0..TURNS {
            match self.driver.query_drop(format!("{command} {xid}")) {
                Err(error) if code(&error) == Some(UNKNOWN_ID) && !own && self.recover()?.iter().any(|it| it == id) => {
                    thread::sleep(PAUSE);
                }
                // The server says so of a transaction that has changed nothing, when its connection is gone.
                Err(error) if code(&error) != Some(ROLLED_BACK) => {
                    return Err(self.failed(error).context(format!("the transaction prepared as `{id}`")));
                }
                _ => {
                    self.branch = self.branch.take().filter(|_| !own);
                    return Ok(());
                }
            }
        }
        let message = format!(
            "the transaction prepared as `{id}` belongs to the connection that has prepared it, which is still open"
        );
        Err(Error::new(ErrorKind::Busy, message))
    }

    /// The ids of what is prepared in this database. The server lists those of all.
    pub(crate) fn recover(&mut self) -> Result<Vec<String>> {
        let listed: Vec<(i64, usize, usize, Vec<u8>)> =
            self.driver.query("XA RECOVER").map_err(|error| self.failed(error))?;
        let database = self.place.get_db_name().unwrap_or_default().as_bytes();
        let ids = listed.iter().filter_map(|(format, id, place, data)| {
            let (id, of) = data.get(..id + place)?.split_at(*id);
            let here = *format == FORMAT && of == database;
            here.then(|| String::from_utf8_lossy(id).into_owned())
        });
        let mut ids: Vec<String> = ids.collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// The id with the database, so that those of others on the server are told apart.
    fn xid(&self, id: &str) -> Result<String> {
        let id = id.replace('\'', "''");
        let database = self.place.get_db_name().unwrap_or_default().as_bytes();
        if database.is_empty() {
            return Ok(format!("'{id}'"));
        }
        if database.len() > LONGEST_DATABASE {
            let message = "the name of the database has more bytes than the id of a prepared transaction can hold";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let digits: String = database.iter().map(|byte| format!("{byte:02X}")).collect();
        Ok(format!("'{id}',X'{digits}'"))
    }
}

fn code(error: &mysql::Error) -> Option<u16> {
    match error {
        mysql::Error::MySqlError(told) => Some(told.code),
        _ => None,
    }
}
