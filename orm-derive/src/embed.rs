//! The files of a folder, inside the program.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, LitStr, Result};

/// `[("folder/up.sql", include_str!("..")), ..]`, for the SQL and TOML files in the folders of a folder of the crate.
pub(crate) fn expand(folder: &LitStr) -> Result<TokenStream> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default().join(folder.value());
    let failed = |error: std::io::Error| Error::new(folder.span(), format!("cannot read {}: {error}", root.display()));
    let mut files = Vec::new();
    for inner in entries(&root).map_err(failed)?.into_iter().filter(|path| path.is_dir()) {
        let own = entries(&inner).map_err(failed)?;
        files.extend(own.into_iter().filter(|path| path.extension().is_some_and(|end| end == "sql" || end == "toml")));
    }
    let entries = files.iter().map(|path| {
        let short = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let full = path.to_string_lossy();
        quote!((#short, ::core::include_str!(#full)))
    });
    let count = files.len();
    Ok(quote!({
        const FILES: [(&str, &str); #count] = [#(#entries),*];
        FILES
    }))
}

fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}
