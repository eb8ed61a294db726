//! Rules of models, checked by a flush and on demand; and hooks that see old values.

use orm::prelude::*;
use orm::{Error, Result};

use crate::models::{Fare, Meeting, Room, Visitor, take_notes};
use crate::{TestContext, expect_error};

cases! { rules {
    all_violations_of_all_objects_are_one_error [];
    what_a_flush_would_not_write_is_not_checked [];
    rules_see_what_hooks_and_defaults_left [];
    an_object_is_checked_on_demand [];
    plain_inserts_are_checked [];
    rules_cost_no_transaction [];
    a_hook_sees_what_the_row_holds [];
    a_hook_sees_what_the_row_held_at_a_savepoint [];
} }

fn room(name: &str) -> Room {
    Room { name: name.into(), floor: 1 }
}

fn meeting(title: &str) -> Meeting {
    Meeting { title: title.into(), starts: 9, ends: 10, room: room("blue"), ..Meeting::default() }
}

fn visitor(name: &str) -> Visitor {
    Visitor { name: name.into(), age: 40, ..Visitor::default() }
}

/// The violations as text: object, field and message.
fn told(error: &Error) -> Vec<String> {
    let violations = error.violations().iter();
    violations
        .map(|broken| format!("{} {}: {}", broken.object(), broken.field().unwrap_or("-"), broken.message()))
        .collect()
}

pub fn all_violations_of_all_objects_are_one_error(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Meeting, Visitor])?;
    let mut session = cx.session();
    let old = session.add(meeting("old"));
    session.commit()?;
    cx.clear_log();

    session[old].title = "!".into();
    session[old].ends = 8;
    session[old].spare = Some(room(""));
    let attic = Room { floor: 12, ..room("attic") };
    let new = session.add(Meeting { title: String::new(), room: attic, ..meeting("") });
    let guest = session.push(new, Meeting::visitors, Visitor { age: 200, ..visitor("x") })?;
    let error = expect_error(
        session.commit(),
        ErrorKind::Invalid,
        &["Meeting#1 is not valid: `title` must not shout !; `ends`"],
    );
    let expected = [
        "Meeting#1 title: must not shout !",
        "Meeting#1 ends: must be after 9",
        "Meeting#1 spare.name: must not be empty",
        "Meeting#new title: must not be empty",
        "Meeting#new room: is too high for ",
        "Visitor#new age: greater than 150",
        "Visitor#new name: length is lower than 2",
    ];
    assert_eq!(told(&error), expected);
    assert_eq!(error.violations()[6].model(), "Visitor");
    cx.expect_full_log(&[]);
    assert_eq!((&*session[old].title, session.state(new)), ("!", State::Pending));

    session[old].title = "better".into();
    session[old].ends = 11;
    session[old].spare = None;
    session[new].title = "new".into();
    session[new].room.floor = 2;
    session[guest].name = "Ann".into();
    session[guest].age = 20;
    session.commit()?;
    cx.expect_rows("SELECT title, ends FROM meeting ORDER BY id", &["better|11", "new|10"]);
    cx.expect_rows("SELECT name, meeting_id FROM visitor", &["Ann|2"]);
    Ok(())
}

pub fn what_a_flush_would_not_write_is_not_checked(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Meeting, Visitor])?;
    cx.execute("INSERT INTO visitor (id, name, age) VALUES (1, 'x', 1), (2, 'y', 2), (3, 'z', 3)");
    let mut session = cx.session();
    let [same, gone, changed] = [1, 2, 3].map(|key| session.get::<Visitor>(key));
    let (same, gone, changed) = (same?.unwrap(), gone?.unwrap(), changed?.unwrap());
    session[same].age = 2;
    session[same].age = 1;
    session.delete(gone)?;
    session.commit()?;
    session[changed].age = 4;
    let error = expect_error(session.commit(), ErrorKind::Invalid, &["Visitor#3"]);
    assert_eq!(told(&error), ["Visitor#3 name: length is lower than 2"], "all rules of what is written");
    session.rollback()?;
    cx.expect_rows("SELECT id, age FROM visitor ORDER BY id", &["1|1", "3|3"]);
    Ok(())
}

