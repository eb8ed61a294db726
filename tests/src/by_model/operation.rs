//! What is done to a session, at random.

use orm_core::dialect::Capabilities;
use proptest::prelude::*;

use super::things::Kind;

/// An object: one of those that fit, counted from the first and around.
pub(crate) type Pick = u8;

/// How a child is given its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Push,
    Handle,
    Key,
}

/// One operation. What does not make sense where it comes, is left out.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Add {
        kind: Kind,
        parents: [Option<Pick>; 2],
        way: Way,
    },
    Give {
        edge: Pick,
        parent: Pick,
        child: Pick,
        way: Way,
    },
    Clear {
        edge: Pick,
        child: Pick,
    },
    Remove {
        edge: Pick,
        child: Pick,
    },
    Set {
        edge: Pick,
        parent: Pick,
        children: Vec<Pick>,
    },
    Load {
        edge: Pick,
        parent: Pick,
    },
    Link {
        link: Pick,
        left: Pick,
        right: Pick,
        from_left: bool,
    },
    Unlink {
        pair: Pick,
        from_left: bool,
    },
    LoadLink {
        link: Pick,
        object: Pick,
        at_left: bool,
    },
    /// A pair through a model, made or taken away by the `many_to_many`.
    Cast {
        actor: Pick,
        film: Pick,
        from_actor: bool,
    },
    Uncast {
        credit: Pick,
        from_actor: bool,
    },
    LoadCast {
        object: Pick,
        at_actor: bool,
    },
    Value {
        object: Pick,
    },
    Append {
        object: Pick,
    },
    Code {
        object: Pick,
        code: Pick,
    },
    Delete {
        object: Pick,
    },
    Undelete {
        object: Pick,
    },
    Expunge {
        object: Pick,
    },
    Attach {
        object: Pick,
    },
    Revive {
        object: Pick,
        parents: [Pick; 2],
    },
    /// What is written to an object that is deleted, or out of the session.
    Scribble {
        object: Pick,
        out: bool,
    },
    AddAgain {
        object: Pick,
    },
    Carry {
        edge: Pick,
        children: Vec<Pick>,
    },
    IncludeSome {
        edge: Pick,
        above: Pick,
    },
    UpdateAll {
        object: Pick,
        how: Pick,
    },
    DeleteAll {
        object: Pick,
        how: Pick,
    },
    Merge {
        object: Pick,
        forget: bool,
    },
    Refresh {
        object: Pick,
    },
    Expire {
        object: Pick,
    },
    Query {
        kind: Kind,
    },
    Flush,
    Forget,
    Begin,
    Release,
    RollbackTo,
    Commit,
    Rollback,
}

/// Operations on models that the database can have.
pub(crate) fn operations(facts: &Capabilities) -> impl Strategy<Value = Vec<Operation>> {
    // A sequence is about some of the families, so that its objects have to do with each other.
    let bytes = prop::collection::vec(any::<[u8; 8]>(), 1..40);
    let families = FAMILIES.iter().filter(|family| facts.deferrable_keys || !family.contains(&Kind::Station));
    let families: Vec<&[Kind]> = families.copied().collect();
    (prop::collection::vec(prop::sample::select(families), 1..4), bytes).prop_map(|(families, bytes)| {
        let kinds: Vec<Kind> = families.concat();
        let mut operations: Vec<Operation> = bytes.into_iter().map(decode).collect();
        for operation in &mut operations {
            if let Operation::Add { kind, .. } | Operation::Query { kind } = operation {
                *kind = kinds[*kind as usize % kinds.len()];
            }
        }
        operations
    })
}

