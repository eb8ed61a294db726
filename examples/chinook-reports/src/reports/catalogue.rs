use chinook::models::{Album, Artist, Playlist, Track};
use orm::functions::{count_distinct, not_exists};
use orm::prelude::*;

use crate::report::{Report, cell};

/// Tracks without a line on any invoice: an anti-join.
pub(crate) fn tracks_never_sold(session: &mut Session) -> orm::Result<Report> {
    let rows = Track::query()
        .filter(Track::sales.is_empty())
        .left_join(Track::album)
        .order_by(Track::id)
        .select((Track::name, Album::title))
        .all(session)?;
    Ok(Report::new("Tracks that were never sold", ["track", "album"], rows, |(track, album)| [track, cell(album)]))
}

alias!(Holder = Playlist);

/// How many albums a playlist has with all their tracks: those without a track that the playlist does not have.
pub(crate) fn albums_whole_in_playlists(session: &mut Session) -> orm::Result<Report> {
    let holds_it = Track::playlists.to(Holder).query().correlate::<Playlist>();
    let holds_it = holds_it.filter(Holder::col(Playlist::id).eq(Playlist::id));
    let missing = Album::tracks.query().correlate::<Playlist>().filter(not_exists(holds_it));
    let rows = Playlist::query()
        .cross_join::<Album>()
        .filter(Album::tracks.is_not_empty())
        .filter(not_exists(missing))
        .group_by(Playlist::id)
        .order_by(Playlist::id)
        .select((Playlist::id, Playlist::name, count_distinct(Album::id)))
        .all(session)?;
    let header = ["", "playlist", "whole albums"];
    Ok(Report::new("Playlists that contain all tracks of an album", header, rows, |(id, name, albums)| {
        [id.to_string(), cell(name), albums.to_string()]
    }))
}

/// Artists of whom there are albums and no sales: the difference of two queries.
pub(crate) fn artists_without_sales(session: &mut Session) -> orm::Result<Report> {
    let with_albums = Artist::query().filter(Artist::albums.is_not_empty());
    let sold = Artist::query().join(Artist::albums).join(Album::tracks).join(Track::sales);
    let artists = with_albums.except(sold).order_by(Artist::id).all(session)?;
    Ok(Report::new("Artists with albums and no sales", ["artist"], artists, |artist| {
        [cell(session[artist].name.clone())]
    }))
}
