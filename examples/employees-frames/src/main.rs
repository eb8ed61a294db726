//! Employees by the million: a CSV file into a table, the table into record batches and a file of Parquet, that into a second table, and
//! summaries of it. Nothing of it is in memory as a whole.
//!
//! `cargo run --release -p employees-frames -- 1000000`, or with `DATABASE_URL=postgresql://..`; without a number it makes 20,000 employees.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

mod models;
mod reports;

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use csv::Writer;
use indicatif::{ProgressBar, ProgressStyle};
use orm::arrow::{InsertBatches as _, ReadBatches as _};
use orm::files::ReadFiles as _;
use orm::prelude::*;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use models::{Employee, EmployeeCopy};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The rows of a batch.
const BATCH: usize = 8_192;

/// What the process may have at most, for any number of employees, in MiB.
const MOST_MEMORY: u64 = 200;

fn main() -> Outcome {
    let count = env::args().nth(1).map_or(Ok(20_000), |count| count.parse())?;
    let folder = env::temp_dir().join(format!("orm-employees-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let outcome = run(count, &folder);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn run(count: u64, folder: &Path) -> Outcome {
    let url = env::var("DATABASE_URL").unwrap_or_else(|_| format!("sqlite:///{}", folder.join("staff.db").display()));
    let engine = Engine::connect(&url)?;
    engine.drop_all(models![Employee, EmployeeCopy])?;
    engine.create_all(models![Employee, EmployeeCopy])?;
    let mut session = engine.session();
    let (csv, parquet) = (folder.join("staff.csv"), folder.join("staff.parquet"));

    make_csv(&csv, count)?;
    timed("CSV -> table", count, |bar| {
        let file = BufReader::new(File::open(&csv)?);
        Employee::insert_csv(file).on_progress(|rows| bar.set_position(rows)).execute(&mut session)?;
        Ok(session.commit()?)
    })?;
    timed("table -> Parquet", count, |bar| to_parquet(&mut session, &parquet, bar))?;
    timed("Parquet -> table", count, |bar| {
        let batches =
            ParquetRecordBatchReaderBuilder::try_new(File::open(&parquet)?)?.with_batch_size(BATCH).build()?;
        EmployeeCopy::insert_batches(batches).on_progress(|rows| bar.set_position(rows)).execute(&mut session)?;
        Ok(session.commit()?)
    })?;

    check(&mut session, count)?;
    reports::show(&mut session)?;
    let Some(megabytes) = peak_memory().map(|kilobytes| kilobytes / 1_024) else {
        println!("\nThis system does not tell how much memory the process had.");
        return Ok(());
    };
    println!("\nThe process had {megabytes} MiB of memory at most.");
    if megabytes > MOST_MEMORY { Err(format!("that is more than {MOST_MEMORY}").into()) } else { Ok(()) }
}

/// Runs a step under a bar, and tells how long it took.
fn timed(step: &str, count: u64, work: impl FnOnce(&ProgressBar) -> Outcome) -> Outcome {
    let style = ProgressStyle::with_template("{msg:18} {bar:40} {pos}/{len} {per_sec}")?;
    let bar = ProgressBar::new(count).with_style(style).with_message(step.to_owned());
    let start = Instant::now();
    work(&bar)?;
    bar.finish_and_clear();
    println!("{step:18} {count} rows in {:.2?}", start.elapsed());
    Ok(())
}

fn make_csv(path: &Path, count: u64) -> Outcome {
    const DEPARTMENTS: [&str; 4] = ["Sales", "Research", "Support", "Legal, \"and so on\""];
    const SITES: [&str; 3] = ["oslo", "rome", "lima"];
    let mut file = Writer::from_writer(BufWriter::new(File::create(path)?));
    file.write_record(["number", "name", "department", "site", "hired", "salary", "hours", "active"])?;
    for n in 1..=count {
        let mixed = n.wrapping_mul(2_654_435_761) >> 7;
        let (year, month, day) = (2000 + mixed % 24, 1 + mixed % 12, 1 + mixed % 28);
        let hours = if n % 10 == 0 { String::new() } else { format!("{}.5", mixed % 60) };
        file.write_record([
            n.to_string(),
            format!("Employee {n}"),
            DEPARTMENTS[usize::try_from(mixed % 4)?].to_owned(),
            SITES[usize::try_from(mixed % 3)?].to_owned(),
            format!("{year}-{month:02}-{day:02}"),
            format!("{}.{:02}", 20_000 + mixed % 80_000, mixed % 100),
            hours,
            (n % 7 != 0).to_string(),
        ])?;
    }
    Ok(file.flush()?)
}

fn to_parquet(session: &mut Session, path: &Path, bar: &ProgressBar) -> Outcome {
    let batches = Employee::query().order_by(Employee::number).record_batches(session, BATCH)?;
    let mut file = ArrowWriter::try_new(BufWriter::new(File::create(path)?), batches.schema(), None)?;
    for batch in batches {
        let batch = batch?;
        file.write(&batch)?;
        // What is encoded waits in memory for the end of its group of rows.
        if file.in_progress_size() > 16 << 20 {
            file.flush()?;
        }
        bar.inc(batch.num_rows() as u64);
    }
    file.close()?;
    Ok(())
}

/// Both tables have the same rows: as many, and none that the other does not have.
fn check(session: &mut Session, count: u64) -> Outcome {
    let all = Employee::query().select((
        Employee::number,
        Employee::name,
        Employee::department,
        Employee::site,
        Employee::hired,
        Employee::salary,
        Employee::hours,
        Employee::active,
    ));
    let copies = EmployeeCopy::query().select((
        EmployeeCopy::number,
        EmployeeCopy::name,
        EmployeeCopy::department,
        EmployeeCopy::site,
        EmployeeCopy::hired,
        EmployeeCopy::salary,
        EmployeeCopy::hours,
        EmployeeCopy::active,
    ));
    let copied = EmployeeCopy::query().count(session)?;
    let lost = all.except(copies).count(session)?;
    if (copied, lost) != (count, 0) {
        return Err(format!("{copied} of {count} employees were copied, and {lost} of them differ").into());
    }
    println!("Both tables have the same {count} rows.\n");
    Ok(())
}

/// The greatest memory of the process so far, in kilobytes.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
