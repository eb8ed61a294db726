//! Conditions: comparisons, NULLs, lists, truth values, enums, foreign keys, and how conditions combine.

use orm::Result;
use orm::functions::{coalesce, count_all, exists, lower};
use orm::prelude::*;
use orm::query::scope::Of;
use orm::query::{Query, Select};
use rust_decimal::Decimal;

use crate::models::{Address, Company, Employee, Measure, Status, User};
use crate::{TestContext, expect_error};

cases! { query_filters {
    values_are_compared [];
    a_column_is_compared_with_an_option [];
    columns_are_compared_with_columns [];
    null_passes_no_comparison [];
    conditions_combine [];
    deep_conditions_keep_their_parentheses [];
    no_condition_at_all_holds_everywhere [];
    a_list_may_be_empty [];
    a_list_may_hold_null [];
    conditions_of_any_shape_are_listed [];
    conditions_and_queries_have_names [];
    a_list_may_hold_thousands [];
    lists_of_every_type [];
    between_includes_both_ends [];
    null_is_tested [];
    truth_values_are_conditions [];
    comparisons_are_values [];
    enums_are_compared [];
    floats_are_compared [non_finite_floats];
    decimals_are_compared_as_numbers [];
    foreign_keys_are_columns [];
    many_conditions_do_not_overflow [];
    a_text_begins_with_what_it_begins_with [];
} }

/// Four measures: NULLs wherever they may be in `d`.
fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    let measure = |name: &str, count: i32, weight: f64, price: &str, checked, state| Measure {
        note: Some(format!("{name}{name}")),
        count: Some(count),
        large: i64::from(count) * 10,
        small: 2,
        single: 0.1,
        weight: Some(weight),
        price: price.parse().ok(),
        checked: Some(checked),
        flag: checked,
        status: state,
        state: Some(state),
        ..Measure::named(name)
    };
    session.add_all([
        measure("a", 1, 0.5, "9.50", true, Status::Open),
        measure("b", 2, -1.25, "10", false, Status::InProgress),
        measure("c", 3, 1e300, "100.25", true, Status::Done),
        Measure::named("d"),
    ]);
    session.commit()?;
    Ok(session)
}

#[track_caller]
fn check<Q>(session: &mut Session, query: Query<Measure, Q>, expected: &str) {
    let mut names: Vec<String> = query.values(session).unwrap().into_iter().map(|measure| measure.name).collect();
    names.sort();
    assert_eq!(names.concat(), expected);
}

pub fn values_are_compared(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::count.eq(2)), "b");
    check(session, Measure::query().filter(Measure::count.ne(2)), "ac");
    check(session, Measure::query().filter(Measure::count.lt(2)), "a");
    check(session, Measure::query().filter(Measure::count.le(2)), "ab");
    check(session, Measure::query().filter(Measure::count.gt(2)), "c");
    check(session, Measure::query().filter(Measure::count.ge(2)), "bc");
    check(session, Measure::query().filter(Measure::name.eq("a")), "a");
    check(session, Measure::query().filter(Measure::name.eq(String::from("a"))), "a");
    check(session, Measure::query().filter(Measure::name.eq(&String::from("a"))), "a");
    check(session, Measure::query().filter(Measure::name.gt("b")), "cd");
    check(session, Measure::query().filter(Measure::small.eq(2)), "abc");
    check(session, Measure::query().filter(Measure::large.ge(20_i64)), "bc");
    check(session, Measure::query().filter(Measure::large.eq(i64::MIN)), "");
    Ok(())
}

pub fn a_column_is_compared_with_an_option(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::count.eq(Some(2))), "b");
    check(session, Measure::query().filter(Measure::count.eq(None::<i32>)), "d");
    check(session, Measure::query().filter(Measure::count.ne(None::<i32>)), "abc");
    check(session, Measure::query().filter(Measure::note.eq(Some("aa"))), "a");
    check(session, Measure::query().filter(Measure::note.eq(None::<String>)), "d");
    check(session, Measure::query().filter(Measure::count.lt(None::<i32>)), "");
    check(session, Measure::query().filter(Measure::name.eq(Some("a"))), "a");
    check(session, Measure::query().filter(Measure::name.eq(None::<&str>)), "");
    Ok(())
}

