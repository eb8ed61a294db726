//! The marks of rows that are deleted and stay in their tables.

use std::time::SystemTime;

use super::ColumnType;

/// The type of a column that marks deleted rows, for `#[orm(soft_delete = column)]`: the time of the deletion in an `Option`, or a `bool`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot mark a row as deleted",
    label = "expected an `Option` of a date and time, or `bool`"
)]
pub trait DeletionMark: ColumnType {
    /// The mark of a row that is deleted at that time.
    fn deleted(at: SystemTime) -> Self;

    /// What a row holds that is not deleted.
    fn live() -> Self;
}

#[diagnostic::do_not_recommend]
impl DeletionMark for bool {
    fn deleted(_: SystemTime) -> Self {
        true
    }

    fn live() -> Self {
        false
    }
}

/// A point in time as a column holds it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no point in time, so that an `Option` of it cannot mark a row as deleted",
    label = "expected a date and time"
)]
pub trait Instant: ColumnType<Base = Self> {
    /// That time, as exactly as every database keeps it.
    fn at(time: SystemTime) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Instant> DeletionMark for Option<T> {
    fn deleted(at: SystemTime) -> Self {
        Some(T::at(at))
    }

    fn live() -> Self {
        None
    }
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use std::time::SystemTime;

    use chrono::{DateTime, FixedOffset, NaiveDateTime, SubsecRound as _, Utc};

    use super::Instant;

    /// The digits behind the second that every database keeps.
    const DIGITS: u16 = 6;

    impl Instant for DateTime<Utc> {
        fn at(time: SystemTime) -> Self {
            Self::from(time).trunc_subsecs(DIGITS)
        }
    }

    impl Instant for DateTime<FixedOffset> {
        fn at(time: SystemTime) -> Self {
            DateTime::<Utc>::at(time).fixed_offset()
        }
    }

    impl Instant for NaiveDateTime {
        fn at(time: SystemTime) -> Self {
            DateTime::<Utc>::at(time).naive_utc()
        }
    }
}
