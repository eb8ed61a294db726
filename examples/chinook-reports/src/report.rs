use std::fmt;

use comfy_table::{Table, presets};

/// How many rows are printed of a report.
const SHOWN: usize = 12;

/// What a query found, as text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Report {
    title: &'static str,
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Report {
    pub(crate) fn new<R, const N: usize>(
        title: &'static str,
        header: [&'static str; N],
        rows: Vec<R>,
        cells: impl Fn(R) -> [String; N],
    ) -> Self {
        Self { title, header: header.into(), rows: rows.into_iter().map(|row| cells(row).into()).collect() }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(&self.header);
        table.add_rows(self.rows.iter().take(SHOWN));
        writeln!(f, "{}\n{table}", self.title)?;
        match self.rows.len() {
            0..=SHOWN => Ok(()),
            rows => writeln!(f, "and {} more", rows - SHOWN),
        }
    }
}

/// A value that may be NULL, which is printed as nothing.
pub(crate) fn cell<T: fmt::Display>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// An amount of money.
pub(crate) fn money(amount: Option<rust_decimal::Decimal>) -> String {
    cell(amount.map(|amount| format!("{amount:.2}")))
}
