//! Encrypted connections, logins and sockets, on a PostgreSQL server of its own with certificates made for the test.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use orm::prelude::*;
use orm_tests::{expect_error, logged};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use xtask::postgres::Server;

const SETTINGS: &str = "ssl = on
ssl_cert_file = 'good.crt'
ssl_key_file = 'good.key'
ssl_ca_file = 'ca.crt'
password_encryption = 'scram-sha-256'
";

/// Who may log in, and how.
const LOGINS: &str = "local all all trust
host all postgres 127.0.0.1/32 trust
hostssl all scram 127.0.0.1/32 scram-sha-256
hostssl all certified 127.0.0.1/32 cert
hostssl all encrypted 127.0.0.1/32 trust
hostnossl all clear 127.0.0.1/32 trust
";

/// A server with its certificates, of which the test has its own.
struct Fixture {
    server: Server,
    folder: PathBuf,
}

impl Fixture {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("orm-tls-{test}-{}", std::process::id()));
        let files = folder.join("server");
        fs::create_dir_all(&files).unwrap();
        let authority = Authority::new("the authority");
        authority.save(&files.join("ca"));
        authority.save(&folder.join("ca"));
        authority.issue("localhost", 2099, &files.join("good"));
        authority.issue("localhost", 2001, &files.join("expired"));
        authority.issue("certified", 2099, &folder.join("client"));
        let other = Authority::new("somebody else");
        other.save(&folder.join("other"));
        other.issue("certified", 2099, &folder.join("stranger"));
        for key in ["client.key", "stranger.key"] {
            fs::set_permissions(folder.join(key), fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::write(files.join("extra.conf"), SETTINGS).unwrap();
        fs::write(files.join("pg_hba.conf"), LOGINS).unwrap();
        let fixture = Self { server: Server::start_with(&files).unwrap(), folder };
        fixture.script("CREATE ROLE scram LOGIN PASSWORD 'right:s3cret'; CREATE ROLE certified LOGIN");
        fixture.script("CREATE ROLE encrypted LOGIN; CREATE ROLE clear LOGIN");
        fixture
    }

    fn script(&self, sql: &str) {
        Engine::connect(self.server.url()).unwrap().connection().unwrap().execute_script(sql).unwrap();
    }

    fn port(&self) -> &str {
        self.server.url().rsplit(':').next().unwrap().split('/').next().unwrap()
    }

    /// The URL for a role, at a host that is called `name`.
    fn url(&self, role: &str, name: &str, options: &str) -> String {
        format!("postgresql://{role}@{name}:{}/postgres?hostaddr=127.0.0.1&{options}", self.port())
    }

    /// An option that names a file of the test.
    fn file(&self, option: &str, name: &str) -> String {
        format!("&{option}={}", self.folder.join(name).display())
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Self(Issuer::new(params, key), certificate)
    }

    fn save(&self, path: &Path) {
        fs::write(path.with_extension("crt"), &self.1).unwrap();
    }

    /// A certificate for `name` that is valid until that year, with its key.
    fn issue(&self, name: &str, until: i32, path: &Path) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        fs::write(path.with_extension("crt"), params.signed_by(&key, &self.0).unwrap().pem()).unwrap();
        fs::write(path.with_extension("key"), key.serialize_pem()).unwrap();
    }
}

/// Whether the connection of a URL is encrypted.
fn encrypted(url: &str) -> orm::Result<bool> {
    sql("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").one(&mut Engine::connect(url)?.session())
}