pub fn columns_are_compared_with_columns(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::name.lt(Measure::note)), "abc");
    check(session, Measure::query().filter(Measure::name.eq(Measure::name)), "abcd");
    check(session, Measure::query().filter(Measure::note.eq(Measure::note)), "abc");
    check(session, Measure::query().filter(Measure::status.eq(Measure::state)), "abc");
    check(session, Measure::query().filter(lower(Measure::name).eq(Measure::name)), "abcd");
    check(session, Measure::query().filter(coalesce(Measure::note, "none").eq("none")), "d");
    check(session, Measure::query().filter(coalesce(Measure::count, 3).between(2, Measure::count)), "bc");
    Ok(())
}

pub fn null_passes_no_comparison(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::count.ge(0)), "abc");
    check(session, Measure::query().filter(Measure::count.ge(0).not()), "");
    check(session, Measure::query().filter(Measure::count.eq(1).or(Measure::count.ne(1))), "abc");
    check(session, Measure::query().filter(Measure::note.like("%")), "abc");
    check(session, Measure::query().filter(Measure::checked.not()), "b");
    Ok(())
}

pub fn conditions_combine(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let (one, three) = (|| Measure::count.eq(1), || Measure::count.eq(3));
    check(session, Measure::query().filter(one().or(three())), "ac");
    check(session, Measure::query().filter(one() | three()), "ac");
    check(session, Measure::query().filter(one().and(Measure::flag)), "a");
    check(session, Measure::query().filter(three() & Measure::name.eq("a")), "");
    check(session, Measure::query().filter(one().not()), "bc");
    check(session, Measure::query().filter(!one()), "bc");
    check(session, Measure::query().filter(!!one()), "a");
    check(session, Measure::query().filter(one()).filter(three()), "");
    check(session, Measure::query().filter(one().or(three())).filter(Measure::name.ne("a")), "c");
    Ok(())
}

pub fn deep_conditions_keep_their_parentheses(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let is = |name: &'static str| Measure::name.eq(name);
    check(session, Measure::query().filter((is("a") | is("b")) & (is("b") | is("c"))), "b");
    check(session, Measure::query().filter((is("a") & is("b")) | (is("c") & is("c"))), "c");
    check(session, Measure::query().filter(!(is("a") | is("b"))), "cd");
    check(session, Measure::query().filter(!(is("a") & is("b"))), "abcd");
    check(session, Measure::query().filter(is("a") | is("b") & is("c")), "a");
    check(session, Measure::query().filter(!is("a") & !(is("b") | !is("c"))), "c");
    check(session, Measure::query().filter(is("a").eq(Measure::flag)), "abd");
    check(session, Measure::query().filter(is("a").or(is("b")).eq(false)), "cd");
    Ok(())
}

pub fn no_condition_at_all_holds_everywhere(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query(), "abcd");
    check(session, Measure::query().filter_opt(None::<orm::query::Expr<bool, ()>>), "abcd");
    check(session, Measure::query().filter_opt(Some(Measure::count.eq(1))), "a");
    Ok(())
}

pub fn a_list_may_be_empty(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::count.in_(Vec::<i32>::new())), "");
    check(session, Measure::query().filter(Measure::count.not_in(Vec::<i32>::new())), "abcd");
    check(session, Measure::query().filter(!Measure::count.in_([0_i32; 0])), "abcd");
    check(session, Measure::query().filter(Measure::name.in_(Vec::<&str>::new())), "");
    Ok(())
}

