//! The questions that are asked.

mod catalogue;
mod revenue;
mod staff;

use orm::prelude::*;

use crate::report::Report;

/// All reports.
pub(crate) const ALL: &[fn(&mut Session) -> orm::Result<Report>] = &[
    revenue::by_country_and_year,
    revenue::best_tracks_of_each_genre,
    revenue::customers_above_average,
    catalogue::tracks_never_sold,
    staff::hierarchy,
    catalogue::albums_whole_in_playlists,
    revenue::by_month,
    catalogue::artists_without_sales,
];
