//! The private PostgreSQL server that tests run against.

use std::net::TcpStream;

use xtask::Result;
use xtask::postgres::Server;

#[test]
fn a_server_comes_up_and_leaves_nothing_behind() -> Result<()> {
    let server = Server::start()?;
    assert!(server.program().starts_with("PostgreSQL "), "{}", server.program());
    let address = server.url().split(['@', '/']).nth(3).ok_or("no address")?.to_owned();
    assert!(TcpStream::connect(&address).is_ok(), "{address} answers");
    drop(server);
    assert!(TcpStream::connect(&address).is_err(), "{address} is closed");
    Ok(())
}
