//! What holds for every request: transactions, errors, the API and its description, health.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod site;

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{Method, Request};
use orm::testing::Recorder;
use orm::{ErrorKind, StatementKind};
use serde_json::{Value, json};
use site::{Answer, Client, Site};

fn call(client: &mut Client<'_>, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let request =
        Request::builder().method(method).uri(path).header(HOST, "site").header(CONTENT_TYPE, "application/json");
    let request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    client.request(request.body(Body::from(body.to_string())).unwrap())
}

#[test]
fn a_program_writes_changes_and_deletes() {
    let site = Site::new();
    let mut program = site.visitor();
    let credentials = json!({"name": "robot", "password": "correct horse"});
    program.json(Method::POST, "/api/accounts", &credentials).expect(201);
    let token = program.json(Method::POST, "/api/sign-ins", &credentials).expect(201).value();
    let token = token["token"].as_str().unwrap();
    let mut api = |method, path: &str, body| call(&mut program, token, method, path, &body);

    let draft = json!({"title": "Looms", "body": "First", "tags": ["weaving"]});
    let post = api("POST", "/api/posts", draft.clone()).expect(201).value();
    assert_eq!((&post["slug"], &post["version"], &post["tags"]), (&json!("looms"), &json!(1), &json!(["weaving"])));
    let twin = api("POST", "/api/posts", draft).expect(409);
    assert_eq!(twin.header("content-type"), "application/problem+json");
    assert_eq!(twin.value()["fields"], json!([{"field": "title", "message": "is taken already"}]));
    let empty = api("POST", "/api/posts", json!({"title": "Empty", "body": ""})).expect(422).value();
    assert_eq!(empty["fields"], json!([{"field": "body", "message": "must not be empty"}]));

    let revised = json!({"title": "Looms", "body": "Second", "tags": [], "version": 1});
    let changed = api("PUT", "/api/posts/looms", revised.clone()).expect(200).value();
    assert_eq!((&changed["version"], &changed["body"]), (&json!(2), &json!("Second")));
    let stale = api("PUT", "/api/posts/looms", revised).expect(409).value();
    assert_eq!(stale, json!({"status": 409, "title": "Somebody else has changed this meanwhile"}));

    api("POST", "/api/posts/looms/comments", json!({"text": "Nice"})).expect(201);
    let shown = api("GET", "/api/posts/looms", Value::Null).expect(200).value();
    assert_eq!((&shown["comments"][0]["author"], &shown["comments"][0]["text"]), (&json!("robot"), &json!("Nice")));
    let listed = api("GET", "/api/posts?q=loom&author=robot", Value::Null).expect(200).value();
    assert_eq!((&listed["posts"][0]["comments"], &listed["next"]), (&json!(1), &Value::Null));
    api("DELETE", "/api/posts/looms", Value::Null).expect(204);
    let gone = api("GET", "/api/posts/looms", Value::Null).expect(404).value();
    assert_eq!(gone, json!({"status": 404, "title": "There is nothing here"}));
}

#[test]
fn programs_are_told_what_is_wrong_with_a_request() {
    let site = Site::new();
    let mut program = site.visitor();
    let draft = json!({"title": "Looms", "body": "First"});
    assert_eq!(program.json(Method::POST, "/api/posts", &draft).expect(401).value()["title"], "Please sign in first");
    assert_eq!(call(&mut program, "forged", "POST", "/api/posts", &draft).expect(401).value()["status"], 401);
    assert_eq!(program.get("/api/nothing").expect(404).value()["status"], 404);
    assert_eq!(program.json(Method::PATCH, "/api/posts", &draft).expect(405).value()["status"], 405);
    assert_eq!(program.json(Method::POST, "/api/sign-ins", &json!({"name": 1})).expect(422).value()["status"], 422);
    assert_eq!(site.count("post"), 0);
}

