//! Reading and writing the folder.

use std::fs;
use std::path::Path;

use crate::error::{Result, file};
use crate::revision::Revision;

/// The files of all revisions: the paths in the folder, with their texts. A folder that is not there has none.
pub(crate) fn read(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    for revision in entries(folder)? {
        if !revision.is_dir() {
            continue;
        }
        let folder = name(&revision);
        for path in entries(&revision)? {
            let own = name(&path);
            if own.ends_with(".sql") || own.ends_with(".toml") || own.ends_with(".json") {
                let text = fs::read_to_string(&path).map_err(|error| file(path.display(), error))?;
                found.push((format!("{folder}/{own}"), text));
            }
        }
    }
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let read = || fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>();
    let mut entries = read().map_err(|error| file(folder.display(), error))?;
    entries.sort();
    Ok(entries)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Writes a revision, with the digest of its scripts.
pub(crate) fn write(folder: &Path, revision: &mut Revision) -> Result<()> {
    let own = folder.join(&revision.folder);
    fs::create_dir_all(&own).map_err(|error| file(own.display(), error))?;
    revision.facts.digest = revision.digest();
    let facts = toml::to_string(&revision.facts).map_err(|error| file("revision.toml", error))?;
    let files = revision.files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    for (name, text) in files.chain([("revision.toml", facts.as_str())]) {
        let path = own.join(name);
        fs::write(&path, text).map_err(|error| file(path.display(), error))?;
    }
    Ok(())
}