/// Models that reference each other.
const FAMILIES: &[&[Kind]] = &[
    &[Kind::Singer, Kind::Record, Kind::Track, Kind::Mixtape],
    &[Kind::Robot, Kind::Head],
    &[Kind::Person, Kind::Passport],
    &[Kind::Shelf, Kind::Book],
    &[Kind::Node],
    &[Kind::Team, Kind::Player],
    &[Kind::Desk, Kind::Drawer],
    &[Kind::Folder, Kind::File],
    &[Kind::Library, Kind::Loan],
    &[Kind::Hall, Kind::Show, Kind::Seat],
    &[Kind::Region, Kind::Town, Kind::Street, Kind::Door],
    &[Kind::Company, Kind::Employee],
    &[Kind::Member],
    &[Kind::Station, Kind::Train],
    &[Kind::Actor, Kind::Film, Kind::Credit],
    &[Kind::Feline, Kind::Bird],
    &[Kind::Saw, Kind::Drill, Kind::Blade],
];

/// Makes an operation of bytes, the first for its group. Weighted unions of strategies would draw the same, and take as long as all that the
/// operations do.
fn decode([group, choice, a, b, c, d, e, f]: [u8; 8]) -> Operation {
    match group % 22 {
        0..=5 => {
            let parent = |pick: Pick| (pick < 230).then_some(pick);
            Operation::Add { kind: kind(a), parents: [parent(b), parent(c)], way: way(d) }
        }
        6..=11 => relation(choice, [a, b, c, d, e, f]),
        12..=16 => object(choice, a, [b, c]),
        _ => session(choice, a),
    }
}

fn relation(choice: u8, [a, b, c, d, e, f]: [u8; 6]) -> Operation {
    let children = || [c, d, e][..usize::from(f % 4)].to_vec();
    match choice % 20 {
        0..=4 => Operation::Give { edge: a, parent: b, child: c, way: way(d) },
        5 => Operation::Clear { edge: a, child: b },
        6 | 7 => Operation::Remove { edge: a, child: b },
        8 => Operation::Set { edge: a, parent: b, children: children() },
        9 => Operation::Load { edge: a, parent: b },
        10 | 11 => Operation::Carry { edge: a, children: children() },
        12 => Operation::IncludeSome { edge: a, above: b },
        13 | 14 => Operation::Link { link: a, left: b, right: c, from_left: is_odd(d) },
        15 => Operation::Unlink { pair: a, from_left: is_odd(b) },
        16 => Operation::LoadLink { link: a, object: b, at_left: is_odd(c) },
        17 => Operation::Cast { actor: a, film: b, from_actor: is_odd(c) },
        18 => Operation::Uncast { credit: a, from_actor: is_odd(b) },
        _ => Operation::LoadCast { object: a, at_actor: is_odd(b) },
    }
}

fn object(choice: u8, object: Pick, [a, b]: [u8; 2]) -> Operation {
    match choice % 51 {
        0..=5 => Operation::Value { object },
        6 | 7 => Operation::Append { object },
        8..=15 => Operation::Code { object, code: a },
        16..=23 => Operation::Delete { object },
        24..=26 => Operation::Undelete { object },
        27 | 28 => Operation::Expunge { object },
        29 => Operation::Attach { object },
        30..=32 => Operation::Revive { object, parents: [a, b] },
        33 | 34 => Operation::Scribble { object, out: is_odd(a) },
        35..=39 => Operation::AddAgain { object },
        40 | 41 => Operation::UpdateAll { object, how: a },
        42 | 43 => Operation::DeleteAll { object, how: a },
        44..=46 => Operation::Merge { object, forget: a >= 205 },
        47 | 48 => Operation::Refresh { object },
        _ => Operation::Expire { object },
    }
}

fn session(choice: u8, a: u8) -> Operation {
    match choice % 19 {
        0..=2 => Operation::Query { kind: kind(a) },
        3..=6 => Operation::Flush,
        7 => Operation::Forget,
        8 | 9 => Operation::Begin,
        10 => Operation::Release,
        11 | 12 => Operation::RollbackTo,
        13..=16 => Operation::Commit,
        _ => Operation::Rollback,
    }
}

fn kind(pick: u8) -> Kind {
    Kind::ALL[usize::from(pick) % Kind::ALL.len()]
}

fn way(pick: u8) -> Way {
    [Way::Push, Way::Handle, Way::Key][usize::from(pick % 3)]
}

fn is_odd(pick: u8) -> bool {
    pick % 2 == 1
}
