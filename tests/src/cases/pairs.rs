//! Many to many: U-090 to U-094.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{Artist, Band, Course, Enrollment, Member, Post, Pupil, Role, Student, Subject, Tag};
use crate::{TestContext, expect_error};

cases! { pairs {
    u_090_a_pair_linked_from_both_sides_is_one_row [];
    u_090_a_literal_and_a_push_of_one_pair_are_one_row [];
    u_090_a_table_related_to_itself_works_both_ways [];
    u_090_an_object_may_be_its_own_member [];
    u_091_deleting_an_object_deletes_its_pairs_and_not_the_other_side [];
    u_091_pairs_that_are_not_loaded_are_deleted_too [];
    u_091_a_self_related_object_leaves_in_both_roles [];
    u_092_a_linked_through_row_gets_its_defaults [];
    u_092_a_through_row_is_found_by_its_two_keys [];
    u_092_deleting_an_object_deletes_each_through_row_once [];
    u_092_pairs_and_objects_of_one_through_model_in_one_flush [];
    u_093_a_pair_that_is_gone_already_is_stale [];
    u_094_a_member_pushed_twice_is_one_row [];
    u_094_a_member_that_is_linked_already_is_not_linked_again [];
    u_148_rows_are_inserted_in_the_order_of_linking [];
    shared_new_members_are_inserted_once [];
    a_pair_with_an_object_that_goes_is_not_linked [];
    a_pair_with_an_expunged_object_is_not_linked [];
    unlinked_and_linked_again_is_nothing [];
    a_rollback_forgets_links_and_brings_unlinked_pairs_back [];
} }

/// Two objects of one model.
type Two<T> = [Handle<T>; 2];

const PAIRS: &str = "SELECT student_id, course_id FROM student_course ORDER BY 1, 2";

fn ann_and_art(session: &mut Session) -> (Handle<Student>, Handle<Course>) {
    (session.add(Student::named("ann")), session.add(Course::titled("art")))
}

pub fn u_090_a_pair_linked_from_both_sides_is_one_row(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let (ann, art) = ann_and_art(&mut session);
    session.push(ann, Student::courses, art)?;
    session.push(art, Course::students, ann)?;
    assert_eq!(session.related(ann, Student::courses)?, [art]);
    assert_eq!(session.related(art, Course::students)?, [ann]);
    session.commit()?;
    cx.expect_log(&["insert course", "insert student", "insert student_course"]);
    cx.expect_rows(PAIRS, &["1|1"]);
    Ok(())
}

pub fn u_090_a_literal_and_a_push_of_one_pair_are_one_row(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let art = session.add(Course::titled("art"));
    let ann = session.add(Student { courses: [art].into(), ..Student::named("ann") });
    session.push(ann, Student::courses, art)?;
    session.push(art, Course::students, ann)?;
    session.commit()?;
    cx.expect_log(&["insert course", "insert student", "insert student_course"]);
    cx.expect_rows(PAIRS, &["1|1"]);
    Ok(())
}

pub fn u_090_a_table_related_to_itself_works_both_ways(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Member])?;
    let mut session = cx.only_writer();
    let [ann, bob, cid] = ["ann", "bob", "cid"].map(|name| session.add(Member::named(name)));
    session.push(ann, Member::follows, bob)?;
    session.push(ann, Member::followers, cid)?;
    session.push(bob, Member::follows, ann)?;
    session.commit()?;
    cx.expect_log(&["insert member x3", "insert follow x3"]);

    let mut other = cx.only_writer();
    let ann = other.get::<Member>(session[ann].id)?.unwrap();
    let names = |session: &Session, members: Vec<Handle<Member>>| -> Vec<String> {
        members.into_iter().map(|member| session[member].name.clone()).collect()
    };
    let follows = other.load(ann, Member::follows)?;
    assert_eq!(names(&other, follows), ["bob"]);
    let followers = other.load(ann, Member::followers)?;
    assert_eq!(names(&other, followers.clone()), ["bob", "cid"]);
    assert_eq!(session.related(bob, Member::followers)?, [session.get(1)?.unwrap()]);
    cx.clear_log();

    other.remove(ann, Member::followers, followers[0])?;
    other.commit()?;
    cx.expect_log(&["delete follow"]);
    let rows = "SELECT a.name, b.name FROM follow f JOIN member a ON a.id = f.followers_id JOIN member b ON b.id = f.follows_id ORDER BY 1";
    cx.expect_rows(rows, &["ann|bob", "cid|ann"]);
    let _ = cid;
    Ok(())
}

