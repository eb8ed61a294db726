//! Unique values that move from row to row within a flush: U-098, U-145, U-146.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Desk, Drawer, License, Pilot, Shelf, Spot};
use crate::{TestContext, expect_error};

cases! { unique_values {
    u_145_a_new_row_takes_the_value_of_a_deleted_one [];
    u_145_many_rows_are_replaced_in_two_statements [];
    u_145_a_changed_row_takes_the_value_of_a_deleted_one [];
    u_145_rows_move_up_one_after_another [];
    u_145_a_new_row_takes_what_a_changed_one_gives_up [];
    u_145_a_has_one_with_a_unique_key_is_replaced [];
    u_145_children_move_to_the_row_that_takes_the_value [];
    u_145_a_row_gives_its_name_to_its_new_parent [];
    u_145_other_rows_keep_their_statements [];
    u_145_values_of_two_columns_are_handed_over [];
    u_145_a_value_that_is_null_is_nobodys [];
    u_145_a_rollback_gives_the_values_back [];
    u_145_a_failure_leaves_the_objects_alone [];
    u_146_two_rows_swap_a_value_through_null [];
    u_146_three_rows_rotate_a_value_through_null [];
    u_146_values_of_two_columns_are_swapped_through_null [];
    u_146_many_swaps_are_three_statements [];
    u_146_a_swap_without_null_is_refused_before_any_sql [];
    u_099_replaced_rows_exchange_values [];
    u_099_a_replaced_and_a_changed_row_exchange_values [];
    u_099_many_replaced_rows_exchange_values_in_two_statements [];
    u_098_composite_keys_move_up [];
    u_098_a_key_is_taken_from_a_deleted_row [];
    u_098_a_swap_of_keys_is_refused_before_any_sql [];
} }

fn desks<const N: usize>(cx: &mut TestContext, numbers: [i32; N]) -> Result<(Session, [Handle<Desk>; N])> {
    cx.create(models![Desk])?;
    let mut session = cx.only_writer();
    let desks = numbers.map(|number| session.add(Desk::numbered(number)));
    session.commit()?;
    cx.clear_log();
    Ok((session, desks))
}

pub fn u_145_a_new_row_takes_the_value_of_a_deleted_one(cx: &mut TestContext) -> Result<()> {
    let (mut session, [old, _]) = desks(cx, [7, 8])?;
    let new = session.add(Desk::numbered(7));
    session.delete(old)?;
    session.commit()?;
    cx.expect_log(&["delete desk", "insert desk"]);
    cx.expect_rows("SELECT id, number FROM desk ORDER BY id", &["2|8", "3|7"]);
    assert_eq!(session[new].id, 3);
    Ok(())
}

pub fn u_145_many_rows_are_replaced_in_two_statements(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.only_writer();
    let old = session.add_all((0..100).map(Desk::numbered));
    session.commit()?;
    cx.clear_log();
    for desk in old {
        session.delete(desk)?;
    }
    session.add_all((0..100).map(|number| Desk { nick: Some(format!("n{number}")), ..Desk::numbered(number) }));
    session.commit()?;
    cx.expect_log(&["delete desk x100", "insert desk x100"]);
    cx.expect_rows("SELECT count(*), count(nick) FROM desk", &["100|100"]);
    Ok(())
}

pub fn u_145_a_changed_row_takes_the_value_of_a_deleted_one(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, b, c]) = desks(cx, [1, 2, 3])?;
    session.delete(a)?;
    session[b].number = 1;
    session[c].number = 4;
    session.commit()?;
    cx.expect_log(&["update desk (number)", "delete desk", "update desk (number)"]);
    cx.expect_rows("SELECT id, number FROM desk ORDER BY id", &["2|1", "3|4"]);
    Ok(())
}

pub fn u_145_rows_move_up_one_after_another(cx: &mut TestContext) -> Result<()> {
    let (mut session, desks) = desks(cx, [1, 2, 3])?;
    for desk in desks {
        session[desk].number += 1;
    }
    session.commit()?;
    cx.expect_log(&["update desk (number)"; 3]);
    cx.expect_rows("SELECT id, number FROM desk ORDER BY id", &["1|2", "2|3", "3|4"]);
    assert!(session.dirty().is_empty());
    Ok(())
}

pub fn u_145_a_new_row_takes_what_a_changed_one_gives_up(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, _]) = desks(cx, [1, 2])?;
    session.add(Desk::numbered(1));
    session[a].number = 3;
    session.commit()?;
    cx.expect_log(&["update desk (number)", "insert desk"]);
    cx.expect_rows("SELECT id, number FROM desk ORDER BY id", &["1|3", "2|2", "3|1"]);
    Ok(())
}

