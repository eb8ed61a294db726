//! Functions in the servers' spelling.

use orm_core::sql::{DatePart, DateUnit, Function};
use orm_core::value::SqlType;

use crate::server::Server;

/// The spelling of a function for a result of that type. The connection is in UTC.
pub(crate) fn spelling(server: Server, function: Function, result: SqlType) -> Option<&'static str> {
    Some(match function {
        Function::Length => "char_length({*})",
        // A place before the first would count from the end.
        Function::Substr => "substr({0}, greatest({1}, 1), greatest({2} + least({1}, 1) - 1, 0))",
        Function::SubstrFrom => "substr({0}, greatest({1}, 1))",
        Function::Concat => "concat({*})",
        Function::Position => "instr({*})",
        Function::Matches => "({0} REGEXP {1})",
        Function::Greatest => "greatest({*})",
        Function::Least => "least({*})",
        Function::RoundTo if matches!(result, SqlType::F32 | SqlType::F64) => {
            "CAST(round(CAST({0} AS DECIMAL(65,30)), {1}) AS DOUBLE)"
        }
        Function::Random => "rand()",
        Function::Cast(from) => cast(from, result)?,
        Function::Now => "current_timestamp(6)",
        Function::CurrentDate => "current_date()",
        Function::Extract(part, _) => extract(part),
        Function::Truncate(unit) => truncate(unit, result),
        Function::DateOf(_) => "date({0})",
        Function::SecondsBetween => "(timestampdiff(MICROSECOND, {0}, {1}) / 1e6)",
        Function::DaysBetween(_) => "datediff({1}, {0})",
        Function::JsonGet => match server {
            Server::MySql => "json_extract({0}, concat('$.', json_quote({1})))",
            // What it quotes has a collation of its own.
            Server::MariaDb => "json_extract({0}, concat('$.', json_quote({1}) COLLATE utf8mb4_nopad_bin))",
        },
        Function::JsonAt => "CASE json_type({0}) WHEN 'ARRAY' THEN json_extract({0}, concat('$[', {1}, ']')) END",
        Function::JsonAs => json_as(server, result)?,
        Function::JsonLength => "CASE json_type({0}) WHEN 'ARRAY' THEN json_length({0}) END",
        Function::JsonContains => "json_contains({*})",
        Function::Grouping => return None,
        other => return other.common(),
    })
}

/// A text that is no number is NULL: the servers would take what it begins with.
fn cast(from: SqlType, to: SqlType) -> Option<&'static str> {
    Some(match to {
        SqlType::I16 | SqlType::I32 | SqlType::I64 if from == SqlType::Text => {
            "CASE WHEN {0} REGEXP '^[[:space:]]*[-+]?[0-9]+[[:space:]]*$' THEN CAST(trim({0}) AS SIGNED) END"
        }
        SqlType::F32 | SqlType::F64 if from == SqlType::Text => {
            "CASE WHEN {0} REGEXP '^[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[[:space:]]*$' THEN \
             CAST(trim({0}) AS DOUBLE) END"
        }
        SqlType::Decimal if from == SqlType::Text => {
            "CASE WHEN {0} REGEXP '^[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)[[:space:]]*$' THEN \
             CAST(trim({0}) AS DECIMAL(65,30)) END"
        }
        SqlType::I16 | SqlType::I32 | SqlType::I64 => "CAST({0} AS SIGNED)",
        SqlType::F32 | SqlType::F64 => "CAST({0} AS DOUBLE)",
        SqlType::Decimal => "CAST({0} AS DECIMAL(65,30))",
        // Without the zeros with which a column without bounds fills it up.
        SqlType::Text if from == SqlType::Decimal => {
            "CASE WHEN char_length(substring_index(CAST({0} AS CHAR), '.', -1)) = 30 AND instr(CAST({0} AS CHAR), '.') > 0 THEN \
             trim(TRAILING '.' FROM trim(TRAILING '0' FROM CAST({0} AS CHAR))) ELSE CAST({0} AS CHAR) END"
        }
        SqlType::Text => "CAST({0} AS CHAR)",
        _ => return None,
    })
}

fn extract(part: DatePart) -> &'static str {
    match part {
        DatePart::Year => "year({0})",
        DatePart::Quarter => "quarter({0})",
        DatePart::Month => "month({0})",
        DatePart::Day => "dayofmonth({0})",
        DatePart::Hour => "hour({0})",
        DatePart::Minute => "minute({0})",
        DatePart::Second => "second({0})",
        DatePart::Week => "week({0}, 3)",
        DatePart::Weekday => "(weekday({0}) + 1)",
        DatePart::YearDay => "dayofyear({0})",
    }
}

fn truncate(unit: DateUnit, of: SqlType) -> &'static str {
    let is_date = of == SqlType::Date;
    match unit {
        DateUnit::Year if is_date => "CAST(date_format({0}, '%Y-01-01') AS DATE)",
        DateUnit::Quarter if is_date => "CAST(makedate(year({0}), 1) + INTERVAL quarter({0}) - 1 QUARTER AS DATE)",
        DateUnit::Month if is_date => "CAST(date_format({0}, '%Y-%m-01') AS DATE)",
        DateUnit::Week if is_date => "CAST({0} - INTERVAL weekday({0}) DAY AS DATE)",
        DateUnit::Day | DateUnit::Hour | DateUnit::Minute if is_date => "{0}",
        DateUnit::Year => "CAST(date_format({0}, '%Y-01-01') AS DATETIME(6))",
        DateUnit::Quarter => "CAST(makedate(year({0}), 1) + INTERVAL quarter({0}) - 1 QUARTER AS DATETIME(6))",
        DateUnit::Month => "CAST(date_format({0}, '%Y-%m-01') AS DATETIME(6))",
        DateUnit::Week => "CAST(date({0}) - INTERVAL weekday({0}) DAY AS DATETIME(6))",
        DateUnit::Day => "CAST(date({0}) AS DATETIME(6))",
        DateUnit::Hour => "CAST(date_format({0}, '%Y-%m-%d %H:00:00') AS DATETIME(6))",
        DateUnit::Minute => "CAST(date_format({0}, '%Y-%m-%d %H:%i:00') AS DATETIME(6))",
    }
}

fn json_as(server: Server, result: SqlType) -> Option<&'static str> {
    Some(match (result, server) {
        (SqlType::Text, Server::MySql) => "CASE json_type({0}) WHEN 'STRING' THEN json_unquote({0}) END",
        (SqlType::Text, Server::MariaDb) => {
            "CASE json_type({0}) WHEN 'STRING' THEN json_unquote({0}) COLLATE utf8mb4_nopad_bin END"
        }
        (SqlType::Bool, Server::MariaDb) => "CASE json_type({0}) WHEN 'BOOLEAN' THEN {0} = 'true' END",
        (SqlType::Bool, Server::MySql) => "CASE json_type({0}) WHEN 'BOOLEAN' THEN {0} = true END",
        (SqlType::F64, _) => {
            "CASE WHEN json_type({0}) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST({0} AS DOUBLE) END"
        }
        (SqlType::I64, _) => {
            "CASE WHEN json_type({0}) IN ('INTEGER', 'DOUBLE', 'DECIMAL') THEN CASE WHEN CAST({0} AS DECIMAL(65,30)) = \
             floor(CAST({0} AS DECIMAL(65,30))) AND CAST({0} AS DECIMAL(65,30)) BETWEEN -9223372036854775808 AND \
             9223372036854775807 THEN CAST(CAST({0} AS DECIMAL(65,0)) AS SIGNED) END END"
        }
        _ => return None,
    })
}
