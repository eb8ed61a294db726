use std::time::Duration;

use crate::Outcome;

/// What the command line says.
#[derive(Debug)]
pub struct Options {
    /// The sizes of the workloads that have several.
    pub sizes: Vec<usize>,
    /// How often everybody takes a turn.
    pub rounds: usize,
    /// How long a turn may last.
    pub budget: Duration,
    /// The workloads; all when it is empty.
    pub only: Vec<String>,
    /// The only database, `sqlite` or `postgres`.
    pub on: Option<String>,
    /// The commands of the programs that take part.
    pub peers: Vec<String>,
    /// The folder for the charts.
    pub charts: Option<String>,
    /// The size at which instructions are counted instead.
    pub count: Option<usize>,
}

const USAGE: &str = "\
--sizes 1,100,10000   the sizes of the workloads that have several
--only W3,W5          some of the workloads
--rounds 9            how often everybody takes a turn
--budget 30           milliseconds of a turn; one run is always made
--on postgres         one of the databases, sqlite or postgres
--peer COMMAND        a program that takes part, any number of times
--charts FOLDER       where sqlite.svg and postgres.svg are written
--count 1000          runs each way a few times on SQLite, for a program that counts instructions";

impl Options {
    /// Reads the arguments of this process.
    ///
    /// # Errors
    ///
    /// At an option that does not exist, and at a value that is none.
    pub fn from_args() -> Outcome<Self> {
        Self::parse(std::env::args().skip(1))
    }

    /// Whether the workload is one of those that are wanted.
    pub fn wants(&self, workload: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == workload)
    }

    fn parse(mut args: impl Iterator<Item = String>) -> Outcome<Self> {
        let mut options = Self {
            sizes: vec![1, 100, 10_000],
            rounds: 9,
            budget: Duration::from_millis(30),
            only: Vec::new(),
            on: None,
            peers: Vec::new(),
            charts: None,
            count: None,
        };
        while let Some(name) = args.next() {
            if name == "--bench" {
                // Cargo adds it.
                continue;
            }
            let value = args.next().ok_or_else(|| format!("`{name}` needs a value\n{USAGE}"))?;
            match name.as_str() {
                "--sizes" => options.sizes = value.split(',').map(str::parse).collect::<Result<_, _>>()?,
                "--rounds" => options.rounds = value.parse()?,
                "--budget" => options.budget = Duration::from_millis(value.parse()?),
                "--only" => options.only = value.split(',').map(str::to_owned).collect(),
                "--on" if ["sqlite", "postgres"].contains(&value.as_str()) => options.on = Some(value),
                "--peer" => options.peers.push(value),
                "--charts" => options.charts = Some(value),
                "--count" => options.count = Some(value.parse()?),
                _ => return Err(format!("`{name}` is not an option\n{USAGE}").into()),
            }
        }
        Ok(options)
    }

    /// Whether the workloads run on this database.
    pub fn runs_on(&self, database: &str) -> bool {
        self.on.as_deref().is_none_or(|only| only == database)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &str) -> Outcome<Options> {
        Options::parse(args.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read() -> Outcome {
        let options = parse("--bench --sizes 1,1000000 --only W3 --peer a --peer b")?;
        assert_eq!((options.sizes, options.peers), (vec![1, 1_000_000], vec!["a".to_owned(), "b".to_owned()]));
        Ok(())
    }

    #[test]
    fn what_is_no_option_is_an_error() {
        assert!(parse("--size 1").is_err_and(|error| error.to_string().contains("--sizes 1,100,10000")));
        assert!(parse("--sizes").is_err());
    }
}
