//! Sequences in which the comparison with the reference (`by_model`) found bugs, in their shortest form.

use orm::prelude::*;
use orm::{Result, Session, State};

use crate::TestContext;
use crate::models::{
    Actor, Berth, Book, Company, Credit, Desk, Door, Drawer, Employee, Enrollment, File, Film, Folder, Hall, Harbor,
    Mixtape, Node, Passport, Person, Player, Post, Pupil, Quay, Record, Region, Seat, Shelf, Singer, Station, Street,
    Subject, Tag, Team, Town, Track, Train,
};

cases! { reference {
    what_a_transaction_wrote_and_read_again_does_not_outlive_its_rollback [];
    what_a_savepoint_wrote_and_read_again_does_not_outlive_its_rollback [];
    rows_that_a_bulk_update_wrote_are_read_anew_after_a_rollback [];
    a_member_that_was_expunged_loses_its_key_with_its_parent [];
    a_member_that_was_expunged_is_loaded_again [];
    a_pair_with_an_expunged_object_is_linked_once [];
    a_key_that_the_database_clears_is_cleared_in_memory [];
    objects_that_the_database_deletes_are_deleted_in_memory [];
    a_new_member_goes_with_a_parent_whose_members_are_not_loaded [];
    a_new_member_leaves_with_the_delete_and_comes_back_with_the_undelete [];
    a_new_member_of_a_list_that_was_unloaded_leaves_with_the_delete [];
    references_by_handle_through_keys_become_keys_again [];
    a_key_that_this_transaction_wrote_follows_the_one_that_changes [deferrable_keys];
    a_key_that_this_transaction_wrote_in_part_follows_the_one_that_changes [deferrable_keys];
    a_new_child_may_name_a_parent_by_the_key_that_changes [];
    a_new_child_follows_a_key_that_is_carried_over [];
    a_moved_child_follows_a_key_that_is_carried_over [];
    a_deleted_child_leaves_a_parent_whose_key_is_carried_over [];
    a_merged_value_may_name_a_new_object [];
    a_child_that_is_rescued_does_not_bring_its_parent_back [];
    a_rescued_child_is_in_its_pairs_again [];
    an_undelete_does_not_bring_back_what_was_orphaned_since [];
    a_list_that_a_savepoint_loaded_loses_what_was_new [];
    a_new_object_in_two_places_leaves_both [];
    an_unlinked_pair_takes_its_object_along [];
    a_new_member_of_a_new_object_that_was_read_anew_comes_back_with_it [];
    a_merged_value_names_a_parent_by_the_key_that_changes [];
    a_row_that_took_a_deleted_key_goes_when_the_deleted_one_comes_back [];
    a_member_that_was_left_out_once_comes_with_its_parent_the_next_time [];
    a_member_follows_a_key_that_changes_after_a_bulk_statement [deferrable_keys];
    an_expired_member_is_listed_after_a_rollback [];
    a_pair_by_an_object_is_loaded_beside_a_pair_by_a_push [];
    a_new_row_names_a_key_that_follows_another [];
    a_member_of_a_savepoint_comes_with_a_parent_of_the_transaction [];
} }

pub fn what_a_transaction_wrote_and_read_again_does_not_outlive_its_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let old = session.add(Node::named("old"));
    session.commit()?;
    session[old].name = "changed".into();
    session.add(Node::named("new"));
    session.flush()?;
    session.clear();
    let found = Node::query().order_by(Node::id).all(&mut session)?;
    assert_eq!(found.iter().map(|&node| &*session[node].name).collect::<Vec<_>>(), ["changed", "new"]);
    session.rollback()?;
    cx.clear_log();
    assert_eq!(session.get::<Node>(1)?, Some(found[0]));
    assert_eq!(session.get::<Node>(2)?, None);
    cx.expect_log(&["select node", "select node"]);
    assert_eq!((session[found[0]].name.as_str(), session.state(found[1])), ("old", State::Detached));
    Ok(())
}

pub fn what_a_savepoint_wrote_and_read_again_does_not_outlive_its_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let acme = session.add(Company::named("acme"));
    session.commit()?;
    let mut nested = session.begin_nested()?;
    nested.push(acme, Company::employees, Employee::named("ann"))?;
    nested.flush()?;
    nested.clear();
    let acme = nested.get::<Company>(1)?.unwrap();
    assert_eq!(nested.load(acme, Company::employees)?.len(), 1);
    nested.rollback()?;
    assert_eq!(session.load(acme, Company::employees)?, []);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM employee", &["0"]);
    Ok(())
}

