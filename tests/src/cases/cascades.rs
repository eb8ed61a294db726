//! Cascades: U-069 to U-076, U-150. Options that contradict each other do not compile: see `tests/compile-fail/ui/relation`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};
use orm_core::schema::Cascade;

use crate::models::{
    Account, Address, Buyer, Clip, Company, Crate, Depot, Disc, Employee, Essay, Folder, Genre, Message, Mixtape, Node,
};
use crate::models::{Performer, Playlist, Reader, Record, Sale, Singer, Song, SongList, Track, User};
use crate::{TestContext, expect_error};

cases! { cascades {
    u_069_the_default_is_save_update_and_merge [];
    u_070_adding_a_value_adds_what_it_carries_at_any_depth [];
    u_070_pushing_a_value_adds_it_at_once [];
    u_070_a_carried_member_may_be_in_the_session_already [];
    u_070_without_save_update_values_are_refused [];
    u_072_a_delete_loads_what_it_reaches_with_the_flush [];
    u_072_delete_of_a_pending_object_removes_its_pending_members [];
    u_072_delete_reaches_through_many_to_many [];
    u_072_a_flush_that_fails_to_load_marks_nothing [];
    u_073_a_member_that_went_elsewhere_survives [];
    u_073_a_member_that_came_before_the_flush_goes_too [];
    u_073_an_unloaded_member_that_went_elsewhere_survives [];
    u_074_expunge_takes_members_only_where_configured [];
    u_074_expire_reaches_members_only_where_configured [];
    u_074_merge_takes_members_only_where_configured [];
    u_075_a_view_is_never_written [];
    u_075_a_view_does_not_touch_its_members_when_the_parent_goes [];
    u_076_options_that_contradict_each_other_do_not_compile [];
    u_150_a_delete_loads_each_level_once [];
    u_150_a_tree_is_loaded_level_by_level [];
    u_150_a_performer_goes_in_nine_statements [];
    a_member_reached_by_two_relations_is_deleted_once [];
} }

pub fn u_069_the_default_is_save_update_and_merge(_: &mut TestContext) -> Result<()> {
    let cascade = |table: &orm_core::schema::TableDef, name: &str| {
        table.relations.iter().find(|relation| relation.name == name).map(|relation| relation.cascade)
    };
    let default = Cascade::SAVE_UPDATE.and(Cascade::MERGE);
    assert_eq!(cascade(Company::table(), "employees"), Some(default));
    assert_eq!(cascade(Employee::table(), "company"), Some(default));
    let all = default.and(Cascade::DELETE).and(Cascade::REFRESH_EXPIRE).and(Cascade::EXPUNGE);
    assert_eq!(cascade(Node::table(), "children"), Some(all));
    assert_eq!(cascade(User::table(), "addresses"), Some(all.and(Cascade::DELETE_ORPHAN)));
    assert_eq!(cascade(Reader::table(), "edited"), Some(Cascade::NONE));
    Ok(())
}

/// A singer with that many records of that many tracks each, not added yet.
fn singer(records: usize, tracks: usize) -> Singer {
    let record = |_| Record { tracks: vec![Track::default(); tracks].into(), ..Default::default() };
    Singer { records: (0..records).map(record).collect::<Vec<_>>().into(), ..Default::default() }
}

pub fn u_070_adding_a_value_adds_what_it_carries_at_any_depth(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Singer])?;
    let mut session = cx.session();
    let nina = session.add(singer(2, 3));
    let records = session.related(nina, Singer::records)?;
    assert_eq!(records.len(), 2);
    assert_eq!(session.related(records[1], Record::tracks)?.len(), 3);
    assert_eq!(session.new_objects().len(), 9);
    session.commit()?;
    cx.expect_log(&["insert singer", "insert record x2", "insert track x6"]);
    Ok(())
}

