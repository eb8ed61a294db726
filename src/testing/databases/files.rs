use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use orm_core::engine::DatabaseUrl;
use orm_core::{Error, ErrorKind, Result};

use super::{Names, Prepare};
use crate::Engine;

/// SQLite's files beside a database.
const ENDINGS: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Databases in files of one directory.
///
/// A locked file tells others that the process lives: the system releases the lock when the process is gone, however that came.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
    /// What follows the path in the URL.
    options: String,
    names: Names,
    lock_path: PathBuf,
    _alive: File,
}

impl Files {
    pub(super) fn template(url: &DatabaseUrl, prepare: &Prepare) -> Result<Self> {
        let path = Path::new(url.path().strip_prefix('/').unwrap_or_default());
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("database");
        let directory = path.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        let options = url.as_str().split_once('?').map_or_else(String::new, |(_, options)| format!("?{options}"));
        let names = Names::new(stem);
        let lock_path = directory.join(format!("{}{}.lock", Names::prefix(stem), names.run));
        let _alive = locked(&directory.join(format!("{stem}_lock_{}", names.run)), &lock_path)
            .map_err(|error| failed("make", &lock_path, error))?;
        let files = Self { directory, options, names, lock_path, _alive };
        files.remove_leftovers()?;
        let template = Engine::connect(&files.url(&files.template_path()))?;
        prepare(&template)?;
        // What is in the log of the last connections goes into the file.
        template.connection()?.execute_script("PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok(files)
    }

    pub(super) fn name(&self) -> String {
        self.template_path().display().to_string()
    }

    pub(super) fn copy(files: &Arc<Self>) -> Result<Copy> {
        let path = files.directory.join(files.names.next());
        fs::copy(files.template_path(), &path).map_err(|error| failed("make", &path, error))?;
        Ok(Copy { files: Arc::clone(files), path })
    }

    fn template_path(&self) -> PathBuf {
        self.directory.join(self.names.template())
    }

    fn url(&self, path: &Path) -> String {
        let path = path.display().to_string().replace('%', "%25").replace('?', "%3F");
        format!("sqlite:///{path}{}", self.options)
    }

    /// Removes the files of processes that are gone.
    fn remove_leftovers(&self) -> Result<()> {
        let base = &self.names.base;
        let listed = fs::read_dir(&self.directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = listed.map_err(|error| failed("read", &self.directory, error))?;
        let names: Vec<String> = entries.iter().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        let runs: BTreeSet<&str> = names.iter().filter_map(|name| Names::run_of(base, name)).collect();
        for run in runs.into_iter().filter(|run| *run != self.names.run) {
            let lock = self.directory.join(format!("{}{run}.lock", Names::prefix(base)));
            // Where it is locked, the process lives. Another process may remove the same leftovers at the same time.
            let lives = File::open(&lock).is_ok_and(|file| file.try_lock().is_err());
            if !lives {
                let leftovers = names.iter().filter(|name| Names::run_of(base, name) == Some(run));
                leftovers.for_each(|name| remove_or_warn(&self.directory.join(name)));
            }
        }
        Ok(())
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        remove_database(&self.template_path());
        remove_or_warn(&self.lock_path);
    }
}

/// A database of one test.
#[derive(Debug)]
pub(super) struct Copy {
    files: Arc<Files>,
    path: PathBuf,
}

impl Copy {
    pub(super) fn url(&self) -> String {
        self.files.url(&self.path)
    }

    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        remove_database(&self.path);
    }
}

/// A locked file. It gets its name when it is locked, so that nobody takes it for one of a process that is gone.
fn locked(before: &Path, path: &Path) -> io::Result<File> {
    let file = File::create_new(before)?;
    file.lock()?;
    fs::rename(before, path)?;
    Ok(file)
}

fn remove_database(path: &Path) {
    for ending in ENDINGS {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        remove_or_warn(Path::new(&file));
    }
}

fn remove_or_warn(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(target: "orm::testing", %error, path = %path.display(), "a file of a test is left for the next run to remove");
        }
        Ok(()) | Err(_) => {}
    }
}

#[cold]
fn failed(verb: &str, path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Config, format!("cannot {verb} `{}` for tests: {error}", path.display())).with_source(error)
}
