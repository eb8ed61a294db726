//! Encrypted connections, on a MariaDB server of its own with certificates made for the test.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use std::fs;
use std::path::{Path, PathBuf};

use orm::prelude::*;
use orm_tests::expect_error;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use xtask::mariadb::Server;

/// A server with its certificates, of which the test has its own.
struct Fixture {
    server: Server,
    folder: PathBuf,
}

impl Fixture {
    /// The server shows the certificate of that name.
    fn new(test: &str, shown: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("orm-mariadb-tls-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let authority = Authority::new("the authority");
        authority.save(&folder.join("ca"));
        authority.issue("localhost", 2099, &folder.join("good"));
        authority.issue("localhost", 2001, &folder.join("expired"));
        authority.issue("certified", 2099, &folder.join("client"));
        let other = Authority::new("somebody else");
        other.save(&folder.join("other"));
        other.issue("certified", 2099, &folder.join("stranger"));
        let option = |name: &str, file: &str| format!("--{name}={}", folder.join(file).display());
        let options = [
            option("ssl-ca", "ca.crt"),
            option("ssl-cert", &format!("{shown}.crt")),
            option("ssl-key", &format!("{shown}.key")),
        ];
        let server = Server::start_with_options(&options.each_ref().map(String::as_str)).unwrap();
        let fixture = Self { server, folder };
        let clear = Engine::connect(fixture.server.url()).unwrap();
        let users = "CREATE USER encrypted@'127.0.0.1' REQUIRE SSL; CREATE USER certified@'127.0.0.1' REQUIRE X509; \
                     CREATE USER named@'127.0.0.1' IDENTIFIED BY 'right:s3cret' REQUIRE SSL; GRANT ALL ON examples.* TO named@'127.0.0.1'";
        clear.connection().unwrap().execute_script(users).unwrap();
        fixture
    }

    /// The URL of a user, at a host that is called `name`.
    fn url(&self, user: &str, name: &str, options: &str) -> String {
        let port = self.server.url().rsplit(':').next().unwrap();
        format!("mariadb://{user}@{name}:{port}/{}?{options}", if user.starts_with("named") { "examples" } else { "" })
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
    let cipher = "SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'";
    Ok(!sql(cipher).one::<String>(&mut Engine::connect(url)?.session())?.is_empty())
}

#[test]
fn certificates_are_verified_as_far_as_the_mode_says() {
    let fixture = Fixture::new("verify", "good");
    let (known, unknown) = (fixture.file("sslrootcert", "ca.crt"), fixture.file("sslrootcert", "other.crt"));
    let attempt = |name: &str, mode: &str, root: &str| {
        encrypted(&fixture.url("encrypted", name, &format!("sslmode={mode}{root}")))
    };
    for (name, mode, root) in [
        ("localhost", "verify-full", &*known),
        ("localhost", "verify-ca", &known),
        ("127.0.0.1", "verify-ca", &known),
        ("127.0.0.1", "require", ""),
        ("localhost", "require", ""),
    ] {
        assert!(attempt(name, mode, root).unwrap(), "{name} {mode}");
    }
    for (name, mode, root, words) in [
        ("127.0.0.1", "verify-full", &*known, "not valid for name"),
        ("localhost", "verify-full", &unknown, "UnknownIssuer"),
        ("localhost", "verify-ca", &unknown, "UnknownIssuer"),
        ("localhost", "verify-full", "", "UnknownIssuer"),
    ] {
        expect_error(attempt(name, mode, root), ErrorKind::Config, &[words]);
    }
    // A user who has to encrypt cannot log in otherwise.
    expect_error(encrypted(&fixture.url("encrypted", "127.0.0.1", "")), ErrorKind::Config, &["Access denied"]);
    assert!(!encrypted(&fixture.url("orm", "127.0.0.1", "sslmode=disable")).unwrap());
}

#[test]
fn an_old_certificate_is_refused_where_it_is_verified() {
    let fixture = Fixture::new("expired", "expired");
    let known = fixture.file("sslrootcert", "ca.crt");
    for mode in ["verify-full", "verify-ca"] {
        let attempt = encrypted(&fixture.url("encrypted", "localhost", &format!("sslmode={mode}{known}")));
        expect_error(attempt, ErrorKind::Config, &["expired"]);
    }
    assert!(encrypted(&fixture.url("encrypted", "localhost", "sslmode=require")).unwrap());
}

#[test]
fn a_server_without_encryption_is_refused() {
    let server = Server::start().unwrap();
    for mode in ["require", "verify-ca", "verify-full"] {
        let refused = encrypted(&format!("{}/?sslmode={mode}", server.url()));
        expect_error(refused, ErrorKind::Config, &["does not offer encryption", "`sslmode`"]);
    }
    assert!(!encrypted(server.url()).unwrap());
}

#[test]
fn a_client_shows_its_certificate() {
    let fixture = Fixture::new("client", "good");
    let attempt = |certificate: &str, key: &str| {
        let (certificate, key) = (fixture.file("sslcert", certificate), fixture.file("sslkey", key));
        encrypted(&fixture.url("certified", "localhost", &format!("sslmode=require{certificate}{key}")))
    };
    assert!(attempt("client.crt", "client.key").unwrap());
    let none = encrypted(&fixture.url("certified", "localhost", "sslmode=require"));
    expect_error(none, ErrorKind::Config, &["Access denied"]);
    assert!(attempt("stranger.crt", "stranger.key").is_err());
    assert!(attempt("client.crt", "stranger.key").is_err());
    expect_error(attempt("missing.crt", "client.key"), ErrorKind::Config, &["sslcert", "missing.crt"]);
    let half = fixture.file("sslcert", "client.crt");
    let half = encrypted(&fixture.url("certified", "localhost", &format!("sslmode=require{half}")));
    expect_error(half, ErrorKind::Config, &["`sslkey`"]);
    let clear = encrypted(&fixture.url("certified", "localhost", &fixture.file("sslrootcert", "ca.crt")));
    expect_error(clear, ErrorKind::Config, &["sslrootcert", "sslmode"]);
}

#[test]
fn statements_run_and_end_on_encrypted_connections() {
    let fixture = Fixture::new("statements", "good");
    let known = fixture.file("sslrootcert", "ca.crt");
    let url = fixture.url("named:right%3As3cret", "localhost", &format!("sslmode=verify-full{known}"));
    let engine = Engine::builder(&url).pool_size(1).max_overflow(0).build().unwrap();
    let mut session = engine.session();
    let long = "é".repeat(3_000_000);
    assert_eq!(sql("SELECT :text").bind("text", long.as_str()).one::<String>(&mut session).unwrap(), long);
    assert_eq!(sql("SELECT seq FROM seq_1_to_200000").iter::<i64>(&mut session).unwrap().count(), 200_000);
    let mut rows = sql("SELECT seq FROM seq_1_to_1000000000").iter::<i64>(&mut session).unwrap();
    assert_eq!(rows.next().unwrap().unwrap(), 1);
    drop(rows);
    assert_eq!(sql("SELECT 1").one::<i64>(&mut session).unwrap(), 1);
    session.close().unwrap();
    let wrong = fixture.url("named:wrong-s3cret", "localhost", &format!("sslmode=verify-full{known}"));
    let error = expect_error(encrypted(&wrong), ErrorKind::Config, &["Access denied"]);
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
}
