use std::fmt;

/// What was seen of a result: how many rows, and a sum over their texts that does not depend on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// The number of rows.
    pub rows: usize,
    /// The sum of the checksums of their texts.
    pub sum: u64,
}

impl Seen {
    /// Of rows whose values matter.
    pub fn of(rows: impl IntoIterator<Item = String>) -> Self {
        rows.into_iter().fold(Self::default(), |seen, row| Self {
            rows: seen.rows + 1,
            sum: seen.sum + u64::from(crc32(row.as_bytes())),
        })
    }

    /// Of so many rows, whose values are looked at in the database.
    pub fn count(rows: usize) -> Self {
        Self { rows, sum: 0 }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows with the sum {}", self.rows, self.sum)
    }
}

/// The checksum of zip files, which every language has.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(!0, byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_does_not_depend_on_the_order() {
        let seen = |rows: [&str; 2]| Seen::of(rows.map(str::to_owned));
        assert_eq!(seen(["a", "b"]), seen(["b", "a"]));
        assert_ne!(seen(["a", "b"]), seen(["a", "c"]));
    }

    #[test]
    fn the_checksum_is_that_of_zip_files() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