pub fn u_145_a_has_one_with_a_unique_key_is_replaced(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pilot])?;
    let mut session = cx.only_writer();
    let ann = session.add(Pilot { name: "ann".into(), ..Pilot::default() });
    let old = session.push(ann, Pilot::license, License::of_class("a"))?;
    session.commit()?;
    cx.clear_log();
    let new = session.push(ann, Pilot::license, License::of_class("b"))?;
    session.commit()?;
    cx.expect_log(&["delete license", "insert license"]);
    cx.expect_rows("SELECT class, pilot_id FROM license", &["b|1"]);
    assert!(!session.contains(old));
    assert_eq!(session.related(ann, Pilot::license)?, Some(new));
    Ok(())
}

pub fn u_145_children_move_to_the_row_that_takes_the_value(cx: &mut TestContext) -> Result<()> {
    let (mut session, [old]) = desks(cx, [7])?;
    let drawer = session.push(old, Desk::drawers, Drawer::default())?;
    session.commit()?;
    cx.clear_log();
    let new = session.add(Desk::numbered(7));
    session[drawer].desk = new.into();
    session.delete(old)?;
    session.commit()?;
    // The new desk needs the number of the old one, which cannot go before the drawer, which cannot go before the new desk.
    cx.expect_log(&["update drawer (desk_id)", "delete desk", "insert desk", "update drawer (desk_id)"]);
    cx.expect_rows("SELECT d.id, desk.number FROM drawer d JOIN desk ON desk.id = d.desk_id", &["1|7"]);
    assert_eq!(session.related(new, Desk::drawers)?, [drawer]);
    assert!(session.dirty().is_empty());
    Ok(())
}

pub fn u_145_a_row_gives_its_name_to_its_new_parent(cx: &mut TestContext) -> Result<()> {
    use crate::models::Chapter;
    cx.create(models![Chapter])?;
    let mut session = cx.session();
    let chapter = session.add(Chapter { title: "one".into(), ..Chapter::default() });
    session.commit()?;
    cx.clear_log();
    let parent = session.add(Chapter { title: "one".into(), ..Chapter::default() });
    session[chapter].title = "two".into();
    session[chapter].parent = parent.into();
    session.commit()?;
    cx.expect_log(&["update chapter (title, version)", "insert chapter", "update chapter (parent_id)"]);
    cx.expect_rows("SELECT id, title, parent_id, version FROM chapter ORDER BY id", &["1|two|2|2", "2|one|NULL|1"]);
    session[chapter].title = "three".into();
    session.commit()?;
    cx.expect_rows("SELECT title, version FROM chapter WHERE id = 1", &["three|3"]);
    Ok(())
}

pub fn u_145_other_rows_keep_their_statements(cx: &mut TestContext) -> Result<()> {
    let (mut session, [old, other]) = desks(cx, [7, 8])?;
    session.add_all((100..150).map(|number| Desk { drawers: [Drawer::default()].into(), ..Desk::numbered(number) }));
    session.add(Desk { drawers: [Drawer::default()].into(), ..Desk::numbered(7) });
    session.delete(old)?;
    session.delete(other)?;
    session.commit()?;
    cx.expect_log(&["insert desk x50", "insert drawer x50", "delete desk x2", "insert desk", "insert drawer"]);
    cx.expect_rows("SELECT count(*) FROM drawer JOIN desk ON desk.id = desk_id", &["51"]);
    Ok(())
}

pub fn u_145_values_of_two_columns_are_handed_over(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Spot])?;
    let mut session = cx.session();
    let spots = session.add_all([1, 2, 3].map(|place| Spot { line: 1, place: Some(place), ..Spot::default() }));
    session.commit()?;
    cx.clear_log();
    session.delete(spots[0])?;
    session[spots[1]].place = Some(1);
    session.add(Spot { line: 1, place: Some(2), ..Spot::default() });
    session[spots[2]].line = 2;
    session.commit()?;
    cx.expect_log(&["update spot (line, version)", "delete spot", "update spot (place, version)", "insert spot"]);
    cx.expect_rows("SELECT id, line, place FROM spot ORDER BY id", &["2|1|1", "3|2|3", "4|1|2"]);
    Ok(())
}

pub fn u_145_a_value_that_is_null_is_nobodys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Spot])?;
    let mut session = cx.session();
    let spots = session.add_all([1, 1].map(|line| Spot { line, ..Spot::default() }));
    session.commit()?;
    cx.clear_log();
    session.delete(spots[0])?;
    session.add(Spot { line: 1, ..Spot::default() });
    session[spots[1]].line = 2;
    session.commit()?;
    cx.expect_log(&["update spot (line, version)", "insert spot", "delete spot"]);
    Ok(())
}