pub fn u_070_pushing_a_value_adds_it_at_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Singer])?;
    let mut session = cx.session();
    let nina = session.add(singer(0, 0));
    session.commit()?;
    let record =
        session.push(nina, Singer::records, Record { tracks: [Track::default()].into(), ..Default::default() })?;
    assert!(session.contains(record) && session.state(record) == State::Pending);
    assert_eq!(session.related(record, Record::tracks)?.len(), 1);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM track", &["1"]);
    Ok(())
}

pub fn u_070_a_carried_member_may_be_in_the_session_already(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let ann = session.add(Employee::named("ann"));
    let acme = session.add(Company { employees: [ann].into(), ..Company::named("acme") });
    session.commit()?;
    let beta = session.add(Company { employees: [ann].into(), ..Company::named("beta") });
    assert_eq!(session.related(acme, Company::employees)?, []);
    assert_eq!(session.related(beta, Company::employees)?, [ann]);
    session.commit()?;
    cx.expect_rows("SELECT name, company_id FROM employee", &["ann|2"]);
    Ok(())
}

pub fn u_070_without_save_update_values_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Reader])?;
    let mut session = cx.session();
    let reader = session.add(Reader::default());
    session.commit()?;
    let words = ["Reader::edited", "view_only"];
    expect_error(session.push(reader, Reader::edited, Essay::default()), ErrorKind::InvalidState, &words);
    assert!(session.new_objects().is_empty());
    let other = session.add(Reader { seen: [Essay::default()].into(), ..Default::default() });
    expect_error(session.flush(), ErrorKind::InvalidState, &["Reader::seen", "view_only"]);
    session.expunge(other)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM essay", &["0"]);
    Ok(())
}

pub fn u_072_a_delete_loads_what_it_reaches_with_the_flush(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Singer])?;
    cx.session().add(singer(0, 0));
    let mut session = cx.session();
    session.add(singer(2, 2));
    session.commit()?;
    let mut session = cx.session();
    let nina = session.get::<Singer>(1)?.unwrap();
    cx.clear_log();
    session.delete(nina)?;
    assert_eq!(session.deleted(), [nina.raw()]);
    cx.expect_full_log(&[]);
    let seen = Arc::new(AtomicUsize::new(0));
    let seen_by_listener = Arc::clone(&seen);
    session.on_before_flush(move |session| {
        seen_by_listener.store(session.deleted().len(), Ordering::Relaxed);
        Ok(())
    });
    session.commit()?;
    assert_eq!(seen.load(Ordering::Relaxed), 7);
    cx.expect_log(&[
        "select record",
        "select track",
        "select mixtape",
        "delete track x4",
        "delete record x2",
        "delete singer",
    ]);
    Ok(())
}

pub fn u_072_delete_of_a_pending_object_removes_its_pending_members(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Singer])?;
    let mut session = cx.session();
    let nina = session.add(singer(1, 2));
    session.delete(nina)?;
    assert!(session.new_objects().is_empty());
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_072_delete_reaches_through_many_to_many(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Playlist])?;
    let mut session = cx.session();
    session.add(Playlist { clips: [Clip::default(), Clip::default()].into(), ..Default::default() });
    session.commit()?;
    let mut session = cx.session();
    let list = session.get::<Playlist>(1)?.unwrap();
    cx.clear_log();
    session.delete(list)?;
    session.commit()?;
    cx.expect_log(&["select clip x2", "delete playlist_clip x2", "delete playlist", "delete clip x2"]);
    Ok(())
}

pub fn u_072_a_flush_that_fails_to_load_marks_nothing(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Singer])?;
    let mut session = cx.session();
    session.add(singer(2, 2));
    session.commit()?;
    let mut session = cx.session();
    let nina = session.get::<Singer>(1)?.unwrap();
    cx.fail_after(1, orm::StatementKind::Select, ErrorKind::Busy);
    session.delete(nina)?;
    expect_error(session.commit(), ErrorKind::Busy, &[]);
    assert_eq!(session.deleted(), [nina.raw()]);
    session.undelete(nina)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM track", &["4"]);
    session.delete(nina)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM track", &["0"]);
    Ok(())
}

