use std::thread;

use orm_core::Result;

use super::pages::panicked;
use super::{Iter, Pages, Scan};
use crate::Item;
use crate::request::Request;

impl<M: Item, O: Send> Scan<'_, M, O> {
    /// All items, read in so many parts at once, each by a thread of its own.
    ///
    /// See the example of [`Scan`].
    ///
    /// # Errors
    ///
    /// As the kind says.
    pub fn all_parallel(self, segments: u32) -> Result<Vec<O>> {
        let (db, request, read, most) = self.parts()?;
        let parts = thread::scope(|scope| {
            let start = |segment| {
                let request =
                    Request { segment: Some(segment), total_segments: Some(segments.max(1)), ..request.clone() };
                let read = read.clone();
                scope.spawn(move || Iter::new(Pages::new(db, "Scan", request, read, most)).collect::<Result<Vec<O>>>())
            };
            let threads: Vec<_> = (0..segments.max(1)).map(start).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| Err(panicked())))
                .collect::<Result<Vec<_>>>()
        })?;
        let most = most.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
        Ok(parts.into_iter().flatten().take(most).collect())
    }
}