pub fn u_145_a_rollback_gives_the_values_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, b]) = desks(cx, [1, 2])?;
    session.delete(a)?;
    session[b].number = 1;
    session.add(Desk::numbered(2));
    session.flush()?;
    session.rollback()?;
    assert_eq!((session[a].number, session[b].number), (1, 2));
    assert!(session.contains(a) && session.dirty().is_empty());
    cx.expect_rows("SELECT id, number FROM desk ORDER BY id", &["1|1", "2|2"]);
    Ok(())
}

pub fn u_145_a_failure_leaves_the_objects_alone(cx: &mut TestContext) -> Result<()> {
    use orm::StatementKind;
    let (mut session, [old]) = desks(cx, [7])?;
    let new = session.add(Desk::numbered(7));
    session.delete(old)?;
    cx.fail_next(StatementKind::Insert, ErrorKind::Busy);
    expect_error(session.flush(), ErrorKind::Busy, &[]);
    cx.expect_log(&["delete desk", "failed insert desk"]);
    assert!(session.contains(old) && session.contains(new));
    assert_eq!(session[new].id, 0);
    session.rollback()?;
    assert!(session.contains(old));
    Ok(())
}

fn nicknamed<const N: usize>(cx: &mut TestContext, nicks: [&str; N]) -> Result<(Session, [Handle<Desk>; N])> {
    let (mut session, desks) = desks(cx, std::array::from_fn(|index| i32::try_from(index).unwrap()))?;
    for (desk, nick) in desks.into_iter().zip(nicks) {
        session[desk].nick = Some(nick.into());
    }
    session.commit()?;
    cx.clear_log();
    Ok((session, desks))
}

pub fn u_146_two_rows_swap_a_value_through_null(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, b]) = nicknamed(cx, ["x", "y"])?;
    session[a].nick = Some("y".into());
    session[b].nick = Some("x".into());
    session.commit()?;
    cx.expect_log(&["update desk (nick)"; 3]);
    cx.expect_rows("SELECT id, nick FROM desk ORDER BY id", &["1|y", "2|x"]);
    assert!(session.dirty().is_empty());
    assert_eq!(session[a].nick.as_deref(), Some("y"));
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_146_three_rows_rotate_a_value_through_null(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, b, c]) = nicknamed(cx, ["x", "y", "z"])?;
    session[a].nick = Some("y".into());
    session[b].nick = Some("z".into());
    session[c].nick = Some("x".into());
    session.commit()?;
    cx.expect_log(&["update desk (nick)"; 4]);
    cx.expect_rows("SELECT id, nick FROM desk ORDER BY id", &["1|y", "2|z", "3|x"]);
    Ok(())
}

pub fn u_146_values_of_two_columns_are_swapped_through_null(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Spot])?;
    let mut session = cx.session();
    let [a, b] = [1, 2].map(|line| session.add(Spot { line, place: Some(5), ..Spot::default() }));
    session.commit()?;
    cx.clear_log();
    session[a].line = 2;
    session[b].line = 1;
    session.commit()?;
    cx.expect_log(&["update spot (place)", "update spot (line, version)", "update spot (line, place, version)"]);
    cx.expect_rows("SELECT id, line, place, version FROM spot ORDER BY id", &["1|2|5|2", "2|1|5|2"]);
    assert_eq!((session[a].version, session[b].version), (2, 2));
    session[a].line = 7;
    session.commit()?;
    cx.expect_rows("SELECT line, version FROM spot WHERE id = 1", &["7|3"]);
    Ok(())
}

pub fn u_146_many_swaps_are_three_statements(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.session();
    let nick = |index: i32| Some(format!("n{index:04}"));
    let desks = session.add_all((0..1_000).map(|index| Desk { nick: nick(index), ..Desk::numbered(index) }));
    session.commit()?;
    cx.clear_log();
    for index in 0..1_000 {
        session[desks[usize::try_from(index).unwrap()]].nick = nick(index ^ 1);
    }
    session.commit()?;
    cx.expect_batches(&[("update desk (nick)", 500); 3]);
    cx.expect_rows("SELECT count(*) FROM desk WHERE nick = 'n0001' AND number = 0", &["1"]);
    Ok(())
}

