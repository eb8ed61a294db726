//! The workloads W1 to W9 beside the raw drivers, in one run: `cargo bench -p orm-bench`.
//!
//! SQLite always; PostgreSQL when `ORM_BENCH_POSTGRES_URL` names a database in which the tables of the workloads may be made anew. What
//! `--peer` names takes its turns too; see `benches/peers/README.md`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its numbers")]

mod ours;
mod raw;

use std::env;
use std::path::{Path, PathBuf};

use orm_workloads::{Database, Kind, Local, Options, Outcome, Peer, Remote, chart, compare, markdown, schema};
use ours::Ours;

/// How often each way runs when its instructions are counted.
const COUNTED: usize = 3;

fn main() -> Outcome {
    let options = Options::from_args()?;
    let folder = Folder::new()?;
    if let Some(n) = options.count {
        return count(&folder, &options, n);
    }
    if options.runs_on("sqlite") {
        report("SQLite", "sqlite.svg", on_sqlite(&folder, &options)?, &options)?;
    }
    if options.runs_on("postgres") {
        let Ok(url) = env::var("ORM_BENCH_POSTGRES_URL") else {
            println!("PostgreSQL is left out: ORM_BENCH_POSTGRES_URL is not set");
            return Ok(());
        };
        report("PostgreSQL", "postgres.svg", on_postgres(&url, &options)?, &options)?;
    }
    Ok(())
}

/// Prints the table, and writes the chart.
fn report(database: &str, file: &str, mut peers: Vec<Box<dyn Peer>>, options: &Options) -> Outcome {
    let rows = compare(&mut peers, options)?;
    let names: Vec<&str> = peers.iter().map(|peer| peer.name()).collect();
    println!("## {database}\n\n{}", markdown(&names, &rows));
    if let Some(folder) = &options.charts {
        let title = format!("{database}: times divided by those of the raw driver");
        std::fs::write(Path::new(folder).join(file), chart(&title, &names, &rows))?;
    }
    Ok(())
}

/// Each has a file of its own.
fn on_sqlite(folder: &Folder, options: &Options) -> Outcome<Vec<Box<dyn Peer>>> {
    let (raw, ours) = (raw::sqlite(&folder.file("raw"))?, ours(&folder.url("orm"))?);
    let mut peers: Vec<Box<dyn Peer>> = vec![Box::new(raw), Box::new(ours)];
    for (number, command) in options.peers.iter().enumerate() {
        peers.push(Box::new(Remote::start(command, &folder.url(&format!("peer{number}")))?));
    }
    Ok(peers)
}

/// Raw and ours share a database. The others have their own, since they make the tables anew when they start.
fn on_postgres(url: &str, options: &Options) -> Outcome<Vec<Box<dyn Peer>>> {
    let mut raw = raw::Postgres::connect(url)?;
    schema(Kind::Postgres).iter().try_for_each(|statement| raw.execute(statement))?;
    let mut others: Vec<Box<dyn Peer>> = Vec::new();
    for (number, command) in options.peers.iter().enumerate() {
        let name = format!("orm_bench_{number}");
        raw.execute(&format!("DROP DATABASE IF EXISTS {name}"))?;
        raw.execute(&format!("CREATE DATABASE {name}"))?;
        let (server, _) = url.rsplit_once('/').ok_or("ORM_BENCH_POSTGRES_URL names no database")?;
        let peer = Remote::start(command, &format!("{server}/{name}"))?;
        if peer.takes_part() {
            others.push(Box::new(peer));
        }
    }
    let ours = Local::new("orm", Ours::connect(url)?, ours::ways())?;
    let mut peers: Vec<Box<dyn Peer>> = vec![Box::new(Local::new("raw", raw, raw::postgres_ways())?), Box::new(ours)];
    peers.append(&mut others);
    Ok(peers)
}

/// Runs each way a few times on SQLite, and prints its name for each of the runs.
fn count(folder: &Folder, options: &Options, n: usize) -> Outcome {
    let mut raw = raw::sqlite(&folder.file("raw"))?;
    let mut ours = ours(&folder.url("orm"))?;
    runs("raw", &mut raw, options, n)?;
    runs("orm", &mut ours, options, n)
}

fn runs<D: Database>(name: &str, peer: &mut Local<D>, options: &Options, n: usize) -> Outcome {
    let ways: Vec<(&str, &str)> = peer.list().collect();
    for (way, (workload, variant)) in ways.into_iter().enumerate() {
        let workload = orm_workloads::find(workload)?;
        if options.wants(workload.name) {
            for size in workload.sizes(&[n]) {
                peer.run(workload, way, size, COUNTED)?;
                println!("{name},{},{variant},{size},{COUNTED}", workload.name);
            }
        }
    }
    Ok(())
}

fn ours(url: &str) -> Outcome<Local<Ours>> {
    let mut ours = Ours::connect(url)?;
    // Tables that a session makes compare times by a collation; an index on them is used only where it does, too.
    for statement in schema(Kind::Sqlite) {
        ours.execute(&statement.replace("TIMESTAMP", "TIMESTAMP COLLATE orm_time"))?;
    }
    Local::new("orm", ours, ours::ways())
}

/// A folder for the files of SQLite, in memory where the machine has such folders. It goes with this value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Outcome<Self> {
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() { memory } else { env::temp_dir() };
        let folder = parent.join(format!("orm-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.db"))
    }

    fn url(&self, name: &str) -> String {
        format!("sqlite:///{}", self.file(name).display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Peers that still write are ended already; what stays is small.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
