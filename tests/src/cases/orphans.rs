//! Orphans, new parents, and the deletion of parents: U-077 to U-089.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{
    Address, Cell, Clip, Company, Crate, Depot, Employee, File, Folder, Hall, Library, Loan, Parcel, Sticker,
};
use crate::models::{Playlist, Record, Seat, Sheet, Show, Singer, Track, User};
use crate::{TestContext, expect_error};

cases! { orphans {
    u_077_a_removed_child_is_deleted_with_its_own_children [];
    u_077_a_cleared_relation_deletes_all_children [];
    u_077_a_cleared_key_makes_an_orphan_too [];
    u_078_a_pending_orphan_is_never_inserted [];
    u_078_a_pending_orphan_takes_its_children_along [];
    u_079_a_child_given_to_another_parent_is_updated [];
    u_079_also_when_the_old_parent_is_deleted_first [];
    u_079_also_with_its_own_children [];
    u_079_a_pending_orphan_given_to_another_parent_is_inserted [];
    u_080_removed_children_lose_their_keys_in_one_batch [];
    u_081_a_key_that_may_not_be_null_is_refused_before_sql [];
    u_082_a_key_in_the_primary_key_is_refused_before_sql [];
    u_083_a_child_may_stand_alone_where_its_key_may_be_null [];
    u_083_a_key_that_was_never_set_is_refused_before_sql [];
    u_084_losing_any_parent_makes_an_orphan [];
    u_085_a_second_parent_is_refused [];
    u_085_a_second_parent_of_many_to_many_is_refused [];
    u_085_a_removed_member_of_many_to_many_is_deleted [];
    u_086_a_replaced_target_is_deleted_after_the_update [];
    u_086_a_target_that_is_not_loaded_is_deleted_too [];
    u_086_a_target_that_moved_survives [];
    u_087_children_without_cascade_lose_their_keys [];
    u_087_pending_children_of_a_deleted_parent_lose_their_keys [];
    u_087_a_deleted_parent_of_children_that_need_it_is_refused [];
    u_088_unloaded_children_are_left_to_the_database [];
    u_088_loaded_children_are_deleted [];
    u_089_children_are_not_touched_and_the_database_refuses [];
    u_089_a_removed_member_keeps_its_key [];
} }

/// Two objects of one model.
type Two<T> = [Handle<T>; 2];

/// Two users, ann with two addresses, committed.
fn two_users(cx: &mut TestContext) -> Result<(Session, Two<User>, Two<Address>)> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(User::named(name)));
    let oslo = session.push(ann, User::addresses, Address::in_city("Oslo"))?;
    let rome = session.push(ann, User::addresses, Address::in_city("Rome"))?;
    session.commit()?;
    cx.clear_log();
    Ok((session, [ann, bob], [oslo, rome]))
}

const ADDRESSES: &str = "SELECT city, user_id FROM address ORDER BY id";

/// Nina with two records of two tracks, committed.
fn nina(cx: &mut TestContext) -> Result<(Session, Handle<Singer>)> {
    cx.create(models![Singer])?;
    let mut session = cx.only_writer();
    let record = || Record { tracks: [Track::default(), Track::default()].into(), ..Default::default() };
    let nina = session.add(Singer { records: [record(), record()].into(), ..Default::default() });
    session.commit()?;
    cx.clear_log();
    Ok((session, nina))
}

pub fn u_077_a_removed_child_is_deleted_with_its_own_children(cx: &mut TestContext) -> Result<()> {
    let (mut session, nina) = nina(cx)?;
    let records = session.related(nina, Singer::records)?;
    session.remove(nina, Singer::records, records[0])?;
    assert_eq!(session.related(nina, Singer::records)?, [records[1]]);
    session.commit()?;
    cx.expect_log(&["delete track x2", "delete record"]);
    assert!(!session.contains(records[0]));
    Ok(())
}

pub fn u_077_a_cleared_relation_deletes_all_children(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, _], _) = two_users(cx)?;
    session.set(ann, User::addresses, [] as [Handle<Address>; 0])?;
    session.commit()?;
    cx.expect_log(&["delete address x2"]);
    Ok(())
}

pub fn u_077_a_cleared_key_makes_an_orphan_too(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, _], [oslo, rome]) = two_users(cx)?;
    session[oslo].user = BelongsTo::default();
    assert_eq!(session.related(ann, User::addresses)?, [rome]);
    session.commit()?;
    cx.expect_log(&["delete address"]);
    cx.expect_rows(ADDRESSES, &["Rome|1"]);
    Ok(())
}

