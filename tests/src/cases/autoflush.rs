//! Autoflush: when pending changes are written without a call of `flush`.

use orm::functions::{count_all, sum, value};
use orm::prelude::*;
use orm::{Error, ErrorKind, Result};

use crate::models::{
    Address, Company, Country, Guide, Node, Player, Record, Region, Singer, Station, Student, Team, Town, Track, Train,
    User,
};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { autoflush {
    u_031_flush_and_commit_always_write [];
    u_032_queries_aggregates_and_loads_write_first [];
    u_032_every_reading_method_writes_first [];
    u_032_only_when_the_statement_reads_a_changed_table [];
    u_032_refresh_writes_other_changes_first [];
    u_032_a_joined_table_counts_as_read [];
    u_032_marks_of_delete_and_links_count_as_work [];
    u_032_members_of_deleted_objects_count_as_work [];
    u_032_what_goes_with_an_orphan_counts_as_work [];
    u_032_what_the_database_does_after_a_delete_counts_as_work [];
    u_032_keys_that_change_with_others_count_as_work [deferrable_keys];
    u_032_fragments_and_functions_are_not_looked_into [];
    u_032_views_are_not_looked_into [];
    u_032_what_cannot_follow_is_not_looked_for [];
    u_032_merge_writes_before_it_looks [];
    u_032_raw_sql_writes_all_there_is [];
    u_033_get_from_memory_does_not_write [];
    u_033_get_from_the_database_writes_first [];
    u_034_a_bare_connection_does_not_write [];
    u_035_no_autoflush_holds_in_its_scope_only [];
    u_035_autoflush_can_be_turned_off [];
    u_036_an_error_in_an_autoflush_says_so [];
    u_036_a_mistake_found_before_sql_says_so_too [];
    u_038_a_commit_whose_flush_fails_commits_nothing [];
} }

pub fn u_031_flush_and_commit_always_write(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.set_autoflush(false);
    let alice = session.add(User::named("alice"));
    session.flush()?;
    cx.expect_full_log(&["begin", "insert user"]);
    session[alice].age = 4;
    session.no_autoflush(Session::commit)?;
    cx.expect_full_log(&["update user (age)", "commit"]);
    Ok(())
}

pub fn u_032_queries_aggregates_and_loads_write_first(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    assert_eq!(User::query().all(&mut session)?, [alice]);
    cx.expect_log(&["insert user", "select user"]);
    session[alice].age = 7;
    assert_eq!(User::query().select((sum(User::age),)).one(&mut session)?, (Some(7),));
    cx.expect_log(&["update user (age)", "select user"]);
    session.commit()?;
    let mut session = cx.session();
    let alice = User::query().one(&mut session)?;
    let home = session.add(Address { user: alice.into(), ..Address::in_city("Paris") });
    assert_eq!(session.load(alice, User::addresses)?, [home]);
    cx.expect_log(&["select user", "insert address", "select address"]);
    Ok(())
}

pub fn u_032_every_reading_method_writes_first(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    type Read = fn(&mut Session) -> Result<usize>;
    let reads: [Read; 7] = [
        |s| Ok(User::query().all(s)?.len()),
        |s| Ok(User::query().values(s)?.len()),
        |s| Ok(usize::try_from(User::query().count(s)?).unwrap()),
        |s| {
            let mut rows = 0;
            User::query().each(s, |_| {
                rows += 1;
                Ok(())
            })?;
            Ok(rows)
        },
        |s| Ok(User::query().select((User::name,)).all(s)?.len()),
        |s| Ok(usize::try_from(User::query().select((User::name,)).count(s)?).unwrap()),
        |s| {
            let last = User::query().select((count_all(),)).one(s)?;
            Ok(usize::try_from(last.0).unwrap())
        },
    ];
    for (number, read) in reads.into_iter().enumerate() {
        session.add(User::named("one more"));
        assert_eq!(read(&mut session)?, number + 1);
        let log = cx.take_log();
        assert_eq!(log.len(), 2, "{log:?}");
        assert!(log[0].matches("insert user") && log[1].kind == StatementKind::Select, "{log:?}");
    }
    session.add(User::named("last"));
    assert!(User::query().filter(User::name.eq("last")).exists(&mut session)?);
    assert_eq!(session.new_objects(), []);
    Ok(())
}

