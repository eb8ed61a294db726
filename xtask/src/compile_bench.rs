//! `cargo xtask compile-bench`: how long a large user takes to check.
//!
//! A crate of `MODELS` models of twelve columns and `QUERIES` queries is written under `target/`, its dependencies are
//! built, and then the crate alone is checked several times. The time is that of `cargo check`, the memory the greatest that
//! the compiler of that crate held at once, as Linux tells it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::Result;
use crate::command::{cargo, root, run as run_command};

const MODELS: usize = 100;
const QUERIES: usize = 300;
const RUNS: usize = 3;

/// Writes the crate, checks it, and prints the figures.
///
/// # Errors
///
/// When the crate does not check.
pub fn run() -> Result<()> {
    let folder = root().join("target/compile-bench");
    write_crate(&folder)?;
    run_command(&mut check(&folder))?;
    for _ in 0..RUNS {
        // A new time of change, the same text: all of the crate is checked again, and nothing else.
        fs::File::open(folder.join("src/lib.rs"))?.set_modified(std::time::SystemTime::now())?;
        let started = Instant::now();
        let mut child = check(&folder).arg("--quiet").spawn()?;
        let memory = watch(&mut child)?;
        let took = started.elapsed();
        match memory {
            Some(kib) => println!("{MODELS} models, {QUERIES} queries: {took:.1?}, {} MiB", kib / 1024),
            None => println!("{MODELS} models, {QUERIES} queries: {took:.1?}"),
        }
    }
    Ok(())
}

fn check(folder: &Path) -> Command {
    let mut command = cargo(&["check", "--manifest-path"]);
    command.arg(folder.join("Cargo.toml")).env("CARGO_TARGET_DIR", folder.join("target"));
    // What an earlier check has learned does not count.
    command.env("CARGO_INCREMENTAL", "0");
    command
}

