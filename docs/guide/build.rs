//! Makes one function of each page of the guide: its code blocks in their order, as a reader would type them, and the code in
//! the last column of each table whose last column is called `orm`, each row in a session of its own on the page's `engine`.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=.");
    let mut code = String::new();
    let mut pages: Vec<_> = fs::read_dir(".")?.collect::<Result<_, _>>()?;
    pages.sort_by_key(fs::DirEntry::file_name);
    for page in pages.iter().map(fs::DirEntry::path).filter(|path| path.extension().is_some_and(|it| it == "md")) {
        write_page(&mut code, &page)?;
    }
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("pages.rs"), code)?)
}

fn write_page(code: &mut String, page: &Path) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(page)?;
    let name = page.file_stem().unwrap_or_default().to_string_lossy().to_lowercase().replace('-', "_");
    writeln!(code, "#[test]\nfn {name}() -> orm::Result<()> {{")?;
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
            (line, Some(_)) => writeln!(code, "{line}")?,
            (line, None) if line.starts_with("```") && !matches!(line, "```" | "```text") => {
                return Err(format!("{}:{number}: blocks are `rust`, `rust,no_run` or `text`", page.display()).into());
            }
            (line, None) if line.ends_with("| orm |") => runs = true,
            (line, None) if runs && line.starts_with('|') => {
                if let Some(row) = last_code(line) {
                    writeln!(code, "// {}:{number}", page.display())?;
                    writeln!(code, "{{ let mut session = engine.session();\nlet _ = {{ {row} }}; }}")?;
                }
            }
            _ => runs = false,
        }
    }
    Ok(writeln!(code, "Ok(())\n}}\n")?)
}

/// The code in the last cell of a row, if there is some. A `|` in it is written `\\|`, or it would end the cell.
fn last_code(row: &str) -> Option<String> {
    let cell = row.trim_end_matches(['|', ' ']).rsplit(" | ").next()?;
    let (_, code) = cell.trim_end_matches('`').split_once('`')?;
    Some(code.replace("\\|", "|"))
}
