//! `orm inspect`.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use orm_inspect::{Models, Options, merge, models, sample};

use crate::arguments::Inspect;
use crate::output::{Failure, print, warn};
use crate::reflect::catalog;

pub(crate) fn run(arguments: &Inspect) -> Result<(), Failure> {
    let (engine, catalog) = catalog(&arguments.source)?;
    let samples = sample(&engine, &catalog, arguments.sample)?;
    let options = Options { singular: arguments.singular, partitions: arguments.partitions };
    let models = models(&catalog, &samples, engine.dialect(), &options);
    models.warnings.iter().try_for_each(|warning| warn(warning))?;
    match &arguments.output {
        Some(file) => write(file, &models),
        None => Ok(print(&models.text())?),
    }
}

/// Writes the file, or merges it with what is new.
fn write(file: &Path, models: &Models) -> Result<(), Failure> {
    let in_file = |error: std::io::Error| format!("{}: {error}", file.display());
    let text = match fs::read_to_string(file) {
        Ok(old) => {
            let merged = merge(&old, models);
            merged.warnings.iter().try_for_each(|warning| warn(warning))?;
            merged.text
        }
        Err(error) if error.kind() == ErrorKind::NotFound => models.text(),
        Err(error) => return Err(in_file(error).into()),
    };
    Ok(fs::write(file, text).map_err(in_file)?)
}
