//! Deleting many objects and deep trees: the number of statements, and the growth of time and stack.

use std::time::Duration;

use cpu_time::ThreadTime;
use orm::prelude::*;
use orm::{ErrorKind, Result, Session, State};

use crate::models::{
    Artist, Band, Club, Company, Course, Disc, Egg, Employee, Fan, Hen, Node, Performer, Role, Song, Student,
};
use crate::{TestContext, expect_error};

cases! { deleting {
    u_150_a_loop_over_a_result_loads_once [];
    u_150_a_loop_over_single_objects_loads_once [];
    u_150_a_loop_over_added_objects_loads_once [];
    u_150_what_is_loaded_is_not_loaded_again [];
    u_150_pairs_of_many_objects_are_loaded_once [];
    u_150_an_explained_flush_tells_what_it_will_load [];
    u_016_undelete_takes_back_what_the_cascade_marked_and_no_more [];
    u_016_a_listener_takes_back_what_goes [];
    u_016_an_object_that_is_deleted_for_its_own_sake_stays_so [];
    u_079_a_member_that_moves_takes_its_members_along [];
    work_grows_with_the_number_of_members_that_go [];
    work_grows_with_the_number_of_pairs_that_change [];
    a_deep_tree_is_added_and_deleted_without_stack [];
    a_deep_tree_is_merged_without_stack [];
    a_deep_tree_that_is_refused_is_dropped_without_stack [];
    u_102_a_target_that_goes_takes_the_key_from_who_points_at_it [];
    u_102_a_target_that_goes_gives_way_to_a_new_one [];
    u_091_rows_of_a_through_model_are_left_to_its_relations [];
    u_091_rows_of_a_through_model_go_by_the_cascade_of_one_end [];
    u_147_a_cycle_that_a_split_leaves_is_broken_too [];
    u_147_a_split_update_writes_a_value_of_two_columns_at_once [];
    u_099_rows_keep_referencing_a_row_that_is_inserted_anew [];
    u_147_mutual_keys_of_others_are_told_from_deferrable_ones [];
    u_147_keys_that_may_be_deferred_are [];
    u_102_rows_that_are_not_loaded_lose_the_key_too [];
} }

/// Three performers with two discs each, and two songs on each disc.
fn performers(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Performer])?;
    let song = || Song { genre: BelongsTo::key(1), ..Song::default() };
    let disc = || Disc { songs: [song(), song()].into(), ..Disc::default() };
    cx.execute("INSERT INTO genre (id, name) VALUES (1, 'jazz')");
    let mut session = cx.session();
    session.add_all((0..3).map(|_| Performer { discs: [disc(), disc()].into(), ..Performer::default() }));
    session.commit()?;
    cx.clear_log();
    Ok(())
}

/// The statements of a flush that deletes all performers.
const ALL: [&str; 7] = [
    "select disc",
    "select song",
    "select sale",
    "select song_list",
    "delete song x12",
    "delete disc x6",
    "delete performer x3",
];

pub fn u_150_a_loop_over_a_result_loads_once(cx: &mut TestContext) -> Result<()> {
    performers(cx)?;
    let mut session = cx.session();
    let all = Performer::query().all(&mut session)?;
    cx.expect_log(&["select performer"]);
    for performer in all {
        session.delete(performer)?;
    }
    cx.expect_full_log(&[]);
    session.commit()?;
    cx.expect_log(&ALL);
    cx.expect_rows("SELECT (SELECT count(*) FROM performer) + (SELECT count(*) FROM song)", &["0"]);
    Ok(())
}

pub fn u_150_a_loop_over_single_objects_loads_once(cx: &mut TestContext) -> Result<()> {
    performers(cx)?;
    let mut session = cx.session();
    session.set_autoflush(false);
    for key in 1..=3 {
        let performer = session.get::<Performer>(key)?.unwrap();
        session.delete(performer)?;
    }
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&ALL);
    Ok(())
}

