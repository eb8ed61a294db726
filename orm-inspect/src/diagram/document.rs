//! Diagrams as documents for a browser, to move in and to search.

use super::Diagram;

const PAGE: &str = include_str!("page.html");

impl Diagram {
    /// The picture in a document of its own, that can be moved and searched, and that shows which lines belong to a table.
    ///
    /// ```
    /// # let engine = orm::Engine::connect("sqlite://")?;
    /// let page = orm_inspect::Diagram::of(&engine.reflect()?).html();
    /// assert!(page.starts_with("<!doctype html>") && page.contains("<svg "));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn html(&self) -> String {
        PAGE.replace("<!-- diagram -->", &self.svg())
    }
}
