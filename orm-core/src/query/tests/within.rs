//! The dialect of a schema.

use super::Lax;
use crate::dialect::names::quoted;
use crate::dialect::{SqlWriter, within};
use crate::schema::TableName;

#[test]
fn a_table_that_names_no_schema_is_in_it() {
    let placed = within(&Lax, "of \"acme\"");
    let other = TableName { schema: Some("other".into()), name: "user".into() };
    let mut out = SqlWriter::new(placed);
    out.table(&TableName::new("user")).sql(" ").table(&other).sql(" ").quoted_table(&TableName::new("user"));
    assert_eq!(out.into_text(), r#""of ""acme"""."user" "other"."user" '"of ""acme"""."user"'"#);
    assert_eq!(quoted(placed, "user"), "\"user\"");
}

#[test]
fn a_schema_has_one_dialect() {
    let of = |schema| std::ptr::from_ref(within(&Lax, schema)).addr();
    assert_eq!(of("acme"), of("acme"));
    assert_ne!(of("acme"), of("bolt"));
}

/// A method with a default that is not handed on would answer for another database.
#[test]
fn every_method_is_handed_on() {
    let methods = include_str!("../../dialect/mod.rs").split("pub trait Dialect").nth(1).unwrap();
    let own = include_str!("../../dialect/within.rs");
    for method in methods.lines().filter_map(|line| line.strip_prefix("    fn ")) {
        let name = method.split('(').next().unwrap();
        assert!(own.contains(&format!("fn {name}(&self")), "{name}");
    }
}
