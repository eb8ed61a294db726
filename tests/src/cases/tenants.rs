//! A schema for each tenant: every statement of a session names it.

use orm::prelude::*;
use orm::query::table::Table;
use orm::{Engine, EngineBuilder, ErrorKind, Result, Session};

use crate::models::{Address, Animal, Bear, Course, Enrollment, Post, Pupil, Student, Subject, Tag, User};
use crate::{TestContext, expect_error};

cases! { tenants {
    objects_of_a_tenant_are_in_its_schema [];
    lists_and_includes_of_a_tenant_are_in_its_schema [];
    many_to_many_of_a_tenant_is_in_its_schema [];
    queries_of_a_tenant_are_in_its_schema [];
    statements_in_bulk_are_in_the_schema [];
    families_of_a_tenant_are_in_its_schema [];
    tables_without_models_are_in_the_schema [];
    one_engine_serves_several_tenants [];
    a_table_is_described_for_each_tenant [];
    a_schema_does_not_change_under_objects [];
    a_schema_does_not_change_in_a_transaction [];
    another_schema_begins_with_empty_memory [];
    a_factory_gives_its_sessions_the_schema [];
    a_tenant_is_made_once_and_dropped [];
    names_of_schemas_are_quoted [];
    a_table_with_a_schema_stays_there [];
    a_missing_schema_is_an_error [];
} }

/// Tenants whose names no other case has, on an engine whose own schema has no tables.
struct Tenants {
    engine: Engine,
    names: [String; 2],
}

impl Tenants {
    fn new(cx: &TestContext) -> Result<Self> {
        let own = match cx.backend_name() {
            "SQLite" => "main".to_owned(),
            "PostgreSQL" => cx.rows("SELECT current_schema()").concat().concat(),
            _ => cx.rows("SELECT DATABASE()").concat().concat(),
        };
        let names = ["acme", "bolt"].map(|name| format!("{own}_{name}"));
        let engine = engine(cx, &names)?;
        Ok(Self { engine, names })
    }

    fn create(&self, tables: &[&'static orm::schema::TableDef]) -> Result<()> {
        self.names.iter().try_for_each(|name| self.engine.create_all_in(name, tables.to_vec()))
    }

    fn session(&self, number: usize) -> Result<Session> {
        let mut session = self.engine.session();
        session.set_schema(&*self.names[number])?;
        Ok(session)
    }
}

impl Drop for Tenants {
    fn drop(&mut self) {
        if self.engine.dialect().capabilities().schemas {
            let cascade = if self.engine.dialect().name() == "PostgreSQL" { " CASCADE" } else { "" };
            for name in &self.names {
                let sql = format!("DROP SCHEMA IF EXISTS \"{}\"{cascade}", name.replace('"', "\"\""));
                self.engine.connection().and_then(|mut conn| conn.execute_script(&sql)).expect("the schema is dropped");
            }
        }
    }
}

/// An engine for which the schemas can be made: on SQLite they are attached databases.
fn engine(cx: &TestContext, names: &[String]) -> Result<Engine> {
    let builder: EngineBuilder = cx.builder();
    if cx.backend_name() != "SQLite" {
        return builder.build();
    }
    let attached: Vec<String> =
        names.iter().map(|name| format!("ATTACH DATABASE ':memory:' AS \"{}\"", name.replace('"', "\"\""))).collect();
    builder
        .pool_size(1)
        .max_overflow(0)
        .on_connect(move |conn| attached.iter().try_for_each(|sql| conn.execute_script(sql)))
        .build()
}

/// A user with two addresses.
fn ann() -> User {
    User { addresses: ["Leeds", "York"].map(Address::in_city).into(), ..User::named("ann") }
}

pub fn objects_of_a_tenant_are_in_its_schema(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    let mut session = tenants.session(0)?;
    assert_eq!(session.schema(), Some(&*tenants.names[0]));
    let handle = session.add(ann());
    session.commit()?;
    let id = session[handle].id;
    session[handle].age = 30;
    session[handle].email = Some("ann@example.com".into());
    session.commit()?;
    session.refresh(handle)?;
    assert_eq!(session[handle].age, 30);
    session.close()?;
    assert!(session.get::<User>(id)?.is_some());
    let handle = session.get::<User>(id)?.unwrap();
    session.delete(handle)?;
    session.commit()?;
    assert_eq!(User::query().count(&mut session)?, 0);
    assert_eq!(Address::query().count(&mut session)?, 0);
    Ok(())
}

pub fn lists_and_includes_of_a_tenant_are_in_its_schema(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    let mut session = tenants.session(0)?;
    session.add(ann());
    session.commit()?;
    session.close()?;
    let found = User::query().one(&mut session)?;
    let addresses = session.load(found, User::addresses)?;
    assert_eq!(addresses.len(), 2);
    assert_eq!(session.load(addresses[0], Address::user)?, found);
    session.close()?;
    let found = User::query().include(User::addresses).one(&mut session)?;
    assert_eq!(session.related(found, User::addresses)?.len(), 2);
    session.close()?;
    let found = User::query().include(User::addresses.joined()).one(&mut session)?;
    assert_eq!(session.related(found, User::addresses)?.len(), 2);
    // An orphan goes by a statement of its own, and an object that was expired is read again.
    let first = session.related(found, User::addresses)?[0];
    session.remove(found, User::addresses, first)?;
    session.commit()?;
    session.expire_all();
    assert_eq!(session.load(found, User::addresses)?.len(), 1);
    Ok(())
}

pub fn many_to_many_of_a_tenant_is_in_its_schema(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![Post, Student, Course, Enrollment, Pupil, Subject])?;
    let mut session = tenants.session(1)?;
    let post = session.add(Post { tags: ["a", "b"].map(Tag::labelled).into(), ..Post::titled("first") });
    session.commit()?;
    session.close()?;
    let key = Post::query().select(Post::id).one(&mut session)?;
    expect_error(session.try_get(post).map(|_| ()), ErrorKind::Detached, &[]);
    let post = session.get::<Post>(key)?.unwrap();
    let tags = session.load(post, Post::tags)?;
    assert_eq!(tags.len(), 2);
    session.remove(post, Post::tags, tags[0])?;
    session.commit()?;
    assert_eq!(Post::query().filter(Post::tags.any(Tag::label.eq("b"))).count(&mut session)?, 1);
    assert_eq!(Post::query().filter(Post::tags.any(Tag::label.eq("a"))).count(&mut session)?, 0);
    assert_eq!(Tag::query().include(Tag::posts).all(&mut session)?.len(), 2);
    Ok(())
}