pub fn u_150_a_loop_over_added_objects_loads_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Performer])?;
    let mut session = cx.session();
    let all = session.add_all((0..50).map(|_| Performer { discs: [Disc::default()].into(), ..Performer::default() }));
    session.commit()?;
    cx.clear_log();
    for performer in all {
        session.delete(performer)?;
    }
    session.commit()?;
    // Whether the session still knows the added objects after the commit does not matter here.
    let sent = cx.take_log().len();
    assert!(sent <= 8, "{sent} statements");
    cx.expect_rows("SELECT (SELECT count(*) FROM performer) + (SELECT count(*) FROM disc)", &["0"]);
    Ok(())
}

pub fn u_150_what_is_loaded_is_not_loaded_again(cx: &mut TestContext) -> Result<()> {
    performers(cx)?;
    let mut session = cx.session();
    let all = Performer::query().include(Performer::discs.then(Disc::songs)).all(&mut session)?;
    for &performer in &all {
        session.delete(performer)?;
    }
    assert_eq!(session.deleted().len(), 3 + 6 + 12);
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&ALL[2..]);
    Ok(())
}

pub fn u_150_pairs_of_many_objects_are_loaded_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let courses = session.add_all(["art", "law"].map(Course::titled));
    session.add_all((0..40).map(|_| Student { courses: courses.clone().into(), ..Student::named("ann") }));
    session.commit()?;
    let mut session = cx.session();
    for student in Student::query().all(&mut session)? {
        session.delete(student)?;
    }
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["select course", "delete student_course x80", "delete student x40"]);
    Ok(())
}

pub fn u_150_an_explained_flush_tells_what_it_will_load(cx: &mut TestContext) -> Result<()> {
    performers(cx)?;
    let mut session = cx.session();
    let performer = session.get::<Performer>(1)?.unwrap();
    session.delete(performer)?;
    cx.clear_log();
    let text = session.explain_flush()?;
    assert!(text.contains("first: SELECT disc, because Performer::discs of Performer#1 is not loaded"), "{text}");
    assert!(text.contains("DELETE performer: Performer#1"), "{text}");
    cx.expect_full_log(&[]);
    assert_eq!(session.deleted(), [performer.raw()]);
    Ok(())
}

pub fn u_016_undelete_takes_back_what_the_cascade_marked_and_no_more(cx: &mut TestContext) -> Result<()> {
    performers(cx)?;
    let mut session = cx.session();
    let all =
        Performer::query().order_by(Performer::id).include(Performer::discs.then(Disc::songs)).all(&mut session)?;
    session.delete(all[0])?;
    session.delete(all[1])?;
    session.undelete(all[0])?;
    assert_eq!(session.deleted().len(), 1 + 2 + 4);
    session.commit()?;
    cx.expect_rows("SELECT id FROM performer ORDER BY id", &["1", "3"]);
    cx.expect_rows("SELECT count(*) FROM song", &["8"]);
    Ok(())
}

pub fn u_016_a_listener_takes_back_what_goes(cx: &mut TestContext) -> Result<()> {
    performers(cx)?;
    let mut session = cx.session();
    let performer = session.get::<Performer>(1)?.unwrap();
    session.on_before_flush(move |session| {
        assert_eq!(session.deleted().len(), 1 + 2 + 4);
        session.undelete(performer)?;
        assert!(session.deleted().is_empty());
        Ok(())
    });
    session.delete(performer)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM song", &["12"]);
    Ok(())
}

pub fn u_016_an_object_that_is_deleted_for_its_own_sake_stays_so(cx: &mut TestContext) -> Result<()> {
    performers(cx)?;
    let mut session = cx.session();
    let performer = Performer::query().filter(Performer::id.eq(1)).include(Performer::discs).one(&mut session)?;
    let discs = session.related(performer, Performer::discs)?.to_vec();
    session.delete(performer)?;
    session.delete(discs[0])?;
    session.undelete(performer)?;
    assert_eq!(session.deleted(), [discs[0].raw()]);
    session.commit()?;
    cx.expect_rows("SELECT id FROM disc WHERE performer_id = 1", &["2"]);
    Ok(())
}