#[test]
fn certificates_are_verified_as_far_as_the_mode_says() {
    let fixture = Fixture::new("verify");
    let (known, unknown) = (fixture.file("sslrootcert", "ca.crt"), fixture.file("sslrootcert", "other.crt"));
    let attempt = |name: &str, mode: &str, root: &str| {
        encrypted(&fixture.url("encrypted", name, &format!("sslmode={mode}{root}")))
    };
    for (name, mode, root) in [
        ("localhost", "verify-full", &known),
        ("localhost", "verify-ca", &known),
        ("localhost", "require", &known),
        ("elsewhere.example", "verify-ca", &known),
        ("elsewhere.example", "require", &String::new()),
        ("elsewhere.example", "prefer", &unknown),
        ("elsewhere.example", "allow", &unknown),
    ] {
        assert!(attempt(name, mode, root).unwrap(), "{name} {mode}");
    }
    let refused = |name: &str, mode: &str, root: &str, words: &[&str]| {
        expect_error(attempt(name, mode, root), ErrorKind::Config, words);
    };
    refused("elsewhere.example", "verify-full", &known, &["another name", "elsewhere.example"]);
    refused("127.0.0.1", "verify-full", &known, &["another name"]);
    refused("localhost", "verify-full", &unknown, &["sslrootcert"]);
    refused("localhost", "verify-ca", &unknown, &["sslrootcert"]);
    refused("localhost", "require", &unknown, &["sslrootcert"]);
    refused("localhost", "verify-full", "&sslrootcert=system", &["sslrootcert"]);

    fixture.script("ALTER SYSTEM SET ssl_cert_file = 'expired.crt'");
    fixture.script("ALTER SYSTEM SET ssl_key_file = 'expired.key'");
    fixture.script("SELECT pg_reload_conf(); SELECT pg_sleep(0.5)");
    refused("localhost", "verify-full", &known, &["expired"]);
    refused("localhost", "verify-ca", &known, &["expired"]);
    assert!(attempt("localhost", "require", "").unwrap());
}

#[test]
fn what_the_server_takes_is_found_where_the_mode_leaves_it_open() {
    let fixture = Fixture::new("modes");
    for (role, mode, outcome) in [
        ("encrypted", "disable", None),
        ("encrypted", "allow", Some(true)),
        ("encrypted", "prefer", Some(true)),
        ("encrypted", "require", Some(true)),
        ("clear", "disable", Some(false)),
        ("clear", "allow", Some(false)),
        ("clear", "prefer", Some(false)),
        ("clear", "require", None),
        ("postgres", "allow", Some(false)),
        ("postgres", "prefer", Some(true)),
    ] {
        let attempt = encrypted(&fixture.url(role, "localhost", &format!("sslmode={mode}")));
        match outcome {
            Some(outcome) => assert_eq!(attempt.unwrap(), outcome, "{role} {mode}"),
            None => drop(expect_error(attempt, ErrorKind::Config, &["pg_hba.conf", role])),
        }
    }
}

#[test]
fn a_server_without_encryption_is_refused_or_told_of_once() {
    let server = Server::start().unwrap();
    let url = |mode: &str| format!("{}?sslmode={mode}", server.url());
    for mode in ["require", "verify-full"] {
        let refused = encrypted(&url(mode));
        expect_error(refused, ErrorKind::Config, &["does not offer encryption", &format!("sslmode={mode}")]);
    }
    let log = |url: &str| {
        logged(|| {
            let engine = Engine::connect(url)?;
            let _both = (engine.connection()?, engine.connection()?);
            Ok(())
        })
        .unwrap()
    };
    let told = log(&url("prefer"));
    assert_eq!(told.matches("are not encrypted, as the server does not offer it").count(), 1, "{told}");
    assert_eq!(log(&url("disable")), "");
    // Nobody listens within the machine.
    assert_eq!(log(server.url()), "");
}

#[test]
fn a_client_shows_its_certificate() {
    let fixture = Fixture::new("client");
    let attempt = |certificate: &str, key: &str| {
        let (certificate, key) = (fixture.file("sslcert", certificate), fixture.file("sslkey", key));
        encrypted(&fixture.url("certified", "localhost", &format!("sslmode=require{certificate}{key}")))
    };
    assert!(attempt("client.crt", "client.key").unwrap());
    let none = encrypted(&fixture.url("certified", "localhost", "sslmode=require"));
    expect_error(none, ErrorKind::Config, &["certificate"]);
    expect_error(attempt("stranger.crt", "stranger.key"), ErrorKind::Config, &["UnknownCA"]);
    expect_error(attempt("client.crt", "stranger.key"), ErrorKind::Config, &["client.crt", "do not go together"]);
    expect_error(attempt("missing.crt", "client.key"), ErrorKind::Config, &["sslcert", "missing.crt"]);
    expect_error(attempt("client.crt", "client.crt"), ErrorKind::Config, &["sslkey"]);
    fs::set_permissions(fixture.folder.join("client.key"), fs::Permissions::from_mode(0o644)).unwrap();
    expect_error(attempt("client.crt", "client.key"), ErrorKind::Config, &["sslkey", "chmod 0600"]);
}

