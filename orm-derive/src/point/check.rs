use syn::LitStr;

use super::{Column, Point, Role};
use crate::ctxt::Ctxt;

/// The names that InfluxDB gives to its own columns.
const RESERVED: [&str; 4] = ["time", "_measurement", "_field", "_time"];

/// Checks what needs more than one attribute.
pub(super) fn check(cx: &Ctxt, point: &Point) {
    if !cx.is_clean() {
        return;
    }
    times(cx, point);
    if !point.columns.iter().any(|column| column.role() == Role::Field) {
        let message =
            format!("`{}` has no field besides its tags and its time, and InfluxDB keeps no such point", point.ident);
        cx.error(point.ident.span(), message);
    }
    if let Some(reason) = unfit(&point.measurement) {
        cx.error(point.measurement_span, format!("the name of the measurement {reason}"));
    }
    for (position, column) in point.columns.iter().enumerate() {
        options(cx, column);
        name(cx, column);
        let others =
            point.columns[..position].iter().filter(|other| other.role() != Role::Time || column.role() != Role::Time);
        if let Some(other) = others.into_iter().find(|other| other.name == column.name) {
            let message = format!("`{}` and `{}` are both the column \"{}\"", other.ident, column.ident, column.name);
            cx.error(column.ident.span(), message);
        }
    }
}

fn times(cx: &Ctxt, point: &Point) {
    let mut times = point.columns.iter().filter(|column| column.role() == Role::Time);
    let Some(first) = times.next() else {
        let message = format!("`{}` has no time; mark a field with `#[point(time)]`", point.ident);
        return cx.error(point.ident.span(), message);
    };
    for other in times {
        let message = format!(
            "`{}` and `{}` are both the time of `{}`, and a point has one",
            first.ident, other.ident, point.ident
        );
        cx.error(other.ident.span(), message);
    }
}

fn options(cx: &Ctxt, column: &Column) {
    let attrs = &column.attrs;
    let ident = &column.ident;
    if let (true, Some(span)) = (attrs.tag.is_set(), attrs.time.span()) {
        cx.error(span, format!("`{ident}` is a tag or the time, and not both"));
    }
    if let (true, Some(span)) = (attrs.tag.is_set() || attrs.time.is_set(), attrs.unsigned.span()) {
        cx.error(
            span,
            format!("`unsigned` is for fields, and `{ident}` is none: tags are text, and the time is a time"),
        );
    }
    if let (true, Some(span)) = (attrs.time.is_set(), attrs.name.span()) {
        cx.error(span, "the time is called `time`, whatever the name of the field");
    }
}

fn name(cx: &Ctxt, column: &Column) {
    let span = column.attrs.name.get().map_or_else(|| column.ident.span(), LitStr::span);
    if column.role() == Role::Time {
        return;
    }
    if RESERVED.contains(&column.name.as_str()) {
        let message =
            format!("`{}` is a name of InfluxDB's own; give another with `#[point(name = \"..\")]`", column.name);
        cx.error(span, message);
    } else if let Some(reason) = unfit(&column.name) {
        cx.error(span, format!("the name of a column {reason}"));
    }
}

/// Why line protocol has no such name.
fn unfit(name: &str) -> Option<&'static str> {
    match name {
        name if name.contains(['\n', '\r']) => Some("has no line breaks"),
        name if name.ends_with('\\') => Some("does not end in a backslash"),
        name if name.starts_with('#') => Some("does not begin with `#`, which begins a comment"),
        _ => None,
    }
}
