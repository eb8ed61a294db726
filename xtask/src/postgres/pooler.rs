use std::ffi::OsStr;

use crate::Result;
use crate::private::{Guardian, Package, find_program, install};

const PROGRAM: &str = "pgbouncer";

const PACKAGE: Package = Package {
    apt: PROGRAM,
    dnf: PROGRAM,
    apk: PROGRAM,
    brew: PROGRAM,
    cure: "pgbouncer was not found: install its package (`apt-get install pgbouncer`), or name a pooler in transaction mode in \
           ORM_TEST_POOLER_URL",
};

const SCRIPT: &str = include_str!("pooler.sh");

/// pgbouncer in transaction mode before a server: each transaction may run on another connection of the server than the one before.
///
/// It ends when the value is dropped, and also when this process ends without dropping it.
#[derive(Debug)]
pub struct Pooler {
    _guardian: Guardian,
    url: String,
}

impl Pooler {
    /// Starts a pooler before the server of a URL, whose user needs no password.
    ///
    /// # Errors
    ///
    /// When this machine has no pgbouncer, or it does not start; the message says what to do.
    pub fn start(server: &str) -> Result<Self> {
        let program = find_program(PROGRAM).ok_or(
            "no pgbouncer on this machine: run `cargo xtask test`, which installs it, or name one in transaction mode in \
             ORM_TEST_POOLER_URL",
        )?;
        let place = server.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next());
        let (user, address) = place.and_then(|place| place.split_once('@')).ok_or("the server's URL names no user")?;
        let (host, port) = address.rsplit_once(':').unwrap_or((address, "5432"));
        let environment = [
            ("ORM_POOLER", program.as_os_str()),
            ("ORM_PG_HOST", OsStr::new(host)),
            ("ORM_PG_PORT", OsStr::new(port)),
            ("ORM_PG_USER", OsStr::new(user)),
        ];
        let (guardian, port) = Guardian::start(SCRIPT, &environment)
            .map_err(|error| format!("the private pooler {} did not come up: {error}", program.display()))?;
        Ok(Self { _guardian: guardian, url: format!("postgresql://{user}@127.0.0.1:{port}") })
    }

    /// Starts a pooler; where the machine has none, installs it first.
    ///
    /// # Errors
    ///
    /// When it cannot be installed, or does not start; the message says what to do.
    pub fn start_or_install(server: &str) -> Result<Self> {
        if find_program(PROGRAM).is_none() {
            install(&PACKAGE)?;
        }
        Self::start(server)
    }

    /// The URL of the pooler, without a database: it leads to all databases of the server.
    pub fn url(&self) -> &str {
        &self.url
    }
}