pub fn u_078_a_pending_orphan_is_never_inserted(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, _], [oslo, rome]) = two_users(cx)?;
    let bonn = session.push(ann, User::addresses, Address::in_city("Bonn"))?;
    session.remove(ann, User::addresses, bonn)?;
    assert!(!session.contains(bonn));
    assert_eq!(session.related(ann, User::addresses)?, [oslo, rome]);
    session.commit()?;
    cx.expect_full_log(&[]);
    assert_eq!(session.expunge(bonn)?.city, "Bonn");
    Ok(())
}

pub fn u_078_a_pending_orphan_takes_its_children_along(cx: &mut TestContext) -> Result<()> {
    let (mut session, nina) = nina(cx)?;
    let record =
        session.push(nina, Singer::records, Record { tracks: [Track::default()].into(), ..Default::default() })?;
    session.remove(nina, Singer::records, record)?;
    assert!(session.new_objects().is_empty());
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_079_a_child_given_to_another_parent_is_updated(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob], [oslo, rome]) = two_users(cx)?;
    session.remove(ann, User::addresses, oslo)?;
    session.push(bob, User::addresses, oslo)?;
    session.remove(ann, User::addresses, rome)?;
    session[rome].user = bob.into();
    session.commit()?;
    cx.expect_log(&["update address (user_id) x2"]);
    cx.expect_rows(ADDRESSES, &["Oslo|2", "Rome|2"]);
    Ok(())
}

pub fn u_079_also_when_the_old_parent_is_deleted_first(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob], [oslo, rome]) = two_users(cx)?;
    session.delete(ann)?;
    session.push(bob, User::addresses, oslo)?;
    session[rome].user = bob.into();
    assert_eq!(session.related(bob, User::addresses)?, [oslo, rome]);
    session.commit()?;
    cx.expect_log(&["update address (user_id) x2", "delete user"]);
    cx.expect_rows(ADDRESSES, &["Oslo|2", "Rome|2"]);
    assert_eq!(session.related(bob, User::addresses)?, [oslo, rome]);
    Ok(())
}

pub fn u_079_also_with_its_own_children(cx: &mut TestContext) -> Result<()> {
    let (mut session, nina) = nina(cx)?;
    let records = session.related(nina, Singer::records)?;
    let kate = session.add(Singer::default());
    session.delete(nina)?;
    session.push(kate, Singer::records, records[1])?;
    session.commit()?;
    cx.expect_log(&["insert singer", "update record (singer_id)", "delete track x2", "delete record", "delete singer"]);
    cx.expect_rows("SELECT record_id FROM track", &["2", "2"]);
    Ok(())
}

pub fn u_079_a_pending_orphan_given_to_another_parent_is_inserted(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob], _) = two_users(cx)?;
    let bonn = session.push(ann, User::addresses, Address::in_city("Bonn"))?;
    let kiel = session.push(ann, User::addresses, Address::in_city("Kiel"))?;
    session.remove(ann, User::addresses, bonn)?;
    session.push(bob, User::addresses, bonn)?;
    session.remove(ann, User::addresses, kiel)?;
    session[kiel].user = bob.into();
    assert_eq!(session.related(bob, User::addresses)?, [bonn, kiel]);
    session.commit()?;
    cx.expect_log(&["insert address x2"]);
    cx.expect_rows(ADDRESSES, &["Oslo|1", "Rome|1", "Bonn|2", "Kiel|2"]);
    Ok(())
}

/// A company with two employees, committed.
fn company(cx: &mut TestContext) -> Result<(Session, Handle<Company>, Two<Employee>)> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let people = ["ann", "bob"].map(|name| session.add(Employee::named(name)));
    let acme = session.add(Company { employees: people.into(), ..Company::named("acme") });
    session.commit()?;
    cx.clear_log();
    Ok((session, acme, people))
}

pub fn u_080_removed_children_lose_their_keys_in_one_batch(cx: &mut TestContext) -> Result<()> {
    let (mut session, acme, [ann, bob]) = company(cx)?;
    session.remove(acme, Company::employees, ann)?;
    session.remove(acme, Company::employees, bob)?;
    session.commit()?;
    cx.expect_log(&["update employee (company_id) x2"]);
    cx.expect_rows("SELECT name, company_id FROM employee ORDER BY id", &["ann|NULL", "bob|NULL"]);
    Ok(())
}

