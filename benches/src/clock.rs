//! Interleaved rounds: every round measures each side once, so that a slow moment of the machine hits all of them.

use std::time::{Duration, Instant};

use comfy_table::{Table, presets};

use crate::Outcome;

/// One side of a comparison. It prepares itself, and returns how long the measured part took.
pub(crate) type Side<'a> = (&'static str, Box<dyn FnMut() -> Outcome<Duration> + 'a>);

/// Measures `work`. The clock stops before its result is dropped.
pub(crate) fn time<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<Duration, E> {
    let start = Instant::now();
    let kept = work();
    let took = start.elapsed();
    kept.map(|_| took)
}

/// The medians of one comparison. The first side is the baseline.
pub(crate) struct Comparison {
    name: String,
    medians: Vec<(&'static str, Duration)>,
}

/// Runs each side `rounds` times after one round of warming up.
pub(crate) fn compare(name: &str, rounds: usize, mut sides: Vec<Side<'_>>) -> Outcome<Comparison> {
    let mut times: Vec<Vec<Duration>> = vec![Vec::with_capacity(rounds); sides.len()];
    for round in 0..=rounds {
        for ((_, run), times) in sides.iter_mut().zip(&mut times) {
            let took = run()?;
            if round > 0 {
                times.push(took);
            }
        }
    }
    let medians = sides.iter().zip(times).map(|((side, _), times)| (*side, median(times))).collect();
    Ok(Comparison { name: name.to_owned(), medians })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// All comparisons as a table: median milliseconds and the ratio to the raw side.
pub(crate) fn table(comparisons: &[Comparison]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(["", "side", "median ms", "ratio to first"]);
    for Comparison { name, medians } in comparisons {
        let Some((_, raw)) = medians.first() else { continue };
        for (index, (side, took)) in medians.iter().enumerate() {
            table.add_row([
                if index == 0 { name.clone() } else { String::new() },
                (*side).to_owned(),
                format!("{:.2}", took.as_secs_f64() * 1e3),
                format!("{:.2}", took.as_secs_f64() / raw.as_secs_f64()),
            ]);
        }
    }
    table
}