#[test]
fn the_description_names_what_there_is() {
    let site = Site::new();
    site.member("ada").write("Looms", "First", "");
    let mut program = site.visitor();
    let description = program.get("/api/openapi.json").expect(200).value();
    assert!(description["openapi"].as_str().unwrap().starts_with("3."));
    let paths = description["paths"].as_object().unwrap();
    let mut operations = 0;
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = program.json(method.clone(), &path.replace("{slug}", "looms"), &Value::Null);
            assert!(!matches!(answer.status.as_u16(), 404 | 405 | 500), "{method} {path}: {}", answer.status);
            operations += 1;
        }
    }
    assert_eq!(operations, 9);
    assert!(description["components"]["schemas"]["Article"]["properties"]["version"].is_object());
}

#[test]
fn another_site_cannot_act_for_a_visitor() {
    let site = Site::new();
    let mut ada = site.member("ada");
    for (name, value) in [("sec-fetch-site", "cross-site"), (ORIGIN.as_str(), "https://elsewhere.example")] {
        let request = Request::post("/sign-out").header(HOST, "site").header(name, value);
        ada.request(request.body(Body::empty()).unwrap()).expect(403).shows("The request came from another site");
    }
    let request = Request::post("/sign-out").header(HOST, "site").header(ORIGIN, "http://site");
    ada.request(request.body(Body::empty()).unwrap()).expect(303);
}

#[test]
fn errors_of_the_database_stay_inside() {
    let recorder = Recorder::new();
    let site = Site::with(|builder| builder.wrap_backend(recorder.wrapper()));
    let mut visitor = site.visitor();
    for path in ["/", "/api/posts"] {
        recorder.next().of(StatementKind::Select).fails(ErrorKind::Database);
        let answer = visitor.get(path).expect(500).shows("Something went wrong here");
        answer.hides("SELECT").hides("post.").hides("Database");
    }
    for kind in [ErrorKind::Busy, ErrorKind::ConnectionLost] {
        recorder.next().of(StatementKind::Select).fails(kind);
        let answer = visitor.get("/").expect(503).shows("Please try again in a moment");
        assert_eq!(answer.header("retry-after"), "1");
    }
    visitor.get("/").expect(200);
}

#[test]
fn a_commit_that_fails_is_no_success() {
    let recorder = Recorder::new();
    let site = Site::with(|builder| builder.wrap_backend(recorder.wrapper()));
    let mut ada = site.member("ada");
    recorder.next().of(StatementKind::Commit).fails(ErrorKind::Serialization);
    let form = [("title", "Looms"), ("body", "First"), ("tags", "weaving")];
    ada.post("/write", &form).expect(409).shows("Somebody else has changed this meanwhile");
    assert_eq!((recorder.forget_plans(), site.count("post"), site.count("audit")), (0, 0, 1));
    ada.post("/write", &form).expect(303);
}

#[test]
fn who_waits_too_long_may_come_back() {
    let site = Site::with(|builder| builder.pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(30)));
    let mut visitor = site.visitor();
    let connection = site.database.connection().unwrap();
    let answer = visitor.get("/api/posts").expect(503);
    assert_eq!((answer.header("retry-after"), answer.value()["status"].as_i64()), ("1", Some(503)));
    let health = visitor.get("/health").expect(503).value();
    assert_eq!((&health["database"], &health["pool"]["in_use"]), (&json!(false), &json!(1)));
    drop(connection);
    let health = visitor.get("/health").expect(200).value();
    assert_eq!(health, json!({"database": true, "pool": {"limit": 1, "idle": 1, "in_use": 0, "waiting": 0}}));
    visitor.get("/api/posts").expect(200);
}

#[test]
fn pages_bring_no_scripts_along() {
    let site = Site::new();
    let page = site.visitor().get("/nowhere").expect(404).shows("There is nothing here").hides("<script");
    assert!(page.header("content-security-policy").starts_with("default-src 'self'"));
    let style = site.visitor().get("/style.css").expect(200);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
}