pub fn rows_that_a_bulk_update_wrote_are_read_anew_after_a_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    cx.execute("INSERT INTO node (name) VALUES ('old')");
    let mut session = cx.session();
    Node::query().update((Node::name.set("new"),)).execute(&mut session)?;
    let node = Node::query().one(&mut session)?;
    assert_eq!(session[node].name, "new");
    session.rollback()?;
    assert_eq!(session.get::<Node>(1)?, Some(node));
    assert_eq!(session[node].name, "old");
    Ok(())
}

fn holder(cx: &mut TestContext) -> Result<(Session, Handle<Person>, Handle<Passport>)> {
    cx.create(models![Passport])?;
    let mut session = cx.session();
    let ann = session.add(Person::named("ann"));
    let passport = session.push(ann, Person::passport, Passport::numbered("1"))?;
    session.commit()?;
    cx.clear_log();
    Ok((session, ann, passport))
}

pub fn a_member_that_was_expunged_loses_its_key_with_its_parent(cx: &mut TestContext) -> Result<()> {
    let (mut session, ann, passport) = holder(cx)?;
    session.expunge(passport)?;
    session.delete(ann)?;
    session.commit()?;
    cx.expect_log(&["select passport", "update passport (person_id)", "delete person"]);
    cx.expect_rows("SELECT number, person_id FROM passport", &["1|NULL"]);
    Ok(())
}

pub fn a_member_that_was_expunged_is_loaded_again(cx: &mut TestContext) -> Result<()> {
    let (mut session, ann, passport) = holder(cx)?;
    session.expunge(passport)?;
    let again = session.load(ann, Person::passport)?.unwrap();
    cx.expect_log(&["select passport"]);
    assert_eq!((session.state(passport), session[again].number.as_str()), (State::Detached, "1"));
    session.load(ann, Person::passport)?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn a_pair_with_an_expunged_object_is_linked_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Post])?;
    let mut session = cx.session();
    let post = session.add(Post { tags: [Tag::labelled("x")].into(), ..Post::titled("p") });
    session.commit()?;
    let tag = session.related(post, Post::tags)?[0];
    session.expunge(tag)?;
    let tag = session.get::<Tag>(1)?.unwrap();
    session.push(post, Post::tags, tag)?;
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&[]);
    cx.expect_rows("SELECT count(*) FROM post_tag", &["1"]);
    Ok(())
}

pub fn a_key_that_the_database_clears_is_cleared_in_memory(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.only_writer();
    let ann = session.add(Player { name: "ann".into(), ..Player::default() });
    let reds = session.add(Team { name: "reds".into(), captain: ann.into(), ..Team::default() });
    session.commit()?;
    cx.clear_log();
    session.delete(ann)?;
    session.flush()?;
    cx.expect_log(&["delete player"]);
    assert_eq!(session[reds].captain, None);
    session.rollback()?;
    assert_eq!(session[reds].captain, Some(BelongsTo::key(1)));
    session[reds].captain = ann.into();
    session.delete(ann)?;
    session.commit()?;
    assert_eq!(session[reds].captain, None);
    assert!(session.dirty().is_empty());
    cx.expect_rows("SELECT name, captain_id FROM team", &["reds|NULL"]);
    Ok(())
}

pub fn objects_that_the_database_deletes_are_deleted_in_memory(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Folder])?;
    cx.execute("INSERT INTO folder (name) VALUES ('etc'); INSERT INTO file (name, folder_id) VALUES ('hosts', 1)");
    let mut session = cx.session();
    let hosts = session.get::<File>(1)?.unwrap();
    let etc = session.get::<Folder>(1)?.unwrap();
    cx.clear_log();
    session.delete(etc)?;
    session.flush()?;
    cx.expect_log(&["delete folder"]);
    assert_eq!(session.state(hosts), State::Deleted);
    session.rollback()?;
    assert_eq!(session.state(hosts), State::Persistent);
    session.delete(etc)?;
    session.commit()?;
    assert_eq!((session.state(hosts), session.get::<File>(1)?), (State::Detached, None));
    Ok(())
}