pub fn queries_of_a_tenant_are_in_its_schema(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    let mut session = tenants.session(0)?;
    session.add(ann());
    session.add(User::named("bob"));
    session.commit()?;
    let homes =
        User::query().join(User::addresses).filter(Address::city.eq("York")).select((User::name, Address::city));
    assert_eq!(homes.all(&mut session)?, [("ann".to_owned(), "York".to_owned())]);
    assert_eq!(User::query().filter(User::addresses.any(Address::city.eq("Leeds"))).count(&mut session)?, 1);
    let lonely = User::query().filter(User::addresses.is_empty()).select(User::name);
    assert_eq!(lonely.one(&mut session)?, "bob");
    let cities = Address::query().select(Address::user_id);
    assert_eq!(User::query().filter(User::id.in_query(cities)).count(&mut session)?, 1);
    assert_eq!(User::query().order_by(User::id).limit(1).offset(1).select(User::name).all(&mut session)?, ["bob"]);
    let both = User::query().select(User::name).union(Address::query().select(Address::city));
    assert_eq!(both.all(&mut session)?.len(), 4);
    assert!(User::query().exists(&mut session)?);
    assert_eq!(User::query().filter(User::name.eq("bob")).update(User::age.set(7)).execute(&mut session)?, 1);
    assert_eq!(User::query().filter(User::age.eq(7)).delete().execute(&mut session)?, 1);
    let text = User::query().to_sql(session.dialect_of(&User::table().name))?.0;
    assert!(text.contains(&format!("\"{}\".\"user\"", tenants.names[0])), "{text}");
    Ok(())
}

