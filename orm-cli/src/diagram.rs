//! `orm diagram`.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use orm::catalog::Catalog;
use orm_inspect::Diagram;

use crate::arguments;
use crate::migrations;
use crate::output::{Failure, print};
use crate::reflect::{read, url};

pub(crate) fn run(arguments: &arguments::Diagram) -> Result<(), Failure> {
    // Before the database is asked: a wrong name is known at once.
    let draw = arguments.output.as_deref().map_or(Ok(Diagram::mermaid as Draw), language)?;
    let diagram = Diagram::of(&catalog(arguments)?);
    let text = draw(&if arguments.keys { diagram.keys_only() } else { diagram });
    match &arguments.output {
        Some(file) => Ok(fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?),
        None => Ok(print(&text)?),
    }
}

fn catalog(arguments: &arguments::Diagram) -> Result<Catalog, Failure> {
    if !arguments.models {
        return Ok(read(&url(arguments.url.as_deref())?, &arguments.part)?.1);
    }
    let mut catalog = migrations::models()?;
    let wanted = &arguments.part.tables;
    catalog.tables.retain(|table| wanted.is_empty() || wanted.iter().any(|name| *name == table.name.name));
    Ok(catalog)
}

type Draw = fn(&Diagram) -> String;

/// The language of a file, by the end of its name.
fn language(file: &Path) -> Result<Draw, Failure> {
    match file.extension().and_then(OsStr::to_str) {
        Some("svg") => Ok(Diagram::svg),
        Some("html") => Ok(Diagram::html),
        Some("mmd" | "mermaid") => Ok(Diagram::mermaid),
        Some("dot" | "gv") => Ok(Diagram::dot),
        _ => Err(format!("{}: its name must end in .svg, .html, .mmd or .dot", file.display()).into()),
    }
}