/// Two users with two addresses each, committed, in a session that has loaded nothing.
fn two_users(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    for name in ["ann", "bob"] {
        let cities = ["Oslo", "Rome"].map(Address::in_city);
        session.add(User { addresses: cities.into(), ..User::named(name) });
        session.flush()?;
    }
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

pub fn u_073_a_member_that_went_elsewhere_survives(cx: &mut TestContext) -> Result<()> {
    let mut session = two_users(cx)?;
    let [ann, bob] = [session.get::<User>(1)?.unwrap(), session.get::<User>(2)?.unwrap()];
    let [oslo, rome] = session.load(ann, User::addresses)?[..] else { panic!("two addresses") };
    session.remove(ann, User::addresses, oslo)?;
    session.push(bob, User::addresses, oslo)?;
    session.delete(ann)?;
    let deleted = session.deleted();
    assert!(deleted.len() == 2 && deleted.contains(&rome.raw()) && deleted.contains(&ann.raw()));
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["update address (user_id)", "delete address", "delete user"]);
    cx.expect_rows("SELECT id, user_id FROM address ORDER BY id", &["1|2", "3|2", "4|2"]);
    Ok(())
}

pub fn u_073_a_member_that_came_before_the_flush_goes_too(cx: &mut TestContext) -> Result<()> {
    let mut session = two_users(cx)?;
    let [ann, bob] = [session.get::<User>(1)?.unwrap(), session.get::<User>(2)?.unwrap()];
    let address = session.load(bob, User::addresses)?[0];
    session.delete(ann)?;
    session[address].user = ann.into();
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["select address", "delete address x3", "delete user"]);
    assert!(!session.contains(address));
    cx.expect_rows("SELECT id FROM address ORDER BY id", &["4"]);
    Ok(())
}

pub fn u_073_an_unloaded_member_that_went_elsewhere_survives(cx: &mut TestContext) -> Result<()> {
    let mut session = two_users(cx)?;
    let [ann, bob] = [session.get::<User>(1)?.unwrap(), session.get::<User>(2)?.unwrap()];
    let oslo = session.get::<Address>(1)?.unwrap();
    session.set_autoflush(false);
    session[oslo].user = bob.into();
    session.delete(ann)?;
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["select address", "update address (user_id)", "delete address", "delete user"]);
    cx.expect_rows("SELECT id, user_id FROM address ORDER BY id", &["1|2", "3|2", "4|2"]);
    Ok(())
}

pub fn u_074_expunge_takes_members_only_where_configured(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Company])?;
    let mut session = cx.session();
    let ann = session.add(User::named("ann"));
    let oslo = session.push(ann, User::addresses, Address::in_city("Oslo"))?;
    let acme = session.add(Company::named("acme"));
    let bob = session.push(acme, Company::employees, Employee::named("bob"))?;
    session.commit()?;
    session.expunge(ann)?;
    session.expunge(acme)?;
    assert_eq!(session.state(oslo), State::Detached);
    assert_eq!(session.state(bob), State::Persistent);
    Ok(())
}

pub fn u_074_expire_reaches_members_only_where_configured(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Company])?;
    let mut session = cx.only_writer();
    let ann = session.add(User::named("ann"));
    let oslo = session.push(ann, User::addresses, Address::in_city("Oslo"))?;
    let acme = session.add(Company::named("acme"));
    let bob = session.push(acme, Company::employees, Employee::named("bob"))?;
    session.commit()?;
    cx.execute("UPDATE address SET city = 'Bergen'; UPDATE employee SET name = 'rob'");
    session.expire(ann)?;
    session.expire(acme)?;
    session.get::<Address>(session[oslo].id)?;
    session.get::<Employee>(session[bob].id)?;
    assert_eq!(session[oslo].city, "Bergen");
    assert_eq!(session[bob].name, "bob");
    Ok(())
}

