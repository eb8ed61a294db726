//! Asks all services the same, in turns, by 64 clients, and prints how often and how fast they answered, and what processor time an answer took: of the
//! service, and of the processes of PostgreSQL behind its connections. That time depends least on what else the machine does; it is read from Linux.
//!
//! `load SECONDS ROUNDS FOLDER URL..`: so long each turn is, so many there are of each, where the programs of the others lie, and the databases.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use orm::prelude::*;
use ours::{AUTHORS, POSTS, seed};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::sleep;

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

const CLIENTS: u64 = 64;

const SERVICES: [&str; 4] = ["ours", "with_sqlx", "with_seaorm", "with_diesel"];

const WORKLOADS: [&str; 4] = ["read one", "read 20", "write one", "mixed"];

/// A service that runs, and ends with this.
struct Service {
    child: Child,
    port: u16,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    fn start(program: &Path, url: &str, port: u16) -> Outcome<Self> {
        let child = Command::new(program).env("DATABASE_URL", url).env("PORT", port.to_string()).spawn();
        let child = child.map_err(|error| format!("{}: {error}", program.display()))?;
        Ok(Self { child, port })
    }

    /// Waits until it answers.
    async fn wait(&self) -> Outcome {
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err("a service did not come up".into())
    }
}

/// What a turn was like.
#[derive(Clone, Copy)]
struct Turn {
    answers: u32,
    per_second: f64,
    p99: Duration,
    /// The processor time of an answer.
    cost: Duration,
}

/// The processor time that a service and the processes of a database have used.
struct Used {
    service: Duration,
    /// By process.
    database: Vec<(i64, Duration)>,
}

impl Used {
    fn now(service: &Service, database: &[i64]) -> Outcome<Self> {
        const TICK: Duration = Duration::from_millis(10);
        let stat = fs::read_to_string(format!("/proc/{}/stat", service.child.id()))?;
        // What stands before is the name of the program, which may have spaces.
        let numbers = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let ticks = numbers.skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        let used = |&process: &i64| {
            let told = fs::read_to_string(format!("/proc/{process}/schedstat")).ok()?;
            Some((process, Duration::from_nanos(told.split(' ').next()?.parse().ok()?)))
        };
        Ok(Self { service: TICK * ticks, database: database.iter().filter_map(used).collect() })
    }

    fn since(&self, before: &Self) -> Duration {
        let known =
            |process| before.database.iter().find(|known| known.0 == process).map_or(Duration::ZERO, |known| known.1);
        let database: Duration = self.database.iter().map(|&(process, used)| used - known(process)).sum();
        self.service - before.service + database
    }
}

/// The processes of PostgreSQL behind the connections to the database.
fn processes(engine: &Engine) -> orm::Result<Vec<i64>> {
    if engine.dialect().name() != "PostgreSQL" {
        return Ok(Vec::new());
    }
    let processes =
        sql("SELECT pid::bigint FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    processes.all::<i64>(&mut engine.session())
}

fn main() -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut arguments = env::args().skip(1);
    let mut next = || arguments.next().ok_or("load SECONDS ROUNDS FOLDER URL..");
    let (length, rounds) = (Duration::from_secs_f64(next()?.parse()?), next()?.parse()?);
    let folder = PathBuf::from(next()?);
    for url in arguments {
        runtime.block_on(measure(&url, length, rounds, &folder))?;
    }
    Ok(())
}