pub fn u_079_a_member_that_moves_takes_its_members_along(cx: &mut TestContext) -> Result<()> {
    performers(cx)?;
    let mut session = cx.session();
    let all =
        Performer::query().order_by(Performer::id).include(Performer::discs.then(Disc::songs)).all(&mut session)?;
    let disc = session.related(all[0], Performer::discs)?[0];
    session.delete(all[0])?;
    session[disc].performer = all[1].into();
    session.commit()?;
    cx.expect_rows("SELECT id, performer_id FROM disc ORDER BY id", &["1|2", "3|2", "4|2", "5|3", "6|3"]);
    cx.expect_rows("SELECT count(*) FROM song", &["10"]);
    Ok(())
}

/// How often [`compare`] measures before it believes that work grows too fast.
const TRIES: usize = 10;

/// Compares the processor time of the work for `few` objects and for eight times as many.
///
/// Quadratic work is 64 times as much in every try.
/// What else runs on the machine slows single tries, so one that is in order is enough.
fn compare(few: usize, mut work: impl FnMut(usize) -> Result<Duration>) -> Result<()> {
    let mut seen = Vec::new();
    for _ in 0..TRIES {
        let (short, long) = (work(few)?, work(few * 8)?);
        if long < short * 30 {
            return Ok(());
        }
        seen.push((short, long));
    }
    panic!("eight times as many are more than 30 times the work: {seen:?}")
}

pub fn work_grows_with_the_number_of_members_that_go(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    compare(500, |count| {
        let mut session = cx.session();
        let employees = (0..count).map(|_| Employee::named("ann")).collect();
        let acme = session.add(Company { employees, ..Company::named("acme") });
        session.flush()?;
        let employees = session.related(acme, Company::employees)?.to_vec();
        let start = ThreadTime::now();
        for &employee in &employees[..count / 2] {
            session.remove(acme, Company::employees, employee)?;
        }
        for &employee in &employees {
            session.delete(employee)?;
        }
        session.flush()?;
        let taken = start.elapsed();
        assert!(session.related(acme, Company::employees)?.is_empty());
        session.rollback()?;
        Ok(taken)
    })
}

pub fn work_grows_with_the_number_of_pairs_that_change(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    compare(500, |count| {
        let mut session = cx.session();
        let ann = session.add(Student::named("ann"));
        let courses = session.add_all((0..count).map(|_| Course::titled("law")));
        session.flush()?;
        let start = ThreadTime::now();
        for &course in &courses {
            session.push(ann, Student::courses, course)?;
        }
        session.flush()?;
        session.set(ann, Student::courses, courses.iter().copied().skip(count / 2))?;
        for &course in &courses[count / 2..] {
            session.remove(ann, Student::courses, course)?;
        }
        session.set(ann, Student::courses, courses.clone())?;
        session.flush()?;
        let taken = start.elapsed();
        assert_eq!(session.related(ann, Student::courses)?.len(), count);
        session.rollback()?;
        Ok(taken)
    })
}

/// A chain of nodes, each the only child of the one before.
fn chain(depth: usize) -> Node {
    (1..depth).fold(Node::named("n"), |child, _| Node { children: [child].into(), ..Node::named("n") })
}

/// Runs work on a thread with a small stack, which suffices to build and drop its data.
fn on_a_small_stack(work: impl FnOnce() -> Result<()> + Send) -> Result<()> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn_scoped(scope, work);
        thread.expect("a thread starts").join().expect("the stack is enough")
    })
}

const DEEP: usize = 3_000;

pub fn a_deep_tree_is_added_and_deleted_without_stack(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let engine = cx.engine.clone();
    on_a_small_stack(move || {
        let mut session = engine.session();
        let root = session.add(chain(DEEP));
        assert_eq!(session.new_objects().len(), DEEP);
        session.delete(root)?;
        assert!(session.new_objects().is_empty());
        session.undelete(root)?;
        assert_eq!(session.new_objects().len(), DEEP);
        session.flush()?;
        session.delete(root)?;
        session.undelete(root)?;
        session.delete(root)?;
        assert_eq!(session.deleted().len(), DEEP);
        session.flush()?;
        session.rollback()
    })?;
    cx.expect_rows("SELECT count(*) FROM node", &["0"]);
    Ok(())
}

