//! `orm diff`.

use std::process::ExitCode;

use orm::catalog::Difference;

use crate::arguments::Diff;
use crate::output::{Failure, GREEN, RED, YELLOW, print};
use crate::reflect::read;

/// Exit code of databases that differ.
const DIFFERENT: u8 = 1;

pub(crate) fn run(arguments: &Diff) -> Result<ExitCode, Failure> {
    let (_, from) = read(&arguments.from, &arguments.part)?;
    let (_, to) = read(&arguments.to, &arguments.part)?;
    let differences = from.differences(&to);
    let lines: String = differences.iter().map(line).collect();
    print(&lines)?;
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERENT) })
}

fn line(difference: &Difference<'_>) -> String {
    let text = difference.to_string();
    let color = match () {
        () if text.ends_with(" is added") => GREEN,
        () if text.ends_with(" is removed") => RED,
        () => YELLOW,
    };
    format!("{color}{text}{color:#}\n")
}
