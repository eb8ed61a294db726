//! Functions in PostgreSQL's spelling.

use orm_core::sql::{DatePart, DateUnit, Function};
use orm_core::value::SqlType;

/// The spelling of a function for a result of that type. Points in time are brought to UTC, whatever the session's time zone.
pub(crate) fn spelling(function: Function, result: SqlType) -> Option<&'static str> {
    Some(match function {
        Function::Position => "strpos({*})",
        Function::Matches => "({0} ~ {1})",
        Function::Greatest => "CASE WHEN num_nulls({*}) = 0 THEN greatest({*}) END",
        Function::Least => "CASE WHEN num_nulls({*}) = 0 THEN least({*}) END",
        Function::Round | Function::Ceil | Function::Floor if result == SqlType::F32 => single(function)?,
        Function::RoundTo => round_to(result),
        Function::Random => "random()",
        Function::Cast(_) => cast(result)?,
        Function::Now => "statement_timestamp()",
        Function::CurrentDate => "CAST(statement_timestamp() AT TIME ZONE 'UTC' AS DATE)",
        Function::Extract(part, of) => extract(part, of),
        Function::Truncate(unit) => truncate(unit, result),
        Function::DateOf(SqlType::Timestamp) => "CAST({0} AT TIME ZONE 'UTC' AS DATE)",
        Function::DateOf(_) => "CAST({0} AS DATE)",
        Function::SecondsBetween => "CAST(extract(epoch FROM {1}) - extract(epoch FROM {0}) AS DOUBLE PRECISION)",
        Function::DaysBetween(SqlType::Timestamp) => {
            "(CAST({1} AT TIME ZONE 'UTC' AS DATE) - CAST({0} AT TIME ZONE 'UTC' AS DATE))"
        }
        Function::DaysBetween(_) => "(CAST({1} AS DATE) - CAST({0} AS DATE))",
        Function::JsonGet => "({0} -> {1})",
        // Without this condition, a value that is not an array would be an array of one element.
        Function::JsonAt => "CASE jsonb_typeof({0}) WHEN 'array' THEN {0} -> {1} END",
        Function::JsonAs => json_as(result)?,
        Function::JsonLength => "CASE jsonb_typeof({0}) WHEN 'array' THEN jsonb_array_length({0}) END",
        Function::JsonContains | Function::ArrayContains => "({0} @> {1})",
        Function::ArrayHas => "({1} = ANY({0}))",
        Function::ArrayOverlaps => "({0} && {1})",
        Function::ArrayLength => "cardinality({0})",
        // A slice counts from 1, whatever the first index of the array is.
        Function::ArrayAt => "(({0})[:])[{1}]",
        Function::ArrayAppend => "array_append({*})",
        Function::ArrayRemove => "array_remove({*})",
        Function::ArrayConcat => "array_cat({*})",
        other => return other.common(),
    })
}

/// Functions that return a wider type.
fn single(function: Function) -> Option<&'static str> {
    Some(match function {
        Function::Round => "CAST(round({0}) AS REAL)",
        Function::Ceil => "CAST(ceil({0}) AS REAL)",
        Function::Floor => "CAST(floor({0}) AS REAL)",
        _ => return None,
    })
}

fn round_to(result: SqlType) -> &'static str {
    match result {
        SqlType::F32 => "CAST(round(CAST(CAST({0} AS DOUBLE PRECISION) AS NUMERIC), {1}) AS REAL)",
        SqlType::F64 => "CAST(round(CAST({0} AS NUMERIC), {1}) AS DOUBLE PRECISION)",
        _ => "round({*})",
    }
}

fn cast(to: SqlType) -> Option<&'static str> {
    Some(match to {
        SqlType::I16 => "CAST({0} AS SMALLINT)",
        SqlType::I32 => "CAST({0} AS INTEGER)",
        SqlType::I64 => "CAST({0} AS BIGINT)",
        SqlType::F32 => "CAST({0} AS REAL)",
        SqlType::F64 => "CAST({0} AS DOUBLE PRECISION)",
        SqlType::Decimal => "CAST({0} AS NUMERIC)",
        SqlType::Text => "CAST({0} AS TEXT)",
        _ => return None,
    })
}

fn extract(part: DatePart, of: SqlType) -> &'static str {
    macro_rules! part {
        ($part:literal) => {
            if of == SqlType::Timestamp {
                concat!("CAST(extract(", $part, " FROM {0} AT TIME ZONE 'UTC') AS INTEGER)")
            } else {
                concat!("CAST(extract(", $part, " FROM {0}) AS INTEGER)")
            }
        };
    }
    match part {
        DatePart::Year => part!("YEAR"),
        DatePart::Quarter => part!("QUARTER"),
        DatePart::Month => part!("MONTH"),
        DatePart::Day => part!("DAY"),
        DatePart::Hour => part!("HOUR"),
        DatePart::Minute => part!("MINUTE"),
        DatePart::Second if of == SqlType::Timestamp => {
            "CAST(trunc(extract(SECOND FROM {0} AT TIME ZONE 'UTC')) AS INTEGER)"
        }
        DatePart::Second => "CAST(trunc(extract(SECOND FROM {0})) AS INTEGER)",
        DatePart::Week => part!("WEEK"),
        DatePart::Weekday => part!("ISODOW"),
        DatePart::YearDay => part!("DOY"),
    }
}

fn truncate(unit: DateUnit, of: SqlType) -> &'static str {
    macro_rules! unit {
        ($unit:literal) => {
            match of {
                SqlType::Date => concat!("CAST(date_trunc('", $unit, "', CAST({0} AS TIMESTAMP)) AS DATE)"),
                SqlType::Timestamp => concat!("date_trunc('", $unit, "', {0}, 'UTC')"),
                _ => concat!("date_trunc('", $unit, "', {0})"),
            }
        };
    }
    match unit {
        DateUnit::Year => unit!("year"),
        DateUnit::Quarter => unit!("quarter"),
        DateUnit::Month => unit!("month"),
        DateUnit::Week => unit!("week"),
        DateUnit::Day => unit!("day"),
        DateUnit::Hour => unit!("hour"),
        DateUnit::Minute => unit!("minute"),
    }
}

fn json_as(result: SqlType) -> Option<&'static str> {
    Some(match result {
        SqlType::Text => "CASE jsonb_typeof({0}) WHEN 'string' THEN {0} #>> ARRAY[]::text[] END",
        SqlType::Bool => "CASE jsonb_typeof({0}) WHEN 'boolean' THEN CAST({0} AS BOOLEAN) END",
        SqlType::F64 => "CASE jsonb_typeof({0}) WHEN 'number' THEN CAST({0} AS DOUBLE PRECISION) END",
        SqlType::I64 => {
            "CASE WHEN jsonb_typeof({0}) = 'number' THEN CASE WHEN trunc(CAST({0} AS NUMERIC)) = CAST({0} AS NUMERIC) \
             AND CAST({0} AS NUMERIC) BETWEEN -9223372036854775808 AND 9223372036854775807 \
             THEN CAST({0} AS BIGINT) END END"
        }
        _ => return None,
    })
}
