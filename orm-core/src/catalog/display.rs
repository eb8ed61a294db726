//! A catalog for the eye: a line for each thing.

use std::fmt::{Display, Formatter, Result};

use super::fact::{Part, said};
use super::{
    Catalog, CatalogColumn, CatalogTable, Check, Domain, Enum, Exclusion, ForeignKey, Index, PrimaryKey, Sequence,
    Trigger, Unique, View,
};

/// `index ix_user_name ("name")`.
pub(super) fn line<P: Part>(part: &P) -> String {
    let facts = part.facts().into_iter().map(said);
    let words = [P::KIND.to_owned(), part.name().unwrap_or_default()].into_iter().chain(facts);
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

macro_rules! lines {
    ($($part:ty),*) => {$(
        impl Display for $part {
            fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                f.write_str(&line(self))
            }
        }
    )*};
}

lines!(Check, CatalogColumn, Domain, Enum, Exclusion, ForeignKey, Index, PrimaryKey, Sequence, Trigger, Unique, View);

/// The table with its parts, a line for each.
impl Display for CatalogTable {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&line(self))?;
        parts(f, &self.columns)?;
        parts(f, &self.primary_key)?;
        parts(f, &self.uniques)?;
        parts(f, &self.foreign_keys)?;
        parts(f, &self.checks)?;
        parts(f, &self.exclusions)?;
        parts(f, &self.indexes)?;
        parts(f, &self.triggers)
    }
}

fn parts<'p, P: Display + 'p>(f: &mut Formatter<'_>, parts: impl IntoIterator<Item = &'p P>) -> Result {
    parts.into_iter().try_for_each(|part| write!(f, "\n  {part}"))
}

/// Everything, a line for each thing.
impl Display for Catalog {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.schemas.iter().try_for_each(|name| writeln!(f, "schema {name}"))?;
        objects(f, &self.enums)?;
        objects(f, &self.domains)?;
        objects(f, &self.sequences)?;
        objects(f, &self.tables)?;
        objects(f, &self.views)
    }
}

fn objects<P: Display>(f: &mut Formatter<'_>, objects: &[P]) -> Result {
    objects.iter().try_for_each(|object| writeln!(f, "{object}"))
}
