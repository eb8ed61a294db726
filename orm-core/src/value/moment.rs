use std::cmp::Ordering;

/// A date, a time of day, or both, read from ISO 8601 text. For databases that store them as text.
///
/// Values are both read and compared by it. It reads `2024-05-06`, `07:08`, `07:08:09.5`, a date and a time with a space or a `T` between
/// them, and `Z`, `+02:00`, `+0200` or `+02` behind them. Years have four digits. Parts below a microsecond are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Year, month and day.
    pub date: Option<(i32, u32, u32)>,
    /// Microseconds since midnight.
    pub time: Option<u64>,
    /// The offset from UTC in seconds.
    pub offset: Option<i32>,
}

const SECOND: u64 = 1_000_000;

impl Moment {
    /// Reads a text. `None` if it is not a date or time.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.as_bytes();
        let date = if rest.get(4) == Some(&b'-') { Some(date(&mut rest)?) } else { None };
        if date.is_some() && !rest.is_empty() && !(take(&mut rest, b' ') || take(&mut rest, b'T')) {
            return None;
        }
        let time = if date.is_some() && rest.is_empty() && text.len() == 10 { None } else { Some(time(&mut rest)?) };
        let offset = if rest.is_empty() { None } else { Some(offset(rest)?) };
        Some(Self { date, time, offset })
    }

    /// Microseconds since 1970 in UTC. For a time of day, microseconds since midnight.
    pub fn micros(self) -> i64 {
        let days = self.date.map_or(0, |(year, month, day)| days(year, month, day));
        let time = self.time.and_then(|time| i64::try_from(time).ok()).unwrap_or(0);
        days * 86_400_000_000 + time - i64::from(self.offset.unwrap_or(0)) * 1_000_000
    }

    /// Compares two texts as dates and times. Other texts sort last.
    pub fn compare_text(a: &str, b: &str) -> Ordering {
        if same_form(a.as_bytes(), b.as_bytes()) {
            return a.cmp(b);
        }
        match (Self::parse(a), Self::parse(b)) {
            (Some(a), Some(b)) => a.micros().cmp(&b.micros()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => a.cmp(b),
        }
    }
}

/// Whether both texts have the same usual form, such as `2024-05-06 07:08:09`. Then their bytes have the right order.
fn same_form(a: &[u8], b: &[u8]) -> bool {
    const FORM: &[u8] = b"0000-00-00 00:00:00";
    let usual = |text: &[u8]| {
        text.len() >= FORM.len()
            && FORM
                .iter()
                .zip(text)
                .all(|(form, byte)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form })
    };
    a.len() == b.len()
        && usual(a)
        && usual(b)
        && matches!(&a[FORM.len()..], [] | b"+00:00")
        && a[FORM.len()..] == b[FORM.len()..]
}

fn take(rest: &mut &[u8], byte: u8) -> bool {
    match rest.split_first() {
        Some((first, tail)) if *first == byte => {
            *rest = tail;
            true
        }
        _ => false,
    }
}

fn digits(rest: &mut &[u8], count: usize) -> Option<u32> {
    let (number, tail) = rest.split_at_checked(count)?;
    let value =
        number.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))?;
    *rest = tail;
    Some(value)
}

fn date(rest: &mut &[u8]) -> Option<(i32, u32, u32)> {
    let year = i32::try_from(digits(rest, 4)?).ok()?;
    let month = take(rest, b'-').then(|| digits(rest, 2)).flatten()?;
    let day = take(rest, b'-').then(|| digits(rest, 2)).flatten()?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=length).contains(&day).then_some((year, month, day))
}

fn time(rest: &mut &[u8]) -> Option<u64> {
    let hour = digits(rest, 2)?;
    let minute = take(rest, b':').then(|| digits(rest, 2)).flatten()?;
    let second = if take(rest, b':') { digits(rest, 2)? } else { 0 };
    let micros = if take(rest, b'.') { fraction(rest)? } else { 0 };
    let whole = u64::from(hour * 3_600 + minute * 60 + second);
    (hour < 24 && minute < 60 && second < 60).then_some(whole * SECOND + micros)
}

/// The digits after the point. Six of them count.
fn fraction(rest: &mut &[u8]) -> Option<u64> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, tail) = rest.split_at_checked(length).filter(|_| length > 0)?;
    *rest = tail;
    let padded = digits.iter().chain(std::iter::repeat(&b'0')).take(6);
    Some(padded.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')))
}

fn offset(mut rest: &[u8]) -> Option<i32> {
    if matches!(rest, b"Z" | b"z") {
        return Some(0);
    }
    let ahead = take(&mut rest, b'+');
    if !ahead && !take(&mut rest, b'-') {
        return None;
    }
    let hours = digits(&mut rest, 2)?;
    take(&mut rest, b':');
    let minutes = if rest.is_empty() { 0 } else { digits(&mut rest, 2)? };
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    (rest.is_empty() && hours < 24 && minutes < 60).then_some(if ahead { seconds } else { -seconds })
}

/// Days since 1970 of a date of the Gregorian calendar.
fn days(year: i32, month: u32, day: u32) -> i64 {
    // Years begin in March, so that the leap day is the last day.
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_has_many_spellings() {
        let spellings = [
            "2009-01-02 03:04:05",
            "2009-01-02T03:04:05",
            "2009-01-02T03:04:05Z",
            "2009-01-02 03:04:05+00:00",
            "2009-01-02 04:04:05.000+01",
            "2009-01-02T02:04:05.0000000-0100",
        ];
        for a in spellings {
            assert_eq!(Moment::parse(a).map(Moment::micros), Some(1_230_865_445_000_000), "{a}");
            for b in spellings {
                assert_eq!(Moment::compare_text(a, b), Ordering::Equal, "{a} {b}");
            }
        }
    }

    #[test]
    fn moments_are_ordered_by_time() {
        let ordered = [
            "07:08",
            "07:08:00.5",
            "23:59:59.999999",
            "1970-01-02",
            "2000-02-29 00:00:00.000001",
            "2024-05-06 07:08:09",
            "2024-05-06 07:08:09.100000",
            "2024-05-06T07:08:10",
            "2024-05-06 12:00:00+02:00",
            "2024-05-06 11:00:00+00:00",
            "9999-12-31 23:59:59.999999+00:00",
            "2024-02-30",
            "later",
        ];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                assert_eq!(Moment::compare_text(a, b), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn what_is_no_moment_is_not_read() {
        let texts = [
            "",
            "x",
            "2024-13-01",
            "2023-02-29",
            "2024-1-2",
            "+12024-01-01",
            "24:00:00",
            "23:59:60",
            "07",
            "07:08:09.",
            "2024-05-06 ",
            "2024-05-06X07:08",
            "2024-05-06 07:08 ",
            "2024-05-06 07:08+2",
            "2024-05-06 07:08+99:00",
        ];
        for text in texts {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
