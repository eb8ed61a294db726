//! The command `orm` on a MariaDB server, which `ORM_TEST_MARIADB_URL` names, or of its own.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use orm::Engine;
use xtask::mariadb::{Server, URL_VARIABLE};

/// The URL of the server, and the server if it is of this process.
static SERVER: LazyLock<(String, Option<Server>)> = LazyLock::new(|| match std::env::var(URL_VARIABLE) {
    Ok(url) if !url.is_empty() => (url, None),
    _ => {
        let server = Server::start().unwrap();
        (server.url().to_owned(), Some(server))
    }
});

/// A folder and a database of one test.
struct Place {
    folder: PathBuf,
    server: Engine,
    name: String,
    url: String,
}

impl Place {
    fn new(test: &str) -> Self {
        let server_url = &SERVER.0;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mariadb-{test}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let server = Engine::connect(server_url).unwrap();
        let name = format!("orm_cli_{test}_{}", std::process::id());
        // The URL that programs of other languages have.
        let url = format!("{}/{name}", server_url.replace("mariadb://", "mysql://"));
        let place = Self { folder, server, name, url };
        place.on_server(&format!("CREATE DATABASE {}", place.name));
        place
    }

    fn on_server(&self, sql: &str) {
        self.server.connection().unwrap().execute_script(sql).unwrap();
    }

    fn script(&self, sql: &str) {
        Engine::connect(&self.url).unwrap().connection().unwrap().execute_script(sql).unwrap();
    }

    fn orm(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orm"));
        command.args(arguments).env("DATABASE_URL", &self.url).current_dir(&self.folder).output().unwrap()
    }

    #[track_caller]
    fn expect(&self, arguments: &[&str], code: i32) -> String {
        let output = self.orm(arguments);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{out}{err}");
        out + &err
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.on_server(&format!("DROP DATABASE {}", self.name));
    }
}

const SHOP: &str = "CREATE TABLE albums (id BIGINT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(50) NOT NULL);
    CREATE TABLE songs (id BIGINT PRIMARY KEY, album_id BIGINT, CONSTRAINT fk_songs FOREIGN KEY (album_id) REFERENCES albums (id));";

#[test]
fn what_is_there_is_read() {
    let place = Place::new("read");
    place.script(SHOP);
    let models = place.expect(&["inspect", "--singular"], 0);
    assert!(models.contains("pub struct Album {") && models.contains("BelongsTo<Album>"), "{models}");
    let catalog = place.expect(&["reflect", "--tables", "albums"], 0);
    assert!(catalog.starts_with("table albums\n  column id bigint"), "{catalog}");
    let drawn = place.expect(&["diagram"], 0);
    assert!(drawn.starts_with("erDiagram") && drawn.contains("album_id"), "{drawn}");
    let other = Place::new("read_other");
    other.script(&format!("{SHOP} ALTER TABLE albums ADD COLUMN year INT"));
    let differences = place.expect(&["diff", &place.url, &other.url], 1);
    assert_eq!(differences, "albums: column year int null is added\n");
}

#[test]
fn revisions_are_written_and_run() {
    let place = Place::new("run");
    fs::write(place.folder.join("orm.toml"), "url = \"${DATABASE_URL}\"\ndialects = [\"mariadb\"]\n").unwrap();
    assert!(place.expect(&["init"], 0).contains("orm.toml is there already"));
    place.expect(&["revision", "-m", "albums"], 0);
    let folder = fs::read_dir(place.folder.join("migrations")).unwrap().next().unwrap().unwrap().path();
    assert!(folder.join("schema.mariadb.json").exists() && !folder.join("schema.sqlite.json").exists());
    fs::write(folder.join("up.sql"), "CREATE TABLE albums (id BIGINT PRIMARY KEY);\nINSERT INTO albums VALUES (1);")
        .unwrap();
    fs::write(folder.join("down.sql"), "-- orm: danger: the albums are lost\nDROP TABLE albums;").unwrap();
    place.expect(&["edit", "head"], 0);
    let script = place.expect(&["upgrade", "--sql"], 0);
    assert!(!script.contains("BEGIN;") && script.contains("commits with each statement of the schema"), "{script}");
    assert!(place.expect(&["upgrade"], 0).contains("albums"));
    assert!(place.expect(&["current"], 0).ends_with("albums (head)\n"));
    assert!(place.expect(&["downgrade", "base"], 2).contains("--allow-destructive"));
    place.expect(&["downgrade", "base", "--allow-destructive"], 0);
    assert_eq!(place.expect(&["current"], 0), "base\n");
}

#[test]
fn a_query_names_the_tenants() {
    let place = Place::new("tenants");
    let [acme, bolt] = ["acme", "bolt"].map(|name| format!("{}_{name}", place.name));
    place.script(&format!("CREATE TABLE tenant (name VARCHAR(100)); INSERT INTO tenant VALUES ('{acme}'), ('{bolt}')"));
    let settings = "[tenants]\nquery = \"SELECT name FROM tenant ORDER BY name\"\n";
    fs::write(place.folder.join("orm.toml"), settings).unwrap();
    let revision = place.folder.join("migrations/1_a1_songs");
    fs::create_dir_all(&revision).unwrap();
    fs::write(revision.join("revision.toml"), "id = \"a1\"\nmessage = \"songs\"").unwrap();
    fs::write(revision.join("up.sql"), "CREATE TABLE songs (id BIGINT PRIMARY KEY);").unwrap();
    let said = place.expect(&["upgrade", "--each-tenant"], 2);
    assert!(said.contains(&acme), "{said}");
    let said = place.expect(&["upgrade", "--each-tenant", "--create"], 0);
    assert_eq!(said, format!("-- tenant {acme}\nupgraded a1 songs\n-- tenant {bolt}\nupgraded a1 songs\n"));
    place.expect(&["current", "--each-tenant", "--check-heads"], 0);
    assert_eq!(place.expect(&["current"], 0), "base\n");
    place.on_server(&format!("DROP DATABASE {acme}; DROP DATABASE {bolt}"));
}
