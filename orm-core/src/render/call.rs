//! Functions and aggregates, in the spellings of the dialect.

use super::beside::one_of;
use super::expr::{argument, cast_end, collate, expr, operand, separated};
use super::group::require_sets;
use super::select::{conditions, order};
use super::stored;
use crate::dialect::{Capabilities, SqlWriter};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Aggregate, AggregateCall, Bound, Child, Exclude, Expr, Frame, FrameUnit, Function, Window};
use crate::value::{SqlType, Value};

/// The number of arguments in one call of a variadic function. Databases have a limit.
const MOST_ARGUMENTS: usize = 100;

/// How deep functions may be nested whose spelling repeats an argument, where it cannot be computed once: each doubles the text.
const MOST_LEVELS: usize = 6;

/// Appends a function.
pub(super) fn function(
    out: &mut SqlWriter,
    function: Function,
    arguments: &[Expr],
    result: SqlType,
    over: Option<&Window>,
) -> Result<()> {
    if function == Function::Grouping {
        require_sets(out, "`grouping`")?;
    }
    if arguments.len() > MOST_ARGUMENTS && matches!(function, Function::Coalesce | Function::Greatest | Function::Least)
    {
        let (first, second) = arguments.split_at(arguments.len() / 2);
        let halves = [first, second].map(|half| Expr::Function(function, half.iter().cloned().collect(), result));
        return self::function(out, function, &halves, result, over);
    }
    let spelling = spelling(out, function, result)?;
    let levels = if repeats(spelling) { levels_of_repeats(out, arguments) } else { 0 };
    match out.dialect().capabilities().correlated_sources {
        true if levels > 1 && !over_groups(arguments) => return computed_once(out, spelling, arguments, result),
        false if levels > MOST_LEVELS => {
            let what = "so many functions within each other whose spelling repeats what they are computed of";
            return Err(Error::unsupported(out.dialect().name(), what));
        }
        _ => {}
    }
    spelled(out, spelling, |out, hole| match hole.parse().ok().and_then(|index: usize| arguments.get(index)) {
        Some(only) => argument(out, only, operand),
        None if is_choice(function) => {
            separated(out, ", ", arguments, |out, each| one_of(out, each, arguments.iter(), expr))
        }
        None => separated(out, ", ", arguments, |out, each| argument(out, each, expr)),
    })?;
    if let Some(window) = over {
        write_over(out, window)?;
    }
    collate(out, result);
    Ok(())
}

fn spelling(out: &SqlWriter, function: Function, result: SqlType) -> Result<&'static str> {
    let spelling = out.dialect().function(function, result);
    spelling.ok_or_else(|| Error::unsupported(out.dialect().name(), &format!("the function {function:?}")))
}

