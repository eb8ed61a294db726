//! The order of statements in a flush: U-039 to U-049.

use orm::Result;
use orm::prelude::*;

use crate::TestContext;
use crate::models::{
    Address, Company, Course, Employee, Enrollment, Node, Player, Pupil, Student, Subject, Team, User,
};

cases! { order {
    u_039_parents_are_inserted_before_children_and_deleted_after_them [];
    u_040_the_order_holds_for_keys_set_by_hand [];
    u_041_rows_are_inserted_as_added_and_changed_by_key [];
    u_042_updates_come_first_and_deletes_last [];
    u_043_keys_of_surviving_children_are_nulled_before_the_delete [];
    u_044_a_self_referencing_table_goes_level_by_level [];
    u_044_keys_set_by_hand_keep_the_order_of_adding [];
    u_044_a_new_parent_of_an_old_row_comes_first [];
    u_045_two_tables_go_row_by_row [];
    u_044_a_long_chain_goes_in_and_out [];
    u_047_association_rows_come_after_both_ends_and_go_before_them [];
    u_048_association_rows_are_deleted_before_others_are_inserted [];
    u_048_a_through_row_gives_way_to_an_object_of_the_same_pair [];
    u_048_association_rows_are_deleted_updated_and_inserted [];
    u_049_unrelated_tables_have_one_order [];
} }

/// Records the keys of the rows of `node` that statements of one kind change, in their order.
fn watch(cx: &TestContext, event: &str, row: &str) {
    cx.execute("CREATE TABLE seen (place INTEGER, id INTEGER)");
    let note = format!("INSERT INTO seen SELECT count(*) + 1, {row}.id FROM seen;");
    cx.execute(&cx.spelled_by([
        format!("CREATE TRIGGER watch AFTER {event} ON node FOR EACH ROW BEGIN {note} END"),
        format!(
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note} RETURN NULL; END $$;
             CREATE TRIGGER watch AFTER {event} ON node FOR EACH ROW EXECUTE FUNCTION note()"
        ),
        format!("CREATE TRIGGER watch AFTER {event} ON node FOR EACH ROW {note}"),
    ]));
}

pub fn u_039_parents_are_inserted_before_children_and_deleted_after_them(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let rome = session.add(Address::in_city("Rome"));
    let oslo = session.add(Address::in_city("Oslo"));
    let alice = session.add(User::named("alice"));
    session[rome].user = alice.into();
    session[oslo].user = alice.into();
    session.commit()?;
    cx.expect_log(&["insert user", "insert address x2"]);
    cx.expect_rows("SELECT city, user_id FROM address ORDER BY id", &["Rome|1", "Oslo|1"]);

    session.delete(alice)?;
    session.delete(rome)?;
    session.commit()?;
    cx.expect_log(&["delete address x2", "delete user"]);
    Ok(())
}

pub fn u_040_the_order_holds_for_keys_set_by_hand(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let rome = session.add(Address { user: BelongsTo::key(7), ..Address::in_city("Rome") });
    let alice = session.add(User { id: 7, ..User::named("alice") });
    session.commit()?;
    cx.expect_log(&["insert user", "insert address"]);

    let mut other = cx.session();
    let user = other.get::<User>(7)?.unwrap();
    let address = other.get::<Address>(session[rome].id)?.unwrap();
    cx.clear_log();
    other.delete(user)?;
    other.delete(address)?;
    other.commit()?;
    assert_eq!(session[alice].id, 7);
    let log = cx.take_log();
    let deletes: Vec<String> = log.iter().map(ToString::to_string).filter(|line| line.starts_with("delete")).collect();
    assert_eq!(deletes, ["delete address", "delete user"]);
    Ok(())
}

pub fn u_041_rows_are_inserted_as_added_and_changed_by_key(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let nodes = session.add_all([30, 10, 20].map(|id| Node { id, ..Node::named("n") }));
    watch(cx, "INSERT", "NEW");
    session.commit()?;
    cx.expect_rows("SELECT id FROM seen ORDER BY place", &["30", "10", "20"]);

    cx.execute(cx.spelled_by(["DROP TRIGGER watch", "DROP TRIGGER watch ON node", "DROP TRIGGER watch"]));
    cx.execute("DROP TABLE seen");
    if !cx.row_by_row() {
        // One statement over arrays, in which the database chooses the order.
        return Ok(());
    }
    watch(cx, "UPDATE", "NEW");
    for &node in &nodes {
        session[node].name = "changed".into();
    }
    session.commit()?;
    cx.expect_rows("SELECT id FROM seen ORDER BY place", &["10", "20", "30"]);

    cx.execute("DROP TRIGGER watch; DROP TABLE seen");
    watch(cx, "DELETE", "OLD");
    for node in nodes {
        session.delete(node)?;
    }
    session.commit()?;
    cx.expect_rows("SELECT id FROM seen ORDER BY place", &["10", "20", "30"]);
    Ok(())
}

