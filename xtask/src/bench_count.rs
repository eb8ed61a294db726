//! `cargo xtask bench-count`: how many instructions the workloads take on SQLite, compared with those of the table in `benches/counts.md`.
//!
//! Callgrind counts them, in the part of each workload that the benches measure. One program on one machine takes the same number
//! each time, so that little is lost in noise: the fewest of several runs, of which the first prepares the statements.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::command::{cargo, output, root, run as run_command};
use crate::private::{Package, find_program, install};

const PACKAGE: Package = Package {
    apt: "valgrind",
    dnf: "valgrind",
    apk: "valgrind",
    brew: "",
    cure: "valgrind was not found: install its package (`apt-get install valgrind`)",
};

const TABLE: &str = "benches/counts.md";
const SIZES: [usize; 2] = [1_000, 1];
/// The part by which a count may be above that of the table.
const TOLERANCE: f64 = 0.03;
/// The function within which instructions are counted, and at whose end a file is written. Callgrind keeps one option for a pattern, so
/// the patterns differ.
const MEASURED: [&str; 2] = ["*::measured_part", "orm_workloads::clock::measured_part"];

/// Workload, variant and size.
type Key = (String, String, usize);

/// The instructions of both sides; the drivers alone do not have all variants.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Counts {
    raw: Option<u64>,
    ours: Option<u64>,
}

type Table = BTreeMap<Key, Counts>;

/// Counts, and compares with the table, or writes it anew where `--record` says so.
///
/// # Errors
///
/// When a workload takes over 3 % more instructions than the table says, unless the driver alone takes more as well.
pub fn run(arguments: &[String]) -> Result<()> {
    let is_recorded = match arguments {
        [] => false,
        [one] if one == "--record" => true,
        _ => return Err("cargo xtask bench-count [--record]".into()),
    };
    if find_program("valgrind").is_none() {
        install(&PACKAGE)?;
    }
    let folder = root().join("target/bench-count");
    let mut counted = Table::new();
    for size in SIZES {
        counted.extend(count(&folder, size)?);
    }
    let (path, tools) = (root().join(TABLE), tools()?);
    if is_recorded {
        fs::write(&path, written(&counted, &tools))?;
        println!("wrote {TABLE}");
        return Ok(());
    }
    let recorded = fs::read_to_string(&path)?;
    if !recorded.contains(&tools) {
        println!("{TABLE} was recorded with other tools than these: {tools}");
    }
    let problems = compare(&read(&recorded), &counted);
    if problems.is_empty() {
        println!("{} counts of {TABLE} hold", counted.len());
        return Ok(());
    }
    let other =
        if recorded.contains(&tools) { "" } else { "The tools are not those of the table, which may be the reason.\n" };
    Err(format!(
        "{}\n{other}If it has to be so, record the table anew with `cargo xtask bench-count --record`",
        problems.join("\n")
    )
    .into())
}

/// Runs the workloads of one size under callgrind, which writes a file at the end of each measured part.
fn count(folder: &Path, size: usize) -> Result<Table> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(folder)?,
    }
    let (dump, [toggle, end]) = (folder.join("count"), MEASURED);
    let runner = format!(
        "target.'cfg(all())'.runner = ['valgrind', '--quiet', '--tool=callgrind', '--callgrind-out-file={}', \
         '--collect-atstart=no', '--toggle-collect={toggle}', '--dump-after={end}']",
        dump.display()
    );
    let mut bench = cargo(&["bench", "--quiet", "--package", "orm-bench", "--bench", "orm", "--config", &runner]);
    let names = folder.join("names");
    bench.args(["--", "--count", &size.to_string()]).env_remove("ORM_BENCH_CLOCK").stdout(fs::File::create(&names)?);
    run_command(&mut bench)?;

    let mut table = Table::new();
    let mut number = 0;
    for line in fs::read_to_string(&names)?.lines() {
        let words: Vec<&str> = line.split(',').collect();
        let [side, workload, variant, size, runs] = words[..] else {
            return Err(format!("`{line}` is no count").into());
        };
        let runs: usize = runs.parse()?;
        let counts = (number + 1..=number + runs).map(|number| instructions(&dump, number));
        let least = counts.collect::<Result<Vec<u64>>>()?.into_iter().min();
        number += runs;
        let entry = table.entry((workload.to_owned(), variant.to_owned(), size.parse()?)).or_default();
        match side {
            "raw" => entry.raw = least,
            _ => entry.ours = least,
        }
    }
    Ok(table)
}

/// The instructions of one measured part.
fn instructions(dump: &Path, number: usize) -> Result<u64> {
    let path = PathBuf::from(format!("{}.{number}", dump.display()));
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    Ok(total.ok_or_else(|| format!("{} has no total", path.display()))?.trim().parse()?)
}

/// What the counts depend on, besides the lock file, which has SQLite.
fn tools() -> Result<String> {
    let version = |program: &str| -> Result<String> {
        let text = output(program, &["--version"]).ok_or_else(|| format!("`{program} --version` fails"))?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    };
    Ok(format!("{}; {}; {}; {}", version("rustc")?, version("cc")?, version("valgrind")?, std::env::consts::ARCH))
}