/// Appends a spelling. `fill` writes the text of its holes.
fn spelled(
    out: &mut SqlWriter,
    spelling: &'static str,
    mut fill: impl FnMut(&mut SqlWriter, &str) -> Result<()>,
) -> Result<()> {
    let mut rest = spelling;
    while let Some((before, (hole, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        fill(out.sql(before), hole)?;
        rest = after;
    }
    out.sql(rest);
    Ok(())
}

/// Whether a spelling has an argument in more than one place.
fn repeats(spelling: &str) -> bool {
    let mut holes: Vec<&str> = spelling.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    holes.sort_unstable();
    holes.windows(2).any(|pair| pair[0] == pair[1])
}

/// The depth of nested functions whose spelling repeats an argument. Each of them doubles the text.
fn levels_of_repeats(out: &SqlWriter, exprs: &[Expr]) -> usize {
    let levels = exprs.iter().map(|expr| {
        let (own, inner) = match expr {
            Expr::Function(function, arguments, result) => {
                let spelling = out.dialect().function(*function, *result);
                (usize::from(spelling.is_some_and(repeats)), levels_of_repeats(out, arguments))
            }
            other => {
                let mut most = 0;
                other.each_child(&mut |child| {
                    if let Child::Expr(expr) = child {
                        most = most.max(levels_of_repeats(out, std::slice::from_ref(expr)));
                    }
                });
                (0, most)
            }
        };
        own + inner
    });
    levels.max().unwrap_or_default()
}

/// Whether an expression is computed from several rows, and so cannot be moved into a subquery.
fn over_groups(arguments: &[Expr]) -> bool {
    arguments.iter().any(|argument| argument.is_aggregate() || argument.has_window())
}

/// Appends a function whose spelling repeats long arguments. They are computed once, in a subquery.
fn computed_once(out: &mut SqlWriter, spelling: &'static str, arguments: &[Expr], result: SqlType) -> Result<()> {
    out.sql("(SELECT ");
    let value = |out: &mut SqlWriter, index: usize| {
        out.ident("once").sql(".").ident(&format!("value{index}"));
    };
    spelled(out, spelling, |out, hole| {
        match hole.parse().ok().filter(|&index: &usize| index < arguments.len()) {
            Some(index) => value(out, index),
            None => {
                out.list(", ", 0..arguments.len(), value);
            }
        }
        Ok(())
    })?;
    collate(out, result);
    separated(out.sql(" FROM (SELECT "), ", ", arguments.iter().enumerate(), |out, (index, each)| {
        argument(out, each, expr)?;
        out.sql(" AS ").ident(&format!("value{index}"));
        Ok(())
    })?;
    // Without a limit, a database would inline the subquery before it plans.
    out.sql(" LIMIT 1) AS ").ident("once").sql(")");
    Ok(())
}

/// Whether the result of the function is one of its arguments, so that all have one type.
fn is_choice(function: Function) -> bool {
    matches!(function, Function::Coalesce | Function::NullIf)
}

/// Appends an aggregate, over a window or not.
pub(super) fn aggregate(out: &mut SqlWriter, call: &AggregateCall, over: Option<&Window>) -> Result<()> {
    let dialect = out.dialect();
    let Some(spelling) = dialect.aggregate(call.function, call.result) else {
        return Err(Error::unsupported(dialect.name(), &format!("the aggregate {:?}", call.function)));
    };
    if over.is_some() && (call.distinct || !call.order_by.is_empty()) {
        let message = "an aggregate over a window takes neither `distinct` nor an order of its own";
        return Err(Error::new(ErrorKind::InvalidState, message));
    }
    if over.is_some() && keeps_all(call.function) && !dialect.capabilities().list_windows {
        return Err(Error::unsupported(dialect.name(), &format!("the aggregate {:?} over a window", call.function)));
    }
    if let Some(parted) = parted(dialect.capabilities(), call) {
        return expr(out, &parted);
    }
    let (before, after) = spelling.split_once("{}").unwrap_or((spelling, ""));
    let widened =
        matches!(call.function, Aggregate::Sum | Aggregate::Avg) && matches!(call.result, SqlType::I64 | SqlType::F64);
    let cast = widened && dialect.capabilities().wide_aggregates;
    if cast {
        out.sql("CAST(");
    }
    let alike = dialect.alike(call.result).filter(|_| is_extreme(call));
    if let Some(alike) = alike {
        out.sql(alike).sql("(");
    }
    out.sql(before).sql(if call.distinct { "(DISTINCT " } else { "(" });
    let chosen = call.filter.is_empty() || dialect.capabilities().aggregate_filter;
    if chosen {
        arguments(out, call)?
    } else {
        chosen_arguments(out, call)?
    }
    if !call.order_by.is_empty() {
        separated(out.sql(" ORDER BY "), ", ", &call.order_by, order)?;
    }
    if separator(call) == Some("") && !dialect.capabilities().separator_arguments {
        out.sql(" SEPARATOR ''");
    }
    out.sql(")");
    if chosen && !call.filter.is_empty() {
        conditions(out, " FILTER (WHERE ", &call.filter)?;
        out.sql(")");
    }
    if let Some(window) = over {
        write_over(out, window)?;
    }
    out.sql(after);
    if alike.is_some() {
        out.sql(")");
    }
    if cast {
        cast_end(out, call.result);
    }
    collate(out, call.result);
    Ok(())
}

/// The argument where it counts, and NULL elsewhere, which aggregates leave out.
fn chosen_arguments(out: &mut SqlWriter, call: &AggregateCall) -> Result<()> {
    if keeps_all(call.function) && call.function != Aggregate::Text {
        return Err(Error::unsupported(out.dialect().name(), "FILTER on an aggregate that keeps NULLs"));
    }
    conditions(out, "CASE WHEN ", &call.filter)?;
    out.sql(" THEN ");
    let (first, more) = match call.arguments.split_first() {
        Some((first, more)) => (first.clone(), more),
        None => (Expr::One, &[][..]),
    };
    let only = AggregateCall { arguments: vec![first], distinct: false, filter: Vec::new(), ..call.clone() };
    arguments(out, &only)?;
    out.sql(" END");
    if separator(call).is_some() && !out.dialect().capabilities().separator_arguments {
        return Ok(());
    }
    more.iter().try_for_each(|each| argument(out.sql(", "), each, expr))
}

/// Whether an aggregate makes a list of all values.
fn keeps_all(function: Aggregate) -> bool {
    matches!(function, Aggregate::Text | Aggregate::Json | Aggregate::Array)
}

/// What stands between the texts that are joined.
fn separator(call: &AggregateCall) -> Option<&str> {
    match call.arguments.as_slice() {
        [_, Expr::Param(Value::Text(separator), _)] => Some(separator),
        _ => None,
    }
}

/// Joined texts where the separator is no argument: it stands before each text, and the first one is cut off. A comma needs nothing.
fn parted(facts: &Capabilities, call: &AggregateCall) -> Option<Expr> {
    let text = separator(call).filter(|text| !facts.separator_arguments && !matches!(*text, "" | ","))?;
    let start = i64::try_from(text.chars().count()).unwrap_or(i64::MAX).saturating_add(1);
    let [value, separator] = <&[Expr; 2]>::try_from(call.arguments.as_slice()).ok()?;
    let each =
        Expr::Function(Function::Concat, [separator.clone(), value.clone()].into_iter().collect(), SqlType::Text);
    let nothing = Expr::Param(Value::Text(String::new()), SqlType::Text);
    let joined = AggregateCall { arguments: vec![each, nothing], ..call.clone() };
    let start = Expr::Param(Value::I64(start), SqlType::I64);
    Some(Expr::Function(
        Function::SubstrFrom,
        [Expr::Aggregate(joined.into()), start].into_iter().collect(),
        SqlType::Text,
    ))
}

fn arguments(out: &mut SqlWriter, call: &AggregateCall) -> Result<()> {
    let facts = out.dialect().capabilities();
    match call.arguments.as_slice() {
        [] if call.distinct => {
            return Err(Error::new(
                ErrorKind::InvalidState,
                "`count_all().distinct()`: all rows differ; count a column",
            ));
        }
        [] => {
            out.sql("*");
        }
        // An argument is cast only to be added up in a wider type, which a database that has one type of float does anyway.
        [Expr::Cast(inner, _)] if !facts.wide_aggregates => expr(out, inner)?,
        [only, Expr::Param(Value::Text(_), _)] if !facts.separator_arguments => argument(out, only, expr)?,
        [only, Expr::Param(Value::Text(separator), _)] if call.distinct && !facts.distinct_with_arguments => {
            comma(out, separator)?;
            argument(out, only, expr)?;
        }
        // An index of the column has its least and its greatest value.
        [only] if is_extreme(call) => stored::extreme(out, only)?,
        [only @ Expr::Column(_)] if call.distinct => stored::extreme(out, only)?,
        [only] if matches!(call.function, Aggregate::Sum | Aggregate::Avg) => stored::any_form(out, only)?,
        all => separated(out, ", ", all, |out, each| argument(out, each, expr))?,
    }
    Ok(())
}

/// Refuses a separator that the database does not take.
fn comma(out: &SqlWriter, separator: &str) -> Result<()> {
    match separator {
        "," => Ok(()),
        _ => {
            let what = "an aggregate of distinct texts with a separator other than a comma";
            Err(Error::unsupported(out.dialect().name(), what))
        }
    }
}

fn is_extreme(call: &AggregateCall) -> bool {
    matches!(call.function, Aggregate::Min | Aggregate::Max)
}

fn write_over(out: &mut SqlWriter, window: &Window) -> Result<()> {
    out.sql(" OVER (");
    let mut gap = "";
    if !window.partition_by.is_empty() {
        separated(out.sql("PARTITION BY "), ", ", &window.partition_by, stored::key)?;
        gap = " ";
    }
    if !window.order_by.is_empty() {
        separated(out.sql(gap).sql("ORDER BY "), ", ", &window.order_by, order)?;
        gap = " ";
    }
    let grouped = window.exclude.is_some() || window.frame.is_some_and(|frame| frame.unit == FrameUnit::Groups);
    if grouped && !out.dialect().capabilities().frame_groups {
        return Err(Error::unsupported(out.dialect().name(), "GROUPS and EXCLUDE in the frame of a window"));
    }
    let whole = Frame { unit: FrameUnit::Range, start: Bound::UnboundedPreceding, end: Bound::CurrentRow };
    if let Some(frame) = window.frame.or(window.exclude.map(|_| whole)) {
        out.sql(gap).sql(match frame.unit {
            FrameUnit::Rows => "ROWS BETWEEN ",
            FrameUnit::Range => "RANGE BETWEEN ",
            FrameUnit::Groups => "GROUPS BETWEEN ",
        });
        bound(out, frame.start);
        bound(out.sql(" AND "), frame.end);
    }
    out.sql(match window.exclude {
        Some(Exclude::CurrentRow) => " EXCLUDE CURRENT ROW)",
        Some(Exclude::Group) => " EXCLUDE GROUP)",
        Some(Exclude::Ties) => " EXCLUDE TIES)",
        None => ")",
    });
    Ok(())
}

fn bound(out: &mut SqlWriter, bound: Bound) {
    match bound {
        Bound::UnboundedPreceding => out.sql("UNBOUNDED PRECEDING"),
        Bound::Preceding(count) => out.number(count.into()).sql(" PRECEDING"),
        Bound::CurrentRow => out.sql("CURRENT ROW"),
        Bound::Following(count) => out.number(count.into()).sql(" FOLLOWING"),
        Bound::UnboundedFollowing => out.sql("UNBOUNDED FOLLOWING"),
    };
}
