use std::process::{Command, Stdio};

use crate::Result;
use crate::command::{output, run, succeeds};

/// What is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Package {
    /// PostgreSQL.
    Server,
    /// pgbouncer.
    Pooler,
}

/// How one package manager installs PostgreSQL.
struct Manager {
    program: &'static str,
    needs_root: bool,
    /// What comes before the name of the package.
    steps: &'static [&'static [&'static str]],
    server: &'static str,
}

const MANAGERS: &[Manager] = &[
    Manager { program: "apt-get", needs_root: true, steps: &[&["update"], &["install", "-y"]], server: "postgresql" },
    Manager { program: "dnf", needs_root: true, steps: &[&["install", "-y"]], server: "postgresql-server" },
    Manager { program: "apk", needs_root: true, steps: &[&["add"]], server: "postgresql" },
    Manager { program: "brew", needs_root: false, steps: &[&["install"]], server: "postgresql" },
];

impl Package {
    fn cure(self) -> &'static str {
        match self {
            Self::Server => {
                "PostgreSQL was not found: install its server package (`apt-get install postgresql`, `dnf install \
                 postgresql-server`, `apk add postgresql`, `brew install postgresql`), or name a server in ORM_TEST_POSTGRES_URL"
            }
            Self::Pooler => {
                "pgbouncer was not found: install its package (`apt-get install pgbouncer`), or name a pooler in transaction \
                 mode in ORM_TEST_POOLER_URL"
            }
        }
    }
}

/// Whether the user of this process is root.
pub(super) fn is_root() -> bool {
    output("id", &["-u"]).as_deref() == Some("0")
}

/// Installs a package with the system's package manager.
///
/// # Errors
///
/// When there is no package manager that may be used without asking, or it fails; the message says what to install.
pub(super) fn install(package: Package) -> Result<()> {
    let manager = MANAGERS.iter().find(|manager| succeeds(manager.program, &["--version"]));
    let manager = manager.ok_or_else(|| package.cure())?;
    let prefix: &[&str] = match (manager.needs_root, is_root()) {
        (false, _) | (true, true) => &[],
        (true, false) if succeeds("sudo", &["-n", "true"]) => &["sudo", "-n"],
        _ => return Err(format!("only root may install packages. {}", package.cure()).into()),
    };
    let name = if package == Package::Server { manager.server } else { "pgbouncer" };
    for (index, step) in manager.steps.iter().enumerate() {
        let last = (index + 1 == manager.steps.len()).then_some(name);
        let mut words = prefix.iter().copied().chain([manager.program]).chain(step.iter().copied()).chain(last);
        let mut command = Command::new(words.next().unwrap_or(manager.program));
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        run(&mut command).map_err(|error| format!("the installation failed ({error}). {}", package.cure()))?;
    }
    Ok(())
}