pub fn u_074_merge_takes_members_only_where_configured(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Depot])?;
    let mut session = cx.only_writer();
    let depot = session.add(Depot { crates: [Crate::default()].into(), ..Depot::default() });
    session.commit()?;
    cx.clear_log();
    let refused = session.merge(Depot { id: 1, crates: [Crate::default()].into() });
    expect_error(refused, ErrorKind::InvalidState, &["Depot::crates", "`merge`"]);
    assert_eq!(session.merge(Depot { id: 1, ..Depot::default() })?, depot);
    assert!(session.new_objects().is_empty() && session.dirty().is_empty());
    session.commit()?;
    cx.expect_log(&[]);
    cx.expect_rows("SELECT count(*) FROM crate", &["1"]);
    Ok(())
}

pub fn u_075_a_view_is_never_written(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Reader])?;
    let mut session = cx.only_writer();
    let reader = session.add(Reader::default());
    let essay = session.push(reader, Reader::reads, Essay::default())?;
    session.commit()?;
    assert_eq!(session.load(reader, Reader::seen)?, [essay]);
    let words = ["Reader::seen", "view_only"];
    expect_error(session.push(reader, Reader::seen, essay), ErrorKind::InvalidState, &words);
    expect_error(session.remove(reader, Reader::seen, essay), ErrorKind::InvalidState, &words);
    expect_error(session.set(reader, Reader::seen, [essay]), ErrorKind::InvalidState, &words);
    let words = ["Reader::edited", "view_only"];
    expect_error(session.push(reader, Reader::edited, essay), ErrorKind::InvalidState, &words);
    session[essay].editor = Some(reader.into());
    assert_eq!(session.load(reader, Reader::edited)?, [essay]);
    expect_error(session.remove(reader, Reader::edited, essay), ErrorKind::InvalidState, &words);
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["update essay (editor_id)"]);
    cx.expect_rows("SELECT editor_id FROM essay", &["1"]);
    Ok(())
}

pub fn u_075_a_view_does_not_touch_its_members_when_the_parent_goes(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Reader])?;
    let mut session = cx.session();
    let reader = session.add(Reader::default());
    session.push(reader, Reader::reads, Essay::default())?;
    session.commit()?;
    let mut session = cx.session();
    let reader = session.get::<Reader>(1)?.unwrap();
    session.load(reader, Reader::seen)?;
    session.load(reader, Reader::edited)?;
    cx.clear_log();
    session.delete(reader)?;
    session.commit()?;
    cx.expect_log(&["select essay", "delete reading_list", "delete reader"]);
    Ok(())
}

/// `tests/compile-fail/ui` checks that the compiler reports contradictions. This checks the message, and options that agree.
pub fn u_076_options_that_contradict_each_other_do_not_compile(cx: &mut TestContext) -> Result<()> {
    let refused = [
        (include_str!("../../compile-fail/ui/relation/passive_deletes.stderr"), "deletes cannot spread to them"),
        (
            include_str!("../../compile-fail/ui/relation/passive_deletes_value.stderr"),
            "`passive_deletes` is never \"some\"",
        ),
        (
            include_str!("../../compile-fail/ui/relation/delete_orphan_without_delete.stderr"),
            "`delete_orphan` needs `delete` too",
        ),
        (include_str!("../../compile-fail/ui/relation/cascades.stderr"), "there is no cascade `save_updates`"),
    ];
    for (says, words) in refused {
        assert!(says.starts_with("error: ") && says.contains(words), "{says}");
    }
    cx.create(models![Folder])?;
    cx.execute("INSERT INTO folder (name) VALUES ('etc'); INSERT INTO file (name, folder_id) VALUES ('hosts', 1)");
    let mut session = cx.session();
    let etc = session.get::<Folder>(1)?.unwrap();
    cx.clear_log();
    session.delete(etc)?;
    session.commit()?;
    cx.expect_log(&["delete folder"]);
    cx.expect_rows("SELECT count(*) FROM file", &["0"]);
    Ok(())
}