pub fn u_081_a_key_that_may_not_be_null_is_refused_before_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Library])?;
    let mut session = cx.only_writer();
    let loan = session.add(Loan::default());
    let library = session.add(Library { loans: [loan].into(), ..Default::default() });
    session.commit()?;
    cx.clear_log();
    session.remove(library, Library::loans, loan)?;
    let words = ["Loan#1", "Library#1", "library", "delete", "delete_orphan", "Option"];
    expect_error(session.commit(), ErrorKind::NotNullViolation, &words);
    cx.expect_full_log(&[]);
    session[loan].library = library.into();
    session.commit()?;
    cx.expect_log(&[]);
    assert_eq!(session.related(library, Library::loans)?, [loan]);
    Ok(())
}

pub fn u_082_a_key_in_the_primary_key_is_refused_before_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Sheet])?;
    let mut session = cx.only_writer();
    let sheet = session.add(Sheet::default());
    let cell = session.push(sheet, Sheet::cells, Cell { number: 7, ..Default::default() })?;
    session.commit()?;
    cx.clear_log();
    session.remove(sheet, Sheet::cells, cell)?;
    expect_error(session.commit(), ErrorKind::InvalidState, &["Cell#", "Sheet#1", "primary key", "blanked"]);
    session.rollback()?;
    assert_eq!(session.related(sheet, Sheet::cells)?, [cell]);
    cx.expect_full_log(&[]);
    session.delete(sheet)?;
    expect_error(session.commit(), ErrorKind::InvalidState, &["Cell#", "Sheet#1", "primary key"]);
    cx.expect_full_log(&["select cell"]);
    Ok(())
}

pub fn u_083_a_child_may_stand_alone_where_its_key_may_be_null(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hall])?;
    let mut session = cx.session();
    let seat = session.add(Seat { number: 1, ..Default::default() });
    session.commit()?;
    session[seat].number = 2;
    session.commit()?;
    cx.expect_rows("SELECT number, hall_id, show_id FROM seat", &["2|NULL|NULL"]);
    Ok(())
}

pub fn u_083_a_key_that_was_never_set_is_refused_before_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let oslo = session.add(Address::in_city("Oslo"));
    expect_error(session.commit(), ErrorKind::NotNullViolation, &["Address#new", "`user`", "User", "never set"]);
    cx.expect_full_log(&[]);
    let ann = session.add(User::named("ann"));
    session[oslo].user = ann.into();
    session.commit()
}

pub fn u_084_losing_any_parent_makes_an_orphan(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hall])?;
    let mut session = cx.session();
    let (hall, show) = (session.add(Hall::default()), session.add(Show::default()));
    let mut seat =
        |number| session.add(Seat { number, hall: Some(hall.into()), show: Some(show.into()), ..Default::default() });
    let [one, two] = [seat(1), seat(2)];
    session.commit()?;
    cx.clear_log();
    session.remove(hall, Hall::seats, one)?;
    session[two].show = None;
    let three = session.push(hall, Hall::seats, Seat { number: 3, show: Some(show.into()), ..Default::default() })?;
    session.remove(show, Show::seats, three)?;
    assert!(!session.contains(three));
    assert_eq!(session.related(hall, Hall::seats)?, [two]);
    session.commit()?;
    cx.expect_log(&["delete seat x2"]);
    cx.expect_rows("SELECT count(*) FROM seat", &["0"]);
    assert_eq!(session.related(hall, Hall::seats)?, []);
    assert_eq!(session.related(show, Show::seats)?, []);
    Ok(())
}

/// A parcel with a label, committed.
fn parcel(cx: &mut TestContext) -> Result<(Session, Handle<Parcel>, Handle<Sticker>)> {
    cx.create(models![Parcel])?;
    let mut session = cx.only_writer();
    let label = session.add(Sticker { text: "fragile".into(), ..Default::default() });
    let parcel = session.add(Parcel { label: Some(label.into()), ..Default::default() });
    session.commit()?;
    cx.clear_log();
    Ok((session, parcel, label))
}

pub fn u_085_a_second_parent_is_refused(cx: &mut TestContext) -> Result<()> {
    let (mut session, parcel, label) = parcel(cx)?;
    let second = session.add(Parcel { label: Some(label.into()), ..Default::default() });
    let words = ["Sticker#1", "Parcel#1", "Parcel#new", "single_parent"];
    expect_error(session.commit(), ErrorKind::InvalidState, &words);
    cx.expect_full_log(&[]);
    session[parcel].label = None;
    session.commit()?;
    cx.expect_log(&["update parcel (label_id)", "insert parcel"]);
    assert_eq!(session.load(second, Parcel::label)?, Some(label));
    Ok(())
}

