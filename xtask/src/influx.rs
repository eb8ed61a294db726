//! A private server of InfluxDB 1, made of the machine's own program, gone when its owner is gone.

use crate::Result;
use crate::private::{Guardian, Package, find_program, install};

/// The variable that names a server to test against instead of a private one.
pub const URL_VARIABLE: &str = "ORM_TEST_INFLUX_URL";

const PROGRAM: &str = "influxd";

const PACKAGE: Package = Package {
    apt: "influxdb",
    dnf: "",
    apk: "influxdb",
    brew: "influxdb@1",
    cure: "influxd of InfluxDB 1 was not found: install its package (`apt-get install influxdb`), name a server in ORM_TEST_INFLUX_URL, or \
           leave its tests out by `--without influx`",
};

const SCRIPT: &str = include_str!("influx.sh");

/// A server of InfluxDB 1 on a free port of the loopback interface, with a temporary data folder.
///
/// It stops and its folder goes when the value is dropped, and also when this process ends without dropping it.
#[derive(Debug)]
pub struct Server {
    guardian: Guardian,
    url: String,
}

impl Server {
    /// Starts a server; where the machine has no InfluxDB, installs it first.
    ///
    /// # Errors
    ///
    /// When it cannot be installed, or does not start; the message says what to do.
    pub fn start_or_install() -> Result<Self> {
        if find_program(PROGRAM).is_none() {
            install(&PACKAGE)?;
        }
        let program = find_program(PROGRAM).ok_or(PACKAGE.cure)?;
        let (guardian, port) = Guardian::start(SCRIPT, &[("ORM_INFLUX", program.as_os_str())])
            .map_err(|error| format!("the private InfluxDB of {} did not come up: {error}", program.display()))?;
        Ok(Self { guardian, url: format!("http://127.0.0.1:{port}") })
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills the server, as a power cut would. Its data stay.
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
}
