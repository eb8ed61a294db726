//! Which server it is, and what a connection asks of it.

use mysql::prelude::Queryable as _;

/// The two servers, which have other functions, types and clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// MySQL 8.
    MySql,
    /// MariaDB from 10.6 on.
    MariaDb,
}

/// Standard SQL in quotes, texts and `||`, errors instead of changed values, and a key of 0 that is a key.
const MODE: &str = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,\
    NO_AUTO_VALUE_ON_ZERO,ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,IGNORE_SPACE";

impl Server {
    /// The server of a connection, by its version: `10.11.6-MariaDB`.
    pub(crate) fn of(connection: &mut mysql::Conn) -> Result<Self, mysql::Error> {
        let version: Option<String> = connection.query_first("SELECT VERSION()")?;
        Ok(match version {
            Some(version) if version.contains("MariaDB") => Self::MariaDb,
            _ => Self::MySql,
        })
    }

    /// Whether the server takes statements. A node of a Galera cluster takes none while it does not see most of the others, or catches up with
    /// them.
    pub(crate) fn is_ready(self, connection: &mut mysql::Conn) -> Result<bool, mysql::Error> {
        if self == Self::MySql {
            return Ok(true);
        }
        let told: Vec<(String, String)> =
            connection.query("SHOW STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_provider_name')")?;
        let says = |name: &str| told.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
        Ok(says("wsrep_provider_name").is_empty() || says("wsrep_ready") == "ON")
    }

    /// Sets what each connection has, so that sessions of all programs read and write alike.
    pub(crate) fn set_up(self, connection: &mut mysql::Conn) -> Result<(), mysql::Error> {
        run(connection, &self.settings()).map(drop)
    }

    /// Sets it anew, in the database of the URL, which a reset does not bring back. Returns whether that is where the connection is: a URL without a
    /// database names none to go back to.
    pub(crate) fn set_up_again(
        self,
        connection: &mut mysql::Conn,
        database: Option<&str>,
    ) -> Result<bool, mysql::Error> {
        let Some(database) = database else {
            self.set_up(connection)?;
            let current: Option<Option<String>> = connection.query_first("SELECT DATABASE()")?;
            return Ok(current.flatten().is_none());
        };
        run(connection, &format!("USE `{}`; {}", database.replace('`', "``"), self.settings()))?;
        Ok(true)
    }

    /// Texts are compared byte by byte. Times are in UTC.
    pub(crate) fn settings(self) -> String {
        let mode = match self {
            Self::MySql => "",
            Self::MariaDb => ",SIMULTANEOUS_ASSIGNMENT",
        };
        // From that version on a transaction may not overwrite what its snapshot has not seen.
        let snapshots = match self {
            Self::MySql => "",
            Self::MariaDb => "; /*M!101108 SET SESSION innodb_snapshot_isolation = ON */",
        };
        let collation = self.collation();
        format!(
            "SET NAMES utf8mb4 COLLATE {collation}, sql_mode = '{MODE}{mode}', time_zone = '+00:00', autocommit = 1, \
             group_concat_max_len = 16777216; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED{snapshots}"
        )
    }

    /// The collation of texts that are compared byte by byte, with the spaces at their ends.
    pub(crate) fn collation(self) -> &'static str {
        match self {
            Self::MySql => "utf8mb4_0900_bin",
            Self::MariaDb => "utf8mb4_nopad_bin",
        }
    }

    /// Takes back what the beginning of a transaction has set.
    pub(crate) fn lifts_limits(self) -> &'static str {
        match self {
            Self::MySql => "SET SESSION innodb_lock_wait_timeout = DEFAULT, SESSION lock_wait_timeout = DEFAULT; ",
            Self::MariaDb => {
                "SET SESSION innodb_lock_wait_timeout = DEFAULT, SESSION lock_wait_timeout = DEFAULT, \
                 SESSION idle_transaction_timeout = DEFAULT; "
            }
        }
    }

    /// The statement that asks whether a transaction is open.
    pub(crate) fn asks_transaction(self) -> &'static str {
        match self {
            Self::MySql => {
                "SELECT COUNT(*) FROM performance_schema.events_transactions_current t JOIN performance_schema.threads h \
                 USING (THREAD_ID) WHERE h.PROCESSLIST_ID = CONNECTION_ID() AND t.STATE = 'ACTIVE' AND t.AUTOCOMMIT = 'NO'"
            }
            Self::MariaDb => "SELECT @@in_transaction",
        }
    }
}

/// Runs statements whose rows do not matter, up to the first that fails, and tells how many rows they changed.
pub(crate) fn run(connection: &mut mysql::Conn, sql: &str) -> Result<u64, mysql::Error> {
    let mut result = connection.query_iter(sql)?;
    let mut changed = 0;
    while let Some(rows) = result.iter() {
        changed += rows.affected_rows();
        for row in rows {
            row?;
        }
    }
    Ok(changed)
}
