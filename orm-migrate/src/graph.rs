//! Which revision comes after which, and which ones are meant.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::revision::{Migrations, Revision};

/// Where an upgrade or a downgrade goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Before the first revision.
    Base,
    /// To these revisions.
    Revisions(Vec<String>),
}

/// The revisions, each after those that it follows, else in the order of their folders.
pub(crate) fn sorted(revisions: Vec<Revision>) -> Result<Vec<Revision>> {
    let mut by_id: BTreeMap<&str, &Revision> = BTreeMap::new();
    for revision in &revisions {
        if let Some(other) = by_id.insert(revision.id(), revision) {
            let folders = [other.folder.clone(), revision.folder.clone()];
            return Err(Error::Duplicate { id: revision.id().to_owned(), folders });
        }
    }
    let missing = |revision: &Revision| {
        let id = before(revision).find(|id| !by_id.contains_key(id.as_str()))?;
        Some(Error::Missing { of: format!("revision `{}`", revision.id()), id: id.clone() })
    };
    if let Some(error) = revisions.iter().find_map(missing) {
        return Err(error);
    }
    let mut order: Vec<String> = Vec::new();
    for revision in &revisions {
        visit(revision, &by_id, &mut Vec::new(), &mut order)?;
    }
    let mut left: BTreeMap<String, Revision> =
        revisions.into_iter().map(|revision| (revision.id().to_owned(), revision)).collect();
    Ok(order.iter().filter_map(|id| left.remove(id)).collect())
}

fn visit(
    revision: &Revision,
    all: &BTreeMap<&str, &Revision>,
    path: &mut Vec<String>,
    order: &mut Vec<String>,
) -> Result<()> {
    let id = revision.id();
    if order.iter().any(|known| known == id) {
        return Ok(());
    }
    if let Some(at) = path.iter().position(|known| known == id) {
        let mut cycle = path.split_off(at);
        cycle.push(id.to_owned());
        return Err(Error::Loop(cycle));
    }
    path.push(id.to_owned());
    for id in before(revision) {
        if let Some(other) = all.get(id.as_str()) {
            visit(other, all, path, order)?;
        }
    }
    path.pop();
    order.push(id.to_owned());
    Ok(())
}

/// The revisions that have to run before one.
pub(crate) fn before(revision: &Revision) -> impl Iterator<Item = &String> {
    revision.facts.parents.iter().chain(&revision.facts.depends_on)
}

impl Migrations {
    /// The revisions that no other follows.
    ///
    /// See the example of [`Run`](crate::Run).
    pub fn heads(&self) -> Vec<&Revision> {
        let all = self.revisions.iter().map(Revision::id);
        self.heads_of(&all.map(str::to_owned).collect())
    }

    /// Those of some revisions that no other of them follows.
    pub(crate) fn heads_of(&self, of: &BTreeSet<String>) -> Vec<&Revision> {
        let own = || self.revisions.iter().filter(|revision| of.contains(revision.id()));
        let followed: BTreeSet<&String> = own().flat_map(|revision| &revision.facts.parents).collect();
        own().filter(|revision| !followed.contains(&revision.facts.id)).collect()
    }

    /// Some revisions and all that have to run before them, in order.
    pub(crate) fn with_ancestors(&self, ids: &[String]) -> Vec<&Revision> {
        let mut wanted: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        for revision in self.revisions.iter().rev() {
            if wanted.contains(revision.id()) {
                wanted.extend(before(revision).map(String::as_str));
            }
        }
        self.revisions.iter().filter(|revision| wanted.contains(revision.id())).collect()
    }

    /// The revisions that need one of these to run before, without these, in order.
    pub(crate) fn descendants(&self, ids: &[String]) -> Vec<&Revision> {
        let mut reached: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        for revision in &self.revisions {
            if before(revision).any(|id| reached.contains(id.as_str())) && reached.insert(revision.id()) {
                found.push(revision);
            }
        }
        found
    }