pub fn a_deep_tree_is_merged_without_stack(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let engine = cx.engine.clone();
    on_a_small_stack(move || {
        let mut session = engine.session();
        let root = session.merge(chain(DEEP))?;
        assert_eq!(session.new_objects().len(), DEEP);
        let child = session.related(root, Node::children)?[0];
        assert_eq!(session[child].parent, Some(root.into()));
        Ok(())
    })
}

pub fn a_deep_tree_that_is_refused_is_dropped_without_stack(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let engine = cx.engine.clone();
    on_a_small_stack(move || {
        let mut session = engine.session();
        session.add(Node::named("other"));
        let stranger = engine.session().add(Node::named("stranger"));
        let mut tree = chain(DEEP);
        tree.children = [New::Value(Node { children: [stranger].into(), ..chain(DEEP) })].into_iter().collect();
        expect_error(session.merge(tree), ErrorKind::Detached, &["stale handle Node"]);
        assert_eq!(session.new_objects().len(), 1);
        Ok(())
    })
}

pub fn u_102_a_target_that_goes_takes_the_key_from_who_points_at_it(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Club])?;
    let mut session = cx.session();
    let club = session.add(Club { name: "reds".into(), ..Club::default() });
    let fans = ["ann", "bob"].map(|name| session.add(Fan { name: name.into(), club: club.into(), ..Fan::default() }));
    session[club].chair = fans[0].into();
    session[club].mascot = fans[1].into();
    session.commit()?;
    cx.clear_log();
    session.delete(fans[0])?;
    session.delete(fans[1])?;
    session.commit()?;
    cx.expect_log(&["select club", "select club", "update club (chair_id, mascot_id)", "delete fan x2"]);
    assert_eq!((&session[club].chair, &session[club].mascot), (&None, &None));
    cx.expect_rows("SELECT chair_id, mascot_id FROM club", &["NULL|NULL"]);
    Ok(())
}

pub fn u_102_a_target_that_goes_gives_way_to_a_new_one(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Club])?;
    let mut session = cx.session();
    let club = session.add(Club { name: "reds".into(), ..Club::default() });
    let ann = session.add(Fan { name: "ann".into(), club: club.into(), ..Fan::default() });
    session[club].chair = ann.into();
    session.commit()?;
    cx.clear_log();
    let bob = session.add(Fan { name: "bob".into(), club: club.into(), ..Fan::default() });
    session[club].chair = bob.into();
    session.delete(ann)?;
    session.commit()?;
    cx.expect_log(&["select club", "select club", "insert fan", "update club (chair_id)", "delete fan"]);
    cx.expect_rows("SELECT chair_id FROM club", &["2"]);
    Ok(())
}

/// A session, and an artist who plays in a band.
type Playing = (Session, Handle<Artist>, Handle<Band>, Handle<Role>);

fn role(cx: &mut TestContext) -> Result<Playing> {
    cx.create(models![Role])?;
    let mut session = cx.session();
    let artist = session.add(Artist { name: "ann".into(), ..Artist::default() });
    let band = session.add(Band { name: "reds".into(), ..Band::default() });
    let role = session.add(Role { artist: artist.into(), band: band.into(), ..Role::default() });
    session.commit()?;
    cx.clear_log();
    Ok((session, artist, band, role))
}

pub fn u_091_rows_of_a_through_model_are_left_to_its_relations(cx: &mut TestContext) -> Result<()> {
    let (mut session, artist, band, role) = role(cx)?;
    session.load(artist, Artist::bands)?;
    session.delete(band)?;
    expect_error(session.commit(), ErrorKind::ForeignKeyViolation, &["Band#1"]);
    session.rollback()?;
    assert_eq!(session.state(role), State::Persistent);
    cx.expect_rows("SELECT artist_id, band_id FROM role", &["1|1"]);
    session.delete(role)?;
    session.delete(band)?;
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["delete role", "delete band"]);
    assert!(session.load(artist, Artist::bands)?.is_empty());
    Ok(())
}

pub fn u_091_rows_of_a_through_model_go_by_the_cascade_of_one_end(cx: &mut TestContext) -> Result<()> {
    role(cx)?;
    let mut session = cx.session();
    let artist = session.get::<Artist>(1)?.unwrap();
    session.delete(artist)?;
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["select role", "delete role", "delete artist"]);
    cx.expect_rows("SELECT (SELECT count(*) FROM role), (SELECT count(*) FROM band)", &["0|1"]);
    Ok(())
}

