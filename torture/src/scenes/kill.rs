//! `kill -9` of a process that writes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use orm::{Engine, ErrorKind};

use crate::model::{audit, buy, prepare};
use crate::report::Outcome;
use crate::setting::{Server, Setting, sqlite};
use crate::{Result, model};

/// The argument by which this program becomes the process that is killed.
pub(crate) const WRITER: &str = "writer";

pub(crate) fn run(setting: &mut Setting) -> Result<Vec<Outcome>> {
    let times = setting.times(6, 300);
    let (postgres, mariadb) = (setting.url(Server::Postgres), setting.url(Server::MariaDb));
    let wal = sqlite(&setting.file("kill-wal.db"));
    let journal = format!("{}?journal_mode=delete", sqlite(&setting.file("kill-journal.db")));
    Ok(vec![
        kills(setting, "SQLite, WAL", &wal, times)?,
        kills(setting, "SQLite, rollback journal", &journal, times)?,
        kills(setting, "PostgreSQL, its client", &postgres, times)?,
        kills(setting, "MariaDB, its client", &mariadb, times)?,
    ])
}

fn kills(setting: &mut Setting, database: &'static str, url: &str, times: usize) -> Result<Outcome> {
    let mut outcome = Outcome::new("kill -9 of a writer", database);
    let engine = Engine::connect(url)?;
    prepare(&engine)?;
    let mut acknowledged = 0;
    for _ in 0..times {
        acknowledged = killed_writer(setting, url)?.max(acknowledged);
        buy_when_free(&engine, acknowledged)?;
        let numbers = audit(&engine, &mut outcome)?;
        let last = numbers.last().copied().unwrap_or(0);
        outcome.check(numbers.len() as i64 == last, || {
            format!("{} of the purchases 1 to {last} are there", numbers.len())
        });
        outcome.check(last > acknowledged, || format!("{acknowledged} was acknowledged, {last} is the last one"));
    }
    outcome.figure(format!("{times} kills"));
    outcome.figure(format!("{acknowledged} acknowledged commits"));
    Ok(outcome)
}

/// The number of the last purchase that a writer acknowledged before it was killed.
fn killed_writer(setting: &mut Setting, url: &str) -> Result<i64> {
    let mut writer = Command::new(std::env::current_exe()?).args([WRITER, url]).stdout(Stdio::piped()).spawn()?;
    let stdout = writer.stdout.take().ok_or("the writer's output is not piped")?;
    let mut lines = BufReader::new(stdout).lines();
    let mut last = lines.next().ok_or("the writer ended before its first commit")??.parse()?;
    std::thread::sleep(setting.random.pause(60));
    writer.kill()?;
    writer.wait()?;
    for line in lines {
        last = line?.parse()?;
    }
    Ok(last)
}

/// One more purchase. A server may commit what a killed client has sent a moment later, and so take the number that was free.
fn buy_when_free(engine: &Engine, acknowledged: i64) -> Result<()> {
    loop {
        let next = model::last(engine)? + 1;
        if next <= acknowledged {
            return Err(format!("purchase {acknowledged} was acknowledged, and {next} is free").into());
        }
        match buy(engine, next) {
            Err(error) if overtaken(&error) && model::last(engine)? >= next => {}
            other => return Ok(other?),
        }
    }
}

/// Commits purchases one after the other, and says the number of each when it is committed.
pub(crate) fn write_until_killed(url: &str) -> Result<()> {
    let engine = Engine::connect(url)?;
    let mut stdout = std::io::stdout().lock();
    for number in model::last(&engine)? + 1.. {
        buy(&engine, number)?;
        writeln!(stdout, "{number}")?;
        stdout.flush()?;
    }
    Ok(())
}

/// Whether somebody else has bought in between.
fn overtaken(error: &orm::Error) -> bool {
    matches!(error.kind(), ErrorKind::UniqueViolation | ErrorKind::StaleData)
}
