//! Serves the blog.
//!
//! | Variable | Is | Without it |
//! |---|---|---|
//! | `DATABASE_URL` | the database | the file `blog.db` in the working directory |
//! | `ADDRESS` | where it listens | `127.0.0.1:3000` |
//!
//! `--sample` fills a new database with posts to look at.

use std::env;
use std::error::Error;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use orm::AsyncEngine;
use orm::prelude::*;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

/// How long requests have to end when the service is stopped.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).init();
    let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///blog.db".to_owned());
    let engine = Engine::builder(&url).echo(true).hide_parameters(true).pool_timeout(Duration::from_secs(5)).build()?;
    let revisions = web::migrations()?.upgrade(&engine)?;
    info!(?revisions, "the schema is up to date");
    if env::args().any(|argument| argument == "--sample") {
        engine.try_transaction(web::sample::fill).map_err(|problem| problem.title)?;
        info!("sign in as ada or grace, with the password `{}`", web::sample::PASSWORD);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(serve(AsyncEngine::new(engine)))
}

async fn serve(engine: AsyncEngine) -> Result<(), Box<dyn Error>> {
    let address = env::var("ADDRESS").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(&address).await?;
    info!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, web::service(engine.clone())).with_graceful_shutdown(stopped()?).await?;
    Ok(engine.close(PATIENCE).await?)
}

/// When somebody presses Ctrl-C, or the system ends the service.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(poll_fn(move |context| {
        let is_asked = interrupt.poll_recv(context).is_ready() || terminate.poll_recv(context).is_ready();
        if is_asked { Poll::Ready(()) } else { Poll::Pending }
    }))
}
