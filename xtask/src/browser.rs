//! The browser in which the tests of web pages run, by its driver.

use std::env;

use crate::Result;
use crate::private::{Package, find_program, install};

const PACKAGE: Package = Package {
    apt: "chromium-driver",
    dnf: "chromedriver",
    apk: "chromium-chromedriver",
    brew: "chromedriver",
    cure: "chromedriver was not found: install it with its browser (`apt-get install chromium chromium-driver`), or name it in CHROMEDRIVER",
};

/// Installs the driver and its browser, where the machine has none.
///
/// # Errors
///
/// When they cannot be installed; the message says what to do.
pub(crate) fn ensure() -> Result<()> {
    let is_named = ["CHROMEDRIVER", "CHROMEWEBDRIVER"].iter().any(|name| env::var_os(name).is_some());
    if is_named || find_program("chromedriver").is_some() { Ok(()) } else { install(&PACKAGE) }
}