pub fn u_032_only_when_the_statement_reads_a_changed_table(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Company])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    Company::query().all(&mut session)?;
    cx.expect_log(&["select company"]);
    session.flush()?;
    let _ = &mut session[alice];
    User::query().count(&mut session)?;
    cx.expect_log(&["insert user", "select user"]);
    Ok(())
}

pub fn u_032_refresh_writes_other_changes_first(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let [alice, bob] = ["alice", "bob"].map(|name| session.add(User::named(name)));
    session.commit()?;
    cx.clear_log();
    session[alice].age = 1;
    session[bob].age = 2;
    session.refresh(alice)?;
    cx.expect_log(&["update user (age)", "select user"]);
    assert_eq!((session[alice].age, session[bob].age), (0, 2));
    Ok(())
}

pub fn u_032_a_joined_table_counts_as_read(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.commit()?;
    cx.clear_log();
    session.push(alice, User::addresses, Address::in_city("Paris"))?;
    assert_eq!(User::query().count(&mut session)?, 1);
    cx.expect_log(&["select user"]);
    let found = User::query().join(User::addresses).filter(Address::city.eq("Paris")).all(&mut session)?;
    assert_eq!(found, [alice]);
    cx.expect_log(&["insert address", "select user"]);
    Ok(())
}

pub fn u_032_marks_of_delete_and_links_count_as_work(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.only_writer();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Student::named(name)));
    session.commit()?;
    cx.clear_log();
    session.delete(ann)?;
    assert_eq!(Student::query().all(&mut session)?, [bob]);
    cx.expect_log(&["delete student", "select student"]);
    let course = session.push(bob, Student::courses, crate::models::Course::titled("art"))?;
    session.flush()?;
    session.remove(bob, Student::courses, course)?;
    let taught = Student::query().join(Student::courses).all(&mut session)?;
    assert_eq!(taught, []);
    cx.expect_log(&["insert course", "insert student_course", "delete student_course", "select student"]);
    Ok(())
}

pub fn u_032_members_of_deleted_objects_count_as_work(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.only_writer();
    let team = session.add(Team::default());
    let player = session.push(team, Team::players, Player::default())?;
    session.commit()?;
    cx.clear_log();
    session.delete(team)?;
    assert_eq!(Player::query().filter(Player::team_id.is_null()).all(&mut session)?, [player]);
    cx.expect_log(&["update player (team_id)", "delete team", "select player"]);
    Ok(())
}

pub fn u_032_what_goes_with_an_orphan_counts_as_work(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Singer, Node])?;
    let mut session = cx.only_writer();
    let singer = session.add(Singer::default());
    let record = session.push(singer, Singer::records, Record::default())?;
    session.push(record, Record::tracks, Track::default())?;
    session.add(Node::default());
    session.commit()?;
    session.remove(singer, Singer::records, record)?;
    cx.clear_log();
    assert_eq!(Node::query().count(&mut session)?, 1);
    cx.expect_log(&["select node"]);
    assert_eq!(Track::query().count(&mut session)?, 0);
    cx.expect_log(&["delete track", "delete record", "select track"]);
    Ok(())
}

pub fn u_032_what_the_database_does_after_a_delete_counts_as_work(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    let team = session.add(Team::default());
    let captain = session.push(team, Team::players, Player::default())?;
    session.flush()?;
    session[team].captain = captain.into();
    session.commit()?;
    let mut session = cx.session();
    let captain = Player::query().one(&mut session)?;
    session.delete(captain)?;
    // The session has not loaded the team.
    assert_eq!(Team::query().filter(Team::captain_id.is_null()).count(&mut session)?, 1);
    session.commit()
}

