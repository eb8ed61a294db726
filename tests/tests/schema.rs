//! Tables made and dropped on an embedded database.

#![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]

use orm::prelude::*;
use orm::{Conn, ErrorKind, ValueRef};
use std::ops::ControlFlow;

/// A person has a home and a home has an owner; a person has a boss and friends.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "person")]
struct Person {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique, length = 40)]
    name: String,
    #[belongs_to]
    home: Option<BelongsTo<Home>>,
    #[belongs_to]
    boss: Option<BelongsTo<Person>>,
    #[many_to_many(table = "likes", back_populates = liked_by)]
    likes: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "home")]
struct Home {
    #[orm(primary_key)]
    id: i64,
    #[orm(server_default = "'nowhere'")]
    place: Option<String>,
    #[belongs_to]
    #[orm(index)]
    owner: BelongsTo<Person>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "tag", check("length(label) > 1"))]
struct Tag {
    #[orm(primary_key)]
    id: i64,
    label: String,
    #[many_to_many(table = "likes", back_populates = likes)]
    liked_by: ManyToMany<Person>,
}

fn engine() -> Engine {
    Engine::connect("sqlite://").unwrap()
}

fn names(connection: &mut Conn) -> Vec<String> {
    let mut names = Vec::new();
    let list = "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
    connection
        .query(list, &[], &mut |row| {
            if let Ok(ValueRef::Text(name)) = row.get(0) {
                names.push(name.to_owned());
            }
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    names
}

const ROWS: &str = "
    BEGIN;
    INSERT INTO person (name, home_id) VALUES ('a', 1), ('b', 1);
    INSERT INTO home (owner_id) VALUES (2);
    UPDATE person SET boss_id = 1;
    INSERT INTO tag (label) VALUES ('xy');
    INSERT INTO likes (person_id, tag_id) VALUES (1, 1);
    COMMIT;
";

#[test]
fn related_tables_come_and_go_together() {
    let engine = engine();
    engine.create_all(models![Person]).unwrap();
    engine.create_all(models![Home, Tag]).unwrap();
    let mut connection = engine.connection().unwrap();
    assert_eq!(names(&mut connection), ["home", "ix_home_owner_id", "likes", "person", "tag"]);
    connection.execute_script(ROWS).unwrap();
    drop(connection);
    engine.drop_all(models![Tag]).unwrap();
    engine.drop_all(models![Tag]).unwrap();
    assert!(names(&mut engine.connection().unwrap()).is_empty());
}

#[test]
fn single_tables() {
    let engine = engine();
    engine.create_table::<Tag>().unwrap();
    engine.create_table::<Tag>().unwrap();
    assert_eq!(names(&mut engine.connection().unwrap()), ["tag"]);
    engine.drop_table::<Person>().unwrap();
    engine.drop_table::<Tag>().unwrap();
    assert!(names(&mut engine.connection().unwrap()).is_empty());
}

#[test]
fn constraints_hold() {
    let engine = engine();
    engine.create_all(models![Person]).unwrap();
    let mut connection = engine.connection().unwrap();
    connection.execute_script(ROWS).unwrap();
    for (statement, expected) in [
        ("INSERT INTO tag (label) VALUES ('x')", ErrorKind::CheckViolation),
        ("INSERT INTO person (name) VALUES ('a')", ErrorKind::UniqueViolation),
        ("INSERT INTO person (name) VALUES (NULL)", ErrorKind::NotNullViolation),
        ("INSERT INTO person (name, boss_id) VALUES ('c', 9)", ErrorKind::ForeignKeyViolation),
        ("INSERT INTO person (name, home_id) VALUES ('c', 9)", ErrorKind::ForeignKeyViolation),
        ("INSERT INTO likes (person_id, tag_id) VALUES (1, 1)", ErrorKind::UniqueViolation),
    ] {
        assert_eq!(connection.execute(statement, &[]).unwrap_err().kind(), expected, "{statement}");
    }
}