/// Waits for the child, and tells the most memory, in KiB, that one compiler beneath it held; `None` where that is not known.
fn watch(child: &mut Child) -> Result<Option<u64>> {
    let mut most = None;
    loop {
        most = most.max(compilers(child.id()).into_iter().filter_map(peak).max());
        if let Some(status) = child.try_wait()? {
            return if status.success() { Ok(most) } else { Err(format!("cargo check failed ({status})").into()) };
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// `parent` and the processes below it, at any depth.
fn compilers(parent: u32) -> Vec<u32> {
    let mut found = vec![parent];
    let mut next = 0;
    while let Some(&process) = found.get(next) {
        next += 1;
        for thread in fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten() {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            found.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    found
}

/// The greatest memory of a process so far, in KiB.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn write_crate(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    let orm: PathBuf = root().to_owned();
    let manifest = format!(
        "[package]\nname = \"compile-bench\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\norm = {{ path = {:?} }}\n\n[workspace]\n",
        orm.display().to_string()
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let mut code = String::from("#![allow(dead_code)]\n\nuse orm::functions::*;\nuse orm::prelude::*;\n\n");
    for number in 0..MODELS {
        model(&mut code, number)?;
    }
    for number in 0..QUERIES {
        query(&mut code, number)?;
    }
    // A file that is written again though it is the same would have the first check run twice.
    let path = folder.join("src/lib.rs");
    if fs::read_to_string(&path).is_ok_and(|known| known == code) {
        return Ok(());
    }
    Ok(fs::write(path, code)?)
}

/// Twelve columns: a key, ten values, and a reference to the model before; the first model references the last.
fn model(code: &mut String, number: usize) -> Result<()> {
    let before = (number + MODELS - 1) % MODELS;
    let after = (number + 1) % MODELS;
    Ok(write!(
        code,
        "#[derive(Model, Debug, Clone, Default)]
#[orm(table = \"m{number}\")]
pub struct M{number} {{
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique, length = 80)]
    pub name: String,
    pub title: Option<String>,
    #[orm(index)]
    pub count: i32,
    pub size: Option<i64>,
    pub price: f64,
    pub weight: Option<f64>,
    pub active: bool,
    pub hidden: Option<bool>,
    pub data: Vec<u8>,
    pub rank: i64,
    #[belongs_to(back_populates = children)]
    pub parent: Option<BelongsTo<M{before}>>,
    #[has_many(back_populates = parent)]
    pub children: HasMany<M{after}>,
}}

"
    )?)
}

/// One of twelve kinds of query, over the model whose turn it is.
fn query(code: &mut String, number: usize) -> Result<()> {
    let (m, parent, child) = (number % MODELS, (number + MODELS - 1) % MODELS, (number + 1) % MODELS);
    let head = format!("pub fn q{number}(session: &mut Session) -> orm::Result");
    let body = match number % 12 {
        0 => format!(
            "<Vec<Handle<M{m}>>> {{
    M{m}::query()
        .filter(M{m}::count.gt(3).and(M{m}::title.is_not_null()).or(M{m}::name.starts_with(\"a\")))
        .order_by((M{m}::rank.desc(), M{m}::name))
        .limit(10)
        .all(session)
}}"
        ),
        1 => format!(
            "<Vec<(String, String, Option<f64>)>> {{
    M{m}::query()
        .join(M{m}::parent)
        .filter(M{parent}::active.eq(true))
        .group_by((M{m}::name, M{parent}::name))
        .having(count_all().gt(2))
        .select((M{m}::name, M{parent}::name, avg(M{m}::price)))
        .all(session)
}}"
        ),
        2 => format!(
            "<Vec<(i64, Option<i64>, Option<String>)>> {{
    M{m}::query()
        .left_join(M{m}::children)
        .filter(M{m}::size.between(1, 5).and(M{m}::hidden.is_null()))
        .order_by(M{m}::id)
        .select((M{m}::id, M{child}::id, M{child}::title))
        .all(session)
}}"
        ),
        3 => format!(
            "<u64> {{
    M{m}::query()
        .filter(M{m}::weight.gt(1.5).and(M{m}::count.in_([1, 2, 3])))
        .update((M{m}::rank.set(M{m}::rank + 1), M{m}::title.set(\"x\")))
        .execute(session)
}}"
        ),
        4 => format!(
            "<Vec<Handle<M{m}>>> {{
    M{m}::query()
        .include(M{m}::parent)
        .include(M{m}::children)
        .filter(M{m}::parent_id.eq(7).and(M{m}::data.ne(vec![1u8])))
        .all(session)
}}"
        ),
        5 => format!(
            "<Vec<(String, i64, Option<i64>)>> {{
    let ranks = window().partition_by(M{m}::active).order_by(M{m}::rank.desc());
    M{m}::query()
        .filter(lower(M{m}::name).ne(\"a\"))
        .select((M{m}::name, row_number().over(ranks.clone()), sum(M{m}::rank).over(ranks)))
        .all(session)
}}"
        ),
        6 => format!(
            "<Vec<(Handle<M{m}>, String)>> {{
    M{m}::query()
        .filter(exists(M{m}::children.query().filter(M{child}::price.gt(10.0))))
        .filter(M{m}::price.gt(M{m}::query().select(avg(M{m}::price)).scalar()))
        .select((M{m}::object(), case().when(M{m}::active.eq(true), \"on\").otherwise(\"off\")))
        .all(session)
}}"
        ),
        7 => format!(
            "<Vec<(String, i32)>> {{
    let few = M{child}::query().filter(M{child}::count.lt(3)).select((M{child}::name, M{child}::count));
    M{m}::query()
        .filter(M{m}::count.gt(7))
        .select((M{m}::name.label(\"name\"), M{m}::count))
        .union_all(few)
        .order_by(label(\"name\"))
        .all(session)
}}"
        ),
        8 => format!(
            "<Vec<(String, i32)>> {{
    M{m}::insert_all(vec![M{m}::default()])
        .on_conflict(M{m}::name)
        .do_update((M{m}::price, M{m}::count.set(M{m}::count + excluded(M{m}::count))))
        .returning((M{m}::name, M{m}::count))
        .all(session)
}}"
        ),
        9 => format!(
            "<Vec<(i64, Option<String>)>> {{
    alias!(Other = M{m});
    M{m}::query()
        .join(M{m}::parent)
        .join(Other::on(M{m}::rank.eq(Other::col(M{m}::rank))))
        .filter(M{m}::id.ne(Other::col(M{m}::id)))
        .select((M{m}::id, Other::col(M{m}::title)))
        .all(session)
}}"
        ),
        10 => format!(
            "<Option<orm::Slice<Row{number}>>> {{
    let query = M{m}::query().select((M{m}::name, coalesce(M{m}::size, 0))).rows_as::<Row{number}>();
    Ok(Some(query.order_by(M{m}::name).slice(session, 10)?))
}}

#[derive(FromRow)]
pub struct Row{number} {{
    pub name: String,
    pub size: i64,
}}"
        ),
        _ => format!(
            "<u64> {{
    M{m}::query()
        .join(M{m}::parent)
        .join(M{parent}::parent)
        .filter(M{parent}::price.lt(M{m}::price).and(M{m}::name.contains(\"b\")))
        .count(session)
}}"
        ),
    };
    Ok(writeln!(code, "{head}{body}\n")?)
}
