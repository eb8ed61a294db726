use std::{env, fs, io, process};

/// A copy of a file, which goes when it is dropped.
pub(crate) struct Copy(String);

impl Copy {
    pub(crate) fn of(file: &str) -> io::Result<Self> {
        let path = env::temp_dir().join(format!("chinook-delete-{}.sqlite", process::id())).into_os_string();
        let path = path.into_string().map_err(|path| io::Error::other(format!("{} is not UTF-8", path.display())))?;
        fs::copy(file, &path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &str {
        &self.0
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            eprintln!("removing {}: {error}", self.0);
        }
    }
}
