//! A second run over a file that was edited.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use orm::Engine;
use orm_inspect::{Models, Options, Samples, merge, models};

/// Models of the tables that a script makes.
fn written(script: &str) -> Models {
    let engine = Engine::connect("sqlite://").unwrap();
    engine.connection().unwrap().execute_script(script).unwrap();
    models(&engine.reflect().unwrap(), &Samples::default(), engine.dialect(), &Options::default())
}

const SHOP: &str = "CREATE TABLE album (id INTEGER PRIMARY KEY, title TEXT);
    CREATE TABLE song (id INTEGER PRIMARY KEY, album_id INTEGER REFERENCES album);";
const LARGER: &str = "CREATE TABLE album (id INTEGER PRIMARY KEY, title TEXT, year INTEGER);
    CREATE TABLE song (id INTEGER PRIMARY KEY, album_id INTEGER REFERENCES album, name TEXT);
    CREATE TABLE tag (id INTEGER PRIMARY KEY);";

#[test]
fn what_was_not_edited_is_written_anew() {
    let merged = merge(&written(SHOP).text(), &written(LARGER));
    assert_eq!(merged.text, written(LARGER).text());
    assert!(merged.warnings.is_empty());
    let back = merge(&merged.text, &written(SHOP));
    assert_eq!(back.text.trim_end(), written(SHOP).text().trim_end());
}

#[test]
fn what_was_edited_stays() {
    let edited = written(SHOP).text().replace("pub title: Option<String>", "pub title: String");
    let merged = merge(&edited, &written(SHOP));
    assert_eq!((&merged.text, merged.warnings.len()), (&edited, 0));

    let merged = merge(&edited, &written(LARGER));
    assert!(merged.text.contains("pub title: String,\n") && merged.text.contains("pub struct Tag"), "{}", merged.text);
    assert!(merged.text.contains("// The database has now: pub year: Option<i64>,\n"), "{}", merged.text);
    assert!(merged.text.contains("pub name: Option<String>"), "{}", merged.text);
    assert_eq!(
        merged.warnings,
        ["table album: it was edited, and the database has changed; see the comments above it"]
    );
    let again = merge(&merged.text, &written(LARGER));
    assert_eq!((again.text, again.warnings.len()), (merged.text, 0));
}

#[test]
fn what_stands_between_the_items_stays() {
    let own = "\nimpl Album {\n    pub fn shout(&self) -> String {\n        self.title.to_uppercase()\n    }\n}\n";
    let old = written(SHOP).text();
    let (head, song) = old.split_at(old.find("\n// inspected: table song").unwrap());
    let merged = merge(&format!("//! Ours.\n{head}{own}{song}{own}"), &written(LARGER));
    assert!(merged.text.starts_with("//! Ours.\n"));
    assert_eq!(merged.text.matches(own).count(), 2);
    let places = ["pub year", "impl Album", "pub name", "impl Album", "pub struct Tag"];
    let mut rest = &*merged.text;
    for place in places {
        let at = rest.find(place);
        assert!(at.is_some(), "{place} is not in its place:\n{}", merged.text);
        rest = &rest[at.unwrap() + 1..];
    }
}

#[test]
fn layout_is_no_edit() {
    let spread = written(SHOP).text().replace("    pub title", "\n\n  pub title");
    assert_eq!(merge(&spread, &written(SHOP)).text, written(SHOP).text());
}

#[test]
fn a_marker_alone_keeps_its_item_away() {
    let old = written(SHOP).text();
    let start = old.find("#[derive(Model, Debug, Clone, Default)]\n#[orm(table = \"song\")]").unwrap();
    let merged = merge(&old[..start], &written(SHOP));
    assert_eq!((merged.text.matches("pub struct").count(), merged.warnings.len()), (1, 0));
}

#[test]
fn a_table_that_has_gone_takes_its_model_along_unless_it_was_edited() {
    let only = "CREATE TABLE song (id INTEGER PRIMARY KEY)";
    let merged = merge(&written(SHOP).text(), &written(only));
    assert!(!merged.text.contains("Album") && merged.warnings.is_empty(), "{}", merged.text);
    let edited = written(SHOP).text().replace("pub title", "pub name");
    let merged = merge(&edited, &written(only));
    assert!(merged.text.contains("pub name"), "{}", merged.text);
    assert_eq!(merged.warnings, ["table album: it was edited, and the database has it no more"]);
}
