use std::fmt::Write as _;
use std::time::Duration;

use crate::Row;

/// The rows as Markdown. The usual way of the first peer is given as a time, all else as a ratio to it.
pub fn markdown(names: &[&str], rows: &[Row]) -> String {
    let mut text = format!("| workload | n | way | {} |\n", names.join(" | "));
    text += &format!("|{}\n", "---|".repeat(names.len() + 3));
    let mut base = Duration::ZERO;
    for row in rows {
        let is_usual = row.variant.is_empty();
        if is_usual {
            base = row.medians.first().copied().flatten().unwrap_or_default();
        }
        let cells = row.medians.iter().enumerate().map(|(peer, median)| match median {
            None => String::new(),
            Some(median) if peer == 0 && is_usual => shown(*median),
            Some(median) => format!("{:.2}", ratio(*median, base)),
        });
        let cells: Vec<String> = cells.collect();
        let workload = if is_usual { format!("{} {}", row.workload.name, row.workload.title) } else { String::new() };
        // Writing into a text cannot fail.
        let _ = writeln!(text, "| {workload} | {} | {} | {} |", row.n, row.variant, cells.join(" | "));
    }
    text
}

pub(crate) fn ratio(time: Duration, base: Duration) -> f64 {
    time.as_secs_f64() / base.as_secs_f64()
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        ..1e-3 => format!("{:.1} µs", seconds * 1e6),
        1e-3..1.0 => format!("{:.1} ms", seconds * 1e3),
        _ => format!("{seconds:.2} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WORKLOADS;

    #[test]
    fn all_is_compared_with_the_usual_way_of_the_first() {
        let row = |variant: &str, medians: [Option<u64>; 2]| Row {
            workload: &WORKLOADS[2],
            n: 100,
            variant: variant.to_owned(),
            medians: medians.map(|median| median.map(Duration::from_micros)).to_vec(),
        };
        let table = markdown(&["raw", "ours"], &[row("", [Some(50), Some(60)]), row("tracked", [None, Some(75)])]);
        let lines = [
            "| workload | n | way | raw | ours |",
            "|---|---|---|---|---|",
            "| W3 load_all | 100 |  | 50.0 µs | 1.20 |",
            "|  | 100 | tracked |  | 1.50 |",
        ];
        assert_eq!(table, lines.join("\n") + "\n");
    }
}
