use std::fmt;

use chinook::models::{Album, Artist, InvoiceLine, Track};
use orm::prelude::*;

/// How many rows there are in the tables that the cascades reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rows {
    artists: u64,
    albums: u64,
    tracks: u64,
    playlist_entries: u64,
    invoice_lines: u64,
}

impl Rows {
    /// All rows.
    pub(crate) fn all(session: &mut Session) -> orm::Result<Self> {
        Ok(Self {
            artists: Artist::query().count(session)?,
            albums: Album::query().count(session)?,
            tracks: Track::query().count(session)?,
            playlist_entries: Track::query().join(Track::playlists).select(Track::id).count(session)?,
            invoice_lines: InvoiceLine::query().count(session)?,
        })
    }

    /// The rows of one artist.
    pub(crate) fn of(session: &mut Session, artist: &str) -> orm::Result<Self> {
        let is_it = || Artist::name.eq(artist);
        let tracks = || Track::query().join(Track::album).join(Album::artist).filter(is_it());
        let lines = InvoiceLine::query().join(InvoiceLine::track).join(Track::album).join(Album::artist);
        Ok(Self {
            artists: Artist::query().filter(is_it()).count(session)?,
            albums: Album::query().join(Album::artist).filter(is_it()).count(session)?,
            tracks: tracks().count(session)?,
            playlist_entries: tracks().join(Track::playlists).select(Track::id).count(session)?,
            invoice_lines: lines.filter(is_it()).count(session)?,
        })
    }

    /// How many rows went.
    pub(crate) fn less(self, later: Self) -> Self {
        Self {
            artists: self.artists - later.artists,
            albums: self.albums - later.albums,
            tracks: self.tracks - later.tracks,
            playlist_entries: self.playlist_entries - later.playlist_entries,
            invoice_lines: self.invoice_lines - later.invoice_lines,
        }
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { artists, albums, tracks, playlist_entries, invoice_lines } = self;
        write!(
            f,
            "{artists} artist, {albums} albums, {tracks} tracks, {playlist_entries} playlist entries, \
             {invoice_lines} invoice lines"
        )
    }
}
