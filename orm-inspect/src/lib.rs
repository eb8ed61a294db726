//! From a database that exists to models: [`models`] writes a struct for each table of a [`Catalog`], and [`merge`] puts a new text into a file
//! that was edited.
//!
//! ```
//! use orm::Engine;
//! use orm_inspect::{Options, models, sample};
//!
//! let engine = Engine::connect("sqlite://")?;
//! engine.connection()?.execute_script("CREATE TABLE album (id INTEGER PRIMARY KEY, title TEXT NOT NULL)")?;
//! let catalog = engine.reflect()?;
//! let samples = sample(&engine, &catalog, 1_000)?;
//! let written = models(&catalog, &samples, engine.dialect(), &Options::default());
//! assert!(written.text().contains("pub struct Album {\n    #[orm(primary_key)]\n    pub id: i64,\n    pub title: String,\n}"));
//! # Ok::<(), orm::Error>(())
//! ```

mod attribute;
mod cells;
mod diagram;
mod merge;
mod names;
mod options;
mod relations;
mod sample;
mod structs;
mod tables;
mod types;

use orm_core::catalog::Catalog;
use orm_core::dialect::Dialect;

use crate::cells::Cells;
pub use crate::cells::Samples;
pub use crate::diagram::{Diagram, flush_plan};
pub use crate::merge::{Merged, merge};
use crate::names::{Names, pascal};
pub use crate::sample::sample;
use crate::types::Types;

/// What to write.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether a table `users` becomes a struct `User`.
    pub singular: bool,
    /// Whether partitions get structs of their own, and not only the table that they are a part of.
    pub partitions: bool,
}

/// Structs for the tables of a database. See the example of [this crate](crate).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Models {
    items: Vec<Item>,
    /// What was left out, and why.
    pub warnings: Vec<String>,
}

/// One item of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    /// What it was written for: `table album`.
    of: String,
    /// Its text, with the line break at its end.
    text: String,
}

impl Models {
    /// The whole file.
    pub fn text(&self) -> String {
        let items: Vec<String> = self.items.iter().map(|item| format!("\n{}", merge::marked(item))).collect();
        format!("{}{}", merge::HEAD, items.concat())
    }
}

/// Writes structs for the tables and views of a catalog. The samples are those of [`sample`]; without them a column is taken for what its type
/// says.
///
/// See the example of [this crate](crate).
pub fn models(catalog: &Catalog, samples: &Samples, dialect: &dyn Dialect, options: &Options) -> Models {
    let mut names = Names::of_types();
    let enums = catalog.enums.iter().filter(|known| !known.values.is_empty());
    let enums: Vec<_> = enums
        .map(|known| (known, names.take_type(&tables::type_names(&known.name, &pascal(&known.name.name), "Value"))))
        .collect();
    let facts = dialect.capabilities();
    let types = Types { enums, samples, strict: !facts.untyped_cells, named: facts.named_types };
    let mut tables = tables::tables(catalog, &types, &mut names, options);
    let associations = relations::associations(&mut tables);
    relations::find_keys(&mut tables);
    relations::name_fields(&mut tables, &associations);

    let mut items: Vec<Item> = types
        .enums
        .iter()
        .map(|(known, rust)| Item { of: format!("enum {}", known.name), text: structs::choice(known, rust) })
        .collect();
    let mut warnings = Vec::new();
    for at in 0..tables.len() {
        let this = &tables[at];
        let table = this.name;
        let left_out = if this.is_model() {
            let (text, left_out) = structs::model(&tables, at, &mut names);
            items.push(Item { of: format!("table {table}"), text });
            left_out
        } else {
            let (text, left_out) = structs::row(this);
            match text {
                Some(text) => {
                    items.push(Item { of: format!("rows of {table}"), text });
                    items.push(Item { of: format!("query of {table}"), text: structs::row_query(this) });
                }
                None => warnings.push(format!("{table}: there is no struct for it, since no column can be read")),
            }
            left_out
        };
        warnings.extend(left_out.into_iter().map(|note| format!("{table}: {note}")));
    }
    Models { items, warnings }
}
