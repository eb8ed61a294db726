//! The parts of a PostgreSQL URL.

use std::borrow::Cow;

use orm_core::Result;
use orm_core::engine::DatabaseUrl;

use crate::error::config;

/// What the URL says, by the names of the options, in its order.
pub(crate) fn given(url: &DatabaseUrl) -> Result<Vec<(Cow<'_, str>, Cow<'_, str>)>> {
    let mut given: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
    let (login, places) = url.authority().rsplit_once('@').unwrap_or(("", url.authority()));
    let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
    if !user.is_empty() {
        given.push(("user".into(), DatabaseUrl::decode(user)?.into()));
    }
    if let Some(password) = password {
        given.push(("password".into(), DatabaseUrl::decode(password)?.into()));
    }
    if !places.is_empty() {
        let (hosts, ports) = split_places(places)?;
        given.push(("host".into(), hosts.into()));
        given.extend(ports.map(|ports| ("port".into(), ports.into())));
    }
    if let Some(name) = url.path().strip_prefix('/').filter(|name| !name.is_empty()) {
        given.push(("dbname".into(), name.into()));
    }
    given.extend(url.options().map(|(name, value)| (name.into(), value.into())));
    Ok(given)
}

/// `a:1,b` as `a,b` and `1,`. A port that is none may be a password, and is not shown.
fn split_places(places: &str) -> Result<(String, Option<String>)> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for place in places.split(',') {
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, rest)) => (address, rest.strip_prefix(':')),
            None => place.rsplit_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        let port = DatabaseUrl::decode(port.unwrap_or_default())?;
        if !port.is_empty() && port.parse::<u16>().is_err() {
            return Err(config(
                "the database URL is malformed: a `port` is no number up to 65535; a login ends with `@` before the host, as in \
                 `postgresql://user:password@host:5432/db`"
                    .to_owned(),
            ));
        }
        hosts.push(DatabaseUrl::decode(host)?);
        ports.push(port);
    }
    Ok((hosts.join(","), ports.iter().any(|port| !port.is_empty()).then(|| ports.join(","))))
}

/// Refuses a password that is not encoded: its tail would be taken for the host, and shown.
pub(crate) fn check_signs(url: &DatabaseUrl) -> Result<()> {
    let (all, in_place) = (url.as_str().matches('@').count(), url.authority().matches('@').count());
    if all <= 1 && all == in_place {
        return Ok(());
    }
    Err(config(format!(
        "the database URL `{url}` is malformed: an `@` may stand between the login and the host only; within a password write `@` as \
         `%40`, `/` as `%2F`, `?` as `%3F`, `#` as `%23` and `%` as `%25`"
    )))
}
