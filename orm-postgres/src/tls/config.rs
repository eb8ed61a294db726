use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use orm_core::{Error, Result};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::verify::Verifier;
use crate::error::config;
use crate::settings::{Settings, SslMode};

/// What `sslrootcert` says for the roots of the system.
const SYSTEM: &str = "system";

/// How connections are encrypted. The files are read each time, as they may be renewed while the program runs.
///
/// # Errors
///
/// `Config` when a file is not there or has something else in it.
pub(crate) fn client_config(settings: &Settings) -> Result<Arc<ClientConfig>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = roots(settings)?;
    let names = settings.sslmode() == SslMode::VerifyFull;
    let verifier = Verifier { provider: Arc::clone(&provider), roots, names };
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| config(error.to_string()))?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    let mut made = match identity(settings)? {
        None => builder.with_no_client_auth(),
        Some((chain, key, path)) => builder.with_client_auth_cert(chain, key).map_err(|error| {
            config(format!("the client's certificate {} and its key do not go together: {error}", path.display()))
        })?,
    };
    made.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(Arc::new(made))
}

/// The certificates that are trusted, or `None` where nothing is verified. A file of roots makes `require` mean `verify-ca`.
fn roots(settings: &Settings) -> Result<Option<Arc<RootCertStore>>> {
    let standard = || in_home("root.crt").filter(|path| path.exists());
    match (settings.sslmode(), &settings.sslrootcert) {
        (SslMode::Disable | SslMode::Allow | SslMode::Prefer, _) => Ok(None),
        (SslMode::VerifyFull, Some(path)) if path == SYSTEM => system_roots().map(Some),
        (mode, Some(path)) if path == SYSTEM => Err(config(format!(
            "`sslrootcert=system` trusts everybody who has a public certificate, so names have to be verified: write \
             `sslmode=verify-full` instead of `{mode}`"
        ))),
        (_, Some(path)) => read_roots(Path::new(path)).map(Some),
        (mode, None) => match (mode, standard()) {
            (_, Some(path)) => read_roots(&path).map(Some),
            (SslMode::VerifyFull, None) => system_roots().map(Some),
            (SslMode::VerifyCa, None) => Err(config(
                "`sslmode=verify-ca` needs the certificate of the authority: name its file in `sslrootcert`, or write \
                 `sslmode=verify-full`"
                    .to_owned(),
            )),
            (_, None) => Ok(None),
        },
    }
}

fn read_roots(path: &Path) -> Result<Arc<RootCertStore>> {
    let mut store = RootCertStore::empty();
    let (usable, _) = store.add_parsable_certificates(certificates("sslrootcert", path)?);
    match usable {
        0 => Err(unreadable("sslrootcert", path, "it holds no certificate that can be used")),
        _ => Ok(Arc::new(store)),
    }
}

/// The roots of the system, which are read once.
fn system_roots() -> Result<Arc<RootCertStore>> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let roots = ROOTS.get_or_init(|| {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Arc::new(store)
    });
    match roots.is_empty() {
        false => Ok(Arc::clone(roots)),
        true => Err(config(
            "the system has no root certificates: install them (Debian's package is `ca-certificates`), or name a file in \
             `sslrootcert`"
                .to_owned(),
        )),
    }
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>, PathBuf);

/// The certificate of the client with its key.
fn identity(settings: &Settings) -> Result<Option<Identity>> {
    let standard = || in_home("postgresql.crt").filter(|path| path.exists());
    let Some(path) = settings.sslcert.clone().or_else(standard) else { return Ok(None) };
    let key = settings.sslkey.clone().or_else(|| in_home("postgresql.key"));
    let key =
        key.ok_or_else(|| config("`sslcert` needs the key of the certificate: name its file in `sslkey`".to_owned()))?;
    let chain = certificates("sslcert", &path)?;
    check_access(&key)?;
    let key = PrivateKeyDer::from_pem_file(&key).map_err(|error| {
        let reason = match error {
            pem::Error::Io(error) => error.to_string(),
            _ => "it holds no private key in PEM form without a password".to_owned(),
        };
        unreadable("sslkey", &key, &reason)
    })?;
    Ok(Some((chain, key, path)))
}

fn certificates(option: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Err(pem::Error::Io(error)) => Err(unreadable(option, path, &error.to_string())),
        _ => Err(unreadable(option, path, "it holds no certificate in PEM form")),
    }
}

/// Refuses a key that others may read. One of root's may be read by its group.
#[cfg(unix)]
fn check_access(key: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let facts = fs::metadata(key).map_err(|error| unreadable("sslkey", key, &error.to_string()))?;
    let others = if facts.uid() == 0 { 0o037 } else { 0o077 };
    match facts.mode() & others {
        0 => Ok(()),
        _ => Err(unreadable("sslkey", key, "others have access to it; take that away by `chmod 0600`")),
    }
}

#[cfg(not(unix))]
fn check_access(_: &Path) -> Result<()> {
    Ok(())
}

/// A file where libpq has it.
#[cfg(unix)]
fn in_home(name: &str) -> Option<PathBuf> {
    Some(std::env::home_dir()?.join(".postgresql").join(name))
}

#[cfg(not(unix))]
fn in_home(name: &str) -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("APPDATA")?).join("postgresql").join(name))
}

#[cold]
fn unreadable(option: &str, path: &Path, reason: &str) -> Error {
    config(format!("`{option}`: the file {} cannot be used: {reason}", path.display()))
}
