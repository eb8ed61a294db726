use std::collections::BTreeSet;

use chinook::models::{Album, Artist, Invoice, InvoiceLine, Track};
use comfy_table::{Table, presets};
use orm::functions::{max, sum};
use orm::prelude::*;

/// The artist's albums with their tracks, genres and playlists.
///
/// Each relation costs one statement for the whole artist: the first `load` of a relation brings it for all objects
/// that were read together.
pub(crate) fn albums(session: &mut Session, name: &str) -> orm::Result<()> {
    let artist = Artist::query().filter(Artist::name.eq(name)).one(session)?;
    let albums = session.load(artist, Artist::albums)?;
    let mut count = 0;
    for &album in &albums {
        let tracks = session.load(album, Album::tracks)?;
        count += tracks.len();
        let mut table = table(["track", "length", "price", "genre", "playlists"]);
        for &track in &tracks {
            table.add_row(row(session, track)?);
        }
        println!("{}\n{table}\n", session[album].title);
    }
    println!("{name}: {} albums, {count} tracks\n", albums.len());
    Ok(())
}

fn row(session: &mut Session, track: Handle<Track>) -> orm::Result<[String; 5]> {
    let genre = session.load(track, Track::genre)?;
    let playlists = session.load(track, Track::playlists)?;
    // The shop has two playlists of one name: each name once.
    let playlists: BTreeSet<&str> = playlists.iter().filter_map(|&list| session[list].name.as_deref()).collect();
    let Track { name, milliseconds, unit_price, .. } = &session[track];
    Ok([
        name.clone(),
        format!("{}:{:02}", milliseconds / 60_000, milliseconds / 1_000 % 60),
        format!("{unit_price:.2}"),
        genre.and_then(|genre| session[genre].name.clone()).unwrap_or_default(),
        Vec::from_iter(playlists).join(", "),
    ])
}

/// The five artists whose tracks were sold most often, computed by the database.
pub(crate) fn best_sellers(session: &mut Session) -> orm::Result<()> {
    let rows = InvoiceLine::query()
        .join(InvoiceLine::invoice)
        .join(InvoiceLine::track)
        .join(Track::album)
        .join(Album::artist)
        .group_by((Artist::id, Artist::name))
        .order_by((sum(InvoiceLine::quantity).desc(), Artist::name))
        .limit(5)
        .select((Artist::name, sum(InvoiceLine::quantity), max(Invoice::invoice_date)))
        .all(session)?;
    let mut table = table(["", "artist", "tracks sold", "last sale"]);
    for (rank, (name, sold, last)) in (1..).zip(rows) {
        table.add_row([
            rank.to_string(),
            name.unwrap_or_default(),
            sold.map(|sold| sold.to_string()).unwrap_or_default(),
            last.map(|at| at.date().to_string()).unwrap_or_default(),
        ]);
    }
    println!("Best-selling artists\n{table}");
    Ok(())
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(header);
    table
}
