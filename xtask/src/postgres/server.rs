use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::binaries;
use crate::Result;
use crate::private::{Guardian, Package, install};

const PACKAGE: Package = Package {
    apt: "postgresql",
    dnf: "postgresql-server",
    apk: "postgresql",
    brew: "postgresql",
    cure: "PostgreSQL was not found: install its server package (`apt-get install postgresql`, `dnf install postgresql-server`, \
           `apk add postgresql`, `brew install postgresql`), or name a server in ORM_TEST_POSTGRES_URL",
};

const SCRIPT: &str = include_str!("server.sh");

/// A PostgreSQL server of our own on a free port of the loopback interface, with a temporary data folder.
///
/// It stops and its folder goes when the value is dropped, and also when this process ends without dropping it.
#[derive(Debug)]
pub struct Server {
    guardian: Guardian,
    url: String,
    program: String,
}

impl Server {
    /// Starts a server, from the newest PostgreSQL that this machine has.
    ///
    /// # Errors
    ///
    /// When there is none, or it does not start; the message says what to do.
    pub fn start() -> Result<Self> {
        Self::start_from(&programs()?, None)
    }

    /// Starts a server whose data folder also has the files of `files`: a `pg_hba.conf`, certificates and their keys (`*.key`), and
    /// `extra.conf` with settings. Everybody must be able to read them.
    ///
    /// # Errors
    ///
    /// As [`start`](Server::start).
    pub fn start_with(files: &Path) -> Result<Self> {
        Self::start_from(&programs()?, Some(("ORM_PG_FILES", files.as_os_str())))
    }

    /// Starts a server whose commits survive [`stop`](Server::stop), which makes them slower; installs PostgreSQL first where there is none.
    ///
    /// # Errors
    ///
    /// As [`start_or_install`](Server::start_or_install).
    pub fn start_durable() -> Result<Self> {
        if binaries::find().is_none() {
            install(&PACKAGE)?;
        }
        Self::start_from(&programs()?, Some(("ORM_PG_DURABLE", OsStr::new("yes"))))
    }

    /// Starts a server; where the machine has no PostgreSQL, installs it first.
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

    /// Starts a streaming replica of this server.
    ///
    /// # Errors
    ///
    /// When it cannot be copied, or does not start.
    pub fn standby(&self) -> Result<Self> {
        let port = self.url.rsplit_once('/').and_then(|(address, _)| address.rsplit_once(':'));
        let (_, port) = port.ok_or("the server's URL names no port")?;
        Self::start_from(&programs()?, Some(("ORM_PG_STANDBY_OF", OsStr::new(port))))
    }

    /// The URL of its database `postgres`, for the superuser, without a password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which PostgreSQL it is: version and folder.
    pub fn program(&self) -> &str {
        &self.program
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

    fn start_from(folder: &Path, wish: Option<(&str, &OsStr)>) -> Result<Self> {
        let environment: Vec<(&str, &OsStr)> =
            std::iter::once(("ORM_PG_BIN", folder.as_os_str())).chain(wish).collect();
        let (guardian, port) = Guardian::start(SCRIPT, &environment).map_err(|error| {
            format!("the private PostgreSQL server of {} did not come up: {error}", folder.display())
        })?;
        let url = format!("postgresql://postgres@127.0.0.1:{port}/postgres");
        Ok(Self { guardian, url, program: binaries::describe(folder) })
    }
}

/// The folder of the server's programs.
fn programs() -> Result<PathBuf> {
    let cure = "no PostgreSQL server programs on this machine: run `cargo xtask test`, which installs them, or name a server in \
                ORM_TEST_POSTGRES_URL";
    binaries::find().ok_or_else(|| cure.into())
}