pub fn u_032_keys_that_change_with_others_count_as_work(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Town, Guide, Station])?;
    let mut session = cx.only_writer();
    let region = session.add(Region::coded("n", "North"));
    session.push(region, Region::towns, Town::default())?;
    session.add(Guide { regions: [region].into(), ..Guide::default() });
    let station = session.add(Station::coded("a", &["dawn"]));
    session.commit()?;
    let train = session.related(station, Station::trains)?[0];
    cx.clear_log();
    session[region].code = "no".into();
    assert_eq!(Station::query().count(&mut session)?, 1);
    cx.expect_log(&["select station"]);
    assert_eq!(Town::query().filter(Town::region_id.eq("no")).count(&mut session)?, 1);
    cx.expect_log(&["update region (code)", "select town"]);
    session[region].code = "nor".into();
    assert_eq!(Guide::query().join(Guide::regions).count(&mut session)?, 1);
    cx.expect_log(&["update region (code)", "select guide"]);
    session[station].code = "b".into();
    assert_eq!(Train::query().filter(Train::station_id.eq("b")).all(&mut session)?, [train]);
    cx.expect_log(&["update station (code)", "update train (station_code, version)", "select train"]);
    session.commit()?;

    // The session has not loaded the towns.
    let mut session = cx.only_writer();
    let region = session.get::<Region>("nor".to_owned())?.unwrap();
    session[region].code = "n".into();
    assert_eq!(Town::query().filter(Town::region_id.eq("n")).count(&mut session)?, 1);
    session.commit()
}

orm::sql_function! {
    fn read_age(age: i32) -> i32 = "abs";
}

pub fn u_032_fragments_and_functions_are_not_looked_into(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Country])?;
    let mut session = cx.session();
    session.add(Country { code: "fr".into(), ..Country::default() });
    let alice = session.add(User::named("alice"));
    session.commit()?;
    session.refresh(alice)?;
    cx.clear_log();
    session[alice].age = 30;
    assert_eq!(Country::query().count(&mut session)?, 1);
    cx.expect_log(&["select country"]);
    let fragment = || sql_expr::<bool>(r#"EXISTS (SELECT 1 FROM "user" WHERE age >= 30)"#);
    assert_eq!(Country::query().filter(fragment()).count(&mut session)?, 1);
    cx.expect_log(&["update user (age)", "select country"]);
    session[alice].age = 31;
    assert_eq!(Country::query().select(read_age(value(7))).one(&mut session)?, 7);
    cx.expect_log(&["update user (age)", "select country"]);
    session[alice].age = 32;
    let order = Country::query().order_by(sql_expr::<i32>("1 + 0"));
    assert_eq!(order.all(&mut session)?.len(), 1);
    cx.expect_log(&["update user (age)", "select country"]);
    Ok(())
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "adults")]
struct Adult {
    #[orm(primary_key)]
    id: i64,
    age: i32,
}

pub fn u_032_views_are_not_looked_into(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Country])?;
    cx.execute(r#"CREATE VIEW adults AS SELECT id, age FROM "user" WHERE age >= 18"#);
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.commit()?;
    session.refresh(alice)?;
    session[alice].age = 30;
    cx.clear_log();
    assert_eq!(Adult::query().select(Adult::age).all(&mut session)?, [30]);
    cx.expect_log(&["update user (age)", "select adults"]);
    session[alice].age = 31;
    let by_name = orm::query::table::Table::new("adults").column::<i32>("age");
    assert_eq!(by_name.query().one(&mut session)?.read::<i32>("age")?, 31);
    cx.expect_log(&["update user (age)", "select adults"]);
    session[alice].age = 32;
    assert_eq!(Country::query().count(&mut session)?, 0);
    cx.expect_log(&["select country"]);
    session.rollback()?;
    cx.execute("DROP VIEW adults");
    Ok(())
}

/// Comparing every changed object takes time. So only objects of tables that the query may read are compared.
pub fn u_032_what_cannot_follow_is_not_looked_for(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Country])?;
    let mut session = cx.session();
    session.add(Country { code: "fr".into(), ..Country::default() });
    let users = session.add_all((0..3_000).map(|number| User::named(&number.to_string())));
    session.commit()?;
    session.add(Country { code: "de".into(), ..Country::default() });
    session.flush()?;
    users.iter().try_for_each(|&user| session.refresh(user))?;
    cx.clear_log();
    for &user in &users {
        assert_eq!(Country::query().count(&mut session)?, 2);
        session[user].age += 1;
    }
    assert_eq!(cx.take_log().len(), users.len());
    session.rollback()
}

