use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Database, Harness};

/// SQLite in memory.
#[derive(Debug)]
pub struct SqliteMemory;

impl Harness for SqliteMemory {
    fn database(_: &str) -> Database {
        Database::new("sqlite:///:memory:".to_owned(), || {})
    }
}

/// SQLite in a file, in WAL mode, with several connections.
#[derive(Debug)]
pub struct SqliteFile;

impl Harness for SqliteFile {
    fn database(case: &str) -> Database {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("orm-tests-{}-{number}-{}.db", std::process::id(), case.replace("::", "-"));
        let path = std::env::temp_dir().join(name);
        // Four slashes: the path after the third one is absolute. A test's data need not survive a loss of power.
        Database::new(format!("sqlite:///{}?synchronous=off", path.display()), move || remove(&path))
    }
}

fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        // The last connection removes the two side files by itself.
        let _ = std::fs::remove_file(file);
    }
}
