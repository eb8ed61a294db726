//! Where the tables are, and which way the lines between them take.
//!
//! The layers of the picture are columns: a table is to the right of those that it references. A line that passes a layer goes through a point
//! of it, which has a place among the tables there, so that no line runs behind a
//! table.

use std::collections::BTreeMap;

use rust_sugiyama::configure::{Config, CrossingMinimization, RankingType};
use rust_sugiyama::from_vertices_and_edges;

use super::Diagram;

/// The space between tables, one above the other.
const SPACING: f64 = 26.0;
/// The space for lines between two layers, besides that.
const GAP: f64 = 64.0;
/// How much wider than high a picture should be.
const ASPECT: f64 = 1.5;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Place {
    fn moved(self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y, ..self }
    }
}

/// The places of everything.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Of each table.
    pub(super) places: Vec<Place>,
    /// The points that each link passes between its ends, from the parent to the child.
    pub(super) ways: Vec<Vec<(f64, f64)>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Lays out tables of the given sizes.
pub(super) fn layout(diagram: &Diagram, sizes: &[(f64, f64)]) -> Layout {
    let graph = Graph::of(diagram, sizes);
    let config = Config {
        minimum_length: 1,
        vertex_spacing: SPACING,
        dummy_vertices: true,
        dummy_size: 1.0,
        ranking_type: RankingType::MinimizeEdgeLength,
        c_minimization: CrossingMinimization::Barycenter,
        transpose: true,
    };
    // The library lays out from top to bottom: width and height change places.
    let parts = from_vertices_and_edges(&graph.vertices, &graph.edges, &config);
    let mut centers = vec![(0.0, 0.0); graph.vertices.len()];
    let parts: Vec<Vec<usize>> = parts
        .into_iter()
        .map(|(vertices, ..)| {
            for (vertex, (y, x)) in &vertices {
                centers[*vertex] = (*x, *y);
            }
            vertices.into_iter().map(|(vertex, _)| vertex).collect()
        })
        .collect();
    let mut places: Vec<Place> = graph
        .vertices
        .iter()
        .zip(&centers)
        .map(|((_, (height, width)), (x, y))| {
            let width = width - GAP;
            Place { x: x - width / 2.0, y: y - height / 2.0, width, height: *height }
        })
        .collect();
    let (width, height) = pack(&mut places, &parts);
    let way = |(points, turned): &(Vec<usize>, bool)| {
        let mut way: Vec<(f64, f64)> = points.iter().flat_map(|&point| passage(&places, point)).collect();
        if *turned {
            way.reverse();
        }
        way
    };
    let ways = graph.ways.iter().map(way).collect();
    places.truncate(sizes.len());
    Layout { places, ways, width, height }
}

/// The two points between which a line passes a layer: as far apart as the layer is wide.
fn passage(places: &[Place], point: usize) -> [(f64, f64); 2] {
    let center = |place: &Place| place.x + place.width / 2.0;
    let (x, y) = (center(&places[point]), places[point].y + places[point].height / 2.0);
    let layer = places.iter().filter(|place| (center(place) - x).abs() < 1.0);
    let half = layer.map(|place| place.width / 2.0).fold(0.0, f64::max);
    [(x - half, y), (x + half, y)]
}

/// What the library lays out: the tables, and the points on the ways of links.
struct Graph {
    /// Each with its extent along the layer and across it.
    vertices: Vec<(u32, (f64, f64))>,
    edges: Vec<(u32, u32)>,
    /// The points of each link from left to right, and whether the child is at the left.
    ways: Vec<(Vec<usize>, bool)>,
}

impl Graph {
    fn of(diagram: &Diagram, sizes: &[(f64, f64)]) -> Self {
        let number = |vertex: usize| u32::try_from(vertex).unwrap_or(u32::MAX);
        let mut graph = Self {
            vertices: sizes
                .iter()
                .enumerate()
                .map(|(at, (width, height))| (number(at), (*height, width + GAP)))
                .collect(),
            edges: Vec::new(),
            ways: Vec::new(),
        };
        let layers = layers(diagram, sizes.len());
        // The lines of one table run together as far as they can.
        let mut points: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for link in &diagram.links {
            let (left, right, turned) = match layers[link.parent] <= layers[link.child] {
                true => (link.parent, link.child, false),
                false => (link.child, link.parent, true),
            };
            let way: Vec<usize> = (layers[left] + 1..layers[right])
                .map(|layer| {
                    *points.entry((left, layer)).or_insert_with(|| {
                        graph.vertices.push((number(graph.vertices.len()), (1.0, GAP + 1.0)));
                        graph.vertices.len() - 1
                    })
                })
                .collect();
            let stops: Vec<usize> = [left].into_iter().chain(way.iter().copied()).chain([right]).collect();
            for pair in stops.windows(2).filter(|_| layers[left] < layers[right]) {
                let edge = (number(pair[0]), number(pair[1]));
                if !graph.edges.contains(&edge) {
                    graph.edges.push(edge);
                }
            }
            graph.ways.push((way, turned));
        }
        graph
    }
}