async fn measure(url: &str, length: Duration, rounds: usize, others: &Path) -> Outcome {
    let engine = Engine::connect(url)?;
    let own = env::current_exe()?.with_file_name("ours");
    let mut services = Vec::new();
    seed(&engine)?;
    for (port, name) in (7_101..).zip(SERVICES) {
        let program = if name == "ours" { own.clone() } else { others.join(name) };
        let service = Service::start(&program, url, port)?;
        service.wait().await?;
        services.push(service);
    }
    println!(
        "\n{}\n{:12}{:14}{:>12}{:>12}{:>10}{:>15}{:>12}",
        url.split(':').next().unwrap_or_default(),
        "",
        "service",
        "requests/s",
        "of the best",
        "p99 ms",
        "processor us",
        "of the best"
    );
    for workload in WORKLOADS {
        let mut turns: Vec<Vec<Turn>> = vec![Vec::new(); services.len()];
        // The first round warms up.
        for round in 0..=rounds {
            for (service, turns) in services.iter().zip(&mut turns) {
                let database = processes(&engine)?;
                let before = Used::now(service, &database)?;
                let mut turn = turn(service.port, workload, length).await?;
                turn.cost = Used::now(service, &database)?.since(&before) / turn.answers;
                if round > 0 {
                    turns.push(turn);
                }
            }
        }
        let medians: Vec<Turn> = turns.into_iter().map(median).collect();
        let best = medians[1..].iter().map(|turn| turn.per_second).fold(0.0, f64::max);
        let cheapest = medians[1..].iter().map(|turn| turn.cost).min().unwrap_or_default();
        for (name, turn) in SERVICES.iter().zip(&medians) {
            let (share, p99) = (turn.per_second / best, turn.p99.as_secs_f64() * 1e3);
            let (cost, costs) = (turn.cost.as_secs_f64() * 1e6, turn.cost.div_duration_f64(cheapest));
            println!("{workload:12}{name:14}{:12.0}{share:12.2}{p99:10.1}{cost:15.1}{costs:12.2}", turn.per_second);
        }
    }
    Ok(())
}

fn median(mut turns: Vec<Turn>) -> Turn {
    turns.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    let per_second = turns[turns.len() / 2].per_second;
    turns.sort_by_key(|turn| turn.p99);
    let p99 = turns[turns.len() / 2].p99;
    turns.sort_by_key(|turn| turn.cost);
    Turn { per_second, p99, ..turns[turns.len() / 2] }
}

async fn turn(port: u16, workload: &'static str, length: Duration) -> Outcome<Turn> {
    let start = Instant::now();
    let clients: Vec<_> =
        (1..=CLIENTS).map(|seed| tokio::spawn(client(port, workload, start + length, seed))).collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await??);
    }
    let took = start.elapsed();
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    let answers = u32::try_from(times.len())?.max(1);
    Ok(Turn { answers, per_second: f64::from(answers) / took.as_secs_f64(), p99, cost: Duration::ZERO })
}

/// Asks on one connection until the time is over, and tells how long each answer took.
async fn client(port: u16, workload: &'static str, until: Instant, seed: u64) -> Outcome<Vec<Duration>> {
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await?);
    stream.get_ref().set_nodelay(true)?;
    let (mut random, mut times, mut body) = (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), Vec::new(), Vec::new());
    while Instant::now() < until {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let request = request(workload, random);
        let start = Instant::now();
        stream.get_mut().write_all(request.as_bytes()).await?;
        answer(&mut stream, &mut body).await?;
        times.push(start.elapsed());
    }
    Ok(times)
}

fn request(workload: &str, random: u64) -> String {
    let within = |most: i64| 1 + i64::try_from(random >> 8).unwrap_or(0).rem_euclid(most);
    let kind = match (workload, random % 10) {
        ("mixed", 0) => "write one",
        ("mixed", 1 | 2) => "read 20",
        ("mixed", _) => "read one",
        (workload, _) => workload,
    };
    match kind {
        "read one" => format!("GET /users/{} HTTP/1.1\r\nhost: x\r\n\r\n", within(AUTHORS)),
        "read 20" => format!("GET /posts/{} HTTP/1.1\r\nhost: x\r\n\r\n", within(POSTS - 20)),
        _ => {
            let body = r#"{"body":"a comment that somebody wrote"}"#;
            let (post, length) = (within(POSTS), body.len());
            format!(
                "POST /posts/{post}/comments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            )
        }
    }
}

/// Reads an answer, which has to be one of success.
async fn answer(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> Outcome {
    let (mut line, mut length) = (String::new(), 0);
    stream.read_line(&mut line).await?;
    if !line.starts_with("HTTP/1.1 200") {
        return Err(format!("a service says {line:?}").into());
    }
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse()?,
            Some(_) => {}
            None => break,
        }
    }
    body.resize(length, 0);
    stream.read_exact(body).await?;
    Ok(())
}
