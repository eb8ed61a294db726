//! `orm reflect`.

use std::io::{self, IsTerminal};

use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use orm::Engine;
use orm::catalog::{Catalog, CatalogColumn, CatalogTable};
use orm::migrate::command::Settings;

use crate::arguments::{Part, Reflect, Source};
use crate::output::{BOLD, Failure, print};

pub(crate) fn run(arguments: &Reflect) -> Result<(), Failure> {
    let (_, catalog) = catalog(&arguments.source)?;
    let text = match (arguments.json, io::stdout().is_terminal()) {
        (true, _) => serde_json::to_string_pretty(&catalog)? + "\n",
        (false, true) => tables(&catalog),
        (false, false) => catalog.to_string(),
    };
    Ok(print(&text)?)
}

/// The database of a URL, and its schema.
pub(crate) fn catalog(source: &Source) -> Result<(Engine, Catalog), Failure> {
    read(&url(source.url.as_deref())?, &source.part)
}

/// The URL that was given, else that of the settings.
pub(crate) fn url(given: Option<&str>) -> Result<String, Failure> {
    let url = match given {
        Some(url) => Some(url.to_owned()),
        None => Settings::load()?.url()?,
    };
    url.ok_or_else(|| {
        "no database is named: give its URL, set the variable DATABASE_URL, or write `url` into orm.toml".into()
    })
}

pub(crate) fn read(url: &str, part: &Part) -> Result<(Engine, Catalog), Failure> {
    let engine = Engine::connect(&existing(url))?;
    let schemas = part.schema.iter().fold(orm::catalog::Reflect::new(), |all, name| all.schema(name));
    let wanted = part.tables.iter().fold(schemas, |all, name| all.table(name));
    let mut catalog = engine.reflect_with(&wanted)?;
    let missing = part.tables.iter().find(|name| !knows(&catalog, name));
    match missing {
        Some(name) => Err(format!("there is no table or view `{name}`").into()),
        None => {
            if part.tables.is_empty() {
                let settings = Settings::load()?;
                catalog.tables.retain(|table| !settings.ignores(&table.name.name));
                catalog.views.retain(|view| !settings.ignores(&view.name.name));
            }
            Ok((engine, catalog))
        }
    }
}

fn knows(catalog: &Catalog, name: &str) -> bool {
    let names = catalog.tables.iter().map(|table| &table.name).chain(catalog.views.iter().map(|view| &view.name));
    names
        .into_iter()
        .any(|known| known.name == *name || (catalog.ignores_case && known.name.eq_ignore_ascii_case(name)))
}

/// The URL of a file that must exist: SQLite would create it.
fn existing(url: &str) -> String {
    let is_file = url.starts_with("sqlite:///") && !url.contains(":memory:") && !url.contains("mode=");
    match is_file {
        true => format!("{url}{}mode=rw", if url.contains('?') { '&' } else { '?' }),
        false => url.to_owned(),
    }
}

/// A table for each table, for the eye.
fn tables(catalog: &Catalog) -> String {
    let enums = catalog.enums.iter().map(|known| format!("{known}\n"));
    let rest = catalog
        .domains
        .iter()
        .map(|known| format!("{known}\n"))
        .chain(catalog.sequences.iter().map(|known| format!("{known}\n")));
    let tables = catalog.tables.iter().map(table);
    let views = catalog
        .views
        .iter()
        .map(|view| format!("\n{BOLD}{}{BOLD:#} (a view)\n{}\n", view.name, columns(&view.columns, |_| String::new())));
    enums.chain(rest).chain(tables).chain(views).collect()
}

fn table(table: &CatalogTable) -> String {
    let key = |column: &CatalogColumn| {
        let is_in = |names: &[String]| names.contains(&column.name);
        let primary = table.primary_key.iter().filter(|key| is_in(&key.columns)).map(|_| "primary key".to_owned());
        let unique = table.uniques.iter().filter(|unique| is_in(&unique.columns)).map(|_| "unique".to_owned());
        let foreign =
            table.foreign_keys.iter().filter(|key| is_in(&key.columns)).map(|key| format!("to {}", key.target));
        primary.chain(unique).chain(foreign).collect::<Vec<_>>().join(", ")
    };
    let rest = table.to_string();
    let besides = rest.lines().skip(1).filter(|line| {
        !["column", "primary key", "foreign key", "unique"].iter().any(|known| line.trim_start().starts_with(known))
    });
    let besides: String = besides.map(|line| format!("{line}\n")).collect();
    format!("\n{BOLD}{}{BOLD:#}\n{}\n{besides}", table.name, columns(&table.columns, key))
}

fn columns(columns: &[CatalogColumn], key: impl Fn(&CatalogColumn) -> String) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(["column", "type", "null", "default", "key"]);
    for column in columns {
        let filled = column.generated.as_ref().map(|generated| format!("= {}", generated.expression));
        let filled = filled
            .or_else(|| column.identity.as_ref().map(|_| "identity".to_owned()))
            .or_else(|| column.default.clone());
        let null = if column.nullable { "null" } else { "" };
        table.add_row([&*column.name, &*column.data_type.spelling, null, &filled.unwrap_or_default(), &key(column)]);
    }
    table.to_string()
}
