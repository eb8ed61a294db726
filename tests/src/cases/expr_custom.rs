//! Functions of the database that a program declares.

use orm::functions::*;
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::Measure;
use crate::{TestContext, expect_error};

cases! { expr_custom {
    declared_functions_are_called [];
    a_null_argument_makes_an_option [];
    functions_have_another_name_in_the_database [];
    functions_without_arguments [];
    a_name_is_quoted [];
} }

orm::sql_function! {
    /// A function that both databases have. The program calls it by another name.
    fn octet_length(text: String) -> i32;
    fn ltrim(text: String, letters: String) -> String;
    fn left_of(text: String, letters: String) -> String = "rtrim";
    fn current_value() -> f64 = "random";
    // Elsewhere the functions above take one argument, or are missing.
    fn concat(text: String, more: String) -> String;
    fn put_behind(text: String, more: String) -> String = "concat";
    fn current_number() -> f64 = "rand";
    fn dropped(text: String) -> String = "lower\"(1); DROP TABLE measure; --";
}

fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    session.add(Measure { note: Some("xxöl".into()), ..Measure::named("xxyy") });
    session.add(Measure::named("x"));
    session.commit()?;
    Ok(session)
}

pub fn declared_functions_are_called(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let query = Measure::query().order_by(Measure::id);
    if cx.backend_name() == "MariaDB" {
        assert_eq!(query.clone().select(concat(Measure::name, "x")).all(session)?, ["xxyyx", "xx"]);
        assert_eq!(query.clone().select(concat("ab", Measure::name)).all(session)?, ["abxxyy", "abx"]);
        assert_eq!(query.clone().select(concat(upper(Measure::name), "X".to_owned())).all(session)?, ["XXYYX", "XX"]);
        assert_eq!(query.filter(octet_length(Measure::note).gt(length(Measure::note))).count(session)?, 1);
        return Ok(());
    }
    assert_eq!(query.clone().select(ltrim(Measure::name, "x")).all(session)?, ["yy", ""]);
    assert_eq!(query.clone().select(ltrim("xxab", Measure::name)).all(session)?, ["ab", "ab"]);
    assert_eq!(query.clone().select(ltrim(upper(Measure::name), "X".to_owned())).all(session)?, ["YY", ""]);
    assert_eq!(query.filter(octet_length(Measure::note).gt(length(Measure::note))).count(session)?, 1);
    Ok(())
}

pub fn a_null_argument_makes_an_option(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let query = Measure::query().order_by(Measure::id);
    let rows: Vec<(Option<i32>, i32)> =
        query.clone().select((octet_length(Measure::note), octet_length(Measure::name))).all(session)?;
    assert_eq!(rows, [(Some(5), 4), (None, 1)]);
    if cx.backend_name() == "MariaDB" {
        let rows: Vec<Option<String>> = query.select(concat(Measure::name, Measure::note)).all(session)?;
        assert_eq!(rows, [Some("xxyyxxöl".to_owned()), None]);
        return Ok(());
    }
    let rows: Vec<Option<String>> = query.select(ltrim(Measure::name, Measure::note)).all(session)?;
    assert_eq!(rows, [Some("yy".to_owned()), None]);
    Ok(())
}

pub fn functions_have_another_name_in_the_database(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    if cx.backend_name() == "MariaDB" {
        let query = Measure::query().order_by(Measure::id).select(put_behind(Measure::name, "y"));
        assert_eq!(query.all(session)?, ["xxyyy", "xy"]);
        return Ok(());
    }
    let query = Measure::query().order_by(Measure::id).select(left_of(Measure::name, "y"));
    assert_eq!(query.all(session)?, ["xx", "x"]);
    Ok(())
}

pub fn functions_without_arguments(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let query = if cx.backend_name() == "MariaDB" {
        Measure::query().filter(current_number().is_not_null())
    } else {
        Measure::query().filter(current_value().is_not_null())
    };
    assert_eq!(query.count(session)?, 2);
    Ok(())
}

pub fn a_name_is_quoted(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    expect_error(Measure::query().select(dropped("a")).all(session), ErrorKind::Database, &["lower"]);
    session.rollback()?;
    assert_eq!(Measure::query().count(session)?, 2);
    Ok(())
}