pub fn statements_in_bulk_are_in_the_schema(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    let mut session = tenants.session(0)?;
    let user = |number: i32| User { age: number, email: Some(format!("{number}")), ..User::named("u") };
    User::insert(user(1)).execute(&mut session)?;
    User::insert_all([user(2), user(3)]).execute(&mut session)?;
    assert_eq!(User::bulk_insert((4..40).map(user)).execute(&mut session)?, 36);
    if cx.capabilities().conflict_targets {
        let aged = (35..50).map(|number| User { age: 100, ..user(number) });
        assert_eq!(User::bulk_upsert(User::email, aged).execute(&mut session)?, 15);
    }
    let saved = User::query().filter(User::age.eq(1)).select(User::id).one(&mut session)?;
    if cx.capabilities().conflict_targets {
        User::bulk_save([User { id: saved, name: "saved".into(), ..User::default() }]).execute(&mut session)?;
    }
    assert_eq!(User::bulk_update(User::name, [(saved, "updated")]).execute(&mut session)?, 1);
    assert_eq!(User::update_by_key(User::age, [(saved, 77)]).execute(&mut session)?, 1);
    let again = User::insert(user(2)).ignore_conflicts();
    assert_eq!(again.execute(&mut session)?, 0);
    let copied = User::query().filter(User::id.eq(saved)).select((User::name, User::age));
    assert_eq!(User::insert_from((User::name, User::age), copied).execute(&mut session)?, 1);
    session.commit()?;
    assert_eq!(User::query().filter(User::name.eq("updated")).select(User::age).all(&mut session)?, [77, 77]);
    // The database goes on numbering behind the greatest key.
    session.add(User::named("last"));
    session.commit()?;
    assert_eq!(User::query().count(&mut tenants.session(1)?)?, 0);
    Ok(())
}

pub fn families_of_a_tenant_are_in_its_schema(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![Animal])?;
    let mut session = tenants.session(0)?;
    session.add(Bear::default());
    session.commit()?;
    session.close()?;
    let found = Bear::query().all(&mut session)?;
    assert_eq!((found.len(), Animal::query().count(&mut session)?), (1, 1));
    session.delete(found[0])?;
    session.commit()?;
    assert_eq!(Animal::query().count(&mut session)?, 0);
    Ok(())
}

pub fn tables_without_models_are_in_the_schema(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    let mut session = tenants.session(0)?;
    let user = Table::new("user").column::<i64>("id").column::<String>("name").column::<i32>("age");
    let row = user.insert().set("name", "ann").set("age", 3);
    row.execute(&mut session)?;
    assert_eq!(user.query().all(&mut session)?.len(), 1);
    assert_eq!(session.table("user")?.query().all(&mut session)?.len(), 1);
    session.commit()?;
    assert_eq!(user.query().all(&mut tenants.session(1)?)?.len(), 0);
    Ok(())
}

pub fn one_engine_serves_several_tenants(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    for (number, name) in [(0, "ann"), (1, "bob"), (0, "cid")] {
        let mut session = tenants.session(number)?;
        session.add(User::named(name));
        session.commit()?;
    }
    for (number, expected) in [(0, vec!["ann", "cid"]), (1, vec!["bob"]), (0, vec!["ann", "cid"])] {
        let mut session = tenants.session(number)?;
        assert_eq!(User::query().order_by(User::id).select(User::name).all(&mut session)?, expected);
        // Each numbers its rows by itself.
        let first = session.get::<User>(1)?.unwrap();
        assert_eq!(session[first].name, expected[0]);
    }
    // An attached database is searched for tables of no schema.
    let is_found = User::query().count(&mut tenants.engine.session()).is_ok();
    assert_eq!(is_found, !cx.capabilities().schemas);
    Ok(())
}

pub fn a_table_is_described_for_each_tenant(cx: &mut TestContext) -> Result<()> {
    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "user")]
    struct WiderUser {
        #[orm(primary_key)]
        id: i64,
        name: Option<String>,
        age: Option<i64>,
        email: Option<String>,
        spare: Option<String>,
    }

    let tenants = Tenants::new(cx)?;
    tenants.engine.create_all_in(&tenants.names[0], models![User])?;
    tenants.engine.create_all_in(&tenants.names[1], models![WiderUser])?;
    for number in [0, 1, 0] {
        let mut session = tenants.session(number)?;
        let columns = session.table("user")?.cols().len();
        assert_eq!(columns, [4, 5][number]);
        session.add_all([User::named("a"), User { id: 70 + number as i64, ..User::named("b") }]);
        session.rollback()?;
        session.add_all(["a", "b"].map(User::named));
        session.commit()?;
    }
    Ok(())
}

