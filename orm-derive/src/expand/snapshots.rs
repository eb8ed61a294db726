//! The code that the derives write, kept in `snapshots/` and reviewed like code.
//!
//! `UPDATE_SNAPSHOTS=1` in the environment writes the files instead of comparing them.

#![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use proc_macro2::TokenStream;
use syn::DeriveInput;

#[test]
fn columns() {
    check("columns", super::derive_model);
}

#[test]
fn deferred() {
    check("deferred", super::derive_model);
}

#[test]
fn relations() {
    check("relations", super::derive_model);
}

#[test]
fn one_of() {
    check("one_of", crate::one_of::derive);
}

#[test]
fn one_of_field() {
    check("one_of_field", super::derive_model);
}

#[test]
fn mistakes() {
    check("mistakes", super::derive_model);
}

#[test]
fn db_enum() {
    check("db_enum", super::derive_db_enum);
}

#[test]
fn db_type() {
    check("db_type", super::derive_db_type);
}

#[test]
fn with() {
    check("with", super::derive_model);
}

#[test]
fn embedded() {
    check("embedded", super::derive_embedded);
}

#[test]
fn embedded_enum() {
    check("embedded_enum", super::derive_embedded);
}

#[test]
fn embedding() {
    check("embedding", super::derive_model);
}

#[test]
fn family_base() {
    check("family_base", super::derive_model);
}

#[test]
fn family_subtype() {
    check("family_subtype", super::derive_model);
}

#[test]
fn from_row() {
    check("from_row", super::derive_from_row);
}

/// Expands `<name>.rs` and compares with `<name>.expanded.rs`.
#[track_caller]
fn check(name: &str, derive: impl FnOnce(&DeriveInput) -> TokenStream) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    let input = std::fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
    let expanded = formatted(&derive(&syn::parse_str(&input).unwrap()).to_string());
    let file = folder.join(format!("{name}.expanded.rs"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&file, &expanded).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    // The first line that differs says more than two whole files.
    let lines = expanded.lines().chain(std::iter::once("")).zip(kept.lines().chain(std::iter::once("")));
    for (number, (now, before)) in lines.enumerate() {
        assert_eq!(now, before, "{name}, line {}; UPDATE_SNAPSHOTS=1 accepts the difference", number + 1);
    }
    assert_eq!(expanded.len(), kept.len(), "{name} grew or shrank at its end");
}

fn formatted(code: &str) -> String {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path", config])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    rustfmt.stdin.take().unwrap().write_all(code.as_bytes()).unwrap();
    let output = rustfmt.wait_with_output().unwrap();
    assert!(output.status.success(), "rustfmt refuses the expansion");
    String::from_utf8(output.stdout).unwrap()
}
