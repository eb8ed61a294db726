//! The command `orm`, as a shell runs it.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use orm::Engine;

/// A folder of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// A database with the tables that a script makes.
    fn database(&self, name: &str, script: &str) -> String {
        let url = format!("sqlite:///{}", self.file(name));
        Engine::connect(&url).unwrap().connection().unwrap().execute_script(script).unwrap();
        url
    }
}

fn orm(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_orm")).args(arguments).env_remove("DATABASE_URL").output().unwrap()
}

#[track_caller]
fn expect(output: &Output, code: i32) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
    (out, err)
}

const SHOP: &str = "CREATE TABLE albums (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
    CREATE TABLE songs (id INTEGER PRIMARY KEY, album_id INTEGER REFERENCES albums, thing);";

#[test]
fn inspect_writes_models_and_warns_of_what_is_left_out() {
    let folder = Folder::new("inspect");
    let url = folder.database("shop.db", SHOP);
    let (out, err) = expect(&orm(&["inspect", &url, "--singular"]), 0);
    assert!(out.contains("pub struct Album {") && out.contains("pub album: Option<BelongsTo<Album>>,"), "{out}");
    assert_eq!(
        err,
        "warning: songs: column \"thing\" is left out, declared without a type: there are no cells that tell one\n"
    );
    let (out, _) = expect(&orm(&["inspect", &url, "--tables", "albums"]), 0);
    assert!(out.contains("pub struct Albums {") && !out.contains("Songs"), "{out}");
}

#[test]
fn a_second_run_keeps_what_was_edited() {
    let folder = Folder::new("merge");
    let url = folder.database("shop.db", SHOP);
    let file = folder.file("models.rs");
    expect(&orm(&["inspect", &url, "-o", &file]), 0);
    let edited = fs::read_to_string(&file).unwrap().replace("pub title", "pub name");
    fs::write(&file, &edited).unwrap();
    expect(&orm(&["inspect", &url, "-o", &file]), 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), edited);
}

#[test]
fn reflect_prints_the_catalog() {
    let folder = Folder::new("reflect");
    let url = folder.database("shop.db", SHOP);
    let (out, err) = expect(&orm(&["reflect", &url, "--tables", "albums"]), 0);
    assert_eq!(out, "table albums\n  column id INTEGER not null\n  column title TEXT not null\n  primary key (id)\n");
    assert_eq!(err, "");
    let (out, _) = expect(&orm(&["reflect", &url, "--json"]), 0);
    let catalog: orm::catalog::Catalog = serde_json::from_str(&out).unwrap();
    assert_eq!(catalog, Engine::connect(&url).unwrap().reflect().unwrap());
}

#[test]
fn diagram_draws_in_the_language_of_the_file() {
    let folder = Folder::new("diagram");
    let url = folder.database("shop.db", SHOP);
    let starts = [("svg", "<svg "), ("html", "<!doctype html>"), ("mmd", "erDiagram"), ("dot", "digraph {")];
    for (end, start) in starts {
        let file = folder.file(&format!("shop.{end}"));
        expect(&orm(&["diagram", &url, "-o", &file]), 0);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with(start) && text.contains("album_id"), "{text}");
    }
    assert!(expect(&orm(&["diagram", &url]), 0).0.starts_with("erDiagram"));
    assert!(!expect(&orm(&["diagram", &url, "--keys"]), 0).0.contains("title"));
    let (_, err) = expect(&orm(&["diagram", &url, "-o", &folder.file("shop.png")]), 2);
    assert!(err.contains("must end in .svg, .html, .mmd or .dot"), "{err}");
}

/// In the place of cargo: prints its arguments to a file, and the text of another one.
#[cfg(unix)]
fn stand_in(folder: &Folder, answer: &str) -> String {
    use std::os::unix::fs::PermissionsExt;

    fs::create_dir_all(folder.0.join("src/bin")).unwrap();
    fs::write(folder.0.join("src/bin/migrate.rs"), "").unwrap();
    fs::write(folder.file("answer"), answer).unwrap();
    let script = folder.file("cargo");
    fs::write(&script, "#!/bin/sh\necho \"$@\" > called\ncat answer\nexit \"${CODE:-0}\"\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    script
}

#[cfg(unix)]
#[test]
fn what_needs_models_runs_in_the_program_of_the_project() {
    let folder = Folder::new("program");
    let catalog = Engine::connect(&folder.database("shop.db", SHOP)).unwrap().reflect().unwrap();
    let cargo = stand_in(&folder, &serde_json::to_string(&catalog).unwrap());
    let run = |arguments: &[&str], code: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orm"));
        command.args(arguments).current_dir(&folder.0).env_remove("DATABASE_URL");
        command.env("CARGO", &cargo).env("CODE", code).output().unwrap()
    };
    let called = || fs::read_to_string(folder.0.join("called")).unwrap();

    let (out, _) = expect(&run(&["diagram", "--models", "--tables", "albums"], "0"), 0);
    assert!(out.contains("albums {") && !out.contains("songs"), "{out}");
    assert_eq!(called(), "run --quiet --bin migrate -- models\n");
    expect(&run(&["revision", "-m", "first", "--autogenerate"], "0"), 0);
    assert_eq!(called(), "run --quiet --bin migrate -- revision -m first --autogenerate\n");
    expect(&run(&["check"], "1"), 1);
    let (_, err) = expect(&run(&["diagram", "--models"], "2"), 2);
    assert!(err.contains("src/bin/migrate.rs"), "{err}");

    fs::remove_file(folder.0.join("called")).unwrap();
    expect(&run(&["heads"], "0"), 0);
    assert!(!folder.0.join("called").exists());
}