#[test]
fn a_password_is_bound_to_the_connection_and_found_in_its_file() {
    let fixture = Fixture::new("password");
    let attempt = |password: &str, options: &str| {
        let outcome = encrypted(&fixture.url(&format!("scram{password}"), "localhost", options));
        assert!(!format!("{outcome:?}").contains("s3cret"), "{outcome:?}");
        outcome
    };
    for binding in ["require", "prefer", "disable"] {
        assert!(attempt(":right%3As3cret", &format!("sslmode=require&channel_binding={binding}")).unwrap());
    }
    expect_error(attempt(":wrong-s3cret", "sslmode=require"), ErrorKind::Config, &["password authentication failed"]);
    expect_error(attempt("", "passfile=/dev/null"), ErrorKind::Config, &["PGPASSWORD"]);
    let bound = fixture.url("encrypted", "localhost", "sslmode=require&channel_binding=require");
    expect_error(encrypted(&bound), ErrorKind::Config, &["channel binding"]);

    let file = fixture.folder.join("pgpass");
    let write = |lines: &str, mode: u32| {
        fs::write(&file, lines).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    };
    let option = fixture.file("passfile", "pgpass");
    write(&format!("elsewhere:*:*:*:no\nlocalhost:{}:postgres:scram:right\\:s3cret\n", fixture.port()), 0o600);
    assert!(attempt("", &option).unwrap());
    write("*:*:*:*:wrong-s3cret\n", 0o600);
    expect_error(attempt("", &option), ErrorKind::Config, &["password authentication failed"]);
    write("*:*:*:*:right\\:s3cret\n", 0o640);
    let log = logged(|| {
        expect_error(attempt("", &option), ErrorKind::Config, &["PGPASSWORD"]);
        Ok(())
    });
    assert!(log.unwrap().contains("chmod 0600"));
}

#[test]
fn a_unix_socket_is_a_directory_and_needs_no_encryption() {
    let fixture = Fixture::new("socket");
    let mut admin = Engine::connect(fixture.server.url()).unwrap().session();
    let directory = sql("SHOW unix_socket_directories").one::<String>(&mut admin).unwrap();
    for place in [
        format!("/postgres?host={directory}&port={}", fixture.port()),
        format!("{}:{}/postgres?sslmode=require", directory.replace('/', "%2F"), fixture.port()),
        format!("127.0.0.1:1,{}:{}/postgres?connect_timeout=5", directory.replace('/', "%2F"), fixture.port()),
    ] {
        assert!(!encrypted(&format!("postgresql://clear@{place}")).unwrap(), "{place}");
    }
}

#[test]
fn statements_run_and_end_on_encrypted_connections() {
    let fixture = Fixture::new("statements");
    let url = fixture.url("encrypted", "localhost", "sslmode=require");
    let engine = Engine::builder(&url).pool_size(1).max_overflow(0).build().unwrap();
    let mut session = engine.session();
    let long = "é".repeat(3_000_000);
    assert_eq!(sql("SELECT :text::text").bind("text", long.as_str()).one::<String>(&mut session).unwrap(), long);
    let many = "SELECT i::bigint FROM generate_series(1, 200000) i";
    assert_eq!(sql(many).iter::<i64>(&mut session).unwrap().count(), 200_000);
    let mut rows = sql("SELECT generate_series(1, 1000000000000)").iter::<i64>(&mut session).unwrap();
    assert_eq!(rows.next().unwrap().unwrap(), 1);
    drop(rows);
    assert_eq!(sql("SELECT 1::bigint").one::<i64>(&mut session).unwrap(), 1);
    session.close().unwrap();
    engine.ping().unwrap();
    let mut connection = engine.connection().unwrap();
    fixture.script("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'encrypted'");
    expect_error(connection.execute("SELECT 1", &[]), ErrorKind::ConnectionLost, &[]);
    drop(connection);
    engine.ping().unwrap();
}
