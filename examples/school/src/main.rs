//! Students and courses: once with an association table that the relation makes, once with a model that carries a grade.
//!
//! `cargo run -p school`, or with `DATABASE_URL=postgresql://..` or `mysql://..`; `-- --echo` shows the statements.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

mod enrollment;
mod generated;

use std::env;
use std::io::{self, IsTerminal};

use comfy_table::{Table, presets};
use orm::prelude::*;

fn main() -> orm::Result<()> {
    let engine = connect()?;
    generated::run(&engine)?;
    enrollment::run(&engine)
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(header);
    table
}

fn connect() -> orm::Result<Engine> {
    let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".into());
    let echo = env::args().any(|arg| arg == "--echo");
    if echo {
        tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    }
    Engine::builder(&url).echo(echo).build()
}