/// Two playlists, the first with two clips, committed.
fn playlists(cx: &mut TestContext) -> Result<(Session, Two<Playlist>, Two<Clip>)> {
    cx.create(models![Playlist])?;
    let mut session = cx.only_writer();
    let lists = [session.add(Playlist::default()), session.add(Playlist::default())];
    let one = session.push(lists[0], Playlist::clips, Clip::default())?;
    let two = session.push(lists[0], Playlist::clips, Clip::default())?;
    session.commit()?;
    cx.clear_log();
    Ok((session, lists, [one, two]))
}

pub fn u_085_a_second_parent_of_many_to_many_is_refused(cx: &mut TestContext) -> Result<()> {
    let (mut session, [first, second], [one, _]) = playlists(cx)?;
    let words = ["Clip#1", "Playlist#1", "Playlist#2", "single_parent"];
    expect_error(session.push(second, Playlist::clips, one), ErrorKind::InvalidState, &words);
    let third = session.add(Playlist { clips: [one].into(), ..Default::default() });
    expect_error(session.commit(), ErrorKind::InvalidState, &["Clip#1", "Playlist#1", "single_parent"]);
    session.expunge(third)?;
    session.remove(first, Playlist::clips, one)?;
    session.push(second, Playlist::clips, one)?;
    session.commit()?;
    cx.expect_log(&["delete playlist_clip", "insert playlist_clip"]);
    Ok(())
}

pub fn u_085_a_removed_member_of_many_to_many_is_deleted(cx: &mut TestContext) -> Result<()> {
    let (mut session, [first, _], [one, two]) = playlists(cx)?;
    session.remove(first, Playlist::clips, one)?;
    let three = session.push(first, Playlist::clips, Clip::default())?;
    session.remove(first, Playlist::clips, three)?;
    assert!(!session.contains(three));
    session.commit()?;
    cx.expect_log(&["delete playlist_clip", "delete clip"]);
    assert_eq!(session.related(first, Playlist::clips)?, [two]);
    Ok(())
}

pub fn u_086_a_replaced_target_is_deleted_after_the_update(cx: &mut TestContext) -> Result<()> {
    let (mut session, parcel, label) = parcel(cx)?;
    let heavy = session.add(Sticker { text: "heavy".into(), ..Default::default() });
    session[parcel].label = Some(heavy.into());
    session.commit()?;
    cx.expect_log(&["insert label", "update parcel (label_id)", "delete label"]);
    assert!(!session.contains(label));
    session[parcel].label = None;
    session.commit()?;
    cx.expect_log(&["update parcel (label_id)", "delete label"]);

    let light = session.add(Sticker { text: "light".into(), ..Default::default() });
    session[parcel].label = Some(light.into());
    session[parcel].label = None;
    session.commit()?;
    cx.expect_rows("SELECT text FROM label", &["light"]);
    Ok(())
}

pub fn u_086_a_target_that_is_not_loaded_is_deleted_too(cx: &mut TestContext) -> Result<()> {
    parcel(cx)?;
    let mut session = cx.session();
    let parcel = session.get::<Parcel>(1)?.unwrap();
    cx.clear_log();
    session[parcel].label = None;
    session.commit()?;
    cx.expect_log(&["select label", "update parcel (label_id)", "delete label"]);
    cx.expect_rows("SELECT text FROM label", &[]);
    Ok(())
}

pub fn u_086_a_target_that_moved_survives(cx: &mut TestContext) -> Result<()> {
    let (mut session, parcel, label) = parcel(cx)?;
    session.delete(parcel)?;
    let other = session.add(Parcel { label: Some(label.into()), ..Default::default() });
    session.commit()?;
    cx.expect_log(&["insert parcel", "delete parcel"]);
    assert!(session.contains(label) && session.contains(other));
    cx.expect_rows("SELECT label_id FROM parcel", &["1"]);
    session.delete(other)?;
    session.commit()?;
    cx.expect_rows("SELECT id FROM label", &[]);
    Ok(())
}

pub fn u_087_children_without_cascade_lose_their_keys(cx: &mut TestContext) -> Result<()> {
    let (_, _, _) = company(cx)?;
    let mut session = cx.only_writer();
    let acme = session.get::<Company>(1)?.unwrap();
    cx.clear_log();
    session.delete(acme)?;
    session.commit()?;
    cx.expect_log(&["select employee", "update employee (company_id) x2", "delete company"]);
    let ann = session.get::<Employee>(1)?.unwrap();
    cx.expect_log(&[]);
    assert_eq!(session[ann].company, None);
    assert_eq!(session.state(ann), State::Persistent);
    Ok(())
}

