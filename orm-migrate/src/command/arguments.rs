use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Revisions of the schema: writes them, runs them, and says where a database is.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "migrate",
    after_help = "Exit codes: 0 when all is well, 1 when `check` or `lint` has found something, 2 when a call is wrong or something failed."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do with revisions.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Makes the folder of migrations and `src/bin/migrate.rs`
    Init {
        /// The folder.
        #[command(flatten)]
        place: Place,
    },
    /// Makes a revision
    Revision(Revise),
    /// Makes a revision that follows several
    Merge(Merge),
    /// Takes over the scripts of a revision as they are now
    Edit {
        /// The revision
        id: String,
        /// Takes the schema after it from the models, too
        #[arg(long)]
        models: bool,
        /// The folder.
        #[command(flatten)]
        place: Place,
    },
    /// Runs the revisions up to a target that the database does not have
    Upgrade(Upgrade),
    /// Undoes the revisions after a target
    Downgrade(Downgrade),
    /// Notes that the database is at a target, and runs nothing
    Stamp(Stamp),
    /// Makes the table of revisions in a database that has none
    EnsureVersion {
        /// The tenants.
        #[command(flatten)]
        tenants: Tenants,
        /// The database.
        #[command(flatten)]
        database: Database,
    },
    /// Prints where the database is
    Current(Current),
    /// Prints all revisions, the last one first
    History {
        /// Prints parents, labels and files too
        #[arg(short, long)]
        verbose: bool,
        /// Those behind the first revision, up to the last one. Each may be left out
        #[arg(short, long, value_name = "FIRST:LAST")]
        range: Option<String>,
        /// The folder.
        #[command(flatten)]
        place: Place,
    },
    /// Prints the revisions that no other follows
    Heads {
        /// The folder.
        #[command(flatten)]
        place: Place,
    },
    /// Prints the revisions that several others follow
    Branches {
        /// The folder.
        #[command(flatten)]
        place: Place,
    },
    /// Prints a revision with its scripts
    Show {
        /// The revision
        id: String,
        /// The folder.
        #[command(flatten)]
        place: Place,
    },
    /// Prints the schema of the models as JSON, for other programs
    Models {
        /// The kind of database whose types it names. The first that the program speaks, if this is not given
        #[arg(long, value_name = "NAME")]
        dialect: Option<String>,
    },
    /// Compares the models with the last schema, and the last schema with a database
    Check(Check),
    /// Points out steps that need care on a database that is at work
    Lint(Lint),
}

/// Where revisions are.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The folder of migrations: that of `orm.toml`, else `migrations`
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// Which database.
#[derive(Debug, Clone, Args)]
pub struct Database {
    /// The database: `sqlite:///app.db`, `postgresql://user@host/db`, `mysql://user@host/db`. That of `orm.toml`, if this is not given
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub url: Option<String>,
    /// The folder.
    #[command(flatten)]
    pub place: Place,
}

/// Which tenants. Without them, the database itself.
#[derive(Debug, Clone, Default, Args)]
pub struct Tenants {
    /// Tenants: schemas of the database, or the databases that `[tenants]` in orm.toml tells
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub tenant: Vec<String>,
    /// All tenants that `[tenants]` in orm.toml names, one after the other
    #[arg(long, conflicts_with = "tenant")]
    pub each_tenant: bool,
}

impl Tenants {
    /// Whether there are any.
    pub(super) fn are_named(&self) -> bool {
        self.each_tenant || !self.tenant.is_empty()
    }
}

/// Arguments of `stamp`.
#[derive(Debug, Clone, Args)]
pub struct Stamp {
    /// `heads`, an id or its beginning, a label, `base`
    #[arg(required = true)]
    pub targets: Vec<String>,
    /// Forgets all that was noted before, also revisions that are in no folder any more
    #[arg(long)]
    pub purge: bool,
    /// The tenants.
    #[command(flatten)]
    pub tenants: Tenants,
    /// The database.
    #[command(flatten)]
    pub database: Database,
}

/// Arguments of `current`.
#[derive(Debug, Clone, Args)]
pub struct Current {
    /// Ends with 1 if the database is not at all heads
    #[arg(long)]
    pub check_heads: bool,
    /// The tenants.
    #[command(flatten)]
    pub tenants: Tenants,
    /// The database.
    #[command(flatten)]
    pub database: Database,
}

