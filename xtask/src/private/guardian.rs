use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::install;
use crate::Result;
use crate::command::succeeds;

/// Another process may take the port between our choice and the program's start.
const ATTEMPTS: usize = 5;

/// Ways to run a program as another user; the first that works is taken. `{}` stands for the user.
const AS_USER: &[&[&str]] = &[
    &["setpriv", "--reuid={}", "--regid={}", "--init-groups", "sh", "-c"],
    &["runuser", "-u", "{}", "--", "sh", "-c"],
    &["su", "-s", "/bin/sh", "{}", "-c"],
];

/// A shell that runs a program for as long as this process holds a pipe to it, however this process ends.
#[derive(Debug)]
pub(crate) struct Guardian {
    shell: Child,
    /// What the script says.
    output: BufReader<ChildStdout>,
}

impl Guardian {
    /// Runs a script, which starts a program on the port `ORM_PORT` of the loopback interface and says `ready`. Gives the port.
    ///
    /// # Errors
    ///
    /// When the program does not start: what the script says.
    pub(crate) fn start(script: &str, environment: &[(&str, &OsStr)]) -> Result<(Self, u16)> {
        Self::start_by(shell, script, environment)
    }

    /// The same as the user of this process, even if that is root: for programs in folders of that user, which keep nothing.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub(crate) fn start_as_self(script: &str, environment: &[(&str, &OsStr)]) -> Result<(Self, u16)> {
        Self::start_by(|| Ok(own_shell()), script, environment)
    }

    fn start_by(shell: fn() -> Result<Command>, script: &str, environment: &[(&str, &OsStr)]) -> Result<(Self, u16)> {
        let mut failure = String::new();
        for _ in 0..ATTEMPTS {
            let port = free_port()?;
            match Self::start_on(shell()?, script, environment, port) {
                Ok(guardian) => return Ok((guardian, port)),
                Err(error) => failure = error.to_string(),
            }
        }
        Err(failure.into())
    }

    fn start_on(mut command: Command, script: &str, environment: &[(&str, &OsStr)], port: u16) -> Result<Self> {
        command.arg(script).envs(environment.iter().copied()).env("ORM_PORT", port.to_string());
        // A group of its own: Ctrl-C at the terminal is not for it, it leaves in order once we are gone.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut shell = command.spawn()?;
        let stdout = shell.stdout.take().ok_or("the program's output is not piped")?;
        let mut guardian = Self { shell, output: BufReader::new(stdout) };
        guardian.expect("ready")?;
        Ok(guardian)
    }

    /// Sends the script a line, and waits for its answer.
    ///
    /// # Errors
    ///
    /// When the script says something else.
    pub(crate) fn tell(&mut self, command: &str, answer: &str) -> Result<()> {
        let stdin = self.shell.stdin.as_mut().ok_or("the program's input is not piped")?;
        writeln!(stdin, "{command}")?;
        self.expect(answer)
    }

    fn expect(&mut self, answer: &str) -> Result<()> {
        let mut said = String::new();
        self.output.read_line(&mut said)?;
        if said.trim() == answer {
            return Ok(());
        }
        self.output.read_to_string(&mut said)?;
        self.shell.wait()?;
        Err(said.into())
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Nobody is left to tell when waiting fails, and the guardian cleans up in any case.
        let _ = self.shell.wait();
    }
}

/// A port of the loopback interface that nobody has at the moment.
///
/// # Errors
///
/// When there is none.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A shell that takes a script as its next argument.
fn own_shell() -> Command {
    let mut command = Command::new("sh");
    command.arg("-c");
    command
}

/// A shell of a user who is not root. PostgreSQL refuses to run as root, so root becomes somebody else, as servers should.
fn shell() -> Result<Command> {
    if !install::is_root() {
        return Ok(own_shell());
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
    Err("a server does not run as root, and there is no way to become the user `postgres`: run as another user".into())
}
