//! The files that the command line tool of AWS writes.

use std::path::PathBuf;

use orm_core::Result;

use super::Credentials;
use crate::client::config::config;

/// The credentials of a profile, if its files have some.
///
/// # Errors
///
/// `Config` when half of them is there, or the profile gets them in a way that is not supported here.
pub(super) fn of_profile(
    lookup: &dyn Fn(&str) -> Option<String>,
    profile: Option<&str>,
) -> Result<Option<Credentials>> {
    let get = |name: &str| setting_of_profile(lookup, profile, name);
    match (get("aws_access_key_id")?, get("aws_secret_access_key")?) {
        (Some(key), Some(secret)) => {
            let token = get("aws_session_token")?;
            Ok(Some(Credentials { token, ..Credentials::new(key, secret) }))
        }
        (None, None) => {
            for other in ["role_arn", "sso_session", "sso_start_url", "credential_process"] {
                if get(other)?.is_some() {
                    let message = format!(
                        "the profile has `{other}`, which is not read here; give credentials by `credentials_by(..)`"
                    );
                    return Err(config(message));
                }
            }
            Ok(None)
        }
        _ => Err(config("the profile has a key without its secret, or a secret without its key")),
    }
}

/// A setting of a profile, from the file of credentials or that of settings.
///
/// # Errors
///
/// `Config` when a file is there and cannot be read.
pub(in crate::client) fn setting_of_profile(
    lookup: &dyn Fn(&str) -> Option<String>,
    profile: Option<&str>,
    name: &str,
) -> Result<Option<String>> {
    let profile = profile.map(str::to_owned).or_else(|| lookup("AWS_PROFILE")).unwrap_or_else(|| "default".to_owned());
    let of_settings = if profile == "default" { profile.clone() } else { format!("profile {profile}") };
    let files = [("AWS_SHARED_CREDENTIALS_FILE", "credentials", profile), ("AWS_CONFIG_FILE", "config", of_settings)];
    for (variable, file, section) in files {
        let home = lookup("HOME").or_else(|| lookup("USERPROFILE"));
        let usual = home.map(|home| PathBuf::from(home).join(".aws").join(file));
        let Some(path) = lookup(variable).map(PathBuf::from).or(usual) else { continue };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(config(format!("{} cannot be read: {error}", path.display())).with_source(error)),
        };
        if let Some(value) = setting(&text, &section, name) {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// The value of a name in a section.
fn setting(text: &str, section: &str, name: &str) -> Option<String> {
    let mut is_inside = false;
    for line in text.lines() {
        let plain = line.trim();
        if let Some(found) = plain.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            is_inside = found.trim() == section;
        } else if is_inside
            && !line.starts_with([' ', '\t', '#', ';'])
            && let Some((known, value)) = plain.split_once('=')
            && known.trim() == name
        {
            return Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDENTIALS: &str = "[default]\naws_access_key_id = AKID\naws_secret_access_key=s3cr=et\n\n# other\n[ work ]\naws_access_key_id=W\n";
    const CONFIG: &str = "[default]\nregion = eu-west-1\ns3 =\n    region = no\n[profile work]\nregion=us-west-1\n[profile role]\nrole_arn = x\n";

    #[test]
    fn profiles_are_read() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("orm-dynamodb-profiles-{}", std::process::id()));
        std::fs::create_dir_all(folder.join(".aws")).map_err(|error| config(error.to_string()))?;
        for (name, text) in [("credentials", CREDENTIALS), ("config", CONFIG)] {
            std::fs::write(folder.join(".aws").join(name), text).map_err(|error| config(error.to_string()))?;
        }
        let home = folder.to_string_lossy().into_owned();
        let lookup = move |name: &str| (name == "HOME").then(|| home.clone());
        let found = of_profile(&lookup, None)?.map(|found| (found.key, found.secret));
        assert_eq!(found, Some(("AKID".to_owned(), "s3cr=et".to_owned())));
        assert_eq!(setting_of_profile(&lookup, None, "region")?.as_deref(), Some("eu-west-1"));
        assert_eq!(setting_of_profile(&lookup, Some("work"), "region")?.as_deref(), Some("us-west-1"));
        assert!(of_profile(&lookup, Some("work")).is_err_and(|error| error.to_string().contains("without its secret")));
        assert!(of_profile(&lookup, Some("role")).is_err_and(|error| error.to_string().contains("role_arn")));
        assert!(of_profile(&lookup, Some("none"))?.is_none());
        std::fs::remove_dir_all(folder).map_err(|error| config(error.to_string()))
    }
}
