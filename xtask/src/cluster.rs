//! `cargo xtask cluster`: the example `cluster` on several servers, one of which is stopped in the middle.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use crate::command::cargo;
use crate::{Result, mariadb, postgres};

const SERVERS: usize = 3;

/// Runs the example on PostgreSQL, or with `--mariadb` on MariaDB.
///
/// # Errors
///
/// When a server does not start, or the example fails.
pub fn run(args: &[String]) -> Result<()> {
    match args {
        [] => on_postgres(),
        [arg] if arg == "--mariadb" => on_galera().and_then(|()| on_spider()),
        _ => Err("`cargo xtask cluster` takes `--mariadb` or nothing".into()),
    }
}

/// A server to talk to and three behind it, which have a part of the tables each.
fn on_postgres() -> Result<()> {
    let front = postgres::Server::start_durable()?;
    let mut servers = (0..SERVERS).map(|_| postgres::Server::start_durable()).collect::<Result<Vec<_>>>()?;
    let urls: Vec<String> = servers.iter().map(|server| server.url().to_owned()).collect();
    example(front.url(), &urls, &mut |wish| match wish {
        Wish::Stop => servers[1].stop(),
        Wish::Start => servers[1].start_again(),
    })
}

/// The same on MariaDB.
fn on_spider() -> Result<()> {
    let (front, mut servers) = mariadb::spider(SERVERS)?;
    let urls: Vec<String> = servers.iter().map(|server| database(server.address())).collect();
    example(&database(front.address()), &urls, &mut |wish| match wish {
        Wish::Stop => servers[1].stop(),
        Wish::Start => servers[1].start_again(),
    })
}

/// Three nodes that have everything each. The one that connections go to is stopped.
fn on_galera() -> Result<()> {
    let mut nodes = mariadb::galera(SERVERS)?;
    let all: Vec<&str> = nodes.iter().map(mariadb::Server::address).collect();
    let url = database(&all.join(","));
    let mut args = vec!["--replicated".to_owned()];
    args.extend(all.into_iter().map(database));
    example(&url, &args, &mut |wish| match wish {
        Wish::Stop => nodes[0].stop(),
        Wish::Start => nodes[0].start_again(),
    })
}

/// The database for examples on a MariaDB server.
fn database(address: &str) -> String {
    format!("mariadb://orm@{address}/examples")
}

/// What the example asks for.
enum Wish {
    Stop,
    Start,
}

/// Runs the example, and does what it asks for.
fn example(url: &str, args: &[String], servers: &mut dyn FnMut(Wish) -> Result<()>) -> Result<()> {
    let mut command = cargo(&["run", "--quiet", "--package", "cluster", "--"]);
    command.args(args).env("DATABASE_URL", url);
    let mut example = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let stdout = example.stdout.take().ok_or("the example's output is not piped")?;
    let mut answers = example.stdin.take().ok_or("the example's input is not piped")?;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        println!("{line}");
        match line.as_str() {
            "please stop a server, and press enter" => servers(Wish::Stop)?,
            "please start the server, and press enter" => servers(Wish::Start)?,
            _ => continue,
        }
        writeln!(answers)?;
    }
    let status = example.wait()?;
    if status.success() { Ok(()) } else { Err(format!("the example failed ({status})").into()) }
}
