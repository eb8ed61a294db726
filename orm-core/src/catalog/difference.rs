//! What differs between two catalogs.

use std::fmt::{self, Display, Formatter};

use super::display::line;
use super::expression::{canonical, canonical_default};
use super::fact::{Compared, Fact, Part};
use super::{
    Catalog, CatalogColumn, CatalogTable, Check, Domain, Enum, Exclusion, ForeignKey, Index, PrimaryKey, Sequence,
    Trigger, Unique, View,
};
use crate::schema::TableName;

/// One thing that two catalogs have differently, from the first to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference<'c> {
    /// A schema.
    Schema(Change<'c, String>),
    /// An enum.
    Enum(Change<'c, Enum>),
    /// A domain.
    Domain(Change<'c, Domain>),
    /// A sequence.
    Sequence(Change<'c, Sequence>),
    /// A table. It is changed if its own facts are: its comment, its options, its parents. The parts of a table that is in both catalogs are
    /// differences by themselves.
    Table(Change<'c, CatalogTable>),
    /// A column of a table.
    TableColumn(&'c TableName, Change<'c, CatalogColumn>),
    /// The primary key of a table.
    PrimaryKey(&'c TableName, Change<'c, PrimaryKey>),
    /// A UNIQUE constraint of a table.
    Unique(&'c TableName, Change<'c, Unique>),
    /// A foreign key of a table.
    ForeignKey(&'c TableName, Change<'c, ForeignKey>),
    /// A CHECK constraint of a table.
    Check(&'c TableName, Change<'c, Check>),
    /// An EXCLUDE constraint of a table.
    Exclusion(&'c TableName, Change<'c, Exclusion>),
    /// An index of a table.
    Index(&'c TableName, Change<'c, Index>),
    /// A trigger of a table.
    Trigger(&'c TableName, Change<'c, Trigger>),
    /// A view.
    View(Change<'c, View>),
}

/// How something differs.
#[derive(Debug, PartialEq, Eq)]
pub enum Change<'c, T> {
    /// Only the second catalog has it.
    Added(&'c T),
    /// Only the first catalog has it.
    Removed(&'c T),
    /// Both have it, and not the same.
    Changed {
        /// What the first catalog has.
        from: &'c T,
        /// What the second catalog has.
        to: &'c T,
    },
}

impl<T> Clone for Change<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Change<'_, T> {}

impl<'c, T> Change<'c, T> {
    /// What the first catalog has.
    pub(crate) fn before(self) -> Option<&'c T> {
        match self {
            Self::Added(_) => None,
            Self::Removed(part) | Self::Changed { from: part, .. } => Some(part),
        }
    }

    /// What the second catalog has.
    pub(crate) fn after(self) -> Option<&'c T> {
        match self {
            Self::Removed(_) => None,
            Self::Added(part) | Self::Changed { to: part, .. } => Some(part),
        }
    }
}

impl Catalog {
    /// What differs from this catalog to another of the same kind of database. Empty if they mean the same: other spellings of one type,
    /// expressions as the database rewrites them, constraints without a name that say the same, and the order of columns are no differences.
    ///
    /// Casts in expressions are not compared, because a database adds and removes them.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT)")?;
    /// let before = engine.reflect()?;
    /// engine.connection()?.execute_script("ALTER TABLE user ADD COLUMN age INT NOT NULL DEFAULT (0)")?;
    /// let after = engine.reflect()?;
    /// let messages: Vec<String> = before.differences(&after).iter().map(ToString::to_string).collect();
    /// assert_eq!(messages, ["user: column age INT not null default 0 is added"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn differences<'c>(&'c self, other: &'c Self) -> Vec<Difference<'c>> {
        let rules = Rules { ignores_case: self.ignores_case || other.ignores_case };
        let mut found = Vec::new();
        let schemas = rules.compare(&self.schemas, &other.schemas);
        found.extend(schemas.into_iter().map(Difference::Schema));
        found.extend(rules.compare(&self.enums, &other.enums).into_iter().map(Difference::Enum));
        found.extend(rules.compare(&self.domains, &other.domains).into_iter().map(Difference::Domain));
        found.extend(rules.compare(&self.sequences, &other.sequences).into_iter().map(Difference::Sequence));
        found.extend(rules.compare(&self.tables, &other.tables).into_iter().map(Difference::Table));
        for from in &self.tables {
            let is_same = |to: &&CatalogTable| rules.is_same(&from.name.to_string(), &to.name.to_string());
            if let Some(to) = other.tables.iter().find(is_same) {
                rules.compare_parts(from, to, &mut found);
            }
        }
        found.extend(rules.compare(&self.views, &other.views).into_iter().map(Difference::View));
        found
    }
}

/// How two catalogs are compared.
#[derive(Clone, Copy)]
struct Rules {
    ignores_case: bool,
}

impl Rules {
    fn compare_parts<'c>(self, from: &'c CatalogTable, to: &'c CatalogTable, found: &mut Vec<Difference<'c>>) {
        let name = &from.name;
        let columns = self.compare(&from.columns, &to.columns);
        found.extend(columns.into_iter().map(|change| Difference::TableColumn(name, change)));
        let key = self.compare(from.primary_key.as_slice(), to.primary_key.as_slice());
        found.extend(key.into_iter().map(|change| Difference::PrimaryKey(name, change)));
        let uniques = self.compare(&from.uniques, &to.uniques);
        found.extend(uniques.into_iter().map(|change| Difference::Unique(name, change)));
        let checks = self.compare(&from.checks, &to.checks);
        found.extend(checks.into_iter().map(|change| Difference::Check(name, change)));
        let exclusions = self.compare(&from.exclusions, &to.exclusions);
        found.extend(exclusions.into_iter().map(|change| Difference::Exclusion(name, change)));
        let foreign_keys = self.compare(&from.foreign_keys, &to.foreign_keys);
        found.extend(foreign_keys.into_iter().map(|change| Difference::ForeignKey(name, change)));
        let indexes = self.compare(&from.indexes, &to.indexes);
        found.extend(indexes.into_iter().map(|change| Difference::Index(name, change)));
        let triggers = self.compare(&from.triggers, &to.triggers);
        found.extend(triggers.into_iter().map(|change| Difference::Trigger(name, change)));
    }

    /// The changes from some parts to others. Parts are the same by name. Those that are left are the same by what they say, which finds
    /// constraints that have no name on one side, and those that were renamed.
    fn compare<'c, P: Part>(self, from: &'c [P], to: &'c [P]) -> Vec<Change<'c, P>> {
        let mut left: Vec<&P> = to.iter().collect();
        let mut changes = Vec::new();
        let mut lonely = Vec::new();
        for part in from {
            match self.take(&mut left, |other| self.have_one_name(part, other)) {
                Some(other) if self.say_the_same(part, other) => {}
                Some(other) => changes.push(Change::Changed { from: part, to: other }),
                None => lonely.push(part),
            }
        }
        for part in lonely {
            match self.take(&mut left, |other| P::MAY_BE_UNNAMED && self.say_the_same(part, other)) {
                Some(other) if part.name().is_none() || other.name().is_none() => {}
                Some(other) => changes.push(Change::Changed { from: part, to: other }),
                None => changes.push(Change::Removed(part)),
            }
        }
        changes.extend(left.into_iter().map(Change::Added));
        changes
    }

    fn take<'c, P>(self, left: &mut Vec<&'c P>, is: impl Fn(&P) -> bool) -> Option<&'c P> {
        let index = left.iter().position(|other| is(other))?;
        Some(left.remove(index))
    }

    fn have_one_name<P: Part>(self, a: &P, b: &P) -> bool {
        match (a.name(), b.name()) {
            (Some(a), Some(b)) => self.is_same(&a, &b),
            _ => false,
        }
    }

    fn is_same(self, a: &str, b: &str) -> bool {
        a == b || (self.ignores_case && a.eq_ignore_ascii_case(b))
    }

    fn say_the_same<P: Part>(self, a: &P, b: &P) -> bool {
        pairs(a, b).iter().all(|(a, b)| self.is_equal(a, b))
    }

    fn is_equal(self, a: &Fact, b: &Fact) -> bool {
        match (&a.compared, &b.compared) {
            (Compared::Sql, Compared::Sql) => {
                a.value == b.value || canonical(&a.value, self.ignores_case) == canonical(&b.value, self.ignores_case)
            }
            (Compared::Names, Compared::Names) => self.is_same(&a.value, &b.value),
            (Compared::ToldNames, Compared::ToldNames) => {
                a.value.is_empty() || b.value.is_empty() || self.is_same(&a.value, &b.value)
            }
            (Compared::Default, Compared::Default) => {
                let canonical = |fact: &Fact| canonical_default(&fact.value, self.ignores_case);
                a.value == b.value || canonical(a) == canonical(b)
            }
            (Compared::By(a), Compared::By(b)) => a == b,
            (Compared::List(a), Compared::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.is_equal(a, b))
            }
            _ => a.value == b.value,
        }
    }
}

