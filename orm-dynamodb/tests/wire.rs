//! What is sent, and what is made of refusals, with a server that records requests.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orm_dynamodb::{Dynamo, Error, ErrorKind, Item};
use support::client;
use xtask::recorder::Recorder;

#[derive(Item, Debug, Clone, PartialEq)]
#[item(table = "wire_user", region = "eu-west-2")]
struct User {
    #[item(hash_key)]
    email: String,
    age: u32,
}

fn ann() -> User {
    User { email: "ann".into(), age: 30 }
}

fn quick(server: &Recorder) -> Dynamo {
    client(&server.url).retries(3).pauses(Duration::from_millis(1), Duration::from_millis(4)).build().unwrap()
}

fn body(request: &xtask::recorder::Recorded) -> String {
    String::from_utf8(request.body.clone()).unwrap()
}

#[test]
fn requests_are_signed_for_the_region_of_the_model() {
    let server = Recorder::always(200, "{}");
    let db = Dynamo::builder()
        .region("us-west-1")
        .endpoint(&server.url)
        .credentials_by(|| Ok(orm_dynamodb::Credentials::new("AKID", "s3cret").token("t0ken")));
    ann().save(&db.build().unwrap()).unwrap();
    let request = server.only_request();
    assert_eq!(request.line, "POST /");
    assert_eq!(request.header("x-amz-target"), Some("DynamoDB_20120810.PutItem"));
    assert_eq!(request.header("content-type"), Some("application/x-amz-json-1.0"));
    assert_eq!(request.header("x-amz-security-token"), Some("t0ken"));
    let authorization = request.header("authorization").unwrap();
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"), "{authorization}");
    assert!(authorization.contains("/eu-west-2/dynamodb/aws4_request"), "{authorization}");
    assert!(
        authorization.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target"),
        "{authorization}"
    );
    assert_eq!(
        body(&request),
        r#"{"TableName":"wire_user","Item":{"age":{"N":"30"},"email":{"S":"ann"}},"ReturnConsumedCapacity":"TOTAL"}"#
    );
}

