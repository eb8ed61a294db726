//! Positions in the binary log, which replicas read: global transaction identifiers, which each server spells in its own way.

use orm_core::dialect::Replication;

use crate::server::Server;

/// A replica that is promoted keeps the position that it had as one.
const MARIADB: Replication = Replication {
    position: "SELECT nullif(@@GLOBAL.gtid_binlog_pos, '')",
    // It does not wait: its limit is 0 seconds.
    reached: "SELECT MASTER_GTID_WAIT(?, 0) = 0",
    lag: "SHOW REPLICA STATUS",
    lag_column: "Seconds_Behind_Master",
};

const MYSQL: Replication = Replication {
    position: "SELECT nullif(@@GLOBAL.gtid_executed, '')",
    reached: "SELECT GTID_SUBSET(?, @@GLOBAL.gtid_executed)",
    lag: "SHOW REPLICA STATUS",
    lag_column: "Seconds_Behind_Source",
};

pub(crate) fn of(server: Server) -> &'static Replication {
    match server {
        Server::MySql => &MYSQL,
        Server::MariaDb => &MARIADB,
    }
}
