//! A web service over actix-web: a search form, reading and writing, with the engine in the data of the application.
//!
//! `cargo run -p actix` sends the service some requests within the program and ends. With `ADDRESS=127.0.0.1:3000` it serves until it is
//! stopped. `DATABASE_URL=postgresql://..` names another database.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

use std::env;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::web::{Data, Json, Path, Query, ServiceConfig, get, post, resource};
use actix_web::{App, HttpResponse, HttpServer, ResponseError, rt, test};
use orm::AsyncEngine;
use orm::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Model, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[orm(table = "article")]
struct Article {
    #[orm(primary_key)]
    #[serde(default)]
    id: i64,
    #[orm(unique)]
    title: String,
    #[orm(validate = not_negative)]
    votes: i32,
}

fn not_negative(votes: &i32, _: &Article) -> Result<(), &'static str> {
    if *votes < 0 { Err("must not be negative") } else { Ok(()) }
}

/// What `GET /articles` takes in its query string. Each field may be missing.
#[derive(Deserialize)]
struct Search {
    title: Option<String>,
    votes: Option<i32>,
}

/// An error of the database as an answer: a status, and the fields that are wrong. Its text may name rows and tables: that goes to the log.
#[derive(Debug)]
struct Failure(orm::Error);

impl From<orm::Error> for Failure {
    fn from(error: orm::Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is wrong with one field, as the end of a sentence that begins with its name.
#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct FieldProblem {
    field: String,
    message: String,
}

impl Failure {
    /// The fields that the client can correct.
    fn fields(&self) -> Vec<FieldProblem> {
        let wrong = |field: &str, message: &str| FieldProblem { field: field.into(), message: message.into() };
        let message = match self.0.kind() {
            ErrorKind::UniqueViolation => "is taken already",
            ErrorKind::ForeignKeyViolation => "names something that is gone",
            ErrorKind::NotNullViolation => "must not be empty",
            ErrorKind::CheckViolation => "is not allowed",
            _ => {
                let rules = self.0.violations().iter();
                return rules.map(|it| wrong(it.field().unwrap_or_default(), it.message())).collect();
            }
        };
        let columns = self.0.constraint().map(|violated| violated.columns.as_slice()).unwrap_or_default();
        columns.iter().map(|column| wrong(column, message)).collect()
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self.0.kind() {
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::StaleData | ErrorKind::Serialization | ErrorKind::Deadlock => StatusCode::CONFLICT,
            ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation => StatusCode::CONFLICT,
            ErrorKind::Invalid | ErrorKind::NotNullViolation | ErrorKind::CheckViolation => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            ErrorKind::Busy | ErrorKind::PoolTimeout | ErrorKind::Timeout | ErrorKind::ConnectionLost => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        println!("   {self}");
        let mut answer = HttpResponse::build(self.status_code());
        if self.status_code() == StatusCode::SERVICE_UNAVAILABLE {
            answer.insert_header((RETRY_AFTER, "1"));
        }
        answer.json(self.fields())
    }
}

/// Reads need no transaction: a session for this request is enough.
async fn search(engine: Data<AsyncEngine>, search: Query<Search>) -> Result<Json<Vec<Article>>, Failure> {
    let Search { title, votes } = search.into_inner();
    let query = Article::query()
        .filter_opt(title.map(|title| Article::title.contains(title)))
        .filter_opt(votes.map(|votes| Article::votes.ge(votes)))
        .order_by(Article::title);
    engine.with_session(|session| Ok(query.values(session)?)).await.map(Json)
}

async fn show(engine: Data<AsyncEngine>, id: Path<i64>) -> Result<Json<Article>, Failure> {
    let find = engine.with_session(move |session| {
        let article = Article::query().filter(Article::id.eq(*id)).one(session)?;
        Ok(session.expunge(article)?)
    });
    find.await.map(Json)
}

/// A write is a unit of work: `Ok` commits it, `Err` and a panic roll it back.
async fn publish(engine: Data<AsyncEngine>, article: Json<Article>) -> Result<Json<i64>, Failure> {
    let unit = engine.run(|session| {
        let article = session.add(Article { id: 0, ..article.into_inner() });
        session.flush()?;
        Ok(session[article].id)
    });
    Ok(Json(unit.await?))
}

fn routes(config: &mut ServiceConfig) {
    config.service(resource("/articles").route(get().to(search)).route(post().to(publish)));
    config.service(resource("/articles/{id}").route(get().to(show)));
}

/// Each of the server's threads gets the engine. They share its connections, and the threads that wait for them.
async fn serve(engine: AsyncEngine, address: String) -> Result<(), Box<dyn Error>> {
    let data = Data::new(engine.clone());
    let server = HttpServer::new(move || App::new().app_data(data.clone()).configure(routes)).bind(address)?;
    server.run().await?; // until Ctrl-C, and the requests that are under way
    Ok(engine.close(Duration::from_secs(10)).await?)
}

/// Publishes three articles, one of them twice and one with too many votes, and searches them.
async fn demonstrate(engine: &AsyncEngine) -> Result<(), Box<dyn Error>> {
    let service = test::init_service(App::new().app_data(Data::new(engine.clone())).configure(routes)).await;
    let post = |title: &str, votes| {
        let article = Article { title: title.into(), votes, ..Default::default() };
        test::TestRequest::post().uri("/articles").set_json(article).to_request()
    };
    for (title, votes, status, wrong) in [
        ("Rust", 3, 200, None),
        ("Rust and SQL", 9, 200, None),
        ("Looms", 1, 200, None),
        ("Looms", 0, 409, Some("title is taken already")),
        ("Spindles", -1, 422, Some("votes must not be negative")),
    ] {
        let answer = test::call_service(&service, post(title, votes)).await;
        println!("POST {title}: {}", answer.status());
        assert_eq!(answer.status().as_u16(), status);
        if let Some(wrong) = wrong {
            let fields: Vec<FieldProblem> = test::read_body_json(answer).await;
            assert_eq!(fields.iter().map(|it| format!("{} {}", it.field, it.message)).collect::<Vec<_>>(), [wrong]);
        }
    }
    let request = test::TestRequest::get().uri("/articles?title=Rust&votes=5").to_request();
    let found: Vec<Article> = test::call_and_read_body_json(&service, request).await;
    println!("found {found:?}");
    assert_eq!(found.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), ["Rust and SQL"]);
    for (id, status) in [(found[0].id, 200), (99, 404)] {
        let request = test::TestRequest::get().uri(&format!("/articles/{id}")).to_request();
        assert_eq!(test::call_service(&service, request).await.status().as_u16(), status);
    }
    Ok(())
}

/// While others have all connections for too long, clients are told to come back.
async fn be_busy(engine: &AsyncEngine) -> Result<(), Box<dyn Error>> {
    let service = test::init_service(App::new().app_data(Data::new(engine.clone())).configure(routes)).await;
    let mut holders = Vec::new();
    for _ in 0..engine.pool_status().limit {
        let mut holder = engine.session();
        holder.begin().await?;
        holders.push(holder);
    }
    let request = test::TestRequest::get().uri("/articles").to_request();
    let answer = test::call_service(&service, request).await;
    println!("GET while all connections are in use: {}", answer.status());
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers().get(RETRY_AFTER), Some(&HeaderValue::from_static("1")));
    for holder in holders {
        holder.close().await?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite://".into());
    let engine = Engine::builder(&url).pool_timeout(Duration::from_secs(1)).build()?;
    engine.drop_all(models![Article])?;
    engine.create_all(models![Article])?;
    let engine = AsyncEngine::new(engine);
    rt::System::new().block_on(async {
        match env::var("ADDRESS") {
            Ok(address) => serve(engine, address).await,
            Err(_) => {
                demonstrate(&engine).await?;
                be_busy(&engine).await
            }
        }
    })
}
