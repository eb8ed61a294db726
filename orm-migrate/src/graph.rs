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
    /// Before this revision: the branch goes back as far as its parents, and other branches stay.
    Before(String),
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

    /// The revisions at which a target is.
    pub(crate) fn ids(&self, target: Target) -> Vec<String> {
        match target {
            Target::Base => Vec::new(),
            Target::Revisions(ids) => ids,
            Target::Before(id) => self.find(&id).map_or_else(Vec::new, |revision| revision.facts.parents.clone()),
        }
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

    /// What a word means: `head`, `heads`, `base`, an id or the beginning of one, a label, `label@head`, `label@base`, and each of them with `+1` or
    /// `-2` behind. `+1` and `-2` alone begin where the database is, which has `applied`, and `label@+1` where it is on that branch.
    ///
    /// # Errors
    ///
    /// `Unknown` if nothing is called so, `Ambiguous` with the choices if it may mean several.
    pub fn resolve(&self, asked: &str, applied: &BTreeSet<String>) -> Result<Target> {
        let (word, steps) = split_steps(asked);
        let walk = Walk { all: self, asked, branch: None };
        match word.split_once('@') {
            Some((name, word)) => {
                let root = walk.labelled(name).map_or_else(|| walk.by_prefix(name), Ok)?;
                let own: BTreeSet<String> = self
                    .descendants(&[root.id().to_owned()])
                    .into_iter()
                    .chain([root])
                    .map(|r| r.id().to_owned())
                    .collect();
                Walk { branch: Some((root, own)), ..walk }.target(word, steps, applied)
            }
            None => walk.target(word, steps, applied),
        }
    }
}

/// A word that is looked up.
struct Walk<'m> {
    all: &'m Migrations,
    asked: &'m str,
    /// The branch that it stays in: the revision with which it begins, and its ids.
    branch: Option<(&'m Revision, BTreeSet<String>)>,
}

impl<'m> Walk<'m> {
    fn target(&self, word: &str, steps: i64, applied: &BTreeSet<String>) -> Result<Target> {
        let start = match word {
            "" if steps != 0 => self.all.heads_of(&self.within(applied.iter().cloned().collect())),
            "" => return Err(Error::Unknown(self.asked.to_owned())),
            "heads" => self.heads(),
            "head" => vec![self.one(self.heads())?],
            "base" => match &self.branch {
                Some((root, _)) => return Ok(Target::Before(root.id().to_owned())),
                None => Vec::new(),
            },
            word => vec![self.named(word)?],
        };
        match (steps, start.is_empty()) {
            (0, true) => Ok(Target::Base),
            (0, false) => Ok(revisions(&start)),
            (_, true) => self.up(None, steps),
            (1.., false) => self.up(Some(self.one(start)?), steps),
            (_, false) => self.down(self.one(start)?, steps),
        }
    }

    fn labelled(&self, label: &str) -> Option<&'m Revision> {
        self.all.revisions.iter().find(|revision| revision.facts.labels.iter().any(|own| own == label))
    }

    fn by_prefix(&self, prefix: &str) -> Result<&'m Revision> {
        let is_whole = |revision: &&Revision| revision.id() == prefix;
        let begins = |revision: &&Revision| revision.id().starts_with(prefix) && self.has(revision);
        let whole = self.all.revisions.iter().find(is_whole);
        whole.map_or_else(|| self.one(self.all.revisions.iter().filter(begins).collect()), Ok)
    }

    /// A revision by its id, or the head of the branch that has the label.
    fn named(&self, word: &str) -> Result<&'m Revision> {
        let Some(root) = self.labelled(word) else { return self.by_prefix(word) };
        let own = self.all.descendants(&[root.id().to_owned()]).into_iter().chain([root]);
        self.one(self.all.heads_of(&own.map(|revision| revision.id().to_owned()).collect()))
    }

    fn has(&self, revision: &Revision) -> bool {
        self.branch.as_ref().is_none_or(|(_, own)| own.contains(revision.id()))
    }

    fn within(&self, ids: BTreeSet<String>) -> BTreeSet<String> {
        ids.into_iter().filter(|id| self.branch.as_ref().is_none_or(|(_, own)| own.contains(id))).collect()
    }

    fn heads(&self) -> Vec<&'m Revision> {
        self.all.heads_of(&self.within(self.all.revisions.iter().map(|revision| revision.id().to_owned()).collect()))
    }

    fn one(&self, found: Vec<&'m Revision>) -> Result<&'m Revision> {
        match *found {
            [] => Err(Error::Unknown(self.asked.to_owned())),
            [only] => Ok(only),
            _ => {
                let choice = |revision: &&Revision| format!("{} {}", revision.id(), revision.facts.message);
                Err(Error::Ambiguous { asked: self.asked.to_owned(), choices: found.iter().map(choice).collect() })
            }
        }
    }

    /// So many revisions further, from one or from the base.
    fn up(&self, from: Option<&'m Revision>, steps: i64) -> Result<Target> {
        if steps < 0 {
            return Err(Error::Unknown(self.asked.to_owned()));
        }
        let mut at = from;
        for _ in 0..steps {
            let next = match (at, &self.branch) {
                (None, Some((root, _))) => vec![*root],
                (None, None) => {
                    self.all.revisions.iter().filter(|revision| revision.facts.parents.is_empty()).collect()
                }
                (Some(at), _) => {
                    let follows = |other: &&Revision| other.facts.parents.contains(&at.facts.id) && self.has(other);
                    self.all.revisions.iter().filter(follows).collect()
                }
            };
            at = Some(self.one(next)?);
        }
        Ok(revisions(at.as_slice()))
    }

    /// So many revisions back. The last step undoes a revision, so that it does not matter how many that one follows.
    fn down(&self, from: &'m Revision, steps: i64) -> Result<Target> {
        let mut at = from;
        for _ in 1..steps.unsigned_abs() {
            let parents: Vec<&Revision> =
                at.facts.parents.iter().filter_map(|id| self.all.find(id)).filter(|parent| self.has(parent)).collect();
            at = self.one(parents)?;
        }
        Ok(Target::Before(at.id().to_owned()))
    }
}

fn revisions(found: &[&Revision]) -> Target {
    Target::Revisions(found.iter().map(|revision| revision.id().to_owned()).collect())
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
            Ok(Target::Before(id)) => format!("before {id}"),
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
        expect("m0-1", &[], &["before m0"]);
        expect("m0-2", &[], &["one of b2,c1"]);
        expect("clubs@m0-2", &[], &["before c1"]);
        expect("b2-1", &[], &["before b2"]);
        expect("+1", &["a1", "b1"], &["b2"]);
        expect("-1", &["a1", "b1"], &["before b1"]);
        expect("-2", &["a1", "b1"], &["before a1"]);
        expect("-3", &["a1", "b1"], &["no revision is called `-3`; `history` lists them"]);
        expect("-1", &["a1", "b1", "c1"], &["one of b1,c1"]);
        expect("books@-1", &["a1", "b1", "c1"], &["before b1"]);
        expect("books@+1", &["a1", "b1", "c1"], &["b2"]);
        expect("books@+1", &["a1"], &["b1"]);
        expect("books@base", &["a1", "b1", "c1"], &["before b1"]);
        expect("books@b", &[], &["one of b1,b2"]);
        expect("clubs@c", &[], &["c1"]);
        expect("clubs@heads", &[], &["m0"]);
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