pub fn a_new_member_goes_with_a_parent_whose_members_are_not_loaded(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Folder])?;
    cx.execute("INSERT INTO folder (name) VALUES ('etc')");
    let mut session = cx.session();
    let etc = session.get::<Folder>(1)?.unwrap();
    let hosts = session.push(etc, Folder::files, File { name: "hosts".into(), ..File::default() })?;
    cx.clear_log();
    session.delete(etc)?;
    session.commit()?;
    assert_eq!(session.state(hosts), State::Transient);
    cx.expect_log(&["delete folder"]);
    Ok(())
}

pub fn a_new_member_leaves_with_the_delete_and_comes_back_with_the_undelete(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    cx.execute("INSERT INTO node (name) VALUES ('root'), ('other')");
    let mut session = cx.session();
    let [root, other] = [1, 2].map(|id| session.get::<Node>(id).unwrap().unwrap());
    let [stays, moves] = ["stays", "moves"].map(|name| session.push(root, Node::children, Node::named(name)).unwrap());
    let leaf = session.push(stays, Node::children, Node::named("leaf"))?;
    session.push(other, Node::children, moves)?;
    cx.clear_log();
    for _ in 0..2 {
        session.delete(root)?;
        assert_eq!(
            [stays, leaf, moves].map(|node| session.state(node)),
            [State::Transient, State::Transient, State::Pending]
        );
        session.undelete(root)?;
        assert_eq!([stays, leaf].map(|node| session.state(node)), [State::Pending; 2]);
    }
    cx.expect_log(&[]);
    session.commit()?;
    cx.expect_rows(
        "SELECT name, parent_id FROM node ORDER BY name",
        &["leaf|3", "moves|2", "other|NULL", "root|NULL", "stays|1"],
    );
    Ok(())
}

pub fn a_new_member_of_a_list_that_was_unloaded_leaves_with_the_delete(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let root = session.add(Node::named("root"));
    session.flush()?;
    let child = session.push(root, Node::children, Node::named("child"))?;
    session.no_autoflush(|session| session.refresh(root))?;
    session.delete(root)?;
    assert_eq!(session.state(child), State::Transient);
    session.undelete(root)?;
    assert_eq!(session.state(child), State::Pending);
    Ok(())
}

type North = (Session, Handle<Region>, Handle<Street>, Handle<Door>);

/// A region, a street in it, and a door in that.
fn north(cx: &mut TestContext) -> Result<North> {
    cx.create(models![Town, Street, Door])?;
    let mut session = cx.session();
    let region = session.add(Region::coded("n", "North"));
    let street = session.add(Street { region: region.into(), number: 1, ..Street::default() });
    let door = session.push(street, Street::doors, Door { color: "red".into(), ..Door::default() })?;
    session.commit()?;
    cx.clear_log();
    Ok((session, region, street, door))
}

pub fn references_by_handle_through_keys_become_keys_again(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, street, door) = north(cx)?;
    session[street].region = region.into();
    session[door].street = Some(street.into());
    session.commit()?;
    // The values are of an earlier transaction, so the rows may hold others.
    cx.expect_log(&["select door", "select street"]);
    let mut other = cx.session();
    let same = other.get::<Door>(1)?.unwrap();
    assert_eq!(session[door], other[same]);
    Ok(())
}

pub fn a_key_that_this_transaction_wrote_follows_the_one_that_changes(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Station])?;
    let mut session = cx.session();
    let train = session.add(Train { name: "ice".into(), ..Train::default() });
    session.commit()?;
    let station = session.add(Station { code: "a".into(), ..Station::default() });
    session.push(station, Station::trains, train)?;
    session.flush()?;
    session[station].code = "b".into();
    session.commit()?;
    cx.expect_rows("SELECT station_code FROM train", &["b"]);
    Ok(())
}

/// The berth moves within its harbor, so that only the second column of its key is written.
pub fn a_key_that_this_transaction_wrote_in_part_follows_the_one_that_changes(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Harbor])?;
    let mut session = cx.session();
    let harbor = session.add(Harbor { code: "a".into(), ..Harbor::default() });
    let [one, two] = [1, 2].map(|number| session.add(Quay { harbor: harbor.into(), number, ..Quay::default() }));
    let berth = session.add(Berth { quay: one.into(), ..Berth::default() });
    session.commit()?;
    assert!(session.load(two, Quay::berths)?.is_empty());
    session.push(two, Quay::berths, berth)?;
    session.flush()?;
    session[two].number = 5;
    session.commit()?;
    cx.expect_rows("SELECT * FROM berth", &["1|a|5"]);
    Ok(())
}

