//! The stores that are no relational databases: their crates are no default members, and have servers of their own.

use std::any::Any;

use crate::{Result, dynamodb, influx, redis};

/// A store with its crate and the servers that its tests need.
pub(crate) struct Store {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
    /// Whether its tests run on the databases as well.
    pub(crate) beside_databases: bool,
    /// The examples that run on it.
    pub(crate) examples: &'static [&'static str],
    /// Starts what the environment does not name.
    start: fn() -> Result<Running>,
}

/// Servers, which end with this, and where they are found.
pub(crate) struct Running {
    /// For tests.
    pub(crate) variables: Vec<(&'static str, String)>,
    /// For examples.
    pub(crate) example_variables: Vec<(&'static str, String)>,
    _servers: Vec<Box<dyn Any>>,
}

pub(crate) const STORES: &[Store] = &[
    Store {
        name: "influx",
        package: "orm-influx",
        beside_databases: false,
        examples: &["sensors"],
        start: start_influx,
    },
    Store {
        name: "dynamodb",
        package: "orm-dynamodb",
        beside_databases: false,
        examples: &["profiles"],
        start: start_dynamodb,
    },
    Store { name: "redis", package: "orm-cache", beside_databases: true, examples: &["caching"], start: start_redis },
];

impl Store {
    /// Starts the servers.
    ///
    /// # Errors
    ///
    /// When one is not to be had; the message says what to do.
    pub(crate) fn start(&self) -> Result<Running> {
        (self.start)()
    }
}

/// The store of a name.
///
/// # Errors
///
/// When there is none.
pub(crate) fn named(name: &str) -> Result<&'static Store> {
    let known = || STORES.iter().map(|store| format!("`{}`", store.name)).collect::<Vec<_>>().join(", ");
    let found = STORES.iter().find(|store| store.name == name);
    found.ok_or_else(|| format!("`--without {name}`: the stores are {}", known()).into())
}

fn start_influx() -> Result<Running> {
    let (url, servers) = match std::env::var(influx::URL_VARIABLE) {
        Ok(url) if !url.is_empty() => (url, Vec::new()),
        _ => {
            let server = influx::Server::start_or_install()?;
            (server.url().to_owned(), vec![Box::new(server) as Box<dyn Any>])
        }
    };
    let example_variables = vec![("INFLUXDB_URL", url.clone()), ("INFLUXDB_DATABASE", "example".to_owned())];
    Ok(Running { variables: vec![(influx::URL_VARIABLE, url)], example_variables, _servers: servers })
}

fn start_dynamodb() -> Result<Running> {
    let (mut variables, mut servers) = (Vec::new(), Vec::new());
    for program in dynamodb::PROGRAMS {
        let url = match std::env::var(program.variable) {
            Ok(url) if !url.is_empty() => url,
            _ => {
                let server = program.start_or_install()?;
                let url = server.url().to_owned();
                servers.push(Box::new(server) as Box<dyn Any>);
                url
            }
        };
        variables.push((program.variable, url));
    }
    let endpoint = variables[0].1.clone();
    let settings =
        [("AWS_REGION", "us-west-1"), ("AWS_ACCESS_KEY_ID", "example"), ("AWS_SECRET_ACCESS_KEY", "example")];
    let settings = settings.map(|(name, value)| (name, value.to_owned()));
    let example_variables = [("AWS_ENDPOINT_URL_DYNAMODB", endpoint)].into_iter().chain(settings).collect();
    Ok(Running { variables, example_variables, _servers: servers })
}

fn start_redis() -> Result<Running> {
    let (url, servers) = match std::env::var(redis::URL_VARIABLE) {
        Ok(url) if !url.is_empty() => (url, Vec::new()),
        _ => {
            let server = redis::Server::start_or_install()?;
            (server.url().to_owned(), vec![Box::new(server) as Box<dyn Any>])
        }
    };
    let variables = vec![(redis::URL_VARIABLE, url.clone())];
    Ok(Running { variables, example_variables: vec![("REDIS_URL", url)], _servers: servers })
}