    /// What a word means: `head`, `heads`, `base`, an id or the beginning of one, a label, `label@head`, and each of them with `+1` or `-2` behind.
    /// `+1` and `-2` alone begin where the database is, which has `applied`.
    ///
    /// # Errors
    ///
    /// `Unknown` if nothing is called so, `Ambiguous` with the choices if it may mean several.
    pub fn resolve(&self, asked: &str, applied: &BTreeSet<String>) -> Result<Target> {
        let (word, steps) = split_steps(asked);
        let start = match word {
            "" if steps != 0 => self.heads_of(applied),
            "" => return Err(Error::Unknown(asked.to_owned())),
            "heads" => self.heads(),
            "base" => Vec::new(),
            "head" => vec![one(asked, self.heads())?],
            word => vec![self.named(asked, word)?],
        };
        if steps == 0 {
            return Ok(target(start));
        }
        let from = match (start.len(), word) {
            (0, _) => None,
            (_, "heads" | "") => Some(one(asked, start)?),
            _ => start.into_iter().next(),
        };
        self.walk(asked, from, steps)
    }

    fn named(&self, asked: &str, word: &str) -> Result<&Revision> {
        if let Some(revision) = self.find(word) {
            return Ok(revision);
        }
        let (word, at_head) = word.strip_suffix("@head").map_or((word, false), |word| (word, true));
        let labelled = self.revisions.iter().find(|revision| revision.facts.labels.iter().any(|label| label == word));
        let start = match labelled {
            Some(revision) => revision,
            None => {
                let found: Vec<&Revision> =
                    self.revisions.iter().filter(|revision| revision.id().starts_with(word)).collect();
                one(asked, found)?
            }
        };
        if !at_head && labelled.is_none() {
            return Ok(start);
        }
        // A label is the name of its branch, which ends at its head.
        let own: BTreeSet<String> =
            self.descendants(&[start.id().to_owned()]).into_iter().chain([start]).map(|r| r.id().to_owned()).collect();
        one(asked, self.heads_of(&own))
    }

    fn walk(&self, asked: &str, from: Option<&Revision>, steps: i64) -> Result<Target> {
        let mut at = from;
        for _ in 0..steps.unsigned_abs() {
            let next: Vec<&Revision> = match at {
                Some(revision) if steps < 0 && revision.facts.parents.is_empty() => {
                    at = None;
                    continue;
                }
                Some(revision) if steps < 0 => revision.facts.parents.iter().filter_map(|id| self.find(id)).collect(),
                Some(revision) => {
                    let follows = |other: &&Revision| other.facts.parents.contains(&revision.facts.id);
                    self.revisions.iter().filter(follows).collect()
                }
                None if steps < 0 => return Err(Error::Unknown(asked.to_owned())),
                None => self.revisions.iter().filter(|revision| revision.facts.parents.is_empty()).collect(),
            };
            at = Some(one(asked, next)?);
        }
        Ok(target(at.into_iter().collect()))
    }
}

fn target(revisions: Vec<&Revision>) -> Target {
    match revisions.is_empty() {
        true => Target::Base,
        false => Target::Revisions(revisions.into_iter().map(|revision| revision.id().to_owned()).collect()),
    }
}

fn one<'r>(asked: &str, found: Vec<&'r Revision>) -> Result<&'r Revision> {
    match *found {
        [] => Err(Error::Unknown(asked.to_owned())),
        [only] => Ok(only),
        _ => {
            let choice = |revision: &&Revision| format!("{} {}", revision.id(), revision.facts.message);
            Err(Error::Ambiguous { asked: asked.to_owned(), choices: found.iter().map(choice).collect() })
        }
    }
}

