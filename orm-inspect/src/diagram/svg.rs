//! Diagrams as SVG.

use std::fmt::Write as _;

use super::layout::{Layout, Place, layout};
use super::text::escaped;
use super::{Diagram, Entity, Link};

/// The width of a letter: the font is monospaced, so that texts have a known width.
const LETTER: f64 = 7.3;
const ROW: f64 = 19.0;
const HEAD: f64 = 26.0;
const PADDING: f64 = 9.0;
/// A word in the column of `PK` and `FK`.
const KEY: f64 = 17.0;
const MARGIN: f64 = 48.0;

/// Colors of lines, by the table that they lead to.
const COLORS: &[&str] =
    &["#2f6db3", "#b3562f", "#2f8f5b", "#8a4fb0", "#a8842a", "#b03a6b", "#2a8fa0", "#6b6f2a", "#5a5fc0", "#8c5a3c"];

const STYLE: &str = "\
.entity rect { fill: #ffffff; stroke: #8793a5; }
.entity .head { fill: #dbe4f0; }
.entity .name { font-weight: bold; fill: #14233a; }
.entity .key { fill: #8a5a00; font-size: 10px; }
.entity .kind { fill: #6a7484; }
.entity .line { stroke: #e4e8ee; }
.link path { fill: none; stroke-width: 1.4; }
.link .halo { stroke: #ffffff; stroke-width: 4; }
text { font: 12px 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #1d2733; }
";

impl Diagram {
    /// The picture as SVG, laid out. See the example of [`Diagram`].
    pub fn svg(&self) -> String {
        let sizes: Vec<(f64, f64)> = self.entities.iter().map(size).collect();
        let layout = layout(self, &sizes);
        let (width, height) = (layout.width + 2.0 * MARGIN, layout.height + 2.0 * MARGIN);
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\">\n\
             <style>\n{STYLE}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#f7f8fa\"/>\n\
             <g transform=\"translate({MARGIN} {MARGIN})\">\n"
        );
        for (number, link) in self.links.iter().enumerate() {
            self.line(&mut text, link, &layout, &layout.ways[number]);
        }
        for (entity, place) in self.entities.iter().zip(&layout.places) {
            table(&mut text, entity, *place);
        }
        text + "</g>\n</svg>\n"
    }

    fn line(&self, text: &mut String, link: &Link, layout: &Layout, way: &[(f64, f64)]) {
        let (parent, child) = (layout.places[link.parent], layout.places[link.child]);
        let column = link.columns.first().copied().unwrap_or_default();
        let row = |place: Place, column: usize| place.y + HEAD + ROW * (column as f64 + 0.5);
        let color = COLORS[link.parent % COLORS.len()];
        let (child_name, parent_name) =
            (escaped(&self.entities[link.child].name), escaped(&self.entities[link.parent].name));
        let _ = write!(text, "<g class=\"link\" data-child=\"{child_name}\" data-parent=\"{parent_name}\">");
        let _ = write!(text, "<title>{child_name} to {parent_name}</title>");
        let is_own = link.child == link.parent;
        let next =
            |ends: &[(f64, f64)], other: Place| ends.first().map_or(other.x + other.width / 2.0, |point| point.0);
        let back: Vec<(f64, f64)> = way.iter().rev().copied().collect();
        let parent_end =
            End::of(parent, row(parent, link.target), is_own || next(way, child) > parent.x + parent.width / 2.0);
        let child_end = End::of(child, row(child, column), is_own || next(&back, parent) > child.x + child.width / 2.0);
        let path = curve(&parent_end, way, &child_end);
        let ends = format!(
            "{}{}",
            parent_end.one(link.optional),
            if link.one { child_end.one(true) } else { child_end.many() }
        );
        let _ = write!(text, "<path class=\"halo\" d=\"{path}\"/><path stroke=\"{color}\" d=\"{path}{ends}\"/>");
        text.push_str("</g>\n");
    }
}

/// Where a line leaves a table.
struct End {
    x: f64,
    y: f64,
    /// 1 at its right side, -1 at its left.
    side: f64,
}

/// How far the signs at the ends of a line reach.
const SIGNS: f64 = 20.0;

impl End {
    fn of(place: Place, y: f64, right: bool) -> Self {
        let (x, side) = if right { (place.x + place.width, 1.0) } else { (place.x, -1.0) };
        Self { x, y, side }
    }

    /// A point of the line, that far from the table.
    fn at(&self, distance: f64) -> (f64, f64) {
        (self.x + self.side * distance, self.y)
    }

    fn bar(&self, distance: f64) -> String {
        let (x, y) = self.at(distance);
        format!("M{x:.1} {:.1}V{:.1}", y - 5.0, y + 5.0)
    }

    fn ring(&self, distance: f64) -> String {
        let (x, y) = self.at(distance);
        format!("M{:.1} {y:.1}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0", x - 3.5)
    }

    /// One row, or none.
    fn one(&self, optional: bool) -> String {
        format!("{}{}", self.bar(7.0), if optional { self.ring(14.0) } else { self.bar(11.0) })
    }

    /// Any number of rows.
    fn many(&self) -> String {
        let (x, y) = self.at(10.0);
        format!("M{:.1} {:.1}L{x:.1} {y:.1}L{:.1} {:.1}{}", self.x, y - 5.0, self.x, y + 5.0, self.ring(14.0))
    }
}

/// A smooth line through all points, which is level at each.
fn curve(start: &End, way: &[(f64, f64)], end: &End) -> String {
    let (from, to) = (start.at(SIGNS), end.at(SIGNS));
    let mut path = format!("M{:.1} {:.1}L{:.1} {:.1}", start.x, start.y, from.0, from.1);
    let mut last = from;
    let mut side = start.side;
    for (number, &point) in way.iter().chain([&to]).enumerate() {
        let forward = if point.0 >= last.0 { 1.0 } else { -1.0 };
        // The line comes in from the side to which it leaves the table.
        let enters = if number == way.len() { end.side } else { -forward };
        let reach = ((point.0 - last.0).abs() / 2.0).clamp(12.0, 90.0);
        let _ = write!(
            path,
            "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            last.0 + side * reach,
            last.1,
            point.0 + enters * reach,
            point.1,
            point.0,
            point.1
        );
        (last, side) = (point, forward);
    }
    let _ = write!(path, "L{:.1} {:.1}", end.x, end.y);
    path
}

fn letters(text: &str) -> f64 {
    text.chars().count() as f64 * LETTER
}

/// The width of the column of `PK` and `FK`.
fn keys_width(entity: &Entity) -> f64 {
    let most = entity.attributes.iter().map(|attribute| attribute.keys().len()).max().unwrap_or_default();
    if most == 0 { 0.0 } else { KEY * most as f64 + 9.0 }
}

fn size(entity: &Entity) -> (f64, f64) {
    let rows = entity.attributes.iter().map(|attribute| {
        keys_width(entity) + letters(&attribute.name) + 2.0 * LETTER + letters(&kind(attribute)) + 2.0 * PADDING
    });
    let width = rows.fold(letters(&entity.name) * 1.05 + 2.0 * PADDING, f64::max);
    (width, HEAD + ROW * entity.attributes.len() as f64)
}

/// The type, with a question mark if NULL is allowed.
fn kind(attribute: &super::Attribute) -> String {
    /// Longer types are cut.
    const LONGEST: usize = 24;
    let spelling: String = attribute.kind.chars().take(LONGEST).collect();
    format!("{spelling}{}", if attribute.nullable { "?" } else { "" })
}

fn table(text: &mut String, entity: &Entity, place: Place) {
    let Place { x, y, width, height } = place;
    let name = escaped(&entity.name);
    let _ = writeln!(text, "<g class=\"entity\" data-name=\"{name}\" transform=\"translate({x:.1} {y:.1})\">");
    let _ = writeln!(
        text,
        "<rect width=\"{width:.1}\" height=\"{height:.1}\" rx=\"3\"/><rect class=\"head\" width=\"{width:.1}\" height=\"{HEAD}\" rx=\"3\"/>"
    );
    let _ = writeln!(text, "<text class=\"name\" x=\"{PADDING}\" y=\"17\">{name}</text>");
    for (number, attribute) in entity.attributes.iter().enumerate() {
        let top = HEAD + ROW * number as f64;
        if number > 0 {
            let _ = write!(text, "<path class=\"line\" d=\"M1 {top}H{:.1}\"/>", width - 1.0);
        }
        let base = top + 13.5;
        let keys = attribute.keys().join(" ");
        if !keys.is_empty() {
            let _ = write!(text, "<text class=\"key\" x=\"{PADDING}\" y=\"{base}\">{keys}</text>");
        }
        let _ = write!(
            text,
            "<text x=\"{}\" y=\"{base}\">{}</text>",
            PADDING + keys_width(entity),
            escaped(&attribute.name)
        );
        let _ = writeln!(
            text,
            "<text class=\"kind\" x=\"{:.1}\" y=\"{base}\" text-anchor=\"end\">{}</text>",
            width - PADDING,
            escaped(&kind(attribute))
        );
    }
    text.push_str("</g>\n");
}