pub fn u_087_pending_children_of_a_deleted_parent_lose_their_keys(cx: &mut TestContext) -> Result<()> {
    let (mut session, acme, [ann, bob]) = company(cx)?;
    session.delete(acme)?;
    let eve = session.push(acme, Company::employees, Employee::named("eve"))?;
    session.commit()?;
    cx.expect_log(&["update employee (company_id) x2", "insert employee", "delete company"]);
    for employee in [ann, bob, eve] {
        assert_eq!(session[employee].company, None);
    }
    cx.expect_rows("SELECT name, company_id FROM employee ORDER BY id", &["ann|NULL", "bob|NULL", "eve|NULL"]);
    Ok(())
}

pub fn u_087_a_deleted_parent_of_children_that_need_it_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Library])?;
    let mut session = cx.only_writer();
    let loan = session.add(Loan::default());
    let library = session.add(Library { loans: [loan].into(), ..Default::default() });
    session.commit()?;
    cx.clear_log();
    session.delete(library)?;
    expect_error(session.commit(), ErrorKind::NotNullViolation, &["Loan#1", "Library#1", "library"]);
    cx.expect_full_log(&[]);
    session.delete(loan)?;
    session.commit()?;
    cx.expect_log(&["delete loan", "delete library"]);
    Ok(())
}

/// A folder with two files, committed, and a session that has loaded nothing.
fn folder(cx: &mut TestContext) -> Result<(Session, Handle<Folder>)> {
    cx.create(models![Folder])?;
    let mut session = cx.only_writer();
    session.add(Folder { files: [File::default(), File::default()].into(), ..Default::default() });
    session.commit()?;
    let mut session = cx.only_writer();
    let folder = session.get::<Folder>(1)?.unwrap();
    cx.clear_log();
    Ok((session, folder))
}

pub fn u_088_unloaded_children_are_left_to_the_database(cx: &mut TestContext) -> Result<()> {
    let (mut session, folder) = folder(cx)?;
    session.delete(folder)?;
    session.commit()?;
    cx.expect_log(&["delete folder"]);
    cx.expect_rows("SELECT id FROM file", &[]);
    Ok(())
}

pub fn u_088_loaded_children_are_deleted(cx: &mut TestContext) -> Result<()> {
    let (mut session, folder) = folder(cx)?;
    let files = session.load(folder, Folder::files)?;
    cx.clear_log();
    session.delete(folder)?;
    session.commit()?;
    cx.expect_log(&["delete file x2", "delete folder"]);
    assert!(!session.contains(files[0]));
    Ok(())
}

/// A depot with two crates, committed.
fn depot(cx: &mut TestContext) -> Result<(Session, Handle<Depot>, Two<Crate>)> {
    cx.create(models![Depot])?;
    let mut session = cx.only_writer();
    let depot = session.add(Depot::default());
    let crates = [Crate::default(), Crate::default()].map(|value| session.add(Crate { depot: depot.into(), ..value }));
    session.commit()?;
    cx.clear_log();
    Ok((session, depot, crates))
}

pub fn u_089_children_are_not_touched_and_the_database_refuses(cx: &mut TestContext) -> Result<()> {
    let (mut session, depot, crates) = depot(cx)?;
    session.delete(depot)?;
    expect_error(session.commit(), ErrorKind::ForeignKeyViolation, &[]);
    cx.expect_log(&["failed delete depot"]);
    session.rollback()?;
    crates.iter().try_for_each(|&value| session.delete(value))?;
    session.delete(depot)?;
    session.commit()?;
    cx.expect_log(&["delete crate x2", "delete depot"]);
    Ok(())
}

pub fn u_089_a_removed_member_keeps_its_key(cx: &mut TestContext) -> Result<()> {
    let (mut session, depot, [one, two]) = depot(cx)?;
    session.remove(depot, Depot::crates, one)?;
    assert_eq!(session.related(depot, Depot::crates)?, [two]);
    assert_eq!(session.related(one, Crate::depot)?, depot);
    session.commit()?;
    cx.expect_log(&[]);
    cx.expect_rows("SELECT id, depot_id FROM crate ORDER BY id", &["1|1", "2|1"]);
    Ok(())
}
