//! Private servers that speak as DynamoDB does, installed into `target/servers`, gone when their owner is gone: `dynalite`, which keeps to the letter, and
//! moto's, which has transactions and times to live.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::command::{root, run};
use crate::private::{Guardian, find_program};

/// A program that is such a server.
#[derive(Debug)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// The variable that names a server to test against instead of a private one.
    pub variable: &'static str,
    /// What its package manager needs.
    needs: &'static str,
    /// Its program, below its folder.
    path: &'static str,
    /// How it is told its port.
    arguments: &'static str,
    /// Commands that install it, where `{}` stands for its folder.
    install: &'static [&'static [&'static str]],
}

/// The servers of the tests.
pub const PROGRAMS: [&Program; 2] = [&DYNALITE, &MOTO];

/// See [`PROGRAMS`].
pub const DYNALITE: Program = Program {
    name: "dynalite",
    variable: "ORM_TEST_DYNALITE_URL",
    needs: "npm",
    path: "node_modules/.bin/dynalite",
    arguments: "--host 127.0.0.1 --createTableMs 5 --deleteTableMs 5 --port",
    install: &[&["npm", "install", "--no-audit", "--no-fund", "--prefix", "{}", "dynalite@4"]],
};

/// See [`PROGRAMS`].
pub const MOTO: Program = Program {
    name: "moto",
    variable: "ORM_TEST_MOTO_URL",
    needs: "python3",
    path: "bin/moto_server",
    arguments: "-H 127.0.0.1 -p",
    install: &[
        &["python3", "-m", "venv", "{}"],
        &[
            "{}/bin/pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "moto[dynamodb]==5.*",
            "flask",
            "flask-cors",
        ],
    ],
};

const SCRIPT: &str = include_str!("dynamodb.sh");

/// A server on a free port of the loopback interface, with nothing on a disk.
///
/// It stops when the value is dropped, and also when this process ends without dropping it.
#[derive(Debug)]
pub struct Server {
    _guardian: Guardian,
    url: String,
}

impl Program {
    /// Starts a server; where it is not in `target/servers`, installs it first.
    ///
    /// # Errors
    ///
    /// When it cannot be installed, or does not start; the message says what to do.
    pub fn start_or_install(&self) -> Result<Server> {
        let program = self.folder().join(self.path);
        if !program.is_file() {
            self.install().map_err(|error| format!("{error}. {}", self.cure()))?;
        }
        let environment =
            [("ORM_SERVER", program.as_os_str()), ("ORM_ARGUMENTS", Path::new(self.arguments).as_os_str())];
        let (guardian, port) = Guardian::start_as_self(SCRIPT, &environment)
            .map_err(|error| format!("the private server of {} did not come up: {error}", program.display()))?;
        Ok(Server { _guardian: guardian, url: format!("http://127.0.0.1:{port}") })
    }

    fn folder(&self) -> PathBuf {
        root().join("target/servers").join(self.name)
    }

    fn install(&self) -> Result<()> {
        find_program(self.needs).ok_or_else(|| format!("{} was not found", self.needs))?;
        let folder = self.folder();
        std::fs::create_dir_all(&folder)?;
        for step in self.install {
            let words: Vec<String> = step.iter().map(|word| word.replace("{}", &folder.to_string_lossy())).collect();
            run(std::process::Command::new(&words[0]).args(&words[1..]))?;
        }
        Ok(())
    }

    fn cure(&self) -> String {
        format!(
            "{} is not to be had: install {} so that it can be installed, name a server in {}, or leave its tests out by `--without dynamodb`",
            self.name, self.needs, self.variable
        )
    }
}

impl Server {
    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_in_one_line() {
        let program = Program { name: "nothing", needs: "no-such-program", ..DYNALITE };
        let message = program.start_or_install().map(drop).map_err(|error| error.to_string()).err().unwrap_or_default();
        assert!(message.starts_with("no-such-program was not found"), "{message}");
        assert!(message.contains("ORM_TEST_DYNALITE_URL") && message.contains("--without dynamodb"), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}
