//! `cargo xtask cluster`: the example `cluster` on four servers, one of which is stopped in the middle.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use crate::Result;
use crate::command::cargo;
use crate::postgres::Server;

const SERVERS: usize = 3;

/// Starts a PostgreSQL server to talk to and three behind it, and runs the example on them.
///
/// # Errors
///
/// When a server does not start, or the example fails.
pub fn run() -> Result<()> {
    let front = Server::start_durable()?;
    let mut servers = (0..SERVERS).map(|_| Server::start_durable()).collect::<Result<Vec<_>>>()?;
    let mut command = cargo(&["run", "--quiet", "--package", "cluster", "--"]);
    command.args(servers.iter().map(Server::url)).env("DATABASE_URL", front.url());
    let mut example = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let stdout = example.stdout.take().ok_or("the example's output is not piped")?;
    let mut answers = example.stdin.take().ok_or("the example's input is not piped")?;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        println!("{line}");
        match line.as_str() {
            "please stop a server, and press enter" => servers[1].stop()?,
            "please start the server, and press enter" => servers[1].start_again()?,
            _ => continue,
        }
        writeln!(answers)?;
    }
    let status = example.wait()?;
    if status.success() { Ok(()) } else { Err(format!("the example failed ({status})").into()) }
}
