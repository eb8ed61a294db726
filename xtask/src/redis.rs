//! A private server of Redis, made of the machine's own program, gone when its owner is gone.

use crate::Result;
use crate::private::{Guardian, Package, find_program, install};

/// The variable that names a server to test against instead of a private one.
pub const URL_VARIABLE: &str = "ORM_TEST_REDIS_URL";

const PROGRAM: &str = "redis-server";

const PACKAGE: Package = Package {
    apt: "redis-server",
    dnf: "redis",
    apk: "redis",
    brew: "redis",
    cure: "redis-server was not found: install its package (`apt-get install redis-server`), name a server in ORM_TEST_REDIS_URL, or leave its tests \
           out by `--without redis`",
};

const SCRIPT: &str = include_str!("redis.sh");

/// A server of Redis on a free port of the loopback interface, with nothing on a disk.
///
/// It stops when the value is dropped, and also when this process ends without dropping it.
#[derive(Debug)]
pub struct Server {
    guardian: Guardian,
    url: String,
}

impl Server {
    /// Starts a server; where the machine has no Redis, installs it first.
    ///
    /// # Errors
    ///
    /// When it cannot be installed, or does not start; the message says what to do.
    pub fn start_or_install() -> Result<Self> {
        if find_program(PROGRAM).is_none() {
            install(&PACKAGE)?;
        }
        let program = find_program(PROGRAM).ok_or(PACKAGE.cure)?;
        let (guardian, port) = Guardian::start(SCRIPT, &[("ORM_REDIS", program.as_os_str())])
            .map_err(|error| format!("the private Redis of {} did not come up: {error}", program.display()))?;
        Ok(Self { guardian, url: format!("redis://127.0.0.1:{port}") })
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills the server, with all that it holds.
    ///
    /// # Errors
    ///
    /// When its guardian has ended.
    pub fn stop(&mut self) -> Result<()> {
        self.guardian.tell("stop", "stopped")
    }

    /// Starts an empty server on the same port after [`stop`](Self::stop).
    ///
    /// # Errors
    ///
    /// When it does not come up again.
    pub fn start_again(&mut self) -> Result<()> {
        self.guardian.tell("start", "ready")
    }
}
