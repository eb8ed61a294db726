//! What is done to a session, at random.

use proptest::prelude::*;

use super::things::Kind;

/// An object: one of those that fit, counted from the first and around.
pub(crate) type Pick = u8;

/// One operation. What does not make sense where it comes, is left out.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Add { kind: Kind, parent: Option<Pick>, by_push: bool },
    Push { edge: Pick, parent: Pick, child: Pick },
    Assign { edge: Pick, parent: Pick, child: Pick },
    Clear { edge: Pick, child: Pick },
    Remove { edge: Pick, child: Pick },
    Set { edge: Pick, parent: Pick, children: Vec<Pick> },
    Load { edge: Pick, parent: Pick },
    Link { track: Pick, mixtape: Pick, from_track: bool },
    Unlink { pair: Pick, from_track: bool },
    Captain { team: Pick, player: Option<Pick> },
    Value { object: Pick },
    Delete { object: Pick },
    Undelete { object: Pick },
    Expunge { object: Pick },
    Query { kind: Kind },
    Flush,
    Forget,
    Begin,
    Release,
    RollbackTo,
    Commit,
    Rollback,
}

pub(crate) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..40)
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::{
        Add, Assign, Begin, Captain, Clear, Commit, Delete, Expunge, Flush, Forget, Link, Load, Push, Query, Release,
        Remove, Rollback, RollbackTo, Set, Undelete, Unlink, Value,
    };
    let pick = any::<Pick>;
    let kind = || prop::sample::select(Kind::ALL);
    prop_oneof![
        12 => (kind(), prop::option::weighted(0.9, pick()), any::<bool>())
            .prop_map(|(kind, parent, by_push)| Add { kind, parent, by_push }),
        4 => (pick(), pick(), pick()).prop_map(|(edge, parent, child)| Push { edge, parent, child }),
        4 => (pick(), pick(), pick()).prop_map(|(edge, parent, child)| Assign { edge, parent, child }),
        2 => (pick(), pick()).prop_map(|(edge, child)| Clear { edge, child }),
        3 => (pick(), pick()).prop_map(|(edge, child)| Remove { edge, child }),
        2 => (pick(), pick(), prop::collection::vec(pick(), 0..4))
            .prop_map(|(edge, parent, children)| Set { edge, parent, children }),
        2 => (pick(), pick()).prop_map(|(edge, parent)| Load { edge, parent }),
        3 => (pick(), pick(), any::<bool>()).prop_map(|(track, mixtape, from_track)| Link { track, mixtape, from_track }),
        2 => (pick(), any::<bool>()).prop_map(|(pair, from_track)| Unlink { pair, from_track }),
        1 => (pick(), prop::option::of(pick())).prop_map(|(team, player)| Captain { team, player }),
        3 => pick().prop_map(|object| Value { object }),
        4 => pick().prop_map(|object| Delete { object }),
        1 => pick().prop_map(|object| Undelete { object }),
        1 => pick().prop_map(|object| Expunge { object }),
        2 => kind().prop_map(|kind| Query { kind }),
        3 => Just(Flush),
        1 => Just(Forget),
        2 => Just(Begin),
        1 => Just(Release),
        1 => Just(RollbackTo),
        4 => Just(Commit),
        1 => Just(Rollback),
    ]
}