pub fn rules_see_what_hooks_and_defaults_left(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Fare])?;
    let mut session = cx.session();
    let first = session.add(Fare::default());
    session.commit()?;
    assert_eq!(session[first].zone, "A", "the hook gave a name before the rule asked for one");

    let bad = session.add(Fare { zone: "?".into(), cents: -3, ..Fare::default() });
    let error = expect_error(
        session.commit(),
        ErrorKind::Invalid,
        &["Fare#new is not valid: `zone` must not be empty; a fare"],
    );
    assert_eq!(told(&error), ["Fare#new zone: must not be empty", "Fare#new -: a fare is no discount"]);
    assert_eq!(session[bad].zone, "?", "what the hook changed is taken back");
    Ok(())
}

pub fn an_object_is_checked_on_demand(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Meeting, Visitor, Fare])?;
    let mut session = cx.session();
    let fine = session.add(meeting("fine"));
    let bad = session.add(Meeting { ends: 1, ..meeting("bad!") });
    session.validate(fine)?;
    let error = session.validate(bad).unwrap_err();
    assert_eq!(told(&error), ["Meeting#new title: must not shout bad!", "Meeting#new ends: must be after 9"]);
    session.expunge(bad)?;
    expect_error(session.validate(bad), ErrorKind::Detached, &["Meeting"]);

    let fare = session.add(Fare { zone: "B".into(), ..Fare::default() });
    session.commit()?;
    session[fare].cents = -1;
    let error = session.validate(fare).unwrap_err();
    assert_eq!(told(&error), ["Fare#1 -: a fare is no discount"]);
    session[fare].cents = 0;
    session.validate(fare)?;
    assert!(!session.is_modified(fare) && take_notes().is_empty(), "nothing but `validate` was called");
    Ok(())
}

pub fn plain_inserts_are_checked(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Meeting, Visitor])?;
    let mut session = cx.session();
    let values = [visitor("Ann"), visitor("x"), Visitor { age: -1, ..visitor("Bob") }];
    let error = Visitor::insert_all(values.clone()).execute(&mut session).unwrap_err();
    let expected = ["Visitor#new name: length is lower than 2", "Visitor#new age: lower than 0"];
    assert_eq!((error.kind(), told(&error)), (ErrorKind::Invalid, expected.map(str::to_owned).to_vec()));
    let upsert = Visitor::insert(values[1].clone()).on_conflict(Visitor::id).do_nothing();
    expect_error(upsert.execute(&mut session), ErrorKind::Invalid, &["Visitor#new", "`name`"]);
    cx.expect_full_log(&[]);
    Visitor::insert_all([values[0].clone()]).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT name FROM visitor", &["Ann"]);
    Ok(())
}

pub fn rules_cost_no_transaction(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Meeting, Visitor])?;
    let mut session = cx.only_writer();
    session.add(meeting("one"));
    session.commit()?;
    let with_rules = cx.take_log().len();
    session.add(visitor("Ann"));
    session.commit()?;
    assert_eq!((with_rules, cx.take_log().len()), (1, 1), "a single statement needs no transaction around it");
    Ok(())
}

pub fn a_hook_sees_what_the_row_holds(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Fare])?;
    let mut session = cx.session();
    let base = session.add(Fare { zone: "base".into(), ..Fare::default() });
    let fare = session.add(Fare { zone: "B".into(), cents: 100, ..Fare::default() });
    session.commit()?;
    session[fare].cents = 120;
    session[fare].cents = 150;
    session.flush()?;
    session[fare].zone = "C".into();
    session[fare].below = Some(base.into());
    session.flush()?;
    session[fare].below = None;
    session.delete(base)?;
    session.commit()?;
    let notes = take_notes();
    assert_eq!(notes[0], "B 100 None -> B 150 None", "what was assigned in between was never in the row");
    assert!(notes[1].starts_with("B 150 None -> C 150"), "{notes:?}");
    assert_eq!(notes[2], "C 150 Some(1) -> C 150 None");
    Ok(())
}

pub fn a_hook_sees_what_the_row_held_at_a_savepoint(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Fare])?;
    let mut session = cx.session();
    let fare = session.add(Fare { zone: "B".into(), cents: 1, ..Fare::default() });
    session.commit()?;
    session[fare].cents = 2;
    session.flush()?;
    let failed: Result<()> = session.nested(|session| {
        session[fare].cents = 3;
        session.flush()?;
        Err(Error::new(ErrorKind::InvalidState, "back"))
    });
    failed.unwrap_err();
    session[fare].cents = 4;
    session.commit()?;
    assert_eq!(take_notes(), ["B 1 None -> B 2 None", "B 2 None -> B 3 None", "B 2 None -> B 4 None"]);
    Ok(())
}
