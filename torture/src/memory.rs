//! The memory of this process over time.

use crate::Result;

/// The resident memory of this process, in kibibytes.
pub(crate) fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("the system does not tell memory")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

/// Sizes of memory at equal distances, in kibibytes. The first quarter is taken as the time in which caches fill.
#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<u64>);

impl Samples {
    pub(crate) fn push(&mut self, size: u64) {
        self.0.push(size);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The most while caches filled.
    pub(crate) fn warm(&self) -> u64 {
        self.0[..self.first()].iter().copied().max().unwrap_or(0)
    }

    /// The most afterwards.
    pub(crate) fn peak(&self) -> u64 {
        self.0[self.first()..].iter().copied().max().unwrap_or(0)
    }

    /// How much the memory grew after caches had filled: the rise of the line that fits the samples best (least squares).
    pub(crate) fn growth(&self) -> i64 {
        let sizes = &self.0[self.first()..];
        let count = sizes.len() as f64;
        let mean_at = (count - 1.0) / 2.0;
        let mean_size = sizes.iter().sum::<u64>() as f64 / count;
        let (mut covariance, mut variance) = (0.0, 0.0);
        for (at, size) in sizes.iter().enumerate() {
            let away = at as f64 - mean_at;
            covariance += away * (*size as f64 - mean_size);
            variance += away * away;
        }
        if variance == 0.0 { 0 } else { (covariance / variance * (count - 1.0)).round() as i64 }
    }

    fn first(&self) -> usize {
        self.0.len() / 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trend_is_that_of_the_time_after_the_first_quarter() {
        let samples = Samples(vec![9, 100, 110, 120, 130, 140, 150, 160]);
        assert_eq!((samples.warm(), samples.peak(), samples.growth()), (100, 160, 50));
        let steady = Samples(vec![1, 50, 48, 52, 50, 50, 52, 48]);
        assert_eq!((steady.peak(), steady.growth()), (52, 0));
        assert_eq!(Samples(vec![7]).growth(), 0);
    }
}