pub fn a_new_child_may_name_a_parent_by_the_key_that_changes(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, ..) = north(cx)?;
    let town = session.add(Town { name: "Oslo".into(), region: BelongsTo::key("n".to_owned()), ..Town::default() });
    session[region].code = "no".into();
    session.commit()?;
    cx.expect_log(&["update region (code)", "insert town"]);
    assert_eq!(session[town].region, BelongsTo::key("no".to_owned()));
    cx.expect_rows("SELECT name, region_code FROM town", &["Oslo|no"]);
    Ok(())
}

pub fn a_new_child_follows_a_key_that_is_carried_over(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, street, _) = north(cx)?;
    session[region].code = "no".into();
    let door = session.push(street, Street::doors, Door { color: "blue".into(), ..Door::default() })?;
    session.commit()?;
    cx.expect_log(&["update region (code)", "insert door"]);
    assert_eq!(session.load(door, Door::street)?, Some(street));
    assert!(session.dirty().is_empty());
    cx.expect_rows("SELECT color, street_region_code FROM door ORDER BY id", &["red|no", "blue|no"]);
    Ok(())
}

pub fn a_moved_child_follows_a_key_that_is_carried_over(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, street, door) = north(cx)?;
    let other = session.add(Street { region: region.into(), number: 2, ..Street::default() });
    session.commit()?;
    session[region].code = "no".into();
    session[door].street = Some(BelongsTo::key(("n".to_owned(), 2)));
    session.commit()?;
    assert_eq!(session.load(door, Door::street)?, Some(other));
    assert_eq!((session.load(other, Street::doors)?, session.load(street, Street::doors)?), (vec![door], vec![]));
    cx.expect_rows("SELECT street_region_code, street_number FROM door", &["no|2"]);
    Ok(())
}

pub fn a_deleted_child_leaves_a_parent_whose_key_is_carried_over(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, street, door) = north(cx)?;
    session[region].code = "no".into();
    session.delete(door)?;
    session.commit()?;
    assert_eq!(session.related(street, Street::doors)?, []);
    cx.expect_rows("SELECT region_code FROM street", &["no"]);
    cx.expect_rows("SELECT count(*) FROM door", &["0"]);
    Ok(())
}

pub fn a_merged_value_may_name_a_new_object(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Book])?;
    let mut session = cx.session();
    let book = session.add(Book { title: "old".into(), ..Book::default() });
    session.flush()?;
    let shelf = session.add(Shelf { room: "hall".into(), number: 1, ..Shelf::default() });
    session.push(shelf, Shelf::books, book)?;
    let copy = Book { title: "new".into(), ..session[book].clone() };
    assert_eq!(session.merge(copy)?, book);
    assert_eq!(session.related(shelf, Shelf::books)?, [book]);
    session.commit()?;
    cx.expect_rows("SELECT title, shelf_room, shelf_number FROM book", &["new|hall|1"]);
    Ok(())
}

pub fn a_child_that_is_rescued_does_not_bring_its_parent_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let [root, middle, leaf, other] = ["root", "middle", "leaf", "other"].map(|name| session.add(Node::named(name)));
    session.push(root, Node::children, middle)?;
    session.push(middle, Node::children, leaf)?;
    session.delete(root)?;
    session.push(other, Node::children, leaf)?;
    assert_eq!((session.state(middle), session.state(leaf)), (State::Transient, State::Pending));
    session.commit()?;
    cx.expect_rows("SELECT name FROM node ORDER BY name", &["leaf", "other"]);
    Ok(())
}

pub fn a_rescued_child_is_in_its_pairs_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Singer, Mixtape])?;
    let mut session = cx.session();
    let tape = session.add(Mixtape::default());
    let singer = session.add(Singer::default());
    let record = session.push(singer, Singer::records, Record::default())?;
    let track = session.push(record, Record::tracks, Track::default())?;
    session.push(tape, Mixtape::tracks, track)?;
    session.remove(record, Record::tracks, track)?;
    assert_eq!(session.related(tape, Mixtape::tracks)?, []);
    session.push(record, Record::tracks, track)?;
    assert_eq!(session.related(tape, Mixtape::tracks)?, [track]);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM mixtape_track", &["1"]);
    Ok(())
}

