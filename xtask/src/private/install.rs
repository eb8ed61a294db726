use std::process::{Command, Stdio};

use crate::Result;
use crate::command::{output, run, succeeds};

/// What is installed, by its name in each of the package managers, or the names of several packages. An empty name is none.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) apt: &'static str,
    pub(crate) dnf: &'static str,
    pub(crate) apk: &'static str,
    pub(crate) brew: &'static str,
    /// What is missing and what to do about it, in a sentence.
    pub(crate) cure: &'static str,
}

/// How one package manager installs.
struct Manager {
    program: &'static str,
    needs_root: bool,
    /// What comes before the name of the package.
    steps: &'static [&'static [&'static str]],
    name: fn(&Package) -> &'static str,
}

const MANAGERS: &[Manager] = &[
    Manager {
        program: "apt-get",
        needs_root: true,
        steps: &[&["update"], &["install", "-y"]],
        name: |package| package.apt,
    },
    Manager { program: "dnf", needs_root: true, steps: &[&["install", "-y"]], name: |package| package.dnf },
    Manager { program: "apk", needs_root: true, steps: &[&["add"]], name: |package| package.apk },
    Manager { program: "brew", needs_root: false, steps: &[&["install"]], name: |package| package.brew },
];

/// Whether the user of this process is root.
pub(super) fn is_root() -> bool {
    output("id", &["-u"]).as_deref() == Some("0")
}

/// Installs a package with the system's package manager.
///
/// # Errors
///
/// When there is no package manager that may be used without asking, or it fails; the message says what to install.
pub(crate) fn install(package: &Package) -> Result<()> {
    let manager = MANAGERS.iter().find(|manager| succeeds(manager.program, &["--version"]));
    let manager = manager.filter(|manager| !(manager.name)(package).is_empty()).ok_or(package.cure)?;
    let prefix: &[&str] = match (manager.needs_root, is_root()) {
        (false, _) | (true, true) => &[],
        (true, false) if succeeds("sudo", &["-n", "true"]) => &["sudo", "-n"],
        _ => return Err(format!("only root may install packages. {}", package.cure).into()),
    };
    for (index, step) in manager.steps.iter().enumerate() {
        let last = if index + 1 == manager.steps.len() { (manager.name)(package) } else { "" }.split_whitespace();
        let mut words = prefix.iter().copied().chain([manager.program]).chain(step.iter().copied()).chain(last);
        let mut command = Command::new(words.next().unwrap_or(manager.program));
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        run(&mut command).map_err(|error| format!("the installation failed ({error}). {}", package.cure))?;
    }
    Ok(())
}
