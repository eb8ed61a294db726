//! A private MariaDB server: made of the machine's own binaries, gone when its owner is gone.

mod binaries;
mod cluster;

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::Result;
use crate::private::{Guardian, Package, install};

pub(crate) use cluster::{galera, spider};

/// The variable that names a server to test against instead of a private one: a URL without a database, whose user may make databases.
pub const URL_VARIABLE: &str = "ORM_TEST_MARIADB_URL";

const SCRIPT: &str = include_str!("server.sh");

/// What a server gets whose commits must survive a crash.
const DURABLE: (&str, &str) = ("ORM_MARIADB_DURABLE", "yes");

const PACKAGE: Package = Package {
    apt: "mariadb-server",
    dnf: "mariadb-server",
    apk: "mariadb",
    brew: "mariadb",
    cure: "MariaDB was not found: install its server package (`apt-get install mariadb-server`, `dnf install mariadb-server`, `apk add \
           mariadb`, `brew install mariadb`), or name a server in ORM_TEST_MARIADB_URL",
};

/// A MariaDB server of our own on a free port of the loopback interface, with a temporary data folder.
///
/// It stops and its folder goes when the value is dropped, and also when this process ends without dropping it.
#[derive(Debug)]
pub struct Server {
    guardian: Guardian,
    url: String,
    program: String,
}

impl Server {
    /// Starts a server.
    ///
    /// # Errors
    ///
    /// When this machine has none, or it does not start; the message says what to do.
    pub fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// Starts a server that keeps what was committed through [`stop`](Self::stop).
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_durable() -> Result<Self> {
        Self::start_with(&[DURABLE])
    }

    /// Starts a server with more options, none of which has spaces.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_with_options(options: &[&str]) -> Result<Self> {
        Self::start_with(&[("ORM_MARIADB_OPTIONS", &options.join(" "))])
    }

    fn start_with(wishes: &[(&str, &str)]) -> Result<Self> {
        let (server, installer) = programs()?;
        let programs = [("ORM_MARIADBD", server.as_os_str()), ("ORM_MARIADB_INSTALL", installer.as_os_str())];
        let wishes = wishes.iter().map(|(name, value)| (*name, OsStr::new(*value)));
        let environment: Vec<(&str, &OsStr)> = programs.into_iter().chain(wishes).collect();
        let (guardian, port) = Guardian::start(SCRIPT, &environment)
            .map_err(|error| format!("the private MariaDB server {} did not come up: {error}", server.display()))?;
        let url = format!("mariadb://orm@127.0.0.1:{port}");
        Ok(Self { guardian, url, program: binaries::describe(&server) })
    }

    /// Starts a server with a binary log, which others of these can read as the user `orm`, each with a number of its own. Commits survive a crash: a
    /// replica shows all that it has shown before.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_logged(number: u32) -> Result<Self> {
        let options = format!("--log-bin=log --server-id={number}");
        Self::start_with(&[DURABLE, ("ORM_MARIADB_OPTIONS", &options)])
    }

    /// Starts a server; where the machine has none, installs it first.
    ///
    /// # Errors
    ///
    /// When it cannot be installed, or does not start; the message says what to do.
    pub fn start_or_install() -> Result<Self> {
        if binaries::find().is_none() {
            install(&PACKAGE)?;
        }
        Self::start()
    }

    /// The URL of the server, without a database, for a user who needs no password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address and port of the server.
    pub(crate) fn address(&self) -> &str {
        self.url.rsplit_once('@').map_or(&self.url, |(_, address)| address)
    }

    /// Stops the server at once, as a power cut would. Its data stay.
    ///
    /// # Errors
    ///
    /// When its guardian has ended.
    pub fn stop(&mut self) -> Result<()> {
        self.guardian.tell("stop", "stopped")
    }

    /// Starts the server on its data after [`stop`](Self::stop).
    ///
    /// # Errors
    ///
    /// When it does not come up again.
    pub fn start_again(&mut self) -> Result<()> {
        self.guardian.tell("start", "ready")
    }

    /// Which MariaDB it is: version and program.
    pub fn program(&self) -> &str {
        &self.program
    }
}

fn programs() -> Result<(PathBuf, PathBuf)> {
    let cure = "no MariaDB server on this machine: run `cargo xtask test`, which installs it, or name a server in \
                ORM_TEST_MARIADB_URL";
    binaries::find().ok_or_else(|| cure.into())
}
