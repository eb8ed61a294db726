use std::process::{Command, Stdio};

use crate::Result;
use crate::command::{output, run, succeeds};

/// How one package manager installs PostgreSQL.
struct Manager {
    program: &'static str,
    needs_root: bool,
    steps: &'static [&'static [&'static str]],
}

const MANAGERS: &[Manager] = &[
    Manager { program: "apt-get", needs_root: true, steps: &[&["update"], &["install", "-y", "postgresql"]] },
    Manager { program: "dnf", needs_root: true, steps: &[&["install", "-y", "postgresql-server"]] },
    Manager { program: "apk", needs_root: true, steps: &[&["add", "postgresql"]] },
    Manager { program: "brew", needs_root: false, steps: &[&["install", "postgresql"]] },
];

const CURE: &str = "install the PostgreSQL server package (`apt-get install postgresql`, `dnf install postgresql-server`, \
                    `apk add postgresql`, `brew install postgresql`), or name a server in ORM_TEST_POSTGRES_URL";

/// Whether the user of this process is root.
pub(super) fn is_root() -> bool {
    output("id", &["-u"]).as_deref() == Some("0")
}

/// Installs PostgreSQL with the system's package manager.
///
/// # Errors
///
/// When there is no package manager that may be used without asking, or it fails; the message says what to install.
pub(super) fn install() -> Result<()> {
    let manager = MANAGERS.iter().find(|manager| succeeds(manager.program, &["--version"]));
    let manager = manager.ok_or_else(|| format!("PostgreSQL was not found: {CURE}"))?;
    let prefix: &[&str] = match (manager.needs_root, is_root()) {
        (false, _) | (true, true) => &[],
        (true, false) if succeeds("sudo", &["-n", "true"]) => &["sudo", "-n"],
        _ => return Err(format!("PostgreSQL was not found, and only root may install it: {CURE}").into()),
    };
    for step in manager.steps {
        let mut words = prefix.iter().chain([&manager.program]).chain(*step);
        let mut command = Command::new(words.next().unwrap_or(&manager.program));
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        run(&mut command).map_err(|error| format!("PostgreSQL could not be installed ({error}): {CURE}"))?;
    }
    Ok(())
}
