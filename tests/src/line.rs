//! A way to a server, for tests of what becomes of programs when it breaks.

use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::harness::Database;

/// A way to the server that can be cut, and mended again.
#[derive(Debug)]
pub struct Line {
    /// The database at the near end of the way.
    pub url: String,
    up: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    /// A way to the server of a database, over a port of its own.
    pub fn to(database: &Database) -> Self {
        let server = database.url().split("://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let target = server.rsplit('@').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = database.url().replace(&target, &listener.local_addr().unwrap().to_string());
        let (up, open) = (Arc::new(AtomicBool::new(true)), Arc::new(Mutex::new(Vec::new())));
        let line = Self { url, up: Arc::clone(&up), open: Arc::clone(&open) };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten().filter(|_| up.load(Ordering::SeqCst)) {
                let server = TcpStream::connect(&target).unwrap();
                let ends = [client.try_clone().unwrap(), server.try_clone().unwrap()];
                open.lock().unwrap().extend(ends);
                for (from, to) in [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)] {
                    std::thread::spawn(move || std::io::copy(&mut &from, &mut &to));
                }
            }
        });
        line
    }

    /// The server goes away: all connections break, and there are no new ones.
    pub fn cut(&self) {
        self.up.store(false, Ordering::SeqCst);
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }

    /// The server is back.
    pub fn mend(&self) {
        self.up.store(true, Ordering::SeqCst);
    }
}
