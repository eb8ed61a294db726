//! `cargo xtask test`: every test of the project, on all databases and the other stores or, with `--quick`, on SQLite alone.

use std::time::Instant;

use crate::Result;
use crate::command::{cargo, root, succeeds};
use crate::mariadb;
use crate::postgres::{POOLER_VARIABLE, Pooler, Server, URL_VARIABLE};
use crate::stores::{self, Running, STORES, Store};

/// Test programs that need a server, besides those whose names begin with `postgres`.
const ON_A_SERVER: &[&str] = &["async_runtime", "mariadb", "pooler", "private_server"];

/// Those that need MariaDB.
const ON_MARIADB: &[&str] = &["mariadb", "migrations", "several", "shards", "tokio"];

/// Runs all tests with all features. `args` go to the test runner, but for a first `--quick`, which leaves out the servers, the other stores, the
/// documentation and the programs that must not compile, and for `--without NAME`, which leaves out one of the other stores.
/// `-p orm-influx` runs the tests of that store alone.
///
/// # Errors
///
/// When a test fails or no server is to be had.
pub fn run(args: &[String]) -> Result<()> {
    let started = Instant::now();
    let Wish { quick, without, args } = Wish::parse(args)?;
    let nextest = succeeds("cargo", &["nextest", "--version"]);
    let runner = if nextest { "cargo nextest" } else { "cargo test" };
    let own_store = STORES.iter().find(|store| args.windows(2).any(|words| words == ["-p", store.package]));
    let which = if args.is_empty() { "all tests".to_owned() } else { format!("tests ({})", args.join(" ")) };
    let everything = args.is_empty() && !quick;
    let stores: Vec<&Store> = match own_store {
        Some(store) => vec![store],
        None => STORES.iter().filter(|store| everything && !without.contains(&store.name)).collect(),
    };
    // Before anything is built, so that what is missing is told at once.
    let running: Vec<Running> = stores.iter().map(|store| store.start()).collect::<Result<_>>()?;
    let left_out = left_out(quick, &stores, own_store.is_some());
    let on_servers = own_store.map_or(!quick, |store| store.beside_databases);
    let databases = if on_servers { Databases::all(&args)? } else { Databases::sqlite() };
    // Pages of the guide are about stores, too.
    let of_stores = running.iter().flat_map(|running| &running.variables);
    let variables: Vec<_> = databases.variables.iter().chain(of_stores).cloned().collect();
    let mut names: Vec<String> = stores.iter().map(|store| format!("a private {}", store.name)).collect();
    if own_store.is_none_or(|store| store.beside_databases) {
        names.insert(0, databases.names.clone());
    }
    if own_store.is_none() {
        println!("running {which} on {} by {runner}{left_out}", names.join(", "));
        let targets = if quick { quick_targets()? } else { Vec::new() };
        for step in steps(nextest, everything) {
            run_step(step, &targets, &args, &variables)?;
        }
    }
    for store in &stores {
        println!("running the tests of {} by {runner}", store.package);
        for step in steps(nextest, everything || own_store.is_some_and(|_| args.len() == 2)) {
            let package =
                if own_store.is_some() { Vec::new() } else { vec!["-p".to_owned(), store.package.to_owned()] };
            run_step(step, &package, &args, &variables)?;
        }
    }
    println!("{which} passed on {} in {:.0?}{left_out}", names.join(", "), started.elapsed());
    Ok(())
}

/// What does not run, for the first and the last line.
fn left_out(quick: bool, running: &[&Store], only_one: bool) -> String {
    let mut text = if quick { "; without servers, documentation and compile-fail tests" } else { "" }.to_owned();
    let others = STORES.iter().filter(|store| !only_one && !running.iter().any(|it| it.name == store.name));
    text.extend(others.map(|store| format!("; without {}", store.name)));
    text
}

fn run_step(step: &[&str], targets: &[String], args: &[String], variables: &[(&'static str, String)]) -> Result<()> {
    let mut command = cargo(step);
    command.arg("--all-features").args(targets).args(args).envs(variables.iter().cloned());
    crate::command::run(&mut command)
}

/// The command line.
#[derive(Debug)]
struct Wish {
    quick: bool,
    without: Vec<&'static str>,
    /// What goes to the test runner.
    args: Vec<String>,
}

impl Wish {
    fn parse(args: &[String]) -> Result<Self> {
        let mut wish = Self { quick: false, without: Vec::new(), args: Vec::new() };
        let mut words = args.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--quick" if wish.args.is_empty() => wish.quick = true,
                "--without" => {
                    let name = words.next().ok_or("`--without` is followed by the name of a store")?;
                    wish.without.push(stores::named(name)?.name);
                }
                _ => wish.args.push(word.clone()),
            }
        }
        Ok(wish)
    }
}