pub fn u_042_updates_come_first_and_deletes_last(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let [acme, bolt] = ["acme", "bolt"].map(|name| session.add(Company::named(name)));
    session.commit()?;
    cx.clear_log();
    session.delete(bolt)?;
    session.add(Company::named("cobalt"));
    session[acme].name = "acme & co".into();
    session.commit()?;
    let log: Vec<String> = cx.take_log().iter().map(ToString::to_string).collect();
    assert_eq!(log, ["update company (name)", "insert company (name)", "delete company"]);
    Ok(())
}

pub fn u_043_keys_of_surviving_children_are_nulled_before_the_delete(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let acme = session.add(Company { employees: ["ann", "bob"].map(Employee::named).into(), ..Company::named("acme") });
    session.commit()?;
    let ann = session.related(acme, Company::employees)?[0];
    cx.clear_log();
    session.delete(acme)?;
    session.commit()?;
    cx.expect_log(&["update employee (company_id) x2", "delete company"]);
    cx.expect_rows("SELECT name, company_id FROM employee ORDER BY id", &["ann|NULL", "bob|NULL"]);
    assert!(session.contains(ann) && session[ann].company.is_none());
    Ok(())
}

pub fn u_044_a_self_referencing_table_goes_level_by_level(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    // The leaves are added first.
    let [leaf, left, right, root] = ["leaf", "left", "right", "root"].map(|name| session.add(Node::named(name)));
    session[leaf].parent = left.into();
    session[left].parent = root.into();
    session[right].parent = root.into();
    session.commit()?;
    cx.expect_log(&["insert node", "insert node x2", "insert node"]);
    let rows = "SELECT c.name, p.name FROM node c LEFT JOIN node p ON p.id = c.parent_id ORDER BY c.id";
    cx.expect_rows(rows, &["root|NULL", "left|root", "right|root", "leaf|left"]);

    session.delete(root)?;
    session.commit()?;
    let log = cx.take_log();
    let deletes: Vec<usize> =
        log.iter().filter(|entry| entry.sql.starts_with("DELETE")).map(|entry| entry.rows).collect();
    assert_eq!(deletes, [2, 1, 1], "leaves first");
    cx.expect_rows("SELECT count(*) FROM node", &["0"]);
    Ok(())
}

pub fn u_044_a_long_chain_goes_in_and_out(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let nodes = session.add_all((0..500).map(|_| Node::named("n")));
    for pair in nodes.windows(2) {
        session[pair[0]].parent = pair[1].into();
    }
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM node WHERE parent_id = id - 1", &["499"]);
    session.delete(nodes[499])?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM node", &["0"]);
    Ok(())
}

pub fn u_044_keys_set_by_hand_keep_the_order_of_adding(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    session.add(Node { id: 1, ..Node::named("root") });
    session.add(Node { id: 2, parent: Some(BelongsTo::key(1)), ..Node::named("child") });
    session.add(Node { id: 3, parent: Some(BelongsTo::key(2)), ..Node::named("grandchild") });
    session.commit()?;
    cx.expect_log(&["insert node x3"]);
    cx.expect_rows("SELECT id, parent_id FROM node ORDER BY id", &["1|NULL", "2|1", "3|2"]);
    Ok(())
}

pub fn u_044_a_new_parent_of_an_old_row_comes_first(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let [child, other] = ["child", "other"].map(|name| session.add(Node::named(name)));
    session.commit()?;
    cx.clear_log();
    let parent = session.add(Node::named("parent"));
    session[child].parent = parent.into();
    session[other].name = "another".into();
    session.commit()?;
    cx.expect_log(&["update node (name)", "insert node", "update node (parent_id)"]);
    assert_eq!(session.related(parent, Node::children)?, [child]);
    Ok(())
}