pub fn u_090_an_object_may_be_its_own_member(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Member])?;
    let mut session = cx.only_writer();
    let ann = session.add(Member::named("ann"));
    session.push(ann, Member::follows, ann)?;
    session.commit()?;
    cx.expect_log(&["insert member", "insert follow"]);
    assert_eq!(session.related(ann, Member::followers)?, [ann]);
    session.delete(ann)?;
    session.commit()?;
    cx.expect_log(&["delete follow", "delete member"]);
    Ok(())
}

/// Two posts, both with the tags `red` and `blue`.
fn posts_and_tags(session: &mut Session) -> Result<(Two<Post>, Two<Tag>)> {
    let tags = ["red", "blue"].map(|label| session.add(Tag::labelled(label)));
    let posts = ["one", "two"].map(|title| session.add(Post { tags: tags.into(), ..Post::titled(title) }));
    session.commit()?;
    Ok((posts, tags))
}

pub fn u_091_deleting_an_object_deletes_its_pairs_and_not_the_other_side(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Post])?;
    let mut session = cx.only_writer();
    let ([one, two], [red, blue]) = posts_and_tags(&mut session)?;
    cx.clear_log();
    session.delete(red)?;
    session.commit()?;
    cx.expect_log(&["delete post_tag x2", "delete tag"]);
    assert_eq!(session.related(one, Post::tags)?, [blue]);
    assert_eq!(session.related(two, Post::tags)?, [blue]);
    assert_eq!(session.related(blue, Tag::posts)?, [one, two]);
    cx.expect_rows("SELECT title FROM post ORDER BY id", &["one", "two"]);
    Ok(())
}

pub fn u_091_pairs_that_are_not_loaded_are_deleted_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Post])?;
    posts_and_tags(&mut cx.session())?;
    let mut session = cx.session();
    let one = session.get::<Post>(1)?.unwrap();
    cx.clear_log();
    session.delete(one)?;
    session.commit()?;
    cx.expect_log(&["select tag", "delete post_tag x2", "delete post"]);
    cx.expect_rows("SELECT post_id, tag_id FROM post_tag ORDER BY 1, 2", &["2|1", "2|2"]);
    cx.expect_rows("SELECT count(*) FROM tag", &["2"]);
    Ok(())
}

pub fn u_091_a_self_related_object_leaves_in_both_roles(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Member])?;
    let mut session = cx.session();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Member::named(name)));
    session.push(ann, Member::follows, bob)?;
    session.push(bob, Member::follows, ann)?;
    session.push(bob, Member::follows, bob)?;
    session.commit()?;
    let mut other = cx.session();
    let bob_again = other.get::<Member>(session[bob].id)?.unwrap();
    cx.clear_log();
    other.delete(bob_again)?;
    other.commit()?;
    cx.expect_log(&["select member", "select member", "delete follow x3", "delete member"]);
    cx.expect_rows("SELECT (SELECT count(*) FROM follow), (SELECT count(*) FROM member)", &["0|1"]);
    Ok(())
}

fn artist_and_band(session: &mut Session) -> (Handle<Artist>, Handle<Band>) {
    let band = session.add(Band { name: "the clouds".into(), ..Band::default() });
    (session.add(Artist { name: "ann".into(), ..Artist::default() }), band)
}

pub fn u_092_a_linked_through_row_gets_its_defaults(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Artist])?;
    let mut session = cx.session();
    let (ann, clouds) = artist_and_band(&mut session);
    session.push(ann, Artist::bands, clouds)?;
    session.commit()?;
    cx.expect_rows("SELECT artist_id, band_id, instrument, share, version FROM role", &["1|1|guitar|1|1"]);

    // The row is one like any other.
    let mut other = cx.session();
    let role = Role::query().one(&mut other)?;
    other[role].instrument = "bass".into();
    other.commit()?;
    cx.expect_rows("SELECT instrument, version FROM role", &["bass|2"]);
    Ok(())
}

