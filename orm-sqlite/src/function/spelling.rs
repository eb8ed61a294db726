use orm_core::sql::{DatePart, DateUnit, Function};
use orm_core::value::SqlType;

/// The spelling of a function for a result of that type.
pub(crate) fn spelling(function: Function, result: SqlType) -> Option<&'static str> {
    Some(match function {
        Function::Lower => "orm_lower({*})",
        Function::Upper => "orm_upper({*})",
        Function::Substr | Function::SubstrFrom => "orm_substr({*})",
        Function::Position => "instr({*})",
        Function::Greatest => "max({*})",
        Function::Least => "min({*})",
        Function::Neg
        | Function::Abs
        | Function::Round
        | Function::RoundTo
        | Function::Ceil
        | Function::Floor
        | Function::Power
        | Function::Sqrt => number(function, result)?,
        // 53 bits, as many as a float holds.
        Function::Random => "((random() & 9007199254740991) / 9007199254740992.0)",
        Function::Cast(from) => cast(from, result)?,
        // The form of a stored point in time: a fraction of six digits, or none.
        Function::Now => "(replace(strftime('%Y-%m-%d %H:%M:%f000', 'now'), '.000000', '') || '+00:00')",
        Function::CurrentDate => "date('now')",
        Function::Extract(part, _) => extract(part),
        Function::Truncate(unit) => truncate(unit, result)?,
        Function::DateOf(_) => "orm_date({*})",
        Function::SecondsBetween => "orm_seconds_between({*})",
        Function::DaysBetween(_) => "orm_days_between({*})",
        Function::JsonGet => "({0} -> orm_json_path({1}))",
        Function::JsonAt => "({0} -> {1})",
        Function::JsonAs => match result {
            SqlType::Text => "orm_json_text({*})",
            SqlType::Bool => "orm_json_bool({*})",
            SqlType::F64 => "orm_json_float({*})",
            SqlType::I64 => "orm_json_int({*})",
            _ => return None,
        },
        Function::JsonLength => "CASE json_type({0}) WHEN 'array' THEN json_array_length({0}) END",
        Function::JsonContains => "orm_json_contains({*})",
        Function::JsonElement => "json({*})",
        other => return other.common(),
    })
}

fn number(function: Function, result: SqlType) -> Option<&'static str> {
    Some(match (function, result) {
        (Function::Neg, SqlType::Decimal) => "orm_decimal_neg({*})",
        (Function::Abs, SqlType::Decimal) => "orm_decimal_abs({*})",
        (Function::Round, SqlType::Decimal) => "orm_decimal_round({0}, 0)",
        (Function::RoundTo, SqlType::Decimal) => "orm_decimal_round({*})",
        (Function::Ceil, SqlType::Decimal) => "orm_decimal_ceil({*})",
        (Function::Floor, SqlType::Decimal) => "orm_decimal_floor({*})",
        (Function::Neg, SqlType::F32 | SqlType::F64) => "orm_float_neg({*})",
        (Function::Abs, SqlType::F32 | SqlType::F64) => "orm_float_abs({*})",
        (Function::Neg, SqlType::I16) => "orm_i16_neg({*})",
        (Function::Neg, SqlType::I32) => "orm_i32_neg({*})",
        (Function::Neg, SqlType::I64) => "orm_i64_neg({*})",
        (Function::Abs, SqlType::I16) => "orm_i16_abs({*})",
        (Function::Abs, SqlType::I32) => "orm_i32_abs({*})",
        (Function::Abs, SqlType::I64) => "orm_i64_abs({*})",
        (Function::Round, _) => "orm_float_round({*})",
        (Function::RoundTo, _) => "orm_float_round_to({*})",
        (Function::Ceil, _) => "orm_float_ceil({*})",
        (Function::Floor, _) => "orm_float_floor({*})",
        (Function::Power, _) => "orm_power({*})",
        (Function::Sqrt, _) => "orm_sqrt({*})",
        (other, _) => return other.common(),
    })
}

fn cast(from: SqlType, to: SqlType) -> Option<&'static str> {
    Some(match (from, to) {
        (SqlType::Bool, SqlType::I32) | (SqlType::Text, SqlType::Text) => "{0}",
        (SqlType::Decimal, SqlType::I16) => "orm_cast_i16(orm_decimal_round({0}, 0))",
        (SqlType::Decimal, SqlType::I32) => "orm_cast_i32(orm_decimal_round({0}, 0))",
        (SqlType::Decimal, SqlType::I64) => "orm_cast_i64(orm_decimal_round({0}, 0))",
        (_, SqlType::I16) => "orm_cast_i16({*})",
        (_, SqlType::I32) => "orm_cast_i32({*})",
        (_, SqlType::I64) => "orm_cast_i64({*})",
        (_, SqlType::F32) => "orm_cast_f32({*})",
        (_, SqlType::F64) => "orm_cast_f64({*})",
        (_, SqlType::Decimal) => "orm_cast_decimal({*})",
        (SqlType::F64, SqlType::Text) => "orm_float_text({*})",
        // A cast would keep the collation of a decimal column.
        (_, SqlType::Text) => "({0} || '')",
        _ => return None,
    })
}

fn extract(part: DatePart) -> &'static str {
    match part {
        DatePart::Year => "orm_extract('year', {0})",
        DatePart::Quarter => "orm_extract('quarter', {0})",
        DatePart::Month => "orm_extract('month', {0})",
        DatePart::Day => "orm_extract('day', {0})",
        DatePart::Hour => "orm_extract('hour', {0})",
        DatePart::Minute => "orm_extract('minute', {0})",
        DatePart::Second => "orm_extract('second', {0})",
        DatePart::Week => "orm_extract('week', {0})",
        DatePart::Weekday => "orm_extract('weekday', {0})",
        DatePart::YearDay => "orm_extract('yearday', {0})",
    }
}

/// Adapts the spelling to the type of the result, because values are compared as text.
fn truncate(unit: DateUnit, of: SqlType) -> Option<&'static str> {
    macro_rules! unit {
        ($unit:literal) => {
            match of {
                SqlType::Date => concat!("orm_truncate('", $unit, "', 'date', {0})"),
                SqlType::DateTime => concat!("orm_truncate('", $unit, "', 'datetime', {0})"),
                SqlType::Timestamp => concat!("orm_truncate('", $unit, "', 'timestamp', {0})"),
                _ => return None,
            }
        };
    }
    Some(match unit {
        DateUnit::Year => unit!("year"),
        DateUnit::Quarter => unit!("quarter"),
        DateUnit::Month => unit!("month"),
        DateUnit::Week => unit!("week"),
        DateUnit::Day => unit!("day"),
        DateUnit::Hour => unit!("hour"),
        DateUnit::Minute => unit!("minute"),
    })
}