pub fn a_list_may_hold_null(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::count.in_([Some(1), None])), "ad");
    check(session, Measure::query().filter(!Measure::count.in_([Some(1), None])), "bc");
    check(session, Measure::query().filter((Measure::count + 0).in_([Some(1), None])), "ad");
    check(session, Measure::query().filter(!(Measure::count + 0).in_([Some(1), None])), "bc");
    check(session, Measure::query().filter(Measure::count.not_in([Some(1), None])), "");
    check(session, Measure::query().filter(Measure::count.in_([None::<i32>])), "d");
    check(session, Measure::query().filter(Measure::count.not_in([None::<i32>])), "");
    check(session, Measure::query().filter(Measure::count.in_([] as [Option<i32>; 0])), "");
    check(session, Measure::query().filter(Measure::count.not_in([1])), "bc");
    Ok(())
}

/// A form whose fields may be empty.
#[derive(Default)]
struct Form<'f> {
    least: Option<i32>,
    text: Option<&'f str>,
    names: Vec<&'f str>,
    checked: bool,
}

impl Form<'_> {
    fn conditions(&self) -> Vec<Filter<Measure>> {
        let mut conditions = Vec::new();
        if let Some(least) = self.least {
            conditions.push(Measure::count.ge(least));
        }
        if let Some(text) = self.text {
            conditions.push(Measure::note.contains(text));
            conditions.push((Measure::name.like("%") & !Measure::note.is_null()).of());
        }
        if !self.names.is_empty() {
            conditions.push(Measure::name.in_(&self.names));
        }
        if self.checked {
            conditions.push(Measure::checked.of());
        }
        conditions
    }
}

pub fn conditions_of_any_shape_are_listed(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let all = |form: &Form<'_>| Measure::query().filter(all_of(form.conditions()));
    check(session, all(&Form::default()), "abcd");
    check(session, all(&Form { least: Some(2), ..Form::default() }), "bc");
    check(session, all(&Form { least: Some(2), names: vec!["a", "b"], ..Form::default() }), "b");
    check(session, all(&Form { text: Some("cc"), least: Some(1), ..Form::default() }), "c");
    let any = |form: &Form<'_>| Measure::query().filter(any_of(form.conditions()));
    check(session, any(&Form::default()), "");
    check(session, any(&Form { least: Some(3), names: vec!["a", "d"], ..Form::default() }), "acd");
    let optional = (!Form::default().conditions().is_empty()).then(|| any_of(Form::default().conditions()));
    check(session, Measure::query().filter_opt(optional), "abcd");
    let columns =
        vec![Measure::note.lt(Measure::name).of::<Measure>(), Measure::name.eq("d"), exists(Measure::query()).of()];
    check(session, Measure::query().filter(all_of(columns)), "");
    Ok(())
}

fn small() -> Filter<Measure> {
    Measure::count.le(2)
}

fn only_small() -> Query<Measure> {
    Measure::query().filter(small())
}

fn counted(query: Query<Measure>) -> Select<(String, i64), (Of<Measure>, ())> {
    query.group_by(Measure::name).select((Measure::name, count_all()))
}

pub fn conditions_and_queries_have_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, only_small().filter(!small() | Measure::name.eq("b")), "b");
    assert_eq!(counted(only_small()).order_by(Measure::name).all(session)?, [("a".to_owned(), 1), ("b".to_owned(), 1)]);
    Ok(())
}

/// More values than a statement may have parameters.
pub fn a_list_may_hold_thousands(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    if cx.lists_values() {
        let most = i32::try_from(cx.capabilities().max_parameters).unwrap_or_default();
        check(session, Measure::query().filter(Measure::count.in_(3..3 + most)), "c");
        check(session, Measure::query().filter(Measure::count.not_in(3..3 + most)), "ab");
        let more = Measure::query().filter(Measure::count.in_(3..4 + most)).count(session);
        expect_error(more, ErrorKind::InvalidState, &["parameters", "in parts"]);
        return Ok(());
    }
    check(session, Measure::query().filter(Measure::count.in_(3..100_000)), "c");
    check(session, Measure::query().filter(Measure::count.not_in(3..100_000)), "ab");
    let texts: Vec<String> = (0..70_000).map(|number| number.to_string()).chain(["b".to_owned()]).collect();
    check(session, Measure::query().filter(Measure::name.in_(&texts)), "b");
    cx.expect_log(&["insert measure x4", "select measure", "select measure", "select measure"]);
    Ok(())
}