pub fn u_092_a_through_row_is_found_by_its_two_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Artist])?;
    let mut session = cx.only_writer();
    let (ann, clouds) = artist_and_band(&mut session);
    session.push(ann, Artist::bands, clouds)?;
    session.commit()?;
    cx.execute("UPDATE role SET instrument = 'drums', version = 9");
    cx.clear_log();
    session.remove(ann, Artist::bands, clouds)?;
    session.commit()?;
    cx.expect_log(&["delete role by (artist_id, band_id)"]);
    cx.expect_rows("SELECT count(*) FROM role", &["0"]);
    Ok(())
}

pub fn u_092_deleting_an_object_deletes_each_through_row_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Artist])?;
    let mut session = cx.session();
    let (ann, clouds) = artist_and_band(&mut session);
    let role = session.add(Role { artist: ann.into(), band: clouds.into(), ..Role::default() });
    session.commit()?;
    // `roles` cascades the delete, and `bands` deletes its pairs: both lead to the same row.
    assert_eq!(session.load(clouds, Band::artists)?, [ann]);
    session.expire_all();
    let ann = Artist::query().one(&mut session)?;
    session.load(ann, Artist::bands)?;
    cx.clear_log();
    session.delete(ann)?;
    session.commit()?;
    cx.expect_log(&["select role", "delete role", "delete artist"]);
    assert!(!session.contains(role));
    cx.expect_rows("SELECT (SELECT count(*) FROM role), (SELECT count(*) FROM artist)", &["0|0"]);
    Ok(())
}

pub fn u_092_pairs_and_objects_of_one_through_model_in_one_flush(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    let mut session = cx.session();
    let [maths, music] =
        ["maths", "music"].map(|title| session.add(Subject { title: title.into(), ..Subject::default() }));
    let ann = session.add(Pupil { name: "ann".into(), ..Pupil::default() });
    session.push(ann, Pupil::subjects, maths)?;
    session.push(
        ann,
        Pupil::enrollments,
        Enrollment { subject: music.into(), grade: Some(2), ..Enrollment::default() },
    )?;
    session.commit()?;
    cx.expect_rows("SELECT subject_id, grade FROM enrollment ORDER BY 1", &["1|NULL", "2|2"]);

    // The pair and the object that stands for it are one row.
    let art = session.add(Subject { title: "art".into(), ..Subject::default() });
    session.push(ann, Pupil::subjects, art)?;
    session.add(Enrollment { pupil: ann.into(), subject: art.into(), grade: Some(3) });
    session.commit()?;
    cx.expect_rows("SELECT grade FROM enrollment WHERE subject_id = 3", &["3"]);
    Ok(())
}

pub fn u_093_a_pair_that_is_gone_already_is_stale(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.only_writer();
    let (ann, art) = ann_and_art(&mut session);
    let biology = session.push(ann, Student::courses, Course::titled("biology"))?;
    session.push(ann, Student::courses, art)?;
    session.commit()?;
    cx.clear_log();
    cx.execute("DELETE FROM student_course WHERE course_id = 1");
    session.remove(ann, Student::courses, art)?;
    session.remove(ann, Student::courses, biology)?;
    expect_error(session.flush(), ErrorKind::StaleData, &["1 of 2", "student_course"]);
    cx.expect_log(&["delete student_course x2"]);
    assert_eq!(session.related(ann, Student::courses)?, []);
    session.rollback()?;
    assert_eq!(session.related(ann, Student::courses)?.len(), 2);
    Ok(())
}

pub fn u_094_a_member_pushed_twice_is_one_row(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let art = session.add(Course::titled("art"));
    let ann = session.add(Student { courses: [art, art].into(), ..Student::named("ann") });
    session.push(ann, Student::courses, art)?;
    assert_eq!(session.related(ann, Student::courses)?, [art]);
    session.set(ann, Student::courses, [art, art])?;
    session.commit()?;
    cx.expect_log(&["insert course", "insert student", "insert student_course"]);
    cx.expect_rows(PAIRS, &["1|1"]);
    Ok(())
}

