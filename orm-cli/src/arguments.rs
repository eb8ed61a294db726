//! What the command line may say.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use orm::migrate::command;

/// Models from a database, its schema, how two of them differ, and migrations.
#[derive(Debug, Parser)]
#[command(
    name = "orm",
    version,
    after_help = "Exit codes: 0 when all is well, 1 when `diff`, `check` or `lint` has found something, 2 when a call is wrong or something failed."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Writes models for the tables of a database
    Inspect(Inspect),
    /// Prints the schema of a database
    Reflect(Reflect),
    /// Prints how the schema of one database differs from that of another
    Diff(Diff),
    /// Draws the tables of a database, or the models of the project, with their keys
    Diagram(Diagram),
    #[command(flatten)]
    Migrate(command::Command),
    /// Prints a script that completes this command in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// A part of a database.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// The database: `sqlite:///app.db`, `postgresql://user@host/db`, `mysql://user@host/db`. That of `orm.toml`, if this is not given
    #[arg(env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) url: Option<String>,
    #[command(flatten)]
    pub(crate) part: Part,
}

/// Which schemas and tables.
#[derive(Debug, Args)]
pub(crate) struct Part {
    /// Schemas to read, and not the connection's own
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) schema: Vec<String>,
    /// Tables and views to read, and no others
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) tables: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The file to write. One that was written before is merged with what is new, and edited models stay
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Makes a struct `User` of a table `users`
    #[arg(long)]
    pub(crate) singular: bool,
    /// Writes models for partitions too
    #[arg(long)]
    pub(crate) partitions: bool,
    /// How many rows of a table to look at, where the types of columns do not tell what is in them
    #[arg(long, value_name = "ROWS", default_value_t = 100_000)]
    pub(crate) sample: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Reflect {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Prints the catalog as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Diagram {
    /// The database: `sqlite:///app.db`, `postgresql://user@host/db`, `mysql://user@host/db`. That of `orm.toml`, if this is not given
    #[arg(env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) url: Option<String>,
    /// Draws the models of the project, by its program `src/bin/migrate.rs`, and not a database
    #[arg(long)]
    pub(crate) models: bool,
    #[command(flatten)]
    pub(crate) part: Part,
    /// The file to write: .svg, .html, .mmd (Mermaid) or .dot (Graphviz). Without it, Mermaid goes to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Draws the columns of keys only
    #[arg(long)]
    pub(crate) keys: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The database that is there
    pub(crate) from: String,
    /// The database that it is compared with
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) part: Part,
}
