//! `cargo xtask <command>`: see [`xtask`].

#![expect(clippy::print_stderr, reason = "a command line tool")]

use std::process::ExitCode;

use xtask::{bench_count, bench_peers, book, ci, cluster, compile_bench, test, tidy, torture};

const USAGE: &str = "\
cargo xtask test [ARGS]   runs all tests on SQLite, PostgreSQL and MariaDB; ARGS go to the test runner
cargo xtask test --quick [ARGS]   the tests of every day: SQLite only
cargo xtask test --without influx --without dynamodb   leaves out the tests of stores that are no relational databases
cargo xtask test -p orm-influx [ARGS]   the tests of such a store alone
cargo xtask ci            what CI checks after the tests: format, clippy, docs, tidy, examples
cargo xtask examples      runs every example on SQLite and PostgreSQL
cargo xtask cluster       runs the example `cluster` on four PostgreSQL servers, and stops one of them
cargo xtask cluster --mariadb   the same on three nodes of Galera, and on four servers with Spider
cargo xtask tidy          checks layers, file lengths, words, examples, and the paths, links and quotes in documents
cargo xtask book          makes the guide a book in target/book
cargo xtask torture [--short] [SCENE..]  kills writers, stops servers, cuts connections, and checks what is left
cargo xtask bench-count   counts the instructions of the workloads on SQLite, and compares them with benches/counts.md
cargo xtask bench-count --record   writes that table anew
cargo xtask bench-peers [ARGS]   builds the programs of benches/peers, and runs the workloads with all of them; ARGS go to the bench
cargo xtask compile-bench times `cargo check` of a crate with 100 models and 300 queries";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match command.as_str() {
        "test" => test::run(&rest),
        "ci" => ci::run(),
        "examples" => ci::examples(),
        "cluster" => cluster::run(&rest),
        "torture" => torture::run(&rest),
        "tidy" => tidy::run(),
        "book" => book::run(),
        "bench-count" => bench_count::run(&rest),
        "bench-peers" => bench_peers::run(&rest),
        "compile-bench" => compile_bench::run(),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
