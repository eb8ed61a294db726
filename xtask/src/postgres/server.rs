use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{binaries, install};
use crate::Result;
use crate::command::succeeds;

const GUARDIAN: &str = include_str!("guardian.sh");

/// Another process may take the port between our choice and the server's start.
const ATTEMPTS: usize = 5;

/// Ways to run a program as another user; the first that works is taken. `{}` stands for the user.
const AS_USER: &[&[&str]] = &[
    &["setpriv", "--reuid={}", "--regid={}", "--init-groups", "sh", "-c"],
    &["runuser", "-u", "{}", "--", "sh", "-c"],
    &["su", "-s", "/bin/sh", "{}", "-c"],
];

/// A PostgreSQL server of our own on a free port of the loopback interface, with a temporary data folder.
///
/// It stops and its folder goes when the value is dropped, and also when this process ends without dropping it: a
/// shell watches a pipe that only this process holds.
#[derive(Debug)]
pub struct Server {
    guardian: Child,
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
        Self::start_from(&programs()?, Some(files))
    }

    /// Starts a server; where the machine has no PostgreSQL, installs it first.
    ///
    /// # Errors
    ///
    /// When it cannot be installed, or does not start; the message says what to do.
    pub fn start_or_install() -> Result<Self> {
        if binaries::find().is_none() {
            install::install()?;
        }
        Self::start()
    }

    /// The URL of its database `postgres`, for the superuser, without a password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which PostgreSQL it is: version and folder.
    pub fn program(&self) -> &str {
        &self.program
    }

    fn start_from(folder: &Path, files: Option<&Path>) -> Result<Self> {
        let mut failure = String::new();
        for _ in 0..ATTEMPTS {
            match Self::start_on(folder, files, free_port()?) {
                Ok(server) => return Ok(server),
                Err(error) => failure = error.to_string(),
            }
        }
        Err(format!("the private PostgreSQL server of {} did not come up: {failure}", folder.display()).into())
    }

    fn start_on(folder: &Path, files: Option<&Path>, port: u16) -> Result<Self> {
        let mut command = shell()?;
        command.envs(files.map(|files| ("ORM_PG_FILES", files)));
        command.arg(GUARDIAN).env("ORM_PG_BIN", folder).env("ORM_PG_PORT", port.to_string());
        // A group of its own: Ctrl-C at the terminal is not for it, it leaves in order once we are gone.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut guardian = command.spawn()?;
        let stdout = guardian.stdout.take().ok_or("the server's output is not piped")?;
        let mut output = BufReader::new(stdout);
        let mut said = String::new();
        output.read_line(&mut said)?;
        if said.trim() == "ready" {
            let url = format!("postgresql://postgres@127.0.0.1:{port}/postgres");
            return Ok(Self { guardian, url, program: binaries::describe(folder) });
        }
        output.read_to_string(&mut said)?;
        guardian.wait()?;
        Err(said.into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guardian.stdin.take());
        // Nobody is left to tell when waiting fails, and the guardian cleans up in any case.
        let _ = self.guardian.wait();
    }
}

/// The folder of the server's programs.
fn programs() -> Result<PathBuf> {
    let cure = "no PostgreSQL server programs on this machine: run `cargo xtask test`, which installs them, or name a server in \
                ORM_TEST_POSTGRES_URL";
    binaries::find().ok_or_else(|| cure.into())
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A shell that takes a script as its next argument. PostgreSQL refuses to run as root, so root becomes somebody else.
fn shell() -> Result<Command> {
    if !install::is_root() {
        let mut command = Command::new("sh");
        command.arg("-c");
        return Ok(command);
    }
    let candidates = ["postgres", "nobody"].iter().flat_map(|user| AS_USER.iter().map(move |form| (user, form)));
    for (user, form) in candidates {
        let words: Vec<String> = form.iter().map(|word| word.replace("{}", user)).collect();
        let probe: Vec<&str> = words.iter().skip(1).map(String::as_str).chain(["true"]).collect();
        if succeeds(&words[0], &probe) {
            let mut command = Command::new(&words[0]);
            command.args(&words[1..]).env_remove("TMPDIR");
            return Ok(command);
        }
    }
    Err("PostgreSQL does not run as root, and there is no way to become the user `postgres`: run as another user"
        .into())
}