pub fn u_094_a_member_that_is_linked_already_is_not_linked_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.only_writer();
    let (ann, art) = ann_and_art(&mut session);
    session.push(ann, Student::courses, art)?;
    session.commit()?;
    cx.clear_log();
    session.push(art, Course::students, ann)?;
    session.commit()?;
    cx.expect_log(&[]);

    let mut other = cx.only_writer();
    let (ann, art) = (other.get::<Student>(1)?.unwrap(), other.get::<Course>(1)?.unwrap());
    cx.clear_log();
    other.push(art, Course::students, ann)?;
    other.push(ann, Student::courses, art)?;
    other.commit()?;
    cx.expect_log(&["select student"]);
    cx.expect_rows(PAIRS, &["1|1"]);
    Ok(())
}

pub fn shared_new_members_are_inserted_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Post])?;
    let mut session = cx.session();
    let tags = ["a", "b", "c"].map(|label| session.add(Tag::labelled(label)));
    session.add_all((0..10).map(|_| Post { tags: tags.into(), ..Post::titled("post") }));
    session.commit()?;
    cx.expect_log(&["insert post x10", "insert tag x3", "insert post_tag x30"]);
    cx.expect_rows("SELECT tag_id, count(*) FROM post_tag GROUP BY 1 ORDER BY 1", &["1|10", "2|10", "3|10"]);
    Ok(())
}

pub fn a_pair_with_an_object_that_goes_is_not_linked(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.only_writer();
    let (ann, art) = ann_and_art(&mut session);
    session.commit()?;
    cx.clear_log();
    session.push(ann, Student::courses, art)?;
    session.delete(art)?;
    session.commit()?;
    cx.expect_log(&["delete course"]);
    assert_eq!(session.related(ann, Student::courses)?, []);
    let biology = session.push(ann, Student::courses, Course::titled("biology"))?;
    session.delete(biology)?;
    session.commit()?;
    cx.expect_log(&[]);
    cx.expect_rows(PAIRS, &[]);
    Ok(())
}

pub fn a_pair_with_an_expunged_object_is_not_linked(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let (ann, art) = ann_and_art(&mut session);
    session.push(ann, Student::courses, art)?;
    session.expunge(art)?;
    assert_eq!(session.related(ann, Student::courses)?, []);
    session.commit()?;
    cx.expect_log(&["insert student"]);
    Ok(())
}

pub fn unlinked_and_linked_again_is_nothing(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.only_writer();
    let (ann, art) = ann_and_art(&mut session);
    session.push(ann, Student::courses, art)?;
    session.commit()?;
    cx.clear_log();
    session.remove(ann, Student::courses, art)?;
    session.push(art, Course::students, ann)?;
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn a_rollback_forgets_links_and_brings_unlinked_pairs_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let (ann, art) = ann_and_art(&mut session);
    session.push(ann, Student::courses, art)?;
    session.commit()?;
    let biology = session.push(ann, Student::courses, Course::titled("biology"))?;
    session.remove(ann, Student::courses, art)?;
    session.flush()?;
    assert_eq!(session.related(ann, Student::courses)?, [biology]);
    session.rollback()?;
    assert_eq!(session.related(ann, Student::courses)?, [art]);
    assert_eq!(session.related(art, Course::students)?, [ann]);
    session.commit()?;
    cx.expect_rows(PAIRS, &["1|1"]);
    Ok(())
}

pub fn u_148_rows_are_inserted_in_the_order_of_linking(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let students: Vec<_> = (0..12).map(|number| session.add(Student::named(&number.to_string()))).collect();
    let courses: Vec<_> = (0..12).map(|number| session.add(Course::titled(&number.to_string()))).collect();
    session.commit()?;
    // Neither the order of keys nor that of slots.
    let linked: Vec<(usize, usize)> = (0..144).map(|at| at * 91 % 144).map(|at| (at / 12, at % 12)).collect();
    for (at, &(student, course)) in linked.iter().enumerate() {
        if at % 2 == 0 {
            session.push(students[student], Student::courses, courses[course])?;
        } else {
            session.push(courses[course], Course::students, students[student])?;
        }
    }
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["insert student_course x144"]);
    // Where rows lie in the order of their key, only the statement tells the order.
    let Some(place) = cx.spelled_by([Some("rowid"), Some("ctid"), None]) else {
        // Rows lie in the order of their key.
        return Ok(());
    };
    let expected: Vec<String> =
        linked.iter().map(|(student, course)| format!("{}|{}", student + 1, course + 1)).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    cx.expect_rows(&format!("SELECT student_id, course_id FROM student_course ORDER BY {place}"), &expected);
    Ok(())
}