pub fn u_146_a_swap_without_null_is_refused_before_any_sql(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, b]) = desks(cx, [1, 2])?;
    session[a].number = 2;
    session[b].number = 1;
    let told = &["Desk#1.number", "Desk#2.number", "Option", "before"];
    expect_error(session.flush(), ErrorKind::InvalidState, told);
    cx.expect_full_log(&[]);
    assert_eq!((session[a].number, session[b].number), (2, 1));
    // The cure that the message names.
    session[a].number = -1;
    session.flush()?;
    session[a].number = 2;
    session.commit()?;
    cx.expect_rows("SELECT id, number FROM desk ORDER BY id", &["1|2", "2|1"]);
    Ok(())
}

fn shelves<const N: usize>(cx: &mut TestContext, numbers: [i32; N]) -> Result<(Session, [Handle<Shelf>; N])> {
    cx.create(models![Shelf])?;
    let mut session = cx.only_writer();
    let shelves = numbers.map(|number| session.add(Shelf { room: "a".into(), number, ..Shelf::default() }));
    session.commit()?;
    cx.clear_log();
    Ok((session, shelves))
}

pub fn u_098_composite_keys_move_up(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, b]) = shelves(cx, [1, 2])?;
    session[a].number = 2;
    session[b].number = 3;
    session[a].label = Some("first".into());
    session.commit()?;
    cx.expect_log(&["update shelf (number)", "update shelf (number, label)"]);
    cx.expect_rows("SELECT number, label FROM shelf ORDER BY number", &["2|first", "3|NULL"]);
    let key = |number: i32| ("a".to_owned(), number);
    assert_eq!(session.get::<Shelf>(key(2))?, Some(a));
    assert_eq!(session.get::<Shelf>(key(3))?, Some(b));
    assert_eq!(session.get::<Shelf>(key(1))?, None);
    Ok(())
}

pub fn u_098_a_key_is_taken_from_a_deleted_row(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, b]) = shelves(cx, [1, 2])?;
    session.delete(b)?;
    session[a].number = 2;
    session.commit()?;
    cx.expect_log(&["delete shelf", "update shelf (number)"]);
    assert_eq!(session.get::<Shelf>(("a".to_owned(), 2))?, Some(a));
    Ok(())
}

pub fn u_098_a_swap_of_keys_is_refused_before_any_sql(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, b]) = shelves(cx, [1, 2])?;
    session[a].number = 2;
    session[b].number = 1;
    let refused = expect_error(session.flush(), ErrorKind::InvalidState, &["Shelf", "(room, number)", "before"]);
    assert!(!refused.to_string().contains("Option"), "a key may never be NULL: {refused}");
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_099_replaced_rows_exchange_values(cx: &mut TestContext) -> Result<()> {
    let (mut session, old) = desks(cx, [7, 8, 9])?;
    old.into_iter().try_for_each(|desk| session.delete(desk))?;
    let new = [(1, 8), (2, 9), (3, 7)].map(|(id, number)| session.add(Desk { id, ..Desk::numbered(number) }));
    session.commit()?;
    cx.expect_log(&["delete desk x3", "insert desk x3"]);
    cx.expect_rows("SELECT id, number FROM desk ORDER BY id", &["1|8", "2|9", "3|7"]);
    assert_eq!(session.get::<Desk>(2)?, Some(new[1]));
    Ok(())
}

pub fn u_099_a_replaced_and_a_changed_row_exchange_values(cx: &mut TestContext) -> Result<()> {
    let (mut session, [replaced, changed, other]) = desks(cx, [7, 8, 9])?;
    session.delete(replaced)?;
    session.add(Desk { id: 1, ..Desk::numbered(8) });
    session[changed].number = 7;
    session.delete(other)?;
    session.add(Desk { id: 3, nick: Some("nine".into()), ..Desk::numbered(9) });
    session.commit()?;
    // Rows outside the cycle are updated too.
    cx.expect_log(&["update desk (nick)", "delete desk", "update desk (number)", "insert desk"]);
    cx.expect_rows("SELECT id, number, nick FROM desk ORDER BY id", &["1|8|NULL", "2|7|NULL", "3|9|nine"]);
    Ok(())
}

pub fn u_099_many_replaced_rows_exchange_values_in_two_statements(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.only_writer();
    let old = session.add_all((1..=100).map(Desk::numbered));
    session.commit()?;
    cx.clear_log();
    old.into_iter().try_for_each(|desk| session.delete(desk))?;
    session.add_all((1..=100).map(|id| Desk { id, ..Desk::numbered(((id - 1) ^ 1) as i32 + 1) }));
    session.commit()?;
    cx.expect_log(&["delete desk x100", "insert desk x100"]);
    cx.expect_rows("SELECT number FROM desk WHERE id < 5 ORDER BY id", &["2", "1", "4", "3"]);
    Ok(())
}
