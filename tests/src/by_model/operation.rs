//! What is done to a session, at random.

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

pub(crate) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    // A sequence is about some of the families, so that its objects have to do with each other.
    (prop::collection::vec(prop::sample::select(FAMILIES), 1..4), prop::collection::vec(operation(), 1..40)).prop_map(
        |(families, mut operations)| {
            let kinds: Vec<Kind> = families.concat();
            for operation in &mut operations {
                if let Operation::Add { kind, .. } | Operation::Query { kind } = operation {
                    *kind = kinds[*kind as usize % kinds.len()];
                }
            }
            operations
        },
    )
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
];

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let pick = any::<Pick>;
    let kind = || prop::sample::select(Kind::ALL);
    let way = || prop::sample::select(&[Way::Push, Way::Handle, Way::Key][..]);
    let objects = prop_oneof![
        6 => pick().prop_map(|object| Value { object }),
        2 => pick().prop_map(|object| Append { object }),
        8 => (pick(), pick()).prop_map(|(object, code)| Code { object, code }),
        8 => pick().prop_map(|object| Delete { object }),
        3 => pick().prop_map(|object| Undelete { object }),
        2 => pick().prop_map(|object| Expunge { object }),
        1 => pick().prop_map(|object| Attach { object }),
        3 => (pick(), any::<[Pick; 2]>()).prop_map(|(object, parents)| Revive { object, parents }),
        2 => (pick(), any::<bool>()).prop_map(|(object, out)| Scribble { object, out }),
        5 => pick().prop_map(|object| AddAgain { object }),
        2 => (pick(), pick()).prop_map(|(object, how)| UpdateAll { object, how }),
        2 => (pick(), pick()).prop_map(|(object, how)| DeleteAll { object, how }),
        3 => (pick(), prop::bool::weighted(0.2)).prop_map(|(object, forget)| Merge { object, forget }),
        2 => pick().prop_map(|object| Refresh { object }),
        2 => pick().prop_map(|object| Expire { object }),
    ];
    let relations = prop_oneof![
        5 => (pick(), pick(), pick(), way()).prop_map(|(edge, parent, child, way)| Give { edge, parent, child, way }),
        1 => (pick(), pick()).prop_map(|(edge, child)| Clear { edge, child }),
        2 => (pick(), pick()).prop_map(|(edge, child)| Remove { edge, child }),
        1 => (pick(), pick(), prop::collection::vec(pick(), 0..4))
            .prop_map(|(edge, parent, children)| Set { edge, parent, children }),
        1 => (pick(), pick()).prop_map(|(edge, parent)| Load { edge, parent }),
        2 => (pick(), prop::collection::vec(pick(), 0..4)).prop_map(|(edge, children)| Carry { edge, children }),
        1 => (pick(), pick()).prop_map(|(edge, above)| IncludeSome { edge, above }),
        2 => (pick(), pick(), pick(), any::<bool>())
            .prop_map(|(link, left, right, from_left)| Link { link, left, right, from_left }),
        1 => (pick(), any::<bool>()).prop_map(|(pair, from_left)| Unlink { pair, from_left }),
        1 => (pick(), pick(), any::<bool>()).prop_map(|(link, object, at_left)| LoadLink { link, object, at_left }),
    ];
    let session = prop_oneof![
        3 => kind().prop_map(|kind| Query { kind }),
        4 => Just(Flush),
        1 => Just(Forget),
        2 => Just(Begin),
        1 => Just(Release),
        2 => Just(RollbackTo),
        4 => Just(Commit),
        2 => Just(Rollback),
    ];
    let parents = || prop::array::uniform2(prop::option::weighted(0.9, pick()));
    prop_oneof![
        6 => (kind(), parents(), way()).prop_map(|(kind, parents, way)| Add { kind, parents, way }),
        6 => relations,
        5 => objects,
        5 => session,
    ]
}
