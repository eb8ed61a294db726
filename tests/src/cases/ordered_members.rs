//! Members that keep their places in a column.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{Agenda, Company, Employee, Topic};
use crate::{TestContext, expect_error};

cases! { ordered_members {
    literals_are_numbered_in_their_order [];
    a_moved_member_renumbers_those_between [];
    a_member_is_inserted_at_a_place [];
    a_pushed_member_is_the_last [];
    a_removed_member_leaves_no_gap [];
    a_set_gives_the_order [];
    a_place_that_is_not_there_is_refused [];
    a_rollback_gives_the_order_back [];
    members_by_a_key [];
} }

/// An agenda of topics, committed, in a session that has loaded nothing.
fn agenda(cx: &mut TestContext, titles: &[&str]) -> Result<(Session, Handle<Agenda>)> {
    cx.create(models![Agenda, Company])?;
    let mut session = cx.session();
    let topics: Vec<Topic> = titles.iter().map(|title| Topic::titled(title)).collect();
    session.add(Agenda { topics: topics.into(), ..Agenda::default() });
    session.commit()?;
    session.close()?;
    let agenda = session.get::<Agenda>(1)?.unwrap();
    cx.clear_log();
    Ok((session, agenda))
}

const ROWS: &str = "SELECT title, position FROM topic ORDER BY position, title";

pub fn literals_are_numbered_in_their_order(cx: &mut TestContext) -> Result<()> {
    let (mut session, agenda) = agenda(cx, &["a", "b", "c"])?;
    cx.expect_rows(ROWS, &["a|0", "b|1", "c|2"]);
    let topics = session.load(agenda, Agenda::topics)?;
    let titles: Vec<&str> = topics.iter().map(|&topic| &*session[topic].title).collect();
    assert_eq!(titles, ["a", "b", "c"]);
    Ok(())
}

pub fn a_moved_member_renumbers_those_between(cx: &mut TestContext) -> Result<()> {
    let (mut session, agenda) = agenda(cx, &["a", "b", "c", "d", "e"])?;
    let topics = session.load(agenda, Agenda::topics)?;
    cx.clear_log();
    session.move_to(agenda, Agenda::topics, topics[3], 1)?;
    let order = [topics[0], topics[3], topics[1], topics[2], topics[4]];
    assert_eq!(session.load(agenda, Agenda::topics)?, order);
    assert_eq!(order.map(|topic| session[topic].position), [0, 1, 2, 3, 4]);
    session.commit()?;
    cx.expect_log(&["update topic (position) x3"]);
    cx.expect_rows(ROWS, &["a|0", "d|1", "b|2", "c|3", "e|4"]);
    session.move_to(agenda, Agenda::topics, topics[4], 4)?;
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn a_member_is_inserted_at_a_place(cx: &mut TestContext) -> Result<()> {
    let (mut session, agenda) = agenda(cx, &["a", "b"])?;
    let new = session.insert_at(agenda, Agenda::topics, 0, Topic::titled("first"))?;
    session.insert_at(agenda, Agenda::topics, 3, Topic::titled("last"))?;
    assert_eq!(session[new].position, 0);
    session.commit()?;
    cx.expect_rows(ROWS, &["first|0", "a|1", "b|2", "last|3"]);
    Ok(())
}

pub fn a_pushed_member_is_the_last(cx: &mut TestContext) -> Result<()> {
    let (mut session, agenda) = agenda(cx, &["a", "b"])?;
    let c = session.push(agenda, Agenda::topics, Topic::titled("c"))?;
    let d = session.push(agenda, Agenda::topics, Topic::titled("d"))?;
    assert_eq!((session[c].position, session[d].position), (2, 3));
    let fresh = session.add(Agenda::default());
    let only = session.push(fresh, Agenda::topics, Topic { position: 7, ..Topic::titled("only") })?;
    assert_eq!(session[only].position, 0);
    session.commit()?;
    cx.expect_rows(
        "SELECT title, position FROM topic WHERE agenda_id = 1 ORDER BY position",
        &["a|0", "b|1", "c|2", "d|3"],
    );
    Ok(())
}

pub fn a_removed_member_leaves_no_gap(cx: &mut TestContext) -> Result<()> {
    let (mut session, agenda) = agenda(cx, &["a", "b", "c"])?;
    let topics = session.load(agenda, Agenda::topics)?;
    session.remove(agenda, Agenda::topics, topics[0])?;
    session.commit()?;
    cx.expect_rows(ROWS, &["b|0", "c|1"]);
    Ok(())
}

pub fn a_set_gives_the_order(cx: &mut TestContext) -> Result<()> {
    let (mut session, agenda) = agenda(cx, &["a", "b", "c"])?;
    let topics = session.load(agenda, Agenda::topics)?;
    session.set(agenda, Agenda::topics, [topics[2], topics[0]])?;
    assert_eq!(session.load(agenda, Agenda::topics)?, [topics[2], topics[0]]);
    session.commit()?;
    cx.expect_rows(ROWS, &["c|0", "a|1"]);
    Ok(())
}

pub fn a_place_that_is_not_there_is_refused(cx: &mut TestContext) -> Result<()> {
    let (mut session, agenda) = agenda(cx, &["a", "b"])?;
    let topics = session.load(agenda, Agenda::topics)?;
    expect_error(
        session.move_to(agenda, Agenda::topics, topics[0], 2),
        ErrorKind::InvalidState,
        &["Agenda#1", "topics"],
    );
    let refused = session.insert_at(agenda, Agenda::topics, 3, Topic::titled("c"));
    expect_error(refused, ErrorKind::InvalidState, &["Agenda#1", "place 3"]);
    let other = session.add(Agenda { topics: [Topic::titled("x")].into(), ..Agenda::default() });
    let x = session.load(other, Agenda::topics)?[0];
    expect_error(session.move_to(agenda, Agenda::topics, x, 0), ErrorKind::InvalidState, &["Topic#new", "topics"]);
    assert_eq!(session.load(agenda, Agenda::topics)?, topics);
    let company = session.add(Company::named("acme"));
    let ann = session.push(company, Company::employees, Employee::named("ann"))?;
    let refused = session.move_to(company, Company::employees, ann, 0);
    expect_error(refused, ErrorKind::InvalidState, &["Company::employees", "ordering"]);
    Ok(())
}

pub fn a_rollback_gives_the_order_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, agenda) = agenda(cx, &["a", "b", "c"])?;
    session.commit()?;
    let topics = session.load(agenda, Agenda::topics)?;
    session.move_to(agenda, Agenda::topics, topics[2], 0)?;
    session.flush()?;
    session.rollback()?;
    assert_eq!(topics.iter().map(|&topic| session[topic].position).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(session.load(agenda, Agenda::topics)?, topics);
    Ok(())
}

pub fn members_by_a_key(cx: &mut TestContext) -> Result<()> {
    let (mut session, agenda) = agenda(cx, &["a", "b"])?;
    let map = session.related_map(agenda, Agenda::topics, |topic| topic.title.clone())?;
    assert_eq!((map.len(), &*session[map["b"]].title), (2, "b"));
    let twice = session.related_map(agenda, Agenda::topics, |topic| topic.title.len());
    expect_error(twice, ErrorKind::MultipleFound, &["topics", "1"]);
    Ok(())
}
