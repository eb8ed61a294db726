use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::Row;
use crate::table::ratio;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 60.0;
const LINE: f64 = 26.0;
const COLOURS: [&str; 7] = ["#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#7f7f7f"];
const TICKS: [f64; 12] = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];

/// The usual ways as SVG: a line for each workload at its greatest size, a dot for each peer at its ratio to the first one, on a
/// logarithmic scale.
pub fn chart(title: &str, names: &[&str], rows: &[Row]) -> String {
    let mut lines: BTreeMap<&str, (String, Vec<Option<f64>>)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.variant.is_empty()) {
        let Some(base) = row.medians.first().copied().flatten() else { continue };
        let ratios = row.medians.iter().map(|median| median.map(|median| ratio(median, base))).collect();
        let label = format!("{} {}, n = {}", row.workload.name, row.workload.title, row.n);
        lines.insert(row.workload.name, (label, ratios));
    }
    let all: Vec<f64> = lines.values().flat_map(|(_, ratios)| ratios.iter().copied().flatten()).collect();
    let least = all.iter().copied().fold(0.9, f64::min) / 1.1;
    let most = all.iter().copied().fold(1.1, f64::max) * 1.1;
    let x = |ratio: f64| LEFT + (ratio / least).ln() / (most / least).ln() * (WIDTH - LEFT - RIGHT);
    let height = TOP + LINE * (lines.len() as f64 + 1.0);
    let body = [legend(names), grid(x, least..most, height), dots(x, names, lines.values())].concat();
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="8" y="20" font-weight="bold">{title}</text>
{body}</svg>
"#
    )
}

fn legend(names: &[&str]) -> String {
    let mut text = String::new();
    let mut left = 14.0;
    for (name, colour) in names.iter().zip(COLOURS.iter().cycle()) {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{}", dot(left, 38.0, colour, name));
        let _ = writeln!(text, r#"<text x="{}" y="42">{name}</text>"#, left + 9.0);
        left += 30.0 + 7.0 * name.len() as f64;
    }
    text
}

fn grid(x: impl Fn(f64) -> f64, shown: std::ops::Range<f64>, height: f64) -> String {
    let mut text = String::new();
    for tick in TICKS.into_iter().filter(|tick| shown.contains(tick)) {
        let (at, bottom) = (x(tick), height - LINE);
        let colour = if tick == 1.0 { "#444" } else { "#ddd" };
        let _ = writeln!(text, r#"<line x1="{at:.1}" x2="{at:.1}" y1="{TOP}" y2="{bottom}" stroke="{colour}"/>"#);
        let _ = writeln!(text, r#"<text x="{at:.1}" y="{}" text-anchor="middle">{tick}</text>"#, bottom + 16.0);
    }
    text
}

fn dots<'a>(
    x: impl Fn(f64) -> f64,
    names: &[&str],
    lines: impl Iterator<Item = &'a (String, Vec<Option<f64>>)>,
) -> String {
    let mut text = String::new();
    for (number, (label, ratios)) in lines.enumerate() {
        let y = TOP + LINE * (number as f64 + 0.5);
        let _ = writeln!(text, r#"<text x="8" y="{}">{label}</text>"#, y + 4.0);
        let named = ratios.iter().zip(names).zip(COLOURS.iter().cycle());
        for ((ratio, name), colour) in named {
            let Some(ratio) = ratio else { continue };
            let _ = writeln!(text, "{}", dot(x(*ratio), y, colour, &format!("{name}: {ratio:.2}")));
        }
    }
    text
}

/// A round dot that shows a text where a mouse is on it.
fn dot(x: f64, y: f64, colour: &str, text: &str) -> String {
    let (left, top) = (x - 5.0, y - 5.0);
    let place = format!(r#"x="{left:.1}" y="{top:.1}" width="10" height="10" rx="5""#);
    format!(r#"<rect {place} fill="{colour}" fill-opacity="0.8"><title>{text}</title></rect>"#)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::WORKLOADS;

    #[test]
    fn a_workload_is_drawn_once_at_its_greatest_size() {
        let row = |n: usize, ours: u64| Row {
            workload: &WORKLOADS[2],
            n,
            variant: String::new(),
            medians: [10, ours].map(|time| Some(Duration::from_micros(time))).to_vec(),
        };
        let drawn = chart("A title", &["raw", "ours"], &[row(1, 50), row(100, 20)]);
        assert!(drawn.contains("W3 load_all, n = 100") && drawn.contains("ours: 2.00"), "{drawn}");
        assert!(!drawn.contains("n = 1<") && !drawn.contains("ours: 5.00"), "{drawn}");
    }
}
