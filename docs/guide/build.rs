//! Makes one test of each page of the guide: its code blocks in their order, as a reader would type them, and the code in
//! the last column of each table whose last column is called `orm`, each row in a session of its own on the page's `engine`.
//! The numbered pages of a folder continue each other, so they make one test.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=.");
    let mut code = String::new();
    for entry in sorted(Path::new("."))? {
        if is_page(&entry) {
            write_test(&mut code, &entry, &[&entry])?;
        } else if entry.is_dir() {
            let pages: Vec<PathBuf> = sorted(&entry)?.into_iter().filter(|path| is_page(path)).collect();
            let (steps, alone): (Vec<_>, Vec<_>) = pages.iter().partition(|path| is_numbered(path));
            if !steps.is_empty() {
                write_test(&mut code, &entry, &steps)?;
            }
            alone.into_iter().try_for_each(|page| write_test(&mut code, page, &[page]))?;
        }
    }
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("pages.rs"), code)?)
}

fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "md") && path.file_name().is_some_and(|name| name != "SUMMARY.md")
}

fn is_numbered(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(|first: char| first.is_ascii_digit()))
}

/// What is in a folder, in the order of the names.
fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut entries: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Box<dyn Error>>>()?;
    entries.sort();
    Ok(entries)
}

/// One test, named after a page or a folder.
fn write_test(code: &mut String, named: &Path, pages: &[&PathBuf]) -> Result<(), Box<dyn Error>> {
    let name = named.file_stem().unwrap_or_default().to_string_lossy().to_lowercase().replace('-', "_");
    // The name of a page may be a keyword.
    writeln!(code, "#[test]\nfn r#{name}() -> orm::Result<()> {{")?;
    for page in pages {
        write_page(code, page)?;
    }
    Ok(writeln!(code, "Ok(())\n}}\n")?)
}

fn write_page(code: &mut String, page: &Path) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(page)?;
    refuse_headless_tables(page, &text)?;
    let mut end = None;
    let mut runs = false;
    for (number, line) in (1..).zip(text.lines()) {
        match (line, end) {
            ("```rust", None) => {
                writeln!(code, "// {}:{number}", page.display())?;
                end = Some("");
            }
            // Compiled and not run.
            ("```rust,no_run", None) => {
                writeln!(code, "// {}:{number}\nlet _ = || -> orm::Result<()> {{", page.display())?;
                end = Some("Ok(()) };");
            }
            ("```", Some(last)) => {
                writeln!(code, "{last}")?;
                end = None;
            }
            // Lines that the book hides.
            (line, Some(_)) => writeln!(code, "{}", line.strip_prefix("# ").unwrap_or(line))?,
            (line, None) if line.starts_with("```") && !matches!(line, "```" | "```text") => {
                return Err(format!("{}:{number}: blocks are `rust`, `rust,no_run` or `text`", page.display()).into());
            }
            (line, None) if line.ends_with("| orm |") => runs = true,
            (line, None) if runs && line.starts_with('|') => {
                if let Some(row) = last_code(line) {
                    writeln!(code, "// {}:{number}", page.display())?;
                    writeln!(code, "{{ let mut session = engine.session();\nlet _ = {{ {row} }}; }}")?;
                } else if !line.contains("](") && !line.starts_with("|-") {
                    return Err(format!("{}:{number}: a row without code and without a link", page.display()).into());
                }
            }
            _ => runs = false,
        }
    }
    Ok(())
}

/// A table begins with its header and a line of dashes. A blank line within a table leaves rows that are shown as text and not run.
fn refuse_headless_tables(page: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    let lines: Vec<&str> = std::iter::once("").chain(text.lines()).chain([""]).collect();
    for (number, window) in (1..).zip(lines.windows(3)) {
        if let [before, header, rule] = window
            && header.starts_with('|')
            && !before.starts_with('|')
            && !rule.starts_with("|-")
        {
            return Err(format!("{}:{number}: a row of a table without a header", page.display()).into());
        }
    }
    Ok(())
}

/// The code in the last cell of a row, if there is some. A `|` in it is written `\\|`, or it would end the cell.
fn last_code(row: &str) -> Option<String> {
    let cell = row.trim_end_matches(['|', ' ']).rsplit(" | ").next()?;
    let (_, code) = cell.trim_end_matches('`').split_once('`')?;
    Some(code.replace("\\|", "|"))
}
