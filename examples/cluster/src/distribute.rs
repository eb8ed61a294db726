//! Tables over several servers, by the databases' own means: partitioned by hash, with each partition on another server.

use orm::models;
use orm::prelude::*;
use orm::{Error, ErrorKind};

use crate::models::{Reading, Sensor};

/// What each PostgreSQL server has. The readings of a sensor are on the server of the sensor, so a unit of work about one sensor is a transaction
/// of one server.
const TABLES: &str = "
    CREATE TABLE sensor (id bigint PRIMARY KEY, name text NOT NULL);
    CREATE TABLE reading (id uuid PRIMARY KEY, sensor_id bigint NOT NULL REFERENCES sensor, celsius double precision NOT NULL);
    CREATE INDEX ON reading (sensor_id)";

/// What the PostgreSQL server has that the program talks to: the tables without rows.
const PARTITIONED: &str = "
    CREATE EXTENSION postgres_fdw;
    CREATE SEQUENCE sensor_id;
    CREATE TABLE sensor (id bigint NOT NULL DEFAULT nextval('sensor_id'), name text NOT NULL) PARTITION BY HASH (id);
    CREATE TABLE reading (id uuid NOT NULL, sensor_id bigint NOT NULL, celsius double precision NOT NULL)
        PARTITION BY HASH (sensor_id)";

/// What the MariaDB server has that the program talks to: tables of the engine Spider. A unique key has the column of the partitions.
const SPIDER: [&str; 2] = [
    "CREATE TABLE sensor (id BIGINT AUTO_INCREMENT PRIMARY KEY, name LONGTEXT NOT NULL) ENGINE = SPIDER
        COMMENT = 'wrapper \"mysql\", table \"sensor\"' PARTITION BY HASH (id)",
    "CREATE TABLE reading (id UUID, sensor_id BIGINT NOT NULL, celsius DOUBLE NOT NULL, PRIMARY KEY (id, sensor_id)) ENGINE = SPIDER
        COMMENT = 'wrapper \"mysql\", table \"reading\"' PARTITION BY HASH (sensor_id)",
];

/// Distributes the tables of `engine` over the servers at `urls`.
pub(crate) fn over(engine: &Engine, urls: &[String]) -> orm::Result<()> {
    let script = if engine.dialect().name() == "MariaDB" { on_mariadb(urls)? } else { on_postgres(urls)? };
    engine.connection()?.execute_script(&script)
}

fn on_postgres(urls: &[String]) -> orm::Result<String> {
    let mut script = PARTITIONED.to_owned();
    for (number, url) in urls.iter().enumerate() {
        Engine::connect(url)?.connection()?.execute_script(TABLES)?;
        script += &partitions(number, urls.len(), url)?;
    }
    Ok(script)
}

fn on_mariadb(urls: &[String]) -> orm::Result<String> {
    let mut script = String::new();
    for (number, url) in urls.iter().enumerate() {
        Engine::connect(url)?.create_all(models![Sensor, Reading])?;
        let (host, port, database) = place(url)?;
        script += &format!(
            "CREATE SERVER server_{number} FOREIGN DATA WRAPPER mysql
                OPTIONS (HOST '{host}', PORT {port}, DATABASE '{database}', USER 'orm');"
        );
    }
    let parts = (0..urls.len()).map(|number| format!("PARTITION p{number} COMMENT = 'srv \"server_{number}\"'"));
    let parts = parts.collect::<Vec<_>>().join(", ");
    Ok(script + &SPIDER.map(|table| format!("{table} ({parts})")).join("; "))
}

/// Host, port and database of a URL.
fn place(url: &str) -> orm::Result<(&str, &str, &str)> {
    let place = url.split_once('@').and_then(|(_, place)| place.split_once('/'));
    let place = place.and_then(|(address, database)| Some((address.split_once(':')?, database)));
    let ((host, port), database) = place
        .ok_or_else(|| Error::new(ErrorKind::Config, format!("`{url}` is not scheme://user@host:port/database")))?;
    Ok((host, port, database))
}

/// Prints how many readings each server has, and fails if one has none.
pub(crate) fn show(servers: &[Engine]) -> orm::Result<()> {
    for (number, server) in servers.iter().enumerate() {
        let readings = Reading::query().count(&mut server.session())?;
        println!("server {number} has {readings} readings");
        if readings == 0 {
            return Err(Error::new(ErrorKind::InvalidState, format!("server {number} has no readings")));
        }
    }
    Ok(())
}

/// The partitions that are on the server at `url`.
fn partitions(number: usize, servers: usize, url: &str) -> orm::Result<String> {
    let (host, port, database) = place(url)?;
    let mut script = format!(
        ";CREATE SERVER server_{number} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{host}', port '{port}', dbname '{database}');
        CREATE USER MAPPING FOR CURRENT_USER SERVER server_{number} OPTIONS (user 'postgres', password_required 'false')"
    );
    for table in ["sensor", "reading"] {
        script += &format!(
            ";CREATE FOREIGN TABLE {table}_{number} PARTITION OF {table} FOR VALUES WITH (MODULUS {servers}, REMAINDER {number})
            SERVER server_{number} OPTIONS (table_name '{table}')"
        );
    }
    Ok(script)
}
