//! Makes one function of each page of the guide: its code blocks in their order, as a reader would type them.

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
    let name = page.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    writeln!(code, "#[test]\nfn {name}() -> orm::Result<()> {{")?;
    let mut end = None;
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
            (line, None) if line.starts_with("```") && line.len() > 3 => {
                return Err(format!("{}:{number}: blocks are `rust` or `rust,no_run`", page.display()).into());
            }
            _ => {}
        }
    }
    Ok(writeln!(code, "Ok(())\n}}\n")?)
}
