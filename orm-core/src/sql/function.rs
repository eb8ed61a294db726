use crate::value::SqlType;

/// Functions and operators that a dialect may spell in its own way. Each is NULL if one of its arguments is, unless it says
/// otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// Text in lower case.
    Lower,
    /// Text in upper case.
    Upper,
    /// The number of characters.
    Length,
    /// Text without the spaces at both ends.
    Trim,
    /// Text without the spaces before it.
    TrimStart,
    /// Text without the spaces behind it.
    TrimEnd,
    /// So many characters from a place on, counted from 1. Places before the first count, and are empty.
    Substr,
    /// All characters from a place on, counted from 1.
    SubstrFrom,
    /// Text with every occurrence of another replaced by a third.
    Replace,
    /// Where a text begins in another, counted from 1; 0 where it does not occur.
    Position,
    /// One text behind the other.
    Concat,
    /// Whether text matches a regular expression.
    Matches,
    /// The first argument that is not NULL.
    Coalesce,
    /// The first argument, or NULL where it equals the second.
    NullIf,
    /// The greatest argument.
    Greatest,
    /// The least argument.
    Least,
    /// The number with its sign turned.
    Neg,
    /// The size of a number.
    Abs,
    /// A whole number: floats go to the even neighbour, decimals away from zero.
    Round,
    /// A number with so many digits behind the point, away from zero.
    RoundTo,
    /// The next whole number above.
    Ceil,
    /// The next whole number below.
    Floor,
    /// The first to the power of the second.
    Power,
    /// The square root.
    Sqrt,
    /// Any number from 0 up to but not including 1.
    Random,
    /// A value of that type as one of another.
    Cast(SqlType),
    /// When the statement began.
    Now,
    /// The day when the statement began, in UTC.
    CurrentDate,
    /// A part of a date or time of that type, points in time in UTC.
    Extract(DatePart, SqlType),
    /// A date or time with all that is smaller than the unit at its beginning, points in time in UTC.
    Truncate(DateUnit),
    /// The date of a date and time of that type, points in time in UTC.
    DateOf(SqlType),
    /// The seconds from the first to the second.
    SecondsBetween,
    /// The midnights from the first to the second, both of that type, points in time in UTC.
    DaysBetween(SqlType),
    /// The member of a JSON object; NULL if there is none.
    JsonGet,
    /// The element of a JSON array, counted from 0; NULL if there is none.
    JsonAt,
    /// What a JSON string, number or truth value is; NULL if the document is something else.
    JsonAs,
    /// The number of elements of a JSON array; NULL if the document is something else.
    JsonLength,
    /// Whether the first JSON document has all that the second has.
    JsonContains,
    /// Whether an element of an array equals a value.
    ArrayHas,
    /// Whether the first array has all elements of the second.
    ArrayContains,
    /// Whether two arrays have an element in common.
    ArrayOverlaps,
    /// The number of elements of an array.
    ArrayLength,
    /// The element of an array, counted from 1; NULL if there is none.
    ArrayAt,
    /// An array with one more element at its end.
    ArrayAppend,
    /// An array without the elements that equal a value.
    ArrayRemove,
    /// One array behind the other.
    ArrayConcat,
    /// A JSON document as an element of an array that is put together.
    JsonElement,
    /// Which of the grouping expressions a row of grouping sets is not grouped by, as bits.
    Grouping,
    /// The number of the row in its partition.
    RowNumber,
    /// The number of the first row that is equal in order.
    Rank,
    /// The number of different rows up to this one.
    DenseRank,
    /// The rank as a number from 0 to 1.
    PercentRank,
    /// Which part of the rows is not behind this one.
    CumeDist,
    /// Which of so many buckets of equal size.
    Ntile,
    /// The value so many rows before; NULL if there is none.
    Lag,
    /// The value so many rows behind; NULL if there is none.
    Lead,
    /// The value of the first row of the frame.
    FirstValue,
    /// The value of the last row of the frame.
    LastValue,
    /// The value of a row of the frame, counted from 1; NULL if there is none.
    NthValue,
}

impl Function {
    /// The spelling that databases have in common: the arguments stand for `{0}`, `{1}` and so on, and all of them for `{*}`. Nothing
    /// where there is none.
    pub fn common(self) -> Option<&'static str> {
        Some(match self {
            Self::Lower => "lower({*})",
            Self::Upper => "upper({*})",
            Self::Length => "length({*})",
            Self::Trim => "trim({*})",
            Self::TrimStart => "ltrim({*})",
            Self::TrimEnd => "rtrim({*})",
            Self::Substr | Self::SubstrFrom => "substr({*})",
            Self::Replace => "replace({*})",
            Self::Concat => "({0} || {1})",
            Self::Coalesce => "coalesce({*})",
            Self::NullIf => "nullif({*})",
            Self::Neg => "(- {0})",
            Self::Abs => "abs({*})",
            Self::Round | Self::RoundTo => "round({*})",
            Self::Ceil => "ceil({*})",
            Self::Floor => "floor({*})",
            Self::Power => "power({*})",
            Self::Sqrt => "sqrt({*})",
            Self::JsonElement => "{0}",
            Self::Grouping => "grouping({*})",
            Self::RowNumber => "row_number()",
            Self::Rank => "rank()",
            Self::DenseRank => "dense_rank()",
            Self::PercentRank => "percent_rank()",
            Self::CumeDist => "cume_dist()",
            Self::Ntile => "ntile({*})",
            Self::Lag => "lag({*})",
            Self::Lead => "lead({*})",
            Self::FirstValue => "first_value({*})",
            Self::LastValue => "last_value({*})",
            Self::NthValue => "nth_value({*})",
            _ => return None,
        })
    }
}

/// A part of a date or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// The year.
    Year,
    /// 1 to 4.
    Quarter,
    /// 1 to 12.
    Month,
    /// The day of the month, from 1.
    Day,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
    /// The whole seconds, 0 to 59.
    Second,
    /// The week by ISO 8601, 1 to 53.
    Week,
    /// The day of the week by ISO 8601: 1 is Monday, 7 is Sunday.
    Weekday,
    /// The day of the year, from 1.
    YearDay,
}

/// What a date or time is truncated to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateUnit {
    /// The first of January.
    Year,
    /// The first day of the quarter.
    Quarter,
    /// The first of the month.
    Month,
    /// The Monday of the week.
    Week,
    /// Midnight.
    Day,
    /// The full hour.
    Hour,
    /// The full minute.
    Minute,
}