/// A squad whose captain is one of its members. Names and numbers are unique.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "squad")]
pub struct Squad {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub name: String,
    #[belongs_to]
    pub captain: Option<BelongsTo<Runner>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "runner", unique(squad, shirt))]
pub struct Runner {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub number: i32,
    pub shirt: i32,
    #[belongs_to]
    pub squad: BelongsTo<Squad>,
    #[belongs_to]
    pub mentor: Option<BelongsTo<Runner>>,
}

pub fn u_147_a_cycle_that_a_split_leaves_is_broken_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Squad])?;
    let mut session = cx.session();
    let [reds, blues] =
        [(1, "reds"), (2, "blues")].map(|(id, name)| session.add(Squad { id, name: name.into(), captain: None }));
    let ann = session.add(Runner { id: 1, number: 7, squad: reds.into(), ..Runner::default() });
    session[blues].captain = ann.into();
    session.commit()?;
    // The new runner takes ann's number, the captain's place takes the new runner, and ann goes when she has left it.
    let bob = session.add(Runner { id: 2, number: 7, shirt: 1, squad: blues.into(), ..Runner::default() });
    session[blues].captain = bob.into();
    session[blues].name = "reds".into();
    session.delete(ann)?;
    session.delete(reds)?;
    session.commit()?;
    cx.expect_rows("SELECT id, name, captain_id FROM squad", &["2|reds|2"]);
    cx.expect_rows("SELECT id, number, squad_id FROM runner", &["2|7|2"]);
    Ok(())
}

pub fn u_147_a_split_update_writes_a_value_of_two_columns_at_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Squad])?;
    let mut session = cx.only_writer();
    let [reds, blues] =
        [(1, "reds"), (2, "blues")].map(|(id, name)| session.add(Squad { id, name: name.into(), captain: None }));
    let runner = |id: i64, squad: Handle<Squad>| {
        let number = id as i32;
        Runner { id, number, shirt: number, squad: squad.into(), mentor: None }
    };
    let [ann, _, bob] = [runner(1, reds), runner(2, reds), runner(3, blues)].map(|runner| session.add(runner));
    session.commit()?;
    // Ann's new squad has the name of one that bob leaves, who takes ann's number. Her new shirt is that of another red.
    let new = session.add(Squad { id: 3, name: "blues".into(), captain: None });
    session[ann].squad = new.into();
    session[ann].shirt = 2;
    session[ann].number = 4;
    session[bob].squad = reds.into();
    session[bob].number = 1;
    session.delete(blues)?;
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&[
        "update runner (number)",
        "update runner (number, squad_id)",
        "delete squad",
        "insert squad",
        "update runner (shirt, squad_id)",
    ]);
    cx.expect_rows("SELECT id, number, shirt, squad_id FROM runner ORDER BY id", &["1|4|2|3", "2|2|2|1", "3|1|3|1"]);
    Ok(())
}

pub fn u_099_rows_keep_referencing_a_row_that_is_inserted_anew(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Squad])?;
    let mut session = cx.session();
    let reds = session.add(Squad { id: 1, name: "reds".into(), captain: None });
    let runner = |id: i64| Runner { id, number: id as i32, shirt: id as i32, squad: reds.into(), mentor: None };
    let old = [1, 2].map(|id| session.add(runner(id)));
    let cleo = session.add(Runner { mentor: Some(old[0].into()), ..runner(3) });
    session[reds].captain = old[1].into();
    session.commit()?;
    old.into_iter().try_for_each(|runner| session.delete(runner))?;
    let new = [(1, 2), (2, 1)].map(|(id, number)| session.add(Runner { number, ..runner(id) }));
    session[cleo].mentor = new[0].into();
    session[reds].captain = new[1].into();
    session.commit()?;
    cx.expect_rows("SELECT id, number, mentor_id FROM runner ORDER BY id", &["1|2|NULL", "2|1|NULL", "3|3|1"]);
    cx.expect_rows("SELECT captain_id FROM squad", &["2"]);
    // A replaced squad: the value of two columns stays with the same pair.
    session.delete(reds)?;
    let again = session.add(Squad { id: 1, name: "crimson".into(), captain: None });
    session.delete(new[0])?;
    session[cleo].squad = again.into();
    session[cleo].mentor = None;
    session[cleo].shirt = 1;
    session[new[1]].squad = again.into();
    session.commit()?;
    cx.expect_rows("SELECT id, shirt, squad_id FROM runner ORDER BY id", &["2|2|1", "3|1|1"]);
    Ok(())
}