/// `ab12+2` as `ab12` and 2.
fn split_steps(asked: &str) -> (&str, i64) {
    let parsed = asked.rfind(['+', '-']).and_then(|at| Some((&asked[..at], asked[at..].parse::<i64>().ok()?)));
    parsed.filter(|(_, steps)| *steps != 0).unwrap_or((asked, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revision::Facts;

    /// An id, its parents, what it depends on, its labels.
    type Line<'l> = (&'l str, &'l [&'l str], &'l [&'l str], &'l [&'l str]);

    fn graph(lines: &[Line<'_>]) -> Result<Migrations> {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let revision = |&(id, parents, depends_on, labels): &Line<'_>| Revision {
            folder: format!("1_{id}"),
            facts: Facts {
                id: id.to_owned(),
                parents: owned(parents),
                depends_on: owned(depends_on),
                labels: owned(labels),
                ..Facts::default()
            },
            files: BTreeMap::new(),
        };
        let revisions = sorted(lines.iter().map(revision).collect())?;
        Ok(Migrations { revisions, ..Migrations::default() })
    }

    /// a1 → b1 → b2 → m, a1 → c1 → m, and x1 of its own, which depends on b1.
    fn branches() -> Migrations {
        graph(&[
            ("m0", &["b2", "c1"], &[], &[]),
            ("b2", &["b1"], &[], &[]),
            ("a1", &[], &[], &[]),
            ("b1", &["a1"], &[], &["books"]),
            ("c1", &["a1"], &[], &["clubs"]),
            ("x1", &[], &["b1"], &["extra"]),
        ])
        .unwrap()
    }

    #[track_caller]
    fn expect(asked: &str, applied: &[&str], expected: &[&str]) {
        let applied = applied.iter().map(|&id| id.to_owned()).collect();
        let found = match branches().resolve(asked, &applied) {
            Ok(Target::Base) => "base".to_owned(),
            Ok(Target::Revisions(ids)) => ids.join(" "),
            Err(Error::Ambiguous { choices, .. }) => format!("one of {}", choices.join(",").replace(' ', "")),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected.join(" "));
    }

    #[test]
    fn words_mean_revisions() {
        expect("heads", &[], &["m0", "x1"]);
        expect("head", &[], &["one of m0,x1"]);
        expect("b2", &[], &["b2"]);
        expect("c", &[], &["c1"]);
        expect("b", &[], &["one of b1,b2"]);
        expect("books@head", &[], &["one of m0,x1"]);
        expect("clubs@head", &[], &["m0"]);
        expect("extra", &[], &["x1"]);
        expect("base", &[], &["base"]);
        expect("a1+1", &[], &["one of b1,c1"]);
        expect("c1+1", &[], &["m0"]);
        expect("m0-1", &[], &["one of b2,c1"]);
        expect("b2-1", &[], &["b1"]);
        expect("+1", &["a1", "b1"], &["b2"]);
        expect("-1", &["a1", "b1"], &["a1"]);
        expect("-2", &["a1", "b1"], &["base"]);
        expect("-1", &["a1", "b1", "c1"], &["one of b1,c1"]);
        expect("+1", &[], &["one of a1,x1"]);
        expect("zz", &[], &["no revision is called `zz`; `history` lists them"]);
    }

    #[test]
    fn what_is_needed_comes_first() {
        let all = branches();
        let ids = |found: Vec<&Revision>| found.into_iter().map(|r| r.id().to_owned()).collect::<Vec<_>>().join(" ");
        assert_eq!(ids(all.revisions.iter().collect()), "a1 b1 b2 c1 m0 x1");
        assert_eq!(ids(all.with_ancestors(&["x1".to_owned()])), "a1 b1 x1");
        assert_eq!(ids(all.descendants(&["b1".to_owned()])), "b2 m0 x1");
    }

    #[test]
    fn each_mistake_has_its_own_error() {
        let cycle = graph(&[("a", &["b"], &[], &[]), ("b", &["a"], &[], &[])]);
        assert_eq!(cycle.unwrap_err().to_string(), "revisions come before each other: a → b → a");
        let missing = graph(&[("a", &["z"], &[], &[])]).unwrap_err();
        assert!(matches!(&missing, Error::Missing { id, .. } if id == "z"), "{missing}");
        let twice = graph(&[("a", &[], &[], &[]), ("a", &[], &[], &[])]).unwrap_err();
        assert!(matches!(&twice, Error::Duplicate { .. }), "{twice}");
    }
}