#[test]
fn values_travel_beside_the_expressions() {
    let server = Recorder::always(200, "{}");
    let db = quick(&server);
    let tricky = "x' OR :0 = #1";
    User::scan(&db).filter(User::email.eq(tricky) & (User::age.gt(1) | !User::age.lt(9))).all().unwrap();
    let request = body(&server.only_request());
    assert!(request.contains(r##""FilterExpression":"#0 = :0 AND (#1 > :1 OR NOT #1 < :2)""##), "{request}");
    assert!(request.contains(r##""ExpressionAttributeNames":{"#0":"email","#1":"age"}"##), "{request}");
    assert!(request.contains(&format!(r#"":0":{{"S":"{tricky}"}}"#)), "{request}");
}

/// A server that refuses so often, and then says yes.
fn refusing(times: usize, status: u16, name: &'static str) -> Recorder {
    let asked = AtomicUsize::new(0);
    Recorder::start(move |_| {
        let is_refused = asked.fetch_add(1, Ordering::Relaxed) < times;
        let refusal = format!("{{\"__type\":\"com.amazonaws.dynamodb.v20120810#{name}\",\"message\":\"not now\"}}");
        if is_refused { (status, Vec::new(), refusal) } else { (200, Vec::new(), "{}".into()) }
    })
}

fn kind<T>(outcome: Result<T, Error>) -> Option<ErrorKind> {
    outcome.err().map(|error| error.kind())
}

#[test]
fn what_passes_is_asked_again_and_counted() {
    for (status, name) in [
        (400, "ProvisionedThroughputExceededException"),
        (400, "ThrottlingException"),
        (503, "ServiceUnavailable"),
        (500, "InternalServerError"),
    ] {
        let server = refusing(2, status, name);
        let db = quick(&server);
        assert_eq!(User::get(&db, "ann").unwrap(), None);
        let numbers = db.numbers();
        assert_eq!((numbers.requests, numbers.retries, numbers.failures), (3, 2, 2), "{name}");
    }
    let server = refusing(9, 400, "ThrottlingException");
    let db = quick(&server);
    let error = User::get(&db, "ann").unwrap_err();
    assert_eq!((error.kind(), server.requests().len()), (ErrorKind::Throttled, 4));
    assert_eq!(db.numbers().throttled, 4);
    assert!(error.to_string().contains("GetItem") && error.to_string().contains("not now"), "{error}");
    for (status, name, expected) in [
        (400, "ResourceNotFoundException", ErrorKind::TableNotFound),
        (400, "ConditionalCheckFailedException", ErrorKind::ConditionFailed),
        (400, "ValidationException", ErrorKind::Invalid),
        (400, "UnrecognizedClientException", ErrorKind::Config),
        (400, "AccessDeniedException", ErrorKind::Config),
        (400, "TransactionConflictException", ErrorKind::Serialization),
        (400, "SomethingNewException", ErrorKind::Database),
        (403, "Odd", ErrorKind::Config),
    ] {
        let server = refusing(1, status, name);
        assert_eq!((kind(User::get(&quick(&server), "ann")), server.requests().len()), (Some(expected), 1), "{name}");
    }
}

#[test]
fn what_may_have_been_done_is_not_done_twice() {
    // Nobody knows whether it was counted.
    let server = refusing(1, 500, "InternalServerError");
    assert_eq!(kind(User::update_key(&quick(&server), "ann", User::age.add(1)).send()), Some(ErrorKind::Database));
    assert_eq!(server.requests().len(), 1);
    // It was not, as the server says.
    let server = refusing(1, 400, "ThrottlingException");
    assert_eq!(kind(User::update_key(&quick(&server), "ann", User::age.add(1)).send()), Some(ErrorKind::NotFound));
    assert_eq!(server.requests().len(), 2);
    // A whole item is the same when it is written twice, without a condition.
    let server = refusing(1, 500, "InternalServerError");
    ann().save(&quick(&server)).unwrap();
    let server = refusing(1, 500, "InternalServerError");
    assert_eq!(kind(ann().put_if_absent(&quick(&server))), Some(ErrorKind::Database));
    // Nobody listens, so nothing was done.
    let nowhere = refusing(0, 200, "").url.replace("127.0.0.1", "127.0.0.2");
    let db = client(nowhere).retries(2).pauses(Duration::ZERO, Duration::ZERO).build().unwrap();
    assert_eq!(kind(User::update_key(&db, "ann", User::age.add(1)).send()), Some(ErrorKind::ConnectionLost));
    assert_eq!(db.numbers().requests, 3);
}

#[test]
fn what_a_batch_leaves_undone_is_sent_again() {
    let asked = AtomicUsize::new(0);
    let left = r#"{"UnprocessedItems":{"wire_user":[{"PutRequest":{"Item":{"email":{"S":"bob"},"age":{"N":"2"}}}}]},"ConsumedCapacity":[{"TableName":"wire_user","CapacityUnits":1.5}]}"#;
    let server = Recorder::start(move |_| {
        (200, Vec::new(), if asked.fetch_add(1, Ordering::Relaxed) < 2 { left } else { "{}" }.to_owned())
    });
    let db = quick(&server);
    let mut users: Vec<User> = (0..30).map(|age| User { email: age.to_string(), age }).collect();
    db.batch_write().put_all(&mut users).send().unwrap();
    let requests: Vec<String> = server.requests().iter().map(body).collect();
    let puts = |text: &String| text.matches("PutRequest").count();
    assert_eq!(requests.iter().map(puts).collect::<Vec<_>>(), [25, 1, 1, 5]);
    assert!(requests[1].contains("bob"));
    let numbers = db.numbers();
    assert_eq!((numbers.requests, numbers.retries), (4, 2));
    assert!((numbers.capacity - 3.0).abs() < 1e-9, "{numbers:?}");

    let server = Recorder::always(
        200,
        r#"{"UnprocessedKeys":{"wire_user":{"Keys":[{"email":{"S":"1"}}],"ConsistentRead":false}}}"#,
    );
    let error = quick(&server).batch_get::<User, _>(["1", "2"]).unwrap_err();
    assert_eq!((error.kind(), server.requests().len()), (ErrorKind::Throttled, 4));
    assert!(error.to_string().contains("left 1 of a batch undone"), "{error}");
}

#[test]
fn a_transaction_that_is_sent_again_has_the_same_token() {
    let server = refusing(1, 500, "InternalServerError");
    quick(&server).transact_write().put(&mut ann()).send().unwrap();
    let token = |text: String| text.split("ClientRequestToken\":\"").nth(1).unwrap()[..32].to_owned();
    let tokens: Vec<String> = server.requests().iter().map(body).map(token).collect();
    assert_eq!((tokens.len(), &tokens[0]), (2, &tokens[1]));
    let server = Recorder::always(200, "{}");
    quick(&server).transact_write().put(&mut ann()).send().unwrap();
    assert_ne!(token(body(&server.only_request())), tokens[0]);
}

#[test]
fn an_answer_that_is_none_is_an_error() {
    let server = Recorder::always(200, "<html>");
    assert_eq!(kind(User::get(&quick(&server), "ann")), Some(ErrorKind::Decode));
    let server = Recorder::always(502, "<html>");
    let error = User::get(&quick(&server), "ann").unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Database, Some("502")));
}
