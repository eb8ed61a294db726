use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use xtask::postgres::Server;

use crate::Result;
use crate::random::Random;

/// What scenes work with: a PostgreSQL server and a folder of their own, and how much is to be done.
pub(crate) struct Setting {
    server: Server,
    folder: PathBuf,
    seed: u64,
    short: bool,
    pub(crate) random: Random,
}

impl Setting {
    pub(crate) fn start(short: bool) -> Result<Self> {
        let server = Server::start_durable()?;
        let folder = std::env::temp_dir().join(format!("orm-torture-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let seed = match std::env::var("ORM_TORTURE_SEED") {
            Ok(seed) => seed.parse()?,
            Err(_) => SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64,
        };
        Ok(Self { server, folder, seed, short, random: Random::new(seed) })
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn server(&mut self) -> &mut Server {
        &mut self.server
    }

    pub(crate) fn postgres(&self) -> String {
        self.server.url().to_owned()
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