/// The facts of two parts, side by side. A kind of part always has the same ones.
fn pairs<P: Part>(a: &P, b: &P) -> Vec<(Fact, Fact)> {
    a.facts().into_iter().zip(b.facts()).collect()
}

/// Its message: `user: column name: TEXT → VARCHAR(20)`.
impl Display for Difference<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(change) => change.fmt(f),
            Self::Enum(change) => change.fmt(f),
            Self::Domain(change) => change.fmt(f),
            Self::Sequence(change) => change.fmt(f),
            Self::Table(change) => change.fmt(f),
            Self::View(change) => change.fmt(f),
            Self::TableColumn(table, change) => write!(f, "{table}: {change}"),
            Self::PrimaryKey(table, change) => write!(f, "{table}: {change}"),
            Self::Unique(table, change) => write!(f, "{table}: {change}"),
            Self::ForeignKey(table, change) => write!(f, "{table}: {change}"),
            Self::Check(table, change) => write!(f, "{table}: {change}"),
            Self::Exclusion(table, change) => write!(f, "{table}: {change}"),
            Self::Index(table, change) => write!(f, "{table}: {change}"),
            Self::Trigger(table, change) => write!(f, "{table}: {change}"),
        }
    }
}

impl<P: Part> Display for Change<'_, P> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Added(part) => write!(f, "{} is added", line(part)),
            Self::Removed(part) => write!(f, "{} is removed", line(part)),
            Self::Changed { from, to } => {
                // Names are compared by the stricter rule for the message, so that it is never empty.
                let rules = Rules { ignores_case: false };
                let name = from.name().filter(|name| !name.is_empty());
                let title = [Some(P::KIND.to_owned()), name].into_iter().flatten().collect::<Vec<_>>().join(" ");
                let renamed = (from.name() != to.name()).then(|| said_change("name", from.name(), to.name()));
                let changed = pairs(from, to).into_iter().filter(|(from, to)| !rules.is_equal(from, to));
                let changed = changed.map(|(from, to)| said_change(from.what, Some(from.value), Some(to.value)));
                write!(f, "{title}: {}", renamed.into_iter().chain(changed).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// `default 1 → 2`.
fn said_change(what: &str, from: Option<String>, to: Option<String>) -> String {
    let shown = |value: Option<String>| value.filter(|value| !value.is_empty()).unwrap_or_else(|| "none".to_owned());
    let space = if what.is_empty() { "" } else { " " };
    format!("{what}{space}{} → {}", shown(from), shown(to))
}
