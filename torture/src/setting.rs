use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use xtask::{mariadb, postgres};

use crate::Result;
use crate::random::Random;

/// The servers of the scenes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    Postgres,
    MariaDb,
}

impl Server {
    pub(crate) const ALL: [Self; 2] = [Self::Postgres, Self::MariaDb];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::MariaDb => "MariaDB",
        }
    }
}

/// What scenes work with: servers of PostgreSQL and MariaDB and a folder of their own, and how much is to be done.
pub(crate) struct Setting {
    postgres: postgres::Server,
    mariadb: mariadb::Server,
    folder: PathBuf,
    seed: u64,
    short: bool,
    pub(crate) random: Random,
}

impl Setting {
    pub(crate) fn start(short: bool) -> Result<Self> {
        let (postgres, mariadb) = (postgres::Server::start_durable()?, mariadb::Server::start_durable()?);
        let folder = std::env::temp_dir().join(format!("orm-torture-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let seed = match std::env::var("ORM_TORTURE_SEED") {
            Ok(seed) => seed.parse()?,
            Err(_) => SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64,
        };
        Ok(Self { postgres, mariadb, folder, seed, short, random: Random::new(seed) })
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Stops a server at once, and starts it again.
    pub(crate) fn restart(&mut self, server: Server) -> Result<()> {
        match server {
            Server::Postgres => {
                self.postgres.stop()?;
                self.postgres.start_again()
            }
            Server::MariaDb => {
                self.mariadb.stop()?;
                self.mariadb.start_again()
            }
        }
    }

    /// The URL of a database on a server.
    pub(crate) fn url(&self, server: Server) -> String {
        match server {
            Server::Postgres => self.postgres.url().to_owned(),
            Server::MariaDb => format!("{}/examples", self.mariadb.url()),
        }
    }

    pub(crate) fn is_short(&self) -> bool {
        self.short
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of a database file that does not exist yet.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        let path = self.folder.join(name);
        for end in ["", "-wal", "-shm", "-journal"] {
            let _absent = std::fs::remove_file(format!("{}{end}", path.display()));
        }
        path
    }

    /// The URL of a database file that does not exist yet.
    pub(crate) fn sqlite(&self, name: &str) -> String {
        sqlite(&self.file(name))
    }

    /// How often something is done.
    pub(crate) fn times(&self, short: usize, long: usize) -> usize {
        if self.short { short } else { long }
    }

    /// For how long something is done.
    pub(crate) fn seconds(&self, short: u64, long: u64) -> Duration {
        Duration::from_secs(if self.short { short } else { long })
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        // The folder is in the system's folder for temporary files: what cannot be removed now goes with that.
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}

/// The URL of a database file.
pub(crate) fn sqlite(path: &Path) -> String {
    format!("sqlite:///{}", path.display())
}

/// A database of each kind, by its name and URL. `file` is that of SQLite.
pub(crate) fn databases(setting: &Setting, file: String) -> Vec<(&'static str, String)> {
    let servers = Server::ALL.map(|server| (server.name(), setting.url(server)));
    [("SQLite file", file)].into_iter().chain(servers).collect()
}