/// The count of the driver alone: of the variant, or else of the workload.
fn base(table: &Table, (workload, variant, size): &Key) -> Option<u64> {
    let raw = |variant: &str| table.get(&(workload.clone(), variant.to_owned(), *size)).and_then(|counts| counts.raw);
    raw(variant).or_else(|| raw(""))
}

/// By what factor the count of the driver alone has changed.
fn drift(before: Option<u64>, now: Option<u64>) -> f64 {
    before.zip(now).map_or(1.0, |(before, now)| now as f64 / before as f64)
}

/// What takes too many instructions, or is not in both.
fn compare(recorded: &Table, counted: &Table) -> Vec<String> {
    let mut problems = Vec::new();
    for ((workload, variant, size), counts) in counted {
        let name = format!("{workload} {variant} n = {size}");
        let key = (workload.clone(), variant.clone(), *size);
        match (recorded.get(&key).and_then(|counts| counts.ours), counts.ours) {
            (_, None) => {}
            (None, Some(_)) => problems.push(format!("{name} is not in {TABLE}")),
            (Some(before), Some(now)) => {
                // Another processor or C compiler changes both sides: then the raw side tells what is to be expected.
                let drift = drift(base(recorded, &key), base(counted, &key)).max(1.0);
                let (known, found) = (before as f64, now as f64);
                let change = (found / known - 1.0) * 100.0;
                if found > known * drift * (1.0 + TOLERANCE) {
                    problems.push(format!("{name}: {now} instructions, {before} before: {change:.1} % more"));
                } else if found < known * (1.0 - TOLERANCE) {
                    println!("{name}: {now} instructions, {before} before: {:.1} % less", -change);
                }
            }
        }
    }
    let gone = recorded.keys().filter(|key| !counted.contains_key(*key));
    problems
        .extend(gone.map(|(workload, variant, size)| format!("{workload} {variant} n = {size} is in {TABLE} alone")));
    problems
}

const HEAD: &str = "\
# Instructions of the workloads

What callgrind counts on SQLite: the fewest of three runs. `cargo xtask bench-count` compares with this table and fails at 3 % more,
unless the driver alone takes more as well; with `--record` it writes the table anew.

";

fn written(table: &Table, tools: &str) -> String {
    let mut text = format!(
        "{HEAD}Counted with {tools}.\n\n| workload | way | n | raw | orm | ratio |\n|---|---|---|---|---|---|\n"
    );
    let shown = |count: Option<u64>| count.map_or(String::new(), |count| count.to_string());
    for ((workload, variant, size), Counts { raw, ours }) in table {
        let ratio = base(table, &(workload.clone(), variant.clone(), *size))
            .zip(*ours)
            .map_or(String::new(), |(raw, ours)| format!("{:.2}", ours as f64 / raw as f64));
        let (raw, ours) = (shown(*raw), shown(*ours));
        // Writing into a text cannot fail.
        let _ = writeln!(text, "| {workload} | {variant} | {size} | {raw} | {ours} | {ratio} |");
    }
    text
}

fn read(text: &str) -> Table {
    let rows = text.lines().filter(|line| line.starts_with("| W"));
    rows.filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, workload, variant, size, raw, ours, ..] = cells[..] else { return None };
        let key = (workload.to_owned(), variant.to_owned(), size.parse().ok()?);
        Some((key, Counts { raw: raw.parse().ok(), ours: ours.parse().ok() }))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(ours: u64) -> Table {
        let key = |variant: &str| ("W3".to_owned(), variant.to_owned(), 1_000);
        Table::from([
            (key(""), Counts { raw: Some(1_000), ours: Some(ours) }),
            (key("tracked"), Counts { raw: None, ours: Some(1_500) }),
        ])
    }

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let text = written(&table(1_100), "these tools");
        assert!(
            text.contains("| W3 |  | 1000 | 1000 | 1100 | 1.10 |\n| W3 | tracked | 1000 |  | 1500 | 1.50 |\n"),
            "{text}"
        );
        assert_eq!(read(&text), table(1_100));
    }

    #[test]
    fn three_percent_more_are_too_many() {
        assert_eq!(compare(&table(1_000), &table(1_030)), [""; 0]);
        let problems = ["W3  n = 1000: 1040 instructions, 1000 before: 4.0 % more"];
        assert_eq!(compare(&table(1_000), &table(1_040)), problems);
        assert_eq!(compare(&table(1_000), &table(900)), [""; 0]);
    }

    #[test]
    fn a_raw_side_that_takes_more_allows_as_much() {
        let mut counted = table(1_090);
        for counts in counted.values_mut() {
            *counts =
                Counts { raw: counts.raw.map(|raw| raw + raw / 10), ours: counts.ours.map(|ours| ours + ours / 10) };
        }
        assert_eq!(compare(&table(1_090), &counted), [""; 0]);
        counted.values_mut().for_each(|counts| counts.raw = counts.raw.map(|_| 1_000));
        assert_eq!(compare(&table(1_090), &counted).len(), 2);
    }

    #[test]
    fn what_is_new_or_gone_is_recorded_anew() {
        let mut less = table(1_000);
        less.retain(|(_, variant, _), _| variant.is_empty());
        assert_eq!(compare(&less, &table(1_000)), ["W3 tracked n = 1000 is not in benches/counts.md"]);
        assert_eq!(compare(&table(1_000), &less), ["W3 tracked n = 1000 is in benches/counts.md alone"]);
    }
}