pub fn an_undelete_does_not_bring_back_what_was_orphaned_since(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hall])?;
    let mut session = cx.session();
    let [first, second] = [Hall::default(), Hall::default()].map(|hall| session.add(hall));
    let seat = session.push(first, Hall::seats, Seat::default())?;
    session.delete(first)?;
    session.push(second, Hall::seats, seat)?;
    session.remove(second, Hall::seats, seat)?;
    session.undelete(first)?;
    assert_eq!((session.state(first), session.state(seat)), (State::Pending, State::Transient));
    session.commit()?;
    cx.expect_rows("SELECT (SELECT count(*) FROM hall), (SELECT count(*) FROM seat)", &["2|0"]);
    Ok(())
}

pub fn a_list_that_a_savepoint_loaded_loses_what_was_new(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    cx.execute("INSERT INTO node (name) VALUES ('root')");
    let mut session = cx.session();
    let root = session.get::<Node>(1)?.unwrap();
    let mut nested = session.begin_nested()?;
    nested.push(root, Node::children, Node::named("new"))?;
    nested.delete(root)?;
    nested.rollback()?;
    assert_eq!(session.load(root, Node::children)?, []);
    Ok(())
}

pub fn a_new_object_in_two_places_leaves_both(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Singer, Mixtape])?;
    let mut session = cx.session();
    let record = session.add(Record::default());
    let track = session.push(record, Record::tracks, Track::default())?;
    let tape = session.add(Mixtape::default());
    session.push(tape, Mixtape::tracks, track)?;
    session[track].record = BelongsTo::default();
    session.delete(record)?;
    assert_eq!(session.state(track), State::Transient);
    assert_eq!(session.related(tape, Mixtape::tracks)?, []);
    Ok(())
}

pub fn an_unlinked_pair_takes_its_object_along(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    let mut session = cx.session();
    let ann = session.add(Pupil { name: "ann".into(), ..Pupil::default() });
    let maths = session.add(Subject { title: "maths".into(), ..Subject::default() });
    let enrollment = session.add(Enrollment { pupil: ann.into(), subject: maths.into(), grade: Some(1) });
    session.commit()?;
    session.load(ann, Pupil::subjects)?;
    cx.clear_log();
    session.remove(ann, Pupil::subjects, maths)?;
    session.flush()?;
    cx.expect_log(&["delete enrollment"]);
    assert_eq!(session.state(enrollment), State::Deleted);
    session.rollback()?;
    assert_eq!(session.state(enrollment), State::Persistent);
    session.remove(ann, Pupil::subjects, maths)?;
    session.commit()?;
    assert_eq!((session.state(enrollment), session.get::<Enrollment>((1, 1))?), (State::Detached, None));
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM enrollment", &["0"]);
    Ok(())
}

pub fn a_new_member_of_a_new_object_that_was_read_anew_comes_back_with_it(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let root = session.add(Node::named("root"));
    session.flush()?;
    let child = session.push(root, Node::children, Node::named("child"))?;
    session.no_autoflush(|session| session.refresh(root))?;
    session.rollback()?;
    session.add_again(root)?;
    assert_eq!(session.state(child), State::Pending);
    assert_eq!(session.related(root, Node::children)?, [child]);
    session.commit()?;
    cx.expect_rows("SELECT c.name, p.name FROM node c JOIN node p ON c.parent_id = p.id", &["child|root"]);
    Ok(())
}

pub fn a_merged_value_names_a_parent_by_the_key_that_changes(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Town])?;
    let mut session = cx.session();
    let region = session.add(Region::coded("n", "North"));
    let town = session.push(region, Region::towns, Town { name: "Oslo".into(), ..Town::default() })?;
    session.commit()?;
    session.push(region, Region::towns, town)?;
    session[region].code = "no".into();
    let copy = Town { name: "Bergen".into(), ..session[town].clone() };
    session.merge(copy)?;
    assert_eq!(session.related(region, Region::towns)?, [town]);
    session.commit()?;
    cx.expect_rows("SELECT name, region_code FROM town", &["Bergen|no"]);
    Ok(())
}