pub fn u_150_a_delete_loads_each_level_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Singer])?;
    let mut session = cx.session();
    session.add(singer(2, 9));
    session.commit()?;
    let tracks = Track::query().all(&mut session)?;
    session.add(Mixtape { tracks: [tracks[0], tracks[12]].into(), ..Default::default() });
    session.commit()?;
    let mut session = cx.session();
    let nina = session.get::<Singer>(1)?.unwrap();
    cx.clear_log();
    session.delete(nina)?;
    session.commit()?;
    cx.expect_log(&[
        "select record",
        "select track",
        "select mixtape",
        "delete mixtape_track x2",
        "delete track x18",
        "delete record x2",
        "delete singer",
    ]);
    cx.expect_rows("SELECT count(*) FROM mixtape", &["1"]);
    Ok(())
}

pub fn u_150_a_tree_is_loaded_level_by_level(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let leaf = |name: &str| Node::named(name);
    let branch = |name: &str| Node { children: [leaf("x"), leaf("y")].into(), ..Node::named(name) };
    let root = Node { children: [branch("a"), branch("b"), branch("c")].into(), ..Node::named("root") };
    session.add(root);
    session.commit()?;
    let mut session = cx.session();
    let root = session.get::<Node>(1)?.unwrap();
    cx.clear_log();
    session.delete(root)?;
    session.commit()?;
    cx.expect_log(&[
        "select node x3",
        "select node x6",
        "select node x0",
        "delete node x6",
        "delete node x3",
        "delete node",
    ]);
    Ok(())
}

/// A performer with 21 discs and 213 songs, 39 of them sold and 90 listed, and another one with one song, sold and listed too.
fn performers(session: &mut Session) -> Result<()> {
    let rock = session.add(Genre::default());
    let song = |_| Song { genre: rock.into(), ..Default::default() };
    let disc = |songs: usize| Disc { songs: (0..songs).map(song).collect::<Vec<_>>().into(), ..Default::default() };
    let discs: Vec<Disc> = (0..21).map(|number| disc(if number < 3 { 11 } else { 10 })).collect();
    session.add(Performer { discs: discs.into(), ..Default::default() });
    session.add(Performer { discs: [disc(1)].into(), ..Default::default() });
    session.commit()?;
    let songs = Song::query().order_by(Song::id).all(session)?;
    assert_eq!(songs.len(), 214);
    let eve = session.add(Buyer::default());
    let sale = |&song: &Handle<Song>| Sale { song: song.into(), buyer: eve.into(), ..Default::default() };
    session.add_all(songs[..20].iter().chain(&songs[194..]).map(sale));
    let list = |songs: &[Handle<Song>]| SongList { songs: songs.to_vec().into(), ..Default::default() };
    session.add_all([list(&songs[..60]), list(&songs[183..])]);
    session.commit()
}

pub fn u_150_a_performer_goes_in_nine_statements(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Performer, Buyer])?;
    performers(&mut cx.session())?;
    let mut session = cx.session();
    let performer = session.get::<Performer>(1)?.unwrap();
    cx.clear_log();
    session.delete(performer)?;
    session.commit()?;
    cx.expect_log(&[
        "select disc x21",
        "select song x213",
        "select sale x39",
        "select song_list x90",
        "delete list_song x90",
        "delete sale x39",
        "delete song x213",
        "delete disc x21",
        "delete performer",
    ]);
    for table in ["performer", "disc", "song", "list_song", "sale", "buyer", "genre"] {
        cx.expect_rows(&format!("SELECT count(*) FROM {table}"), &["1"]);
    }
    cx.expect_rows("SELECT count(*) FROM song_list", &["2"]);
    Ok(())
}

pub fn a_member_reached_by_two_relations_is_deleted_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Account])?;
    let mut session = cx.only_writer();
    let ann = session.add(Account::named("ann"));
    session.push(ann, Account::sent, Message { recipient: Some(ann.into()), ..Default::default() })?;
    session.commit()?;
    cx.clear_log();
    session.delete(ann)?;
    session.commit()?;
    cx.expect_log(&["delete message", "delete account"]);
    Ok(())
}
