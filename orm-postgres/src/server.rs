//! The servers that a URL names.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use orm_core::Result;

use crate::error::config;
use crate::settings::Settings;

/// Where a Unix socket is looked for when nothing names a host, and what a password file calls `localhost`.
const SOCKETS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Where a server may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    Name(String),
    Address(IpAddr),
    #[cfg(unix)]
    Directory(PathBuf),
}

/// One server of those that the URL names.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) host: Host,
    /// What the URL calls it.
    pub(crate) name: String,
    pub(crate) port: u16,
}

impl Settings {
    /// Refuses lists of hosts, addresses and ports that do not go together.
    ///
    /// # Errors
    ///
    /// `Config`.
    pub(crate) fn check_servers(&self) -> Result<()> {
        let (hosts, addresses, ports) = (self.host.len(), self.hostaddr.len(), self.port.len());
        let count = hosts.max(addresses).max(1);
        match (hosts > 0 && addresses > 0 && hosts != addresses) || (ports > 1 && ports != count) {
            false => Ok(()),
            true => Err(config(format!(
                "{hosts} hosts, {addresses} host addresses and {ports} ports do not go together: name an address for each host, and one \
                 port for all of them or one for each"
            ))),
        }
    }

    /// The servers in the order in which the URL names them.
    pub(crate) fn servers(&self) -> Vec<Server> {
        let count = self.host.len().max(self.hostaddr.len()).max(1);
        (0..count).map(|index| self.server(index)).collect()
    }

    fn server(&self, index: usize) -> Server {
        let name = self.host.get(index).filter(|name| !name.is_empty());
        let address = self.hostaddr.get(index).copied().flatten();
        let port = self.port.get(index).or(self.port.first()).copied().unwrap_or(5432);
        let host = match (address, name) {
            (Some(address), _) => Host::Address(address),
            (None, name) => host(name),
        };
        let name = match (name, &host) {
            (Some(name), _) => name.clone(),
            (None, Host::Address(address)) => address.to_string(),
            (None, Host::Name(name)) => name.clone(),
            #[cfg(unix)]
            (None, Host::Directory(directory)) => directory.display().to_string(),
        };
        Server { host, name, port }
    }
}

impl Server {
    /// The name that a password file has for it.
    pub(crate) fn pgpass_name(&self) -> &str {
        match &self.host {
            #[cfg(unix)]
            Host::Directory(directory) if SOCKETS.iter().any(|socket| directory == Path::new(socket)) => "localhost",
            _ => &self.name,
        }
    }
}

/// The host of a name; without one, the directory in which servers of this machine have their sockets.
fn host(name: Option<&String>) -> Host {
    match name {
        #[cfg(unix)]
        Some(name) if name.starts_with('/') => Host::Directory(name.into()),
        Some(name) => name.parse().map_or_else(|_| Host::Name(name.clone()), Host::Address),
        #[cfg(unix)]
        None => {
            let there = SOCKETS.iter().find(|directory| Path::new(directory).is_dir());
            Host::Directory(there.unwrap_or(&SOCKETS[1]).into())
        }
        #[cfg(not(unix))]
        None => Host::Name("localhost".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use orm_core::engine::DatabaseUrl;

    use super::*;

    fn settings(url: &str) -> Result<Settings> {
        Settings::read(&DatabaseUrl::parse(url)?, |_| None)
    }

    fn servers(url: &str) -> Result<Vec<String>> {
        let servers = settings(url)?.servers();
        Ok(servers.iter().map(|server| format!("{:?} {} {}", server.host, server.name, server.port)).collect())
    }

    #[test]
    fn hosts_have_their_ports_and_addresses() -> Result<()> {
        assert_eq!(
            servers("postgresql://a,b:1,[::1]:2/db")?,
            ["Name(\"a\") a 5432", "Name(\"b\") b 1", "Address(::1) ::1 2"]
        );
        assert_eq!(servers("postgresql://a,b/db?port=7")?, ["Name(\"a\") a 7", "Name(\"b\") b 7"]);
        assert_eq!(
            servers("postgresql://a,b/db?hostaddr=10.0.0.1,&host=c,d")?,
            ["Address(10.0.0.1) c 5432", "Name(\"d\") d 5432"]
        );
        assert_eq!(servers("postgresql:///db?hostaddr=10.0.0.1")?, ["Address(10.0.0.1) 10.0.0.1 5432"]);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn sockets_are_directories() -> Result<()> {
        assert_eq!(servers("postgresql://%2Frun%2Fpg:1/db")?, ["Directory(\"/run/pg\") /run/pg 1"]);
        let [standard] = &settings("postgresql:///db")?.servers()[..] else {
            panic!("one server");
        };
        assert!(
            matches!(&standard.host, Host::Directory(directory) if SOCKETS.iter().any(|known| directory == Path::new(known)))
        );
        assert_eq!(standard.pgpass_name(), "localhost");
        Ok(())
    }
}