pub fn a_schema_does_not_change_under_objects(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    let mut session = tenants.session(0)?;
    session.add(User::named("ann"));
    let other = &*tenants.names[1];
    expect_error(session.set_schema(other), ErrorKind::InvalidState, &["set_schema", "User", "close"]);
    session.commit()?;
    expect_error(session.set_schema(other), ErrorKind::InvalidState, &["set_schema", "User", "close"]);
    expect_error(session.set_schema(None), ErrorKind::InvalidState, &["set_schema"]);
    // It has this one already.
    session.set_schema(&*tenants.names[0])?;
    assert_eq!(User::query().count(&mut session)?, 1);
    Ok(())
}

pub fn a_schema_does_not_change_in_a_transaction(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    let mut session = tenants.session(0)?;
    User::insert(User::named("ann")).execute(&mut session)?;
    let other = &*tenants.names[1];
    expect_error(session.set_schema(other), ErrorKind::InvalidState, &["set_schema", "transaction", "close"]);
    session.rollback()?;
    session.set_schema(other)?;
    assert_eq!(User::query().count(&mut session)?, 0);
    Ok(())
}

pub fn another_schema_begins_with_empty_memory(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    let mut session = tenants.session(0)?;
    let ann = session.add(User::named("ann"));
    session.commit()?;
    assert_eq!(session.get::<User>(1)?, Some(ann));
    session.close()?;
    session.set_schema(&*tenants.names[1])?;
    assert_eq!(session.get::<User>(1)?, None);
    expect_error(session.try_get(ann).map(|_| ()), ErrorKind::Detached, &[]);
    session.add(User::named("bob"));
    session.commit()?;
    session.close()?;
    session.set_schema(&*tenants.names[0])?;
    let found = session.get::<User>(1)?.unwrap();
    assert_eq!(session[found].name, "ann");
    Ok(())
}

pub fn a_factory_gives_its_sessions_the_schema(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    let [first, second] = tenants.names.each_ref().map(|name| tenants.engine.sessions().schema(name.as_str()));
    first.transaction(|session| {
        session.add(User::named("ann"));
        Ok(())
    })?;
    first.unit().run(|session| User::query().update(User::age.set(3)).execute(session))?;
    assert_eq!(User::query().select(User::age).all(&mut first.session())?, [3]);
    assert_eq!(User::query().count(&mut second.session())?, 0);
    Ok(())
}

pub fn a_tenant_is_made_once_and_dropped(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    let name = &*tenants.names[0];
    tenants.engine.drop_all_in(name, models![User])?;
    tenants.engine.create_all_in(name, models![User])?;
    let mut session = tenants.session(0)?;
    session.add(User::named("ann"));
    session.commit()?;
    session.close()?;
    tenants.engine.create_all_in(name, models![User, Post])?;
    assert_eq!(User::query().count(&mut session)?, 1);
    assert_eq!(Post::query().count(&mut session)?, 0);
    tenants.engine.drop_all_in(name, models![User])?;
    assert_eq!(Post::query().count(&mut session)?, 0);
    assert!(User::query().count(&mut session).is_err());
    Ok(())
}

pub fn names_of_schemas_are_quoted(cx: &mut TestContext) -> Result<()> {
    let mut tenants = Tenants::new(cx)?;
    tenants.names = tenants.names.clone().map(|name| format!("{name} \"x\"; --"));
    tenants.engine = engine(cx, &tenants.names)?;
    tenants.create(&models![User])?;
    let mut session = tenants.session(0)?;
    session.add(ann());
    session.commit()?;
    assert_eq!(User::query().include(User::addresses).all(&mut session)?.len(), 1);
    assert_eq!(User::bulk_insert(["a", "b"].map(User::named)).execute(&mut session)?, 2);
    Ok(())
}

pub fn a_table_with_a_schema_stays_there(cx: &mut TestContext) -> Result<()> {
    let tenants = Tenants::new(cx)?;
    tenants.create(&models![User])?;
    let mut session = tenants.session(0)?;
    let shared = Table::new("user").schema(tenants.names[1].clone());
    let shared = shared.column::<String>("name").column::<i32>("age");
    shared.insert().set("name", "shared").set("age", 1).execute(&mut session)?;
    session.commit()?;
    assert_eq!(User::query().count(&mut session)?, 0);
    assert_eq!(User::query().count(&mut tenants.session(1)?)?, 1);
    Ok(())
}

pub fn a_missing_schema_is_an_error(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.engine.sessions().schema("nowhere").session();
    assert!(User::query().count(&mut session).is_err());
    session.add(User::named("ann"));
    assert!(session.commit().is_err());
    Ok(())
}