pub fn a_row_that_took_a_deleted_key_goes_when_the_deleted_one_comes_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let old = session.add(Node::named("old"));
    session.commit()?;
    Node::query().filter(Node::name.eq("old")).delete().execute(&mut session)?;
    assert_eq!(session.state(old), State::Deleted);
    sql("INSERT INTO node (id, name) VALUES (1, 'new')").execute(&mut session)?;
    let new = session.get::<Node>(1)?.unwrap();
    assert_ne!(new, old);
    session.rollback()?;
    assert_eq!((session.state(old), session.state(new)), (State::Persistent, State::Detached));
    assert_eq!(session.get::<Node>(1)?.map(|node| session[node].name.as_str()), Some("old"));
    Ok(())
}

pub fn a_member_that_was_left_out_once_comes_with_its_parent_the_next_time(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let root = session.add(Node::named("root"));
    let left = session.push(root, Node::children, Node::named("left"))?;
    let right = session.push(root, Node::children, Node::named("right"))?;
    session.rollback()?;
    session.add_again(left)?;
    assert_eq!([root, right].map(|node| session.state(node)), [State::Pending, State::Transient]);
    session.rollback()?;
    session.add_again(root)?;
    assert_eq!(session.related(root, Node::children)?.len(), 2);
    session.commit()?;
    cx.expect_rows("SELECT name, parent_id FROM node ORDER BY id", &["root|NULL", "left|1", "right|1"]);
    Ok(())
}

pub fn a_member_follows_a_key_that_changes_after_a_bulk_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Station])?;
    let mut session = cx.session();
    let [train, _] = ["ice", "old"].map(|name| session.add(Train { name: name.into(), ..Train::default() }));
    session.commit()?;
    let station = session.add(Station { code: "a".into(), ..Station::default() });
    session.push(station, Station::trains, train)?;
    session.flush()?;
    Train::query().filter(Train::name.eq("old")).delete().execute(&mut session)?;
    session[station].code = "b".into();
    session.commit()?;
    cx.expect_rows("SELECT name, station_code FROM train", &["ice|b"]);
    Ok(())
}

pub fn an_expired_member_is_listed_after_a_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.session();
    let desk = session.add(Desk::default());
    session.push(desk, Desk::drawers, Drawer::default())?;
    session.commit()?;
    session.clear();
    let (desk, drawer) = (Desk::query().one(&mut session)?, Drawer::query().one(&mut session)?);
    session[drawer].desk = None;
    assert!(session.no_autoflush(|session| session.load(desk, Desk::drawers))?.is_empty());
    session.set(desk, Desk::drawers, Vec::<Handle<Drawer>>::new())?;
    session.expire(drawer)?;
    session.rollback()?;
    assert_eq!(session.load(desk, Desk::drawers)?, [drawer]);
    Ok(())
}

pub fn a_pair_by_an_object_is_loaded_beside_a_pair_by_a_push(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Actor])?;
    let mut session = cx.session();
    let [one, two] = ["one", "two"].map(|title| session.add(Film { title: title.into(), ..Film::default() }));
    let actor = session.add(Actor { name: "ann".into(), ..Actor::default() });
    session.add(Credit { actor: actor.into(), film: one.into(), ..Credit::default() });
    session.flush()?;
    session.push(two, Film::actors, actor)?;
    session.flush()?;
    assert_eq!(session.load(one, Film::actors)?, [actor]);
    session.remove(one, Film::actors, actor)?;
    session.commit()?;
    cx.expect_rows("SELECT film_id FROM credit", &["2"]);
    Ok(())
}

pub fn a_new_row_names_a_key_that_follows_another(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Town, Street, Door])?;
    let mut session = cx.session();
    let region = session.add(Region::coded("n", "North"));
    session.flush()?;
    let street = session.add(Street { region: BelongsTo::key("n".to_owned()), number: 1, ..Street::default() });
    session.push(street, Street::doors, Door { color: "red".into(), ..Door::default() })?;
    session[region].code = "no".into();
    session.commit()?;
    cx.expect_rows("SELECT street_region_code, street_number FROM door", &["no|1"]);
    Ok(())
}

pub fn a_member_of_a_savepoint_comes_with_a_parent_of_the_transaction(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let root = session.add(Node::named("root"));
    let mut nested = session.begin_nested()?;
    let child = nested.push(root, Node::children, Node::named("child"))?;
    nested.rollback()?;
    session.rollback()?;
    session.add_again(root)?;
    assert_eq!(session.related(root, Node::children)?, [child]);
    session.commit()?;
    cx.expect_rows("SELECT c.name, p.name FROM node c JOIN node p ON c.parent_id = p.id", &["child|root"]);
    Ok(())
}
