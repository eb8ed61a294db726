use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

/// What one scene did to one database.
pub(crate) struct Outcome {
    scene: String,
    database: &'static str,
    /// What was done and acknowledged, as figures.
    pub(crate) figures: Vec<String>,
    /// What was promised and not kept.
    violations: Vec<String>,
}

impl Outcome {
    pub(crate) fn new(scene: impl Into<String>, database: &'static str) -> Self {
        Self { scene: scene.into(), database, figures: Vec::new(), violations: Vec::new() }
    }

    pub(crate) fn figure(&mut self, figure: impl Into<String>) {
        self.figures.push(figure.into());
    }

    /// Notes a violation unless `holds`.
    pub(crate) fn check(&mut self, holds: bool, violation: impl FnOnce() -> String) {
        if !holds {
            self.violations.push(violation());
        }
    }
}

/// Violations of one scene that are shown.
const SHOWN: usize = 5;

/// Prints the table of outcomes and the violations; whether there was none.
pub(crate) fn print(outcomes: &[Outcome]) -> bool {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(["What is done", "To", "Figures", "Violated"]);
    for outcome in outcomes {
        let violated = outcome.violations.len().to_string();
        table.add_row([outcome.scene.as_str(), outcome.database, &outcome.figures.join(", "), &violated]);
    }
    println!("{table}");
    for outcome in outcomes {
        for violation in outcome.violations.iter().take(SHOWN) {
            println!("VIOLATED {} ({}): {violation}", outcome.scene, outcome.database);
        }
    }
    outcomes.iter().all(|outcome| outcome.violations.is_empty())
}