#[cfg(unix)]
#[test]
fn a_revision_that_calls_steps_runs_in_the_program_of_the_project() {
    let folder = Folder::new("steps");
    let url = folder.database("shop.db", SHOP);
    let revision = folder.0.join("migrations/1_a1_slugs");
    fs::create_dir_all(&revision).unwrap();
    let files = [
        ("revision.toml", "id = \"a1\""),
        ("up.sql", "ALTER TABLE albums ADD COLUMN slug TEXT;\n-- orm: call slugs"),
        ("down.sql", "-- orm: call unslug\nALTER TABLE albums DROP COLUMN slug;"),
    ];
    files.iter().for_each(|(name, text)| fs::write(revision.join(name), text).unwrap());
    let run = |arguments: &[&str], cargo: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orm"));
        command.args(arguments).current_dir(&folder.0).env("DATABASE_URL", &url).env("CARGO", cargo).output().unwrap()
    };
    let called = || fs::read_to_string(folder.0.join("called")).unwrap_or_default();
    // Without the program nothing runs.
    let (_, err) = expect(&run(&["upgrade"], "no-cargo"), 2);
    assert!(err.contains("revision `a1` calls the step in Rust `slugs`"), "{err}");
    assert!(err.contains("there is no src/bin/migrate.rs here: `orm init` writes it"), "{err}");
    assert_eq!(expect(&run(&["current"], "no-cargo"), 0).0, "base\n");
    assert!(Engine::connect(&url).unwrap().reflect().unwrap().find("albums").unwrap().columns.len() == 2);
    // With it, the whole command goes there.
    let cargo = stand_in(&folder, "");
    expect(&run(&["upgrade", "--lock-timeout", "5s"], &cargo), 0);
    assert_eq!(called(), "run --quiet --bin migrate -- upgrade --lock-timeout 5s\n");
    fs::remove_file(folder.0.join("called")).unwrap();
    // What runs nothing needs no steps.
    assert!(expect(&run(&["upgrade", "--dry-run"], &cargo), 0).0.starts_with("a1"));
    let (out, _) = expect(&run(&["upgrade", "--sql"], &cargo), 0);
    assert!(out.contains("-- The step `slugs` is in Rust: run it here."), "{out}");
    expect(&run(&["stamp", "heads"], &cargo), 0);
    assert_eq!(called(), "");
    expect(&run(&["downgrade", "base"], &cargo), 0);
    assert_eq!(called(), "run --quiet --bin migrate -- downgrade base\n");
}

#[test]
fn diff_ends_with_one_if_there_are_differences() {
    let folder = Folder::new("diff");
    let old = folder.database("old.db", SHOP);
    let new = folder.database("new.db", &format!("{SHOP} ALTER TABLE albums ADD COLUMN year INTEGER"));
    let (out, _) = expect(&orm(&["diff", &old, &new]), 1);
    assert_eq!(out, "albums: column year INTEGER null is added\n");
    assert_eq!(expect(&orm(&["diff", &old, &old]), 0).0, "");
    assert_eq!(expect(&orm(&["diff", &old, &new, "--tables", "songs"]), 0).0, "");
}

#[test]
fn failures_end_with_two_and_name_no_password() {
    let folder = Folder::new("failures");
    let missing = folder.file("missing.db");
    let (out, err) = expect(&orm(&["reflect", &format!("sqlite:///{missing}")]), 2);
    assert!(out.is_empty() && err.starts_with("error: ") && err.contains("missing.db"), "{err}");
    assert!(!Path::new(&missing).exists());

    let (_, err) = expect(&orm(&["reflect", "postgresql://ann:swordfish@127.0.0.1:1/shop"]), 2);
    assert!(!err.contains("swordfish"), "{err}");
    let url = folder.database("shop.db", SHOP);
    let (_, err) = expect(&orm(&["inspect", &url, "--tables", "album"]), 2);
    assert!(err.contains("`album`"), "{err}");
    expect(&orm(&["frobnicate"]), 2);
    expect(&orm(&["reflect"]), 2);
}