const HENS: &str = "CREATE TABLE egg (id BIGINT PRIMARY KEY, laid_by_id BIGINT NOT NULL); \
    CREATE TABLE hen (id BIGINT PRIMARY KEY, hatched_from_id BIGINT NOT NULL REFERENCES egg(id));";

pub fn u_147_mutual_keys_of_others_are_told_from_deferrable_ones(cx: &mut TestContext) -> Result<()> {
    let is_sqlite = cx.backend_name() == "SQLite";
    if is_sqlite {
        cx.execute(&HENS.replace("laid_by_id BIGINT NOT NULL", "laid_by_id BIGINT NOT NULL REFERENCES hen(id)"));
    } else {
        cx.execute(HENS);
        cx.execute("ALTER TABLE egg ADD FOREIGN KEY (laid_by_id) REFERENCES hen(id)");
    }
    let mut session = cx.session();
    let hen = session.add(Hen { id: 7, hatched_from: BelongsTo::key(8) });
    session.add(Egg { id: 8, laid_by: BelongsTo::key(7) });
    cx.clear_log();
    if is_sqlite {
        // This database can defer all keys of a transaction.
        session.commit()?;
        cx.expect_rows("SELECT (SELECT count(*) FROM hen) + (SELECT count(*) FROM egg)", &["2"]);
    } else {
        let words = ["Hen::hatched_from", "Egg::laid_by (table egg, laid_by_id)", "DEFERRABLE", "Option"];
        expect_error(session.commit(), ErrorKind::InvalidState, &words);
        cx.expect_log(&[]);
        assert_eq!(session.new_objects().len(), 2);
        assert_eq!(session.state(hen), State::Pending);
    }
    Ok(())
}

pub fn u_147_keys_that_may_be_deferred_are(cx: &mut TestContext) -> Result<()> {
    if !cx.capabilities().deferrable_keys {
        return Ok(());
    }
    let deferrable = "REFERENCES hen(id) DEFERRABLE INITIALLY IMMEDIATE";
    if cx.backend_name() == "SQLite" {
        cx.execute(&HENS.replace("laid_by_id BIGINT NOT NULL", &format!("laid_by_id BIGINT NOT NULL {deferrable}")));
    } else {
        cx.execute(HENS);
        cx.execute(&format!("ALTER TABLE egg ADD FOREIGN KEY (laid_by_id) {deferrable}"));
    }
    let mut session = cx.session();
    session.add(Hen { id: 7, hatched_from: BelongsTo::key(8) });
    session.add(Egg { id: 8, laid_by: BelongsTo::key(7) });
    cx.clear_log();
    session.commit()?;
    let mut log: Vec<String> = cx.take_log().iter().map(ToString::to_string).collect();
    log.sort();
    assert_eq!(log, ["insert egg (id, laid_by_id)", "insert hen (id, hatched_from_id)"]);
    Ok(())
}

pub fn u_102_rows_that_are_not_loaded_lose_the_key_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Club])?;
    let mut session = cx.session();
    let club = session.add(Club { name: "reds".into(), ..Club::default() });
    let ann = session.add(Fan { name: "ann".into(), club: club.into(), ..Fan::default() });
    session[club].chair = ann.into();
    session.add(Club { name: "blues".into(), mascot: ann.into(), ..Club::default() });
    session.commit()?;
    session.clear();
    let ann = session.get::<Fan>(1)?.unwrap();
    session.delete(ann)?;
    session.commit()?;
    cx.expect_rows("SELECT name, chair_id, mascot_id FROM club ORDER BY id", &["reds|NULL|NULL", "blues|NULL|NULL"]);
    cx.expect_rows("SELECT count(*) FROM fan", &["0"]);
    Ok(())
}
