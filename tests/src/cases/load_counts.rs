//! How many statements it takes to read a shop of music as large as the Chinook database: artists with albums, tracks, and what a track is.

use orm::prelude::*;
use orm::{Result, Session};

use crate::TestContext;
use crate::models::{Album, Musician, Piece, stock_albums};

cases! { load_counts {
    nested_includes_are_a_statement_for_each_relation [];
    nested_lazy_loads_are_a_statement_for_each_relation [];
    lazy_loads_of_several_results_are_a_statement_for_each_relation [];
    joined_targets_are_one_statement [];
    targets_that_are_in_memory_are_not_asked_for [];
} }

/// The five statements of a walk over the shop.
const WALK: &[&str] = &["select musician", "select album", "select piece", "select style", "select medium"];

/// The full shop, in a session that has loaded nothing.
fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Musician])?;
    stock_albums(&mut cx.session())?;
    cx.clear_log();
    Ok(cx.session())
}

/// Walks over what was sold of `musicians`, and tells how many pieces, pieces with a style and names of media there were.
fn walk(session: &mut Session, musicians: &[Handle<Musician>]) -> Result<[usize; 3]> {
    let (mut pieces, mut styles, mut letters) = (0, 0, 0);
    for &musician in musicians {
        for album in session.load(musician, Musician::albums)? {
            for piece in session.load(album, Album::pieces)? {
                pieces += 1;
                styles += usize::from(session.load(piece, Piece::style)?.is_some());
                let medium = session.load(piece, Piece::medium)?;
                letters += session[medium].name.len();
            }
        }
    }
    Ok([pieces, styles, letters])
}

/// What [`walk`] finds in the whole shop: each tenth piece has no style, and each medium has a name of eight letters.
const ALL: [usize; 3] = [3_503, 3_153, 28_024];

pub fn nested_includes_are_a_statement_for_each_relation(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let pieces = Musician::albums.then(Album::pieces);
    let query = Musician::query().include(pieces.clone().then(Piece::style)).include(pieces.then(Piece::medium));
    let found = query.order_by(Musician::id).all(&mut session)?;
    cx.expect_log(WALK);
    assert_eq!(found.len(), 275);
    assert_eq!(walk(&mut session, &found)?, ALL);
    cx.expect_log(&[]);
    Ok(())
}

pub fn nested_lazy_loads_are_a_statement_for_each_relation(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let found = Musician::query().order_by(Musician::id).all(&mut session)?;
    assert_eq!(walk(&mut session, &found)?, ALL);
    cx.expect_log(WALK);
    Ok(())
}

pub fn lazy_loads_of_several_results_are_a_statement_for_each_relation(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let albums = Album::query().all(&mut session)?;
    let pieces = Piece::query().all(&mut session)?;
    cx.expect_log(&["select album", "select piece"]);
    for &piece in &pieces {
        if let Some(album) = session.load(piece, Piece::album)? {
            session.load(album, Album::musician)?;
        }
    }
    assert_eq!((albums.len(), pieces.len()), (347, 3_503));
    cx.expect_log(&["select musician"]);
    Ok(())
}

pub fn joined_targets_are_one_statement(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query = Piece::query().include(Piece::album.joined()).include(Piece::style.joined());
    let pieces = query.include(Piece::medium.joined()).order_by(Piece::id).all(&mut session)?;
    cx.expect_log(&["select piece"]);
    assert_eq!(pieces.len(), 3_503);
    let (mut albums, mut styles) = (0, 0);
    for &piece in &pieces {
        albums += usize::from(session.related(piece, Piece::album)?.is_some());
        styles += usize::from(session.related(piece, Piece::style)?.is_some());
        assert!(session[&session[piece].medium].name.starts_with("medium"));
    }
    assert_eq!((albums, styles), (3_503, 3_153));
    cx.expect_log(&[]);
    Ok(())
}

pub fn targets_that_are_in_memory_are_not_asked_for(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    session.begin()?;
    let pieces = Piece::query().filter(Piece::id.le(100)).include(Piece::style).all(&mut session)?;
    cx.expect_log(&["select piece", "select style"]);
    let others = Piece::query().filter(Piece::id.gt(100)).include(Piece::style).all(&mut session)?;
    assert_eq!(pieces.len() + others.len(), 3_503);
    cx.expect_log(&["select piece"]);
    Ok(())
}