#[test]
fn the_environment_names_the_database() {
    let folder = Folder::new("environment");
    let url = folder.database("shop.db", SHOP);
    let output = Command::new(env!("CARGO_BIN_EXE_orm")).arg("reflect").env("DATABASE_URL", &url).output().unwrap();
    assert!(expect(&output, 0).0.contains("table albums"));
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let (out, _) = expect(&orm(&["completions", shell]), 0);
        assert!(["inspect", "reflect", "diff", "completions"].iter().all(|command| out.contains(command)), "{shell}");
    }
}

#[test]
fn each_tenant_has_a_file() {
    let folder = Folder::new("tenants");
    let orm = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orm"));
        command.args(arguments).env_remove("DATABASE_URL").current_dir(&folder.0).output().unwrap()
    };
    let settings = "[tenants]\nnames = [\"acme\", \"bolt\", \"crux\"]\nurl = \"sqlite:///tenants/{tenant}.db\"\n";
    fs::write(folder.file("orm.toml"), settings).unwrap();
    let revision = folder.0.join("migrations/1_a1_songs");
    fs::create_dir_all(&revision).unwrap();
    fs::create_dir_all(folder.0.join("tenants")).unwrap();
    fs::write(revision.join("revision.toml"), "id = \"a1\"\nmessage = \"songs\"").unwrap();
    fs::write(revision.join("up.sql"), "CREATE TABLE songs (id INTEGER PRIMARY KEY);").unwrap();
    folder.database("tenants/bolt.db", "CREATE TABLE songs (mine)");
    let (out, err) = expect(&orm(&["upgrade", "--each-tenant"]), 2);
    assert_eq!(out, "-- tenant acme\nupgraded a1 songs\n-- tenant bolt\n");
    assert!(err.contains("tenant bolt: statement 1 of revision `a1` failed"), "{err}");
    assert!(err.contains("tenants that are done: acme; not begun: crux;"), "{err}");
    fs::remove_file(folder.file("tenants/bolt.db")).unwrap();
    let (out, _) = expect(&orm(&["upgrade", "--each-tenant"]), 0);
    assert_eq!(
        out,
        "-- tenant acme\nnothing to do\n-- tenant bolt\nupgraded a1 songs\n-- tenant crux\nupgraded a1 songs\n"
    );
    let (out, _) = expect(&orm(&["current", "--tenant", "bolt"]), 0);
    assert_eq!(out, "-- tenant bolt\na1 songs (head)\n");
    // What is no name is in no file.
    let (_, err) = expect(&orm(&["current", "--tenant", "../acme"]), 2);
    assert!(err.contains("cannot be put into a URL"), "{err}");
}

#[test]
fn settings_say_what_holds_for_all_commands() {
    let folder = Folder::new("settings");
    folder.database("shop.db", SHOP);
    let orm = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orm"));
        command.args(arguments).env_remove("DATABASE_URL").env("SHOP", "shop").current_dir(&folder.0).output().unwrap()
    };
    let (_, err) = expect(&orm(&["reflect"]), 2);
    assert!(err.contains("no database is named"), "{err}");
    let settings = "url = \"sqlite:///${SHOP}.db\"\nfolder = \"history\"\nignore = [\"alb*\"]\nrevision_name = \"{id}\"\ndialects = [\"sqlite\"]\n";
    fs::write(folder.file("orm.toml"), settings).unwrap();
    let (out, _) = expect(&orm(&["reflect"]), 0);
    assert!(out.contains("table songs") && !out.contains("table albums"), "{out}");
    let (out, _) = expect(&orm(&["reflect", "--tables", "albums"]), 0);
    assert!(out.starts_with("table albums"), "{out}");
    let (out, _) = expect(&orm(&["revision", "-m", "by hand"]), 0);
    assert!(out.starts_with("wrote history/") && !out.contains("by_hand"), "{out}");
    expect(&orm(&["upgrade"]), 0);
    let (out, _) = expect(&orm(&["current"]), 0);
    assert!(out.ends_with(" by hand (head)\n"), "{out}");
    let script = fs::read_dir(folder.file("history")).unwrap().next().unwrap().unwrap().path().join("up.sql");
    fs::write(script, "ALTER TABLE albums DROP COLUMN title;").unwrap();
    expect(&orm(&["edit", "head"]), 0);
    let (out, _) = expect(&orm(&["lint"]), 1);
    assert!(out.contains("up.sql:1: drop-column: ") && out.contains(": no-way-back: "), "{out}");
    fs::write(folder.file("orm.toml"), "lint.allow = [\"drop-column\", \"no-way-back\"]\nfolder = \"history\"\n")
        .unwrap();
    assert_eq!(expect(&orm(&["lint"]), 0).0, "");
    fs::write(folder.file("orm.toml"), "fodler = \"history\"\n").unwrap();
    let (_, err) = expect(&orm(&["heads"]), 2);
    assert!(err.contains("orm.toml") && err.contains("fodler"), "{err}");
}
