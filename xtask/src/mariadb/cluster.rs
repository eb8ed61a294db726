//! Several MariaDB servers: nodes of a Galera cluster, which all have everything, and servers behind one with the Spider engine, which have a
//! part each.

use std::path::Path;

use super::{DURABLE, Server};
use crate::Result;
use crate::private::{Package, free_port, install};

const GALERA: Package = Package {
    apt: "galera-4 rsync",
    dnf: "galera rsync",
    apk: "",
    brew: "",
    cure: "Galera was not found: install its package (`apt-get install galera-4 rsync`, `dnf install galera rsync`)",
};

const SPIDER: Package = Package {
    apt: "mariadb-plugin-spider",
    dnf: "",
    apk: "",
    brew: "",
    cure: "the Spider engine was not found: install its package (`apt-get install mariadb-plugin-spider`)",
};

/// Where the packages have the library of Galera.
const GALERA_FILES: &[&str] = &[
    "/usr/lib/galera/libgalera_smm.so",
    "/usr/lib/x86_64-linux-gnu/galera/libgalera_smm.so",
    "/usr/lib64/galera/libgalera_smm.so",
    "/usr/lib64/galera-4/libgalera_smm.so",
];

/// Where the packages have the plugin of Spider.
const SPIDER_FILES: &[&str] = &["/usr/lib/mysql/plugin/ha_spider.so", "/usr/lib64/mariadb/plugin/ha_spider.so"];

/// Starts the nodes of a Galera cluster, one after the other. Each has the data of the one before.
///
/// # Errors
///
/// When a program is missing and cannot be installed, or a node does not start.
pub(crate) fn galera(count: usize) -> Result<Vec<Server>> {
    let library = file(&GALERA, GALERA_FILES)?;
    let groups = (0..count).map(|_| free_port()).collect::<Result<Vec<u16>>>()?;
    let group = groups.iter().map(|port| format!("127.0.0.1:{port}")).collect::<Vec<_>>().join(",");
    let mut nodes = Vec::new();
    for port in &groups {
        let (transfers, snapshots) = (free_port()?, free_port()?);
        let options = format!(
            "--wsrep-on=ON --wsrep-provider={library} --wsrep-cluster-name=orm --wsrep-cluster-address=gcomm://{group} \
             --binlog-format=ROW --innodb-autoinc-lock-mode=2 --wsrep-node-address=127.0.0.1:{port} --wsrep-sst-method=rsync \
             --wsrep-sst-receive-address=127.0.0.1:{snapshots} \
             --wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{port};ist.recv_addr=127.0.0.1:{transfers};gcache.size=16M"
        );
        let joins = if nodes.is_empty() { "--wsrep-new-cluster" } else { "yes" };
        nodes.push(Server::start_with(&[DURABLE, ("ORM_MARIADB_OPTIONS", &options), ("ORM_MARIADB_JOINS", joins)])?);
    }
    Ok(nodes)
}

/// Starts a server with the Spider engine, and so many servers for the parts of its tables.
///
/// # Errors
///
/// As [`galera`].
pub(crate) fn spider(count: usize) -> Result<(Server, Vec<Server>)> {
    file(&SPIDER, SPIDER_FILES)?;
    let options = ("ORM_MARIADB_OPTIONS", "--plugin-load-add=ha_spider --spider-connect-retry-count=0");
    let front = Server::start_with(&[DURABLE, options])?;
    let parts = (0..count).map(|_| Server::start_with(&[DURABLE])).collect::<Result<_>>()?;
    Ok((front, parts))
}

/// A file of a package, which is installed where it is missing.
fn file(package: &Package, places: &[&'static str]) -> Result<&'static str> {
    let find = || places.iter().copied().find(|place| Path::new(place).is_file());
    if super::binaries::find().is_none() {
        install(&super::PACKAGE)?;
    }
    if find().is_none() {
        install(package)?;
    }
    find().ok_or_else(|| package.cure.into())
}