/// The layer of each table: behind all that it references, but for keys that go round in a cycle. The tables that reference one table and
/// nothing else are spread over several layers if they are many, or the picture would be one high column.
fn layers(diagram: &Diagram, tables: usize) -> Vec<usize> {
    let mut layers = vec![0; tables];
    let mut state = vec![State::New; tables];
    (0..tables).for_each(|table| {
        visit(diagram, table, &mut state, &mut layers);
    });
    let most = (tables as f64).sqrt().ceil().max(4.0) as usize;
    let links = |table: usize| diagram.links.iter().filter(move |link| (link.child == table) != (link.parent == table));
    for parent in 0..tables {
        let leaves: Vec<usize> = (0..tables)
            .filter(|&table| links(table).count() == 1 && links(table).all(|link| link.parent == parent))
            .collect();
        if leaves.len() > most {
            leaves.iter().enumerate().for_each(|(number, &leaf)| layers[leaf] = layers[parent] + 1 + number / most);
        }
    }
    layers
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

fn visit(diagram: &Diagram, table: usize, state: &mut [State], layers: &mut [usize]) -> usize {
    match state[table] {
        State::Done => return layers[table],
        State::Open => return 0,
        State::New => state[table] = State::Open,
    }
    let mut layer = 0;
    for link in diagram.links.iter().filter(|link| link.child == table && link.parent != table) {
        if state[link.parent] != State::Open {
            layer = layer.max(visit(diagram, link.parent, state, layers) + 1);
        }
    }
    state[table] = State::Done;
    layers[table] = layer;
    layer
}

/// Puts the parts that no line connects beside each other, in rows. Returns width and height of the whole.
fn pack(places: &mut [Place], parts: &[Vec<usize>]) -> (f64, f64) {
    let bounds = |part: &Vec<usize>, places: &[Place]| {
        part.iter().map(|&vertex| places[vertex]).fold(
            (f64::MAX, f64::MAX, f64::MIN, f64::MIN),
            |(left, top, right, bottom), place| {
                (
                    left.min(place.x),
                    top.min(place.y),
                    right.max(place.x + place.width),
                    bottom.max(place.y + place.height),
                )
            },
        )
    };
    let mut boxes: Vec<(usize, Place)> = parts
        .iter()
        .enumerate()
        .map(|(at, part)| {
            let (left, top, right, bottom) = bounds(part, places);
            (at, Place { x: left, y: top, width: right - left, height: bottom - top })
        })
        .collect();
    boxes.sort_by(|(a, one), (b, other)| other.height.total_cmp(&one.height).then(a.cmp(b)));
    let area: f64 = boxes.iter().map(|(_, place)| (place.width + GAP) * (place.height + GAP)).sum();
    let widest = boxes.iter().map(|(_, place)| place.width).fold((area * ASPECT).sqrt(), f64::max);
    let (mut x, mut y, mut row, mut width) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for (at, part) in boxes {
        // A low part beside a high one would leave a hole below it.
        if x > 0.0 && (x + part.width > widest || part.height * 3.0 < row) {
            (x, y, row) = (0.0, y + row + GAP, 0.0);
        }
        for &vertex in &parts[at] {
            places[vertex] = places[vertex].moved(x - part.x, y - part.y);
        }
        width = width.max(x + part.width);
        x += part.width + GAP;
        row = row.max(part.height);
    }
    (width, y + row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::Link;

    /// A picture of so many tables, each of which references the tables that `parents` names.
    fn diagram(tables: usize, parents: impl Fn(usize) -> Vec<usize>) -> Diagram {
        let link = |child, parent| Link { child, parent, columns: vec![0], target: 0, one: false, optional: false };
        let links = (0..tables).flat_map(|child| parents(child).into_iter().map(move |parent| link(child, parent)));
        Diagram { entities: Vec::new(), links: links.collect() }
    }

    /// Tables do not overlap, and lines between layers run behind none.
    #[track_caller]
    fn check(diagram: &Diagram, tables: usize) {
        let sizes: Vec<(f64, f64)> =
            (0..tables).map(|at| (120.0 + (at * 37 % 90) as f64, 45.0 + (at * 53 % 200) as f64)).collect();
        let layout = layout(diagram, &sizes);
        assert_eq!((layout.places.len(), layout.ways.len()), (tables, diagram.links.len()));
        for (at, a) in layout.places.iter().enumerate() {
            assert_eq!((a.width, a.height), sizes[at]);
            let inside = a.x >= -0.5
                && a.y >= -0.5
                && a.x + a.width <= layout.width + 0.5
                && a.y + a.height <= layout.height + 0.5;
            assert!(inside, "{a:?} is not in {} x {}", layout.width, layout.height);
            for b in &layout.places[..at] {
                let apart =
                    a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
                assert!(apart, "{a:?} and {b:?} overlap");
            }
            for passage in layout.ways.iter().flat_map(|way| way.chunks(2)) {
                let (from, to) = (passage[0].0.min(passage[1].0), passage[0].0.max(passage[1].0));
                let behind = passage[0].1 > a.y && passage[0].1 < a.y + a.height && to > a.x && from < a.x + a.width;
                assert!(!behind, "a line through {passage:?} runs behind {a:?}");
            }
        }
    }

    #[test]
    fn tables_are_apart_and_lines_beside_them() {
        check(&diagram(0, |_| Vec::new()), 0);
        check(&diagram(1, |_| vec![0]), 1);
        check(&diagram(7, |_| Vec::new()), 7);
        check(&diagram(40, |child| if child == 0 { Vec::new() } else { vec![0] }), 40);
        check(&diagram(12, |child| vec![(child + 1) % 12]), 12);
        check(&diagram(20, |child| if child < 2 { Vec::new() } else { vec![child - 1, child - 2, 0] }), 20);
    }

    #[test]
    fn random_schemas_are_laid_out() {
        let mut state = 1_u64;
        let mut next = move |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for _ in 0..60 {
            let tables = 1 + next(60);
            let parents: Vec<Vec<usize>> = (0..tables).map(|_| (0..next(4)).map(|_| next(tables)).collect()).collect();
            check(&diagram(tables, |child| parents[child].clone()), tables);
        }
    }
}