pub fn lists_of_every_type(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::name.in_(["a", "b"])), "ab");
    check(session, Measure::query().filter(Measure::note.in_([String::from("cc")])), "c");
    check(session, Measure::query().filter(Measure::small.in_([2, 7])), "abc");
    check(session, Measure::query().filter(Measure::weight.in_([0.5, 1e300])), "ac");
    check(session, Measure::query().filter(Measure::single.in_([0.1_f32])), "abc");
    check(session, Measure::query().filter(Measure::price.in_([Decimal::new(95, 1), Decimal::new(1000, 2)])), "ab");
    check(session, Measure::query().filter(Measure::price.not_in([Decimal::new(95, 1)])), "bc");
    check(session, Measure::query().filter(Measure::flag.in_([true])), "ac");
    check(session, Measure::query().filter(Measure::status.in_([Status::Done, Status::InProgress])), "bc");
    Ok(())
}

pub fn between_includes_both_ends(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::count.between(1, 2)), "ab");
    check(session, Measure::query().filter(Measure::count.between(2, 1)), "");
    check(session, Measure::query().filter(!Measure::count.between(1, 2)), "c");
    check(session, Measure::query().filter(Measure::name.between("b", "c")), "bc");
    check(session, Measure::query().filter(Measure::price.between(Decimal::new(95, 1), Decimal::TEN)), "ab");
    check(session, Measure::query().filter(Measure::large.between(Measure::large, 10_i64)), "ad");
    Ok(())
}

pub fn null_is_tested(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::count.is_null()), "d");
    check(session, Measure::query().filter(Measure::count.is_not_null()), "abc");
    check(session, Measure::query().filter(!Measure::count.is_null()), "abc");
    check(session, Measure::query().filter(Measure::name.is_null()), "");
    check(session, Measure::query().filter(coalesce(Measure::count, Measure::count).is_null()), "d");
    check(session, Measure::query().filter(Measure::count.gt(1).is_null()), "d");
    Ok(())
}

pub fn truth_values_are_conditions(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::flag), "ac");
    check(session, Measure::query().filter(!Measure::flag), "bd");
    check(session, Measure::query().filter(Measure::checked), "ac");
    check(session, Measure::query().filter(!Measure::checked), "b");
    check(session, Measure::query().filter(Measure::flag & Measure::name.eq("a")), "a");
    check(session, Measure::query().filter(Measure::flag.eq(false)), "bd");
    check(session, Measure::query().filter(Measure::checked.eq(Some(true))), "ac");
    check(session, Measure::query().filter(Measure::checked.ne(Measure::flag)), "");
    check(session, Measure::query().filter(coalesce(Measure::checked, true)), "acd");
    Ok(())
}

pub fn comparisons_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let query = Measure::query().order_by(Measure::name);
    let rows: Vec<(bool, bool)> =
        query.select((Measure::count.is_null(), Measure::name.eq("b").or(Measure::flag))).all(session)?;
    assert_eq!(rows, [(false, true), (false, true), (false, true), (true, false)]);
    let sorted: Vec<String> =
        Measure::query().order_by((Measure::name.eq("b").desc(), Measure::name)).select(Measure::name).all(session)?;
    assert_eq!(sorted.concat(), "bacd");
    Ok(())
}

pub fn enums_are_compared(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::status.eq(Status::Open)), "ad");
    check(session, Measure::query().filter(Measure::status.ne(Status::Done)), "abd");
    check(session, Measure::query().filter(Measure::state.eq(Some(Status::Done))), "c");
    check(session, Measure::query().filter(Measure::state.eq(None::<Status>)), "d");
    session.commit()?;
    cx.expect_rows("SELECT status FROM measure ORDER BY id", &["open", "in_progress", "closed", "open"]);
    Ok(())
}

