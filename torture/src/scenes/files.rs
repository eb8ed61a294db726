//! Files of SQLite that cannot be written, or are no longer what they were.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use orm::prelude::*;
use orm::{Engine, ErrorKind};

use crate::Result;
use crate::model::{Purchase, audit, buy, prepare, purchase};
use crate::report::Outcome;
use crate::setting::{Setting, sqlite};

pub(crate) fn run(setting: &mut Setting) -> Result<Vec<Outcome>> {
    Ok(vec![full(setting)?, read_only(setting)?, corrupt(setting)?, deleted(setting)?])
}

/// A file system with room for what all rounds of the long form store. It needs root, and is gone with the value.
struct SmallDisk<'p>(&'p Path);

impl<'p> SmallDisk<'p> {
    fn mount(path: &'p Path) -> Result<Option<Self>> {
        std::fs::create_dir_all(path)?;
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(path).output();
        Ok(mounted.is_ok_and(|output| output.status.success()).then_some(Self(path)))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // What stays mounted is 16 mebibytes of memory, until the machine restarts.
        let _output = Command::new("umount").arg("-l").arg(self.0).output();
    }
}

fn full(setting: &mut Setting) -> Result<Outcome> {
    let mut outcome = Outcome::new("disk full", "SQLite file");
    let folder = setting.folder().join("full");
    let Some(disk) = SmallDisk::mount(&folder)? else {
        outcome.figure("left out: mounting a small disk needs root");
        return Ok(outcome);
    };
    let engine = Engine::connect(&sqlite(&disk.0.join("full.db")))?;
    prepare(&engine)?;
    let filler = disk.0.join("filler");
    let mut bought = 0;
    let times = setting.times(5, 50);
    for _ in 0..times {
        fill(&filler, setting.random.below(64 * 1024))?;
        let refused = loop {
            match buy(&engine, bought + 1) {
                Ok(()) => bought += 1,
                Err(error) => break error,
            }
        };
        let code = refused.code().unwrap_or_default().to_owned();
        outcome
            .check(refused.kind() == ErrorKind::Database, || format!("a full disk is {:?}: {refused}", refused.kind()));
        outcome.check(!code.is_empty(), || format!("a full disk has no code: {refused}"));
        std::fs::remove_file(&filler)?;
        buy(&engine, bought + 1)?;
        bought += 1;
        let stored = audit(&engine, &mut outcome)?.len() as i64;
        outcome.check(stored == bought, || format!("{bought} commits were acknowledged, {stored} are stored"));
        let oldest = Purchase::query().order_by(Purchase::number).limit(1);
        outcome.check(oldest.all(&mut engine.session())?.len() == 1, || "the first purchase is gone".to_owned());
    }
    outcome.figure(format!("full {times} times, {bought} acknowledged commits"));
    Ok(outcome)
}

/// A file that takes all space that is left, but `spare` bytes.
fn fill(path: &Path, spare: u64) -> Result<()> {
    let mut file = File::create(path)?;
    let mut written = 0;
    while let Ok(more) = file.write(&[0; 4096]) {
        written += more as u64;
    }
    Ok(file.set_len(written.saturating_sub(spare))?)
}

fn read_only(setting: &mut Setting) -> Result<Outcome> {
    let mut outcome = Outcome::new("file opened for reading only", "SQLite file");
    let url = sqlite(&setting.file("read-only.db"));
    prepare(&Engine::connect(&url)?)?;
    let engine = Engine::connect(&format!("{url}?mode=ro"))?;
    let session = &mut engine.session();
    let added = session.add(purchase(1));
    let refused = session.commit().map_err(|error| error.kind());
    outcome
        .check(refused == Err(ErrorKind::ReadOnly), || format!("writing to a file for reading only gives {refused:?}"));
    outcome.check(session[added].number == 1, || "the refused object has lost its value".to_owned());
    session.rollback()?;
    outcome.check(Purchase::query().count(session)? == 0, || "the refused purchase is stored".to_owned());
    outcome.figure("refused as ReadOnly");
    Ok(outcome)
}

fn corrupt(setting: &mut Setting) -> Result<Outcome> {
    let mut outcome = Outcome::new("pages overwritten", "SQLite file");
    let path = setting.file("corrupt.db");
    let url = sqlite(&path);
    prepare(&Engine::connect(&url)?)?;
    let engine = Engine::connect(&url)?;
    for number in 1..=200 {
        buy(&engine, number)?;
    }
    drop(engine);
    let whole = std::fs::read(&path)?;
    let times = setting.times(20, 500);
    let mut noticed = 0;
    for _ in 0..times {
        let mut broken = whole.clone();
        let page = 4096 * (1 + setting.random.below(broken.len() as u64 / 4096 - 1) as usize);
        broken[page..page + 4096].fill(0xA5);
        std::fs::write(&path, &broken)?;
        // An error or rows: either is right, a panic is not.
        noticed += usize::from(read_and_write(&url).is_err());
    }
    std::fs::write(&path, &whole)?;
    let stored = audit(&Engine::connect(&url)?, &mut outcome)?.len();
    outcome.check(stored == 200, || format!("{stored} of 200 purchases are in the file that was put back"));
    outcome.check(noticed > 0, || "no broken page was noticed".to_owned());
    outcome.figure(format!("{times} pages, {noticed} noticed"));
    Ok(outcome)
}

fn read_and_write(url: &str) -> orm::Result<()> {
    let engine = Engine::connect(url)?;
    Purchase::query().include(Purchase::lines).all(&mut engine.session())?;
    buy(&engine, 201)
}

fn deleted(setting: &mut Setting) -> Result<Outcome> {
    let mut outcome = Outcome::new("file deleted while it is open", "SQLite file");
    let path = setting.file("deleted.db");
    let engine = Engine::connect(&sqlite(&path))?;
    prepare(&engine)?;
    buy(&engine, 1)?;
    std::fs::remove_file(&path)?;
    // The pool does not look at a connection that it has just looked at.
    std::thread::sleep(Duration::from_millis(6));
    let refused = buy(&engine, 2);
    let kind = refused.map_err(|error| error.kind());
    outcome.check(kind == Err(ErrorKind::ConnectionLost), || {
        format!("a commit to a file that nobody can open again gives {kind:?}")
    });
    outcome.figure("the next unit is told ConnectionLost");
    Ok(outcome)
}
