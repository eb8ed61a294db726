//! One table over several servers, by PostgreSQL's own means: a table partitioned by hash whose partitions are foreign tables.

use orm::prelude::*;
use orm::{Error, ErrorKind};

/// What each of the servers has. The readings of a sensor are on the server of the sensor, so a unit of work about one sensor is a transaction
/// of one server.
const TABLES: &str = "
    CREATE TABLE sensor (id bigint PRIMARY KEY, name text NOT NULL);
    CREATE TABLE reading (id uuid PRIMARY KEY, sensor_id bigint NOT NULL REFERENCES sensor, celsius double precision NOT NULL);
    CREATE INDEX ON reading (sensor_id)";

/// What the server has that the program talks to: the tables without rows.
const PARTITIONED: &str = "
    CREATE EXTENSION postgres_fdw;
    CREATE SEQUENCE sensor_id;
    CREATE TABLE sensor (id bigint NOT NULL DEFAULT nextval('sensor_id'), name text NOT NULL) PARTITION BY HASH (id);
    CREATE TABLE reading (id uuid NOT NULL, sensor_id bigint NOT NULL, celsius double precision NOT NULL)
        PARTITION BY HASH (sensor_id)";

/// Distributes the tables of `engine` over the servers at `urls`.
pub(crate) fn over(engine: &Engine, urls: &[String]) -> orm::Result<()> {
    let mut script = PARTITIONED.to_owned();
    for (number, url) in urls.iter().enumerate() {
        Engine::connect(url)?.connection()?.execute_script(TABLES)?;
        script += &partitions(number, urls.len(), url)?;
    }
    engine.connection()?.execute_script(&script)
}

/// The partitions that are on the server at `url`.
fn partitions(number: usize, servers: usize, url: &str) -> orm::Result<String> {
    let place = url.split_once('@').and_then(|(_, place)| place.split_once('/'));
    let place = place.and_then(|(address, database)| Some((address.split_once(':')?, database)));
    let ((host, port), database) = place
        .ok_or_else(|| Error::new(ErrorKind::Config, format!("`{url}` is not postgresql://user@host:port/database")))?;
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

/// Prints how many readings each server has, and fails if one has none.
pub(crate) fn show(engine: &Engine) -> orm::Result<()> {
    let counts =
        sql("SELECT foreign_server_name::text, foreign_table_name::text FROM information_schema.foreign_tables
        WHERE foreign_table_name LIKE 'reading%' ORDER BY 1")
        .all::<(String, String)>(&mut engine.session())?;
    for (server, table) in counts {
        let readings = sql(format!("SELECT count(*) FROM {table}")).one::<i64>(&mut engine.session())?;
        println!("{server} has {readings} readings");
        if readings == 0 {
            return Err(Error::new(ErrorKind::InvalidState, format!("{server} has no readings")));
        }
    }
    Ok(())
}
