//! The commands of Alembic and the words for its revisions, and what they do here.

use orm::migrate::Migrations;
use orm::prelude::*;

use crate::support::{Folder, cells, migrate};

/// start → books 1 → books 2 → merge, start → clubs 1 → merge, and audit of its own, which needs books 1.
const REVISIONS: &[(&str, &str, &str)] = &[
    ("a1", "start", ""),
    ("b1", "books one", "parents = [\"a1\"]\nlabels = [\"books\"]"),
    ("b2", "books two", "parents = [\"b1\"]"),
    ("c1", "clubs one", "parents = [\"a1\"]\nlabels = [\"clubs\"]"),
    ("m1", "both", "parents = [\"b2\", \"c1\"]"),
    ("x1", "audit", "labels = [\"audit\"]\ndepends_on = [\"b1\"]"),
];

struct Project {
    folder: Folder,
    url: String,
}

impl Project {
    fn new(test: &str) -> Self {
        let folder = Folder::new(test);
        for (number, (id, message, more)) in REVISIONS.iter().enumerate() {
            let own = folder.path().join(format!("{number}_{id}"));
            std::fs::create_dir(&own).unwrap();
            let write = |name: &str, text: String| std::fs::write(own.join(name), text).unwrap();
            write("revision.toml", format!("id = \"{id}\"\nmessage = \"{message}\"\n{more}\n"));
            write("up.sql", format!("CREATE TABLE {id} (id INTEGER);"));
            write("down.sql", format!("DROP TABLE {id};"));
        }
        let url = format!("sqlite:///{}/app.db", folder.path().display());
        Self { folder, url }
    }

    fn run(&self, line: &str) -> (bool, String) {
        migrate(&self.folder, None, line)
    }

    /// Runs a command on the database, and tells which tables there are.
    #[track_caller]
    fn expect(&self, line: &str, tables: &str) {
        let (well, said) = self.run(&format!("{line} --url {}", self.url));
        assert!(well, "{line}: {said}");
        let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'orm_revision' ORDER BY name";
        let engine = Engine::connect(&self.url).unwrap();
        assert_eq!(cells(&engine, names).replace('\'', ""), tables, "{line}");
    }

    #[track_caller]
    fn refused(&self, line: &str, message: &str) {
        let (well, said) = self.run(&format!("{line} --url {}", self.url));
        assert!(!well && said.contains(message), "{line}: {said}");
    }
}

#[test]
fn upgrades_and_downgrades_by_all_words() {
    let project = Project::new("words");
    project.refused("upgrade head", "may mean several revisions");
    project.expect("upgrade a1", "a1");
    project.refused("upgrade +1", "b1 books one\n  c1 clubs one");
    project.expect("upgrade books@+1", "a1 b1");
    project.expect("upgrade +1", "a1 b1 b2");
    project.expect("upgrade clubs@c1", "a1 b1 b2 c1");
    project.refused("upgrade b", "b1 books one\n  b2 books two");
    project.refused("upgrade nowhere", "no revision is called `nowhere`");
    project.expect("upgrade clubs@head", "a1 b1 b2 c1 m1");
    project.expect("upgrade heads", "a1 b1 b2 c1 m1 x1");
    project.expect("upgrade heads", "a1 b1 b2 c1 m1 x1");
    project.expect("downgrade audit@base", "a1 b1 b2 c1 m1");
    project.expect("downgrade -1", "a1 b1 b2 c1");
    project.refused("downgrade -1", "b2 books two\n  c1 clubs one");
    project.expect("downgrade books@-2", "a1 c1");
    project.expect("upgrade audit", "a1 b1 c1 x1");
    // What depends on it goes as well.
    project.expect("downgrade books@base", "a1 c1");
    project.expect("upgrade b1+1", "a1 b1 b2 c1");
    project.expect("downgrade b1", "a1 b1 c1");
    project.expect("downgrade c1-1", "a1 b1");
    project.expect("downgrade base", "");
    project.expect("downgrade base", "");
}

#[test]
fn stamps_and_says_where_it_is() {
    let project = Project::new("stamps");
    let at = || project.run(&format!("current --url {}", project.url)).1;
    assert_eq!(at(), "base\n");
    project.expect("stamp b2", "");
    assert_eq!(at(), "b2 books two\n");
    project.expect("stamp heads", "");
    assert_eq!(at(), "m1 both (head)\nx1 audit [audit] (head)\n");
    project.expect("stamp base", "");
    assert_eq!(at(), "base\n");
}

#[test]
fn lists() {
    let project = Project::new("lists");
    let said = |line: &str| project.run(line).1;
    assert_eq!(said("heads"), "m1 both\nx1 audit [audit]\n");
    let branches = said("branches");
    assert_eq!(branches, "a1 start\n  → b1 books one [books]\n  → c1 clubs one [clubs]\n");
    assert_eq!(said("history").lines().next(), Some("x1 audit [audit]"));
    assert_eq!(said("history --range b1:m1"), "m1 both\nc1 clubs one [clubs]\nb2 books two\n");
    assert_eq!(said("history --range :b1"), "b1 books one [books]\na1 start\n");
    assert_eq!(said("history --range clubs@c1:"), "x1 audit [audit]\nm1 both\nb2 books two\nb1 books one [books]\n");
    let verbose = said("history -v");
    assert!(verbose.contains("    parents: b2, c1\n") && verbose.contains("    depends on: b1\n"), "{verbose}");
    assert!(said("show m1").contains("-- up.sql\nCREATE TABLE m1"));
}

#[test]
fn scripts_for_others() {
    let project = Project::new("offline");
    let (_, script) = project.run(&format!("upgrade m1 --sql --from b1 --url {}", project.url));
    let tables: Vec<&str> =
        script.lines().filter(|line| line.starts_with("CREATE TABLE ") && !line.contains("orm_")).collect();
    assert_eq!(
        tables,
        ["CREATE TABLE b2 (id INTEGER);", "CREATE TABLE c1 (id INTEGER);", "CREATE TABLE m1 (id INTEGER);"]
    );
    let (_, script) = project.run(&format!("downgrade b1 --sql --from m1 --url {}", project.url));
    let tables: Vec<&str> = script.lines().filter(|line| line.starts_with("DROP TABLE ")).collect();
    assert_eq!(tables, ["DROP TABLE m1;", "DROP TABLE b2;"]);
    // Nothing has run.
    project.expect("stamp base", "");
}

#[test]
fn revisions_are_made_anywhere_in_the_graph() {
    let project = Project::new("made");
    let heads = || project.run("heads").1.lines().count();
    assert!(project.run("revision -m more").1.contains("may mean several revisions"));
    assert!(project.run("revision -m more --head books@b2 --splice --branch-label more --depends-on audit").0);
    assert_eq!(heads(), 3);
    assert!(project.run("revision -m other --head base").0);
    assert_eq!(heads(), 4);
    assert!(project.run("merge -m all").0);
    assert_eq!(heads(), 1);
    assert!(project.run("merge").1.contains("there is one head"));
    let migrations = Migrations::load(project.folder.path()).unwrap();
    let all = migrations.revisions().iter().find(|revision| revision.facts.message == "all").unwrap();
    assert_eq!(all.facts.parents.len(), 4);
    project.expect("upgrade", "a1 b1 b2 c1 m1 x1");
}