/// Arguments of `revision`.
#[derive(Debug, Clone, Args)]
pub struct Revise {
    /// What it does, in a few words
    #[arg(short, long)]
    pub message: String,
    /// Writes the statements that lead from the last schema to that of the models
    #[arg(long)]
    pub autogenerate: bool,
    /// A revision that it follows. The only head, if this is not given; `base` for the first of another schema
    #[arg(long, value_name = "REVISION")]
    pub head: Vec<String>,
    /// Lets it follow a revision that others follow already, so that a branch begins with it
    #[arg(long)]
    pub splice: bool,
    /// Its id. A new one, if this is not given
    #[arg(long, value_name = "ID")]
    pub rev_id: Option<String>,
    /// A name for the branch that begins with it
    #[arg(long, value_name = "NAME")]
    pub branch_label: Vec<String>,
    /// A revision of another branch that has to run before
    #[arg(long, value_name = "REVISION")]
    pub depends_on: Vec<String>,
    /// A table or column that has another name now: `user:users`, `users.nick:name`
    #[arg(long, value_name = "OLD:NEW")]
    pub rename: Vec<String>,
    /// Builds and drops indexes while others write, outside the transaction, where the database can
    #[arg(long, requires = "autogenerate")]
    pub concurrently: bool,
    /// The kinds of database to write for. All that the program speaks, if this is not given
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub dialect: Vec<String>,
    /// The folder.
    #[command(flatten)]
    pub place: Place,
}

/// Arguments of `merge`.
#[derive(Debug, Clone, Args)]
pub struct Merge {
    /// The revisions to follow. All heads, if none is given
    pub revisions: Vec<String>,
    /// What it does, in a few words
    #[arg(short, long, default_value = "merge")]
    pub message: String,
    /// Its id. A new one, if this is not given
    #[arg(long, value_name = "ID")]
    pub rev_id: Option<String>,
    /// A name for the branch that begins with it
    #[arg(long, value_name = "NAME")]
    pub branch_label: Vec<String>,
    /// Takes the schema after it from the models, where branches changed one table
    #[arg(long)]
    pub models: bool,
    /// The folder.
    #[command(flatten)]
    pub place: Place,
}

/// Arguments of `upgrade`.
#[derive(Debug, Clone, Args)]
pub struct Upgrade {
    /// `heads`, an id or its beginning, a label, `+1`
    #[arg(default_value = "heads")]
    pub target: String,
    /// Runs revisions that lose rows or values
    #[arg(long)]
    pub allow_destructive: bool,
    /// Prints the statements for others to run, and runs nothing
    #[arg(long)]
    pub sql: bool,
    /// With `--sql`: where the database is that the statements are for. That of the URL is asked, if this is not given
    #[arg(long, value_name = "REVISION", requires = "sql")]
    pub from: Option<String>,
    /// Prints the revisions that would run
    #[arg(long)]
    pub dry_run: bool,
    /// Prints each statement with the time that it took
    #[arg(short, long)]
    pub verbose: bool,
    /// Creates the schemas of tenants that are missing
    #[arg(long)]
    pub create: bool,
    /// The tenants.
    #[command(flatten)]
    pub tenants: Tenants,
    /// How long it may wait.
    #[command(flatten)]
    pub waiting: Waiting,
    /// The database.
    #[command(flatten)]
    pub database: Database,
}

/// How long an upgrade or a downgrade may wait.
#[derive(Debug, Clone, Copy, Args)]
pub struct Waiting {
    /// How long a statement waits for a lock, as `5s`: then the revision is undone and tried again
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub lock_timeout: Option<Duration>,
    /// How long a statement may take, as `10min`
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub statement_timeout: Option<Duration>,
    /// How often a revision is tried again that has waited too long for a lock. 5 times, if this is not given
    #[arg(long, value_name = "TIMES")]
    pub retries: Option<u32>,
}

/// Arguments of `downgrade`.
#[derive(Debug, Clone, Args)]
pub struct Downgrade {
    /// `-1`, an id or its beginning, `base`
    #[arg(allow_hyphen_values = true)]
    pub target: String,
    /// Runs revisions that lose rows or values
    #[arg(long)]
    pub allow_destructive: bool,
    /// Prints the statements for others to run, and runs nothing
    #[arg(long)]
    pub sql: bool,
    /// With `--sql`: where the database is that the statements are for. That of the URL is asked, if this is not given
    #[arg(long, value_name = "REVISION", requires = "sql")]
    pub from: Option<String>,
    /// Prints the revisions that would be undone
    #[arg(long)]
    pub dry_run: bool,
    /// The tenants.
    #[command(flatten)]
    pub tenants: Tenants,
    /// How long it may wait.
    #[command(flatten)]
    pub waiting: Waiting,
    /// The database.
    #[command(flatten)]
    pub database: Database,
}

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
pub struct Check {
    /// The kinds of database to compare the models for. All that the program speaks, if this is not given
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub dialect: Vec<String>,
    /// The tenants.
    #[command(flatten)]
    pub tenants: Tenants,
    /// The database. Without it, only models and revisions are compared.
    #[command(flatten)]
    pub database: Database,
}

/// Arguments of `lint`.
#[derive(Debug, Clone, Args)]
pub struct Lint {
    /// A revision: those up to it are not looked at
    #[arg(long, value_name = "REVISION")]
    pub since: Option<String>,
    /// Rules whose findings are left out
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// The kinds of database whose scripts are looked at. All that the program speaks, if this is not given
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub dialect: Vec<String>,
    /// How it prints what it has found
    #[arg(long, default_value = "text")]
    pub format: Format,
    /// Lists the rules
    #[arg(long)]
    pub rules: bool,
    /// The folder.
    #[command(flatten)]
    pub place: Place,
}

/// How a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}