pub fn u_045_two_tables_go_row_by_row(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    let mut named = |name: &str, team: Option<BelongsTo<Team>>| {
        session.add(Player { name: name.into(), team, ..Player::default() })
    };
    // reds have a captain of no team; bob plays for the reds and is the captain of the blues.
    let ann = named("ann", None);
    let bob = named("bob", None);
    let reds = session.add(Team { name: "reds".into(), captain: ann.into(), ..Team::default() });
    session.add(Team { name: "blues".into(), captain: bob.into(), ..Team::default() });
    session[bob].team = reds.into();
    session.commit()?;
    cx.expect_log(&["insert player", "insert team", "insert player", "insert team"]);
    cx.expect_rows(
        "SELECT t.name, p.name, p.team_id FROM team t JOIN player p ON p.id = t.captain_id ORDER BY t.id",
        &["reds|ann|NULL", "blues|bob|1"],
    );
    Ok(())
}

pub fn u_047_association_rows_come_after_both_ends_and_go_before_them(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.only_writer();
    let ann = session.add(Student { courses: ["art", "biology"].map(Course::titled).into(), ..Student::named("ann") });
    session.commit()?;
    cx.expect_log(&["insert course x2", "insert student", "insert student_course x2"]);

    let art = session.related(ann, Student::courses)?[0];
    session.delete(art)?;
    session.delete(ann)?;
    session.commit()?;
    cx.expect_log(&["delete student_course x2", "delete student", "delete course"]);
    cx.expect_rows("SELECT title FROM course", &["biology"]);
    Ok(())
}

pub fn u_048_association_rows_are_deleted_before_others_are_inserted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.only_writer();
    let [art, biology] = ["art", "biology"].map(|title| session.add(Course::titled(title)));
    let ann = session.add(Student { courses: [art].into(), ..Student::named("ann") });
    session.commit()?;
    cx.clear_log();
    session.push(ann, Student::courses, biology)?;
    session.remove(ann, Student::courses, art)?;
    session.commit()?;
    cx.expect_log(&["delete student_course", "insert student_course"]);
    cx.expect_rows("SELECT course_id FROM student_course", &["2"]);
    Ok(())
}

pub fn u_048_a_through_row_gives_way_to_an_object_of_the_same_pair(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    let mut session = cx.only_writer();
    let maths = session.add(Subject { title: "maths".into(), ..Subject::default() });
    let ann = session.add(Pupil { name: "ann".into(), subjects: [maths].into(), ..Pupil::default() });
    session.commit()?;
    cx.clear_log();
    session.remove(ann, Pupil::subjects, maths)?;
    session.add(Enrollment { pupil: ann.into(), subject: maths.into(), grade: Some(1) });
    session.commit()?;
    cx.expect_log(&["delete enrollment", "insert enrollment"]);
    cx.expect_rows("SELECT grade FROM enrollment", &["1"]);
    Ok(())
}

pub fn u_048_association_rows_are_deleted_updated_and_inserted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    let mut session = cx.only_writer();
    let [art, law, gym] =
        ["art", "law", "gym"].map(|title| session.add(Subject { title: title.into(), ..Subject::default() }));
    let ann = session.add(Pupil { name: "ann".into(), subjects: [art].into(), ..Pupil::default() });
    let graded = session.add(Enrollment { pupil: ann.into(), subject: law.into(), grade: Some(1) });
    session.commit()?;
    session.refresh(ann)?;
    session.load(ann, Pupil::subjects)?;
    cx.clear_log();
    session.push(ann, Pupil::subjects, gym)?;
    session[graded].grade = Some(2);
    session.remove(ann, Pupil::subjects, art)?;
    session.commit()?;
    cx.expect_log(&[
        "delete enrollment by (pupil_id, subject_id)",
        "update enrollment (grade) by (pupil_id, subject_id, grade)",
        "insert enrollment",
    ]);
    cx.expect_rows("SELECT subject_id, grade FROM enrollment ORDER BY 1", &["2|2", "3|NULL"]);
    Ok(())
}

pub fn u_049_unrelated_tables_have_one_order(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Company, Student])?;
    let mut logs = Vec::new();
    for turn in 0..2 {
        let mut session = cx.session();
        let name = format!("n{turn}");
        if turn == 0 {
            session.add(User::named(&name));
            session.add(Student::named(&name));
            session.add(Company::named(&name));
        } else {
            session.add(Company::named(&name));
            session.add(Student::named(&name));
            session.add(User::named(&name));
        }
        session.commit()?;
        logs.push(cx.take_log().iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    assert_eq!(logs[0], logs[1]);
    assert_eq!(logs[0].len(), 3);
    Ok(())
}
