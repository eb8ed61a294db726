use std::time::{Duration, Instant};

use crate::{Options, Outcome, Seen, WORKLOADS, Workload};

/// Somebody who takes turns.
pub trait Peer {
    /// The name in the table.
    fn name(&self) -> &str;

    /// Its variants of a workload.
    fn variants(&self, workload: &str) -> Vec<String>;

    /// Takes a turn.
    ///
    /// # Errors
    ///
    /// When the work fails, or its result has the wrong number of rows.
    fn turn(&mut self, turn: &Turn<'_>) -> Outcome<Turned>;
}

/// One turn.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// The workload's name.
    pub workload: &'a str,
    /// The variant; empty for the usual way.
    pub variant: &'a str,
    /// The size.
    pub n: usize,
    /// How long it may last; one run is always made.
    pub budget: Duration,
    /// Whether a run that is verified comes before those that are measured.
    pub is_first: bool,
}

/// What came out of a turn.
#[derive(Debug, Clone, Default)]
pub struct Turned {
    /// The result of the run that was verified.
    pub seen: Seen,
    /// What the tables held then.
    pub stored: i64,
    /// The times of the runs that were measured.
    pub times: Vec<Duration>,
}

/// A line of the table: a way of a workload, with the median of each peer that has it.
#[derive(Debug)]
pub struct Row {
    /// The workload.
    pub workload: &'static Workload,
    /// The size.
    pub n: usize,
    /// The variant; empty for the usual way.
    pub variant: String,
    /// The medians, in the order of the peers.
    pub medians: Vec<Option<Duration>>,
}

/// From this long on a turn counts as slow, and a way with slow turns takes few of them.
const SLOW: Duration = Duration::from_secs(1);
const FEW: usize = 3;

/// A way of one peer, with the medians of its turns.
struct Side {
    peer: usize,
    variant: String,
    medians: Vec<Duration>,
    is_slow: bool,
}

/// Lets the peers take turns at each workload of each size. The first peer's usual way is what the others are compared with.
///
/// # Errors
///
/// Those of the turns, and when two results differ.
pub fn compare(peers: &mut [Box<dyn Peer>], options: &Options) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for workload in WORKLOADS.iter().filter(|workload| options.wants(workload.name)) {
        for n in workload.sizes(&options.sizes) {
            let sides = rounds(peers, workload, n, options)?;
            let mut variants: Vec<&str> = Vec::new();
            for side in &sides {
                if !variants.contains(&side.variant.as_str()) {
                    variants.push(&side.variant);
                }
            }
            for variant in variants {
                let of_peer = |peer| sides.iter().find(|side| side.peer == peer && side.variant == variant);
                let medians = (0..peers.len()).map(|peer| of_peer(peer).map(|side| median(&side.medians))).collect();
                rows.push(Row { workload, n, variant: variant.to_owned(), medians });
            }
        }
    }
    Ok(rows)
}

fn rounds(peers: &mut [Box<dyn Peer>], workload: &'static Workload, n: usize, options: &Options) -> Outcome<Vec<Side>> {
    let mut sides: Vec<Side> = Vec::new();
    for (peer, it) in peers.iter().enumerate() {
        let variants = it.variants(workload.name).into_iter();
        sides.extend(variants.map(|variant| Side { peer, variant, medians: Vec::new(), is_slow: false }));
    }
    let mut result: Option<(Seen, i64)> = None;
    for round in 0..options.rounds {
        for side in sides.iter_mut().filter(|side| round < FEW || !side.is_slow) {
            let is_first = round == 0;
            let turn = Turn { workload: workload.name, variant: &side.variant, n, budget: options.budget, is_first };
            let started = Instant::now();
            let turned = peers[side.peer].turn(&turn)?;
            side.is_slow |= started.elapsed() > SLOW;
            side.medians.push(median(&turned.times));
            let own = (turned.seen, turned.stored);
            if is_first && *result.get_or_insert(own) != own {
                let (name, others) = (peers[side.peer].name(), result.unwrap_or(own));
                return Err(format!(
                    "{} {} of {name}, n = {n}: {} and {} in the tables, others {} and {}",
                    workload.name, side.variant, own.0, own.1, others.0, others.1
                )
                .into());
            }
        }
    }
    Ok(sides)
}

/// The median, of at least one.
fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