pub fn u_032_merge_writes_before_it_looks(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { id: 7, ..User::named("alice") });
    assert_eq!(session.merge(User { id: 7, age: 3, ..User::named("alice") })?, alice);
    cx.expect_log(&["insert user"]);
    session.merge(User { id: 8, ..User::named("bob") })?;
    cx.expect_log(&["update user (age)", "select user"]);
    session.commit()?;
    cx.expect_log(&["insert user"]);
    Ok(())
}

pub fn u_032_raw_sql_writes_all_there_is(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Company])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    session.add(Company::named("acme"));
    assert_eq!(sql("SELECT count(*) FROM company").one::<i64>(&mut session)?, 1);
    cx.expect_log(&["insert company", "insert user", "select company"]);
    Ok(())
}

pub fn u_033_get_from_memory_does_not_write(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.commit()?;
    cx.clear_log();
    session[alice].age = 3;
    session.add(User::named("bob"));
    session.get::<User>(session[alice].id)?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_033_get_from_the_database_writes_first(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Country])?;
    let mut session = cx.session();
    let nl = session.add(Country { code: "nl".into(), ..Country::default() });
    assert_eq!(session.get::<Country>("nl")?, Some(nl));
    cx.expect_log(&["insert country"]);
    session.delete(nl)?;
    assert_eq!(session.get::<Country>("be")?, None);
    cx.expect_log(&["delete country", "select country"]);
    Ok(())
}

pub fn u_034_a_bare_connection_does_not_write(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    cx.expect_log(&[]);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

pub fn u_035_no_autoflush_holds_in_its_scope_only(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    let failed: Result<()> = session.no_autoflush(|session| {
        assert_eq!(User::query().count(session)?, 0);
        session.no_autoflush(|session| User::query().count(session))?;
        assert_eq!(User::query().count(session)?, 0);
        Err(Error::new(ErrorKind::NotFound, "an error of the scope"))
    });
    expect_error(failed, ErrorKind::NotFound, &[]);
    cx.expect_log(&["select user", "select user", "select user"]);
    assert_eq!(User::query().count(&mut session)?, 1);
    cx.expect_log(&["insert user", "select user"]);
    Ok(())
}

pub fn u_035_autoflush_can_be_turned_off(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.set_autoflush(false);
    session.add(User::named("alice"));
    assert_eq!(User::query().count(&mut session)?, 0);
    session.no_autoflush(|session| User::query().count(session))?;
    assert_eq!(User::query().count(&mut session)?, 0);
    session.set_autoflush(true);
    assert_eq!(User::query().count(&mut session)?, 1);
    Ok(())
}

pub fn u_036_an_error_in_an_autoflush_says_so(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    cx.fail_next(StatementKind::Insert, ErrorKind::Busy);
    expect_error(User::query().all(&mut session), ErrorKind::Busy, &["autoflush", "User#new"]);
    expect_error(User::query().all(&mut session), ErrorKind::PendingRollback, &["rollback()"]);
    expect_error(Company::query().all(&mut session), ErrorKind::PendingRollback, &["rollback()"]);
    cx.expect_full_log(&["begin", "failed insert user", "rollback"]);
    assert_eq!((session.state(alice), &*session[alice].name), (State::Pending, "alice"));
    session.rollback()?;
    let value = session.expunge(alice)?;
    session.add(value);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

pub fn u_036_a_mistake_found_before_sql_says_so_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    let home = session.add(Address::in_city("Paris"));
    expect_error(Address::query().all(&mut session), ErrorKind::NotNullViolation, &["autoflush", "`user`"]);
    session[home].user = alice.into();
    assert_eq!(Address::query().all(&mut session)?, [home]);
    Ok(())
}

pub fn u_038_a_commit_whose_flush_fails_commits_nothing(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User { email: Some("a".into()), ..User::named("alice") });
    session.flush()?;
    session.add(User { email: Some("a".into()), ..User::named("bob") });
    expect_error(session.commit(), ErrorKind::UniqueViolation, &["email"]);
    expect_error(session.commit(), ErrorKind::PendingRollback, &["rollback()"]);
    cx.expect_full_log(&["begin", "insert user", "failed insert user", "rollback"]);
    session.rollback()?;
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    Ok(())
}