/// What the tests run on. The private programs end with it.
#[derive(Debug)]
struct Databases {
    /// In words.
    names: String,
    /// Where the tests find them.
    variables: Vec<(&'static str, String)>,
    _private: (Option<Pooler>, Option<Server>, Option<mariadb::Server>),
}

impl Databases {
    fn sqlite() -> Self {
        Self { names: "SQLite".to_owned(), variables: Vec::new(), _private: (None, None, None) }
    }

    /// SQLite, and the servers and the pooler that the environment names, or private ones, which are started: MariaDB only where its test
    /// program runs.
    fn all(args: &[String]) -> Result<Self> {
        let given = |variable| std::env::var(variable).ok().filter(|url| !url.is_empty());
        let named = given(URL_VARIABLE);
        let server = if named.is_none() { Some(Server::start_or_install()?) } else { None };
        let says = |word: &str| args.iter().any(|arg| arg == word);
        let is_wanted = (ON_MARIADB.iter().any(|program| says(program)) || !says("--test"))
            && given(mariadb::URL_VARIABLE).is_none();
        let maria = if is_wanted { Some(mariadb::Server::start_or_install()?) } else { None };
        let mut names = match &server {
            Some(server) => format!("SQLite, a private server of {}", server.program()),
            None => format!("SQLite, the PostgreSQL server that {URL_VARIABLE} names"),
        };
        names.extend(maria.as_ref().map(|server| format!(", a private server of {}", server.program())));
        let url = server.as_ref().map(|server| server.url().to_owned()).or(named).unwrap_or_default();
        let pooler = if given(POOLER_VARIABLE).is_none() { Some(Pooler::start_or_install(&url)?) } else { None };
        let pooled = pooler.as_ref().map(|pooler| (POOLER_VARIABLE, pooler.url().to_owned()));
        let second = maria.as_ref().map(|server| (mariadb::URL_VARIABLE, server.url().to_owned()));
        let variables = std::iter::once((URL_VARIABLE, url)).chain(pooled).chain(second).collect();
        Ok(Self { names, variables, _private: (pooler, server, maria) })
    }
}

/// Without arguments, everything, documentation included; nextest does not run that itself. Examples and benches have no tests.
fn steps(nextest: bool, everything: bool) -> &'static [&'static [&'static str]] {
    match (nextest, everything) {
        (true, true) => &[&["nextest", "run", "--no-fail-fast"], &["test", "--doc"]],
        (true, false) => &[&["nextest", "run"]],
        (false, true) => &[&["test", "--no-fail-fast"]],
        (false, false) => &[&["test"]],
    }
}

/// Unit tests, the guide, and the test programs that need no server. The other stores are no default members, so their programs cannot be named.
fn quick_targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for package in std::fs::read_dir(root())? {
        let package = package?;
        if STORES.iter().any(|store| *store.package == *package.file_name()) {
            continue;
        }
        let Ok(programs) = std::fs::read_dir(package.path().join("tests")) else { continue };
        for program in programs {
            let program = program?.path();
            if program.extension().is_some_and(|extension| extension == "rs") {
                names.extend(program.file_stem().map(|name| name.to_string_lossy().into_owned()));
            }
        }
    }
    names.sort();
    names.retain(|name| !name.starts_with("postgres") && !ON_A_SERVER.contains(&name.as_str()));
    let programs = names.into_iter().flat_map(|name| ["--test".to_owned(), name]);
    Ok(std::iter::once("--lib".to_owned()).chain(programs).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_said() -> Result<()> {
        let all: Vec<&Store> = STORES.iter().collect();
        assert_eq!(left_out(false, &all, false), "");
        let wish = Wish::parse(&["--without", "dynamodb"].map(str::to_owned))?;
        assert_eq!((wish.without.as_slice(), wish.args.is_empty()), (&["dynamodb"][..], true));
        let others: Vec<&Store> = all.iter().copied().filter(|store| !wish.without.contains(&store.name)).collect();
        assert_eq!(left_out(false, &others, false), "; without dynamodb");
        assert_eq!(left_out(false, &all[..1], true), "", "somebody named a package");
        let quick = left_out(true, &[], false);
        assert!(
            quick.contains("without servers") && quick.ends_with("; without influx; without dynamodb; without redis")
        );
        let unknown = Wish::parse(&["--without", "influxdb"].map(str::to_owned)).map(drop);
        assert!(unknown.is_err_and(|error| error.to_string().contains("`influx`, `dynamodb`, `redis`")));
        Ok(())
    }

    #[test]
    fn quick_runs_the_suite_on_sqlite_alone() -> Result<()> {
        let targets = quick_targets()?;
        for (name, expected) in [
            ("sqlite", true),
            ("sqlite_file", true),
            ("postgres", false),
            ("async_runtime", false),
            ("processes", false),
        ] {
            assert_eq!(targets.iter().any(|target| target == name), expected, "{targets:?}");
        }
        Ok(())
    }
}