pub fn floats_are_compared(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    session.add(Measure { weight: Some(f64::NAN), ..Measure::named("n") });
    session.flush()?;
    check(session, Measure::query().filter(Measure::weight.eq(f64::NAN)), "n");
    check(session, Measure::query().filter(Measure::weight.gt(f64::INFINITY)), "n");
    check(session, Measure::query().filter(Measure::weight.eq(0.5)), "a");
    check(session, Measure::query().filter(Measure::weight.gt(0.0)), "acn");
    check(session, Measure::query().filter(Measure::weight.lt(f64::INFINITY)), "abc");
    check(session, Measure::query().filter(Measure::single.eq(0.1_f32)), "abc");
    check(session, Measure::query().filter(Measure::single.eq(-0.0_f32)), "dn");
    Ok(())
}

pub fn decimals_are_compared_as_numbers(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().filter(Measure::price.eq(Decimal::new(95, 1))), "a");
    check(session, Measure::query().filter(Measure::price.lt(Decimal::new(11, 0))), "ab");
    check(session, Measure::query().filter(Measure::price.gt(Decimal::new(-1, 0))), "abc");
    check(session, Measure::query().filter(coalesce(Measure::price, Decimal::TEN).lt(Decimal::new(11, 0))), "abd");
    check(session, Measure::query().filter(coalesce(Measure::price, Decimal::ZERO).eq(Decimal::new(0, 5))), "d");
    Ok(())
}

pub fn foreign_keys_are_columns(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Employee])?;
    let mut session = cx.session();
    let alice = session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named("alice") });
    let acme = session.add(Company::named("acme"));
    session.add_all([Employee { company: Some(acme.into()), ..Employee::named("eve") }, Employee::named("free")]);
    session.commit()?;
    let (alice, acme) = (session[alice].id, session[acme].id);
    assert_eq!(Address::query().filter(Address::user_id.eq(alice)).count(&mut session)?, 1);
    assert_eq!(Address::query().filter(Address::user_id.in_([alice + 1, alice + 2])).count(&mut session)?, 0);
    assert_eq!(Employee::query().filter(Employee::company_id.eq(acme)).count(&mut session)?, 1);
    assert_eq!(Employee::query().filter(Employee::company_id.eq(Some(acme))).count(&mut session)?, 1);
    let free: Vec<(String, Option<i64>)> = Employee::query()
        .filter(Employee::company_id.is_null())
        .select((Employee::name, Employee::company_id))
        .all(&mut session)?;
    assert_eq!(free, [("free".to_owned(), None)]);
    Ok(())
}

pub fn many_conditions_do_not_overflow(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let mut query = Measure::query();
    for number in 10..500 {
        query = query.filter(Measure::large.ne(number + 1000));
    }
    check(session, query, "abcd");
    Ok(())
}

/// Also if the next letter is hard to find, and if a letter is special in patterns.
pub fn a_text_begins_with_what_it_begins_with(cx: &mut TestContext) -> Result<()> {
    const TEXTS: [&str; 16] = [
        "a",
        "A",
        "ab",
        "aÿ",
        "aÿz",
        "b",
        "ÿ",
        "ÿÿ",
        "\u{100}",
        "\u{d7ff}x",
        "\u{e000}",
        "\u{ffff}",
        "😀",
        "😀a",
        "%",
        "[a",
    ];
    cx.create(models![User])?;
    let session = &mut cx.session();
    session.add_all(TEXTS.map(User::named));
    session.flush()?;
    for start in TEXTS {
        let mut found = User::query().filter(User::name.starts_with(start)).select(User::name).all(session)?;
        let mut expected = TEXTS.map(str::to_owned).to_vec();
        expected.retain(|text| text.starts_with(start));
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{start:?}");
        let others = User::query().filter(!User::name.starts_with(start)).count(session)?;
        assert_eq!(others, (TEXTS.len() - expected.len()) as u64, "{start:?}");
    }
    Ok(())
}
