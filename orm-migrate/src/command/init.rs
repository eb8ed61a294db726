//! `init`.

use std::fs;
use std::path::Path;

use super::Work;
use super::arguments::Place;
use crate::error::{Result, file};

const PROGRAM: &str = "//! The commands of migrations: `cargo run --bin migrate -- upgrade heads`.

fn main() -> std::process::ExitCode {
    // Name the models of the program here.
    orm::migrate::main(orm::models![])
}
";

impl Work<'_> {
    /// The program that has the models, the folder, and the settings. What is there stays.
    pub(super) fn init(&mut self, place: &Place) -> Result<()> {
        let folder = self.folder(place);
        fs::create_dir_all(&folder).map_err(|error| file(folder.display(), error))?;
        fs::create_dir_all("src/bin").map_err(|error| file("src/bin", error))?;
        self.make(Path::new("src/bin/migrate.rs"), PROGRAM)?;
        self.make(Path::new("orm.toml"), &settings(&folder))?;
        self.say(
            "name your models in src/bin/migrate.rs, and write the first revision: `revision -m start --autogenerate`",
        )
    }

    fn make(&mut self, path: &Path, text: &str) -> Result<()> {
        if path.exists() {
            return self.say(format!("{} is there already", path.display()));
        }
        fs::write(path, text).map_err(|error| file(path.display(), error))?;
        self.say(format!("made {}", path.display()))
    }
}

fn settings(folder: &Path) -> String {
    format!(
        r#"# What the commands of migrations read. An argument or the variable DATABASE_URL goes before it.

# The database. ${{NAME}} is the environment variable of that name.
url = "${{DATABASE_URL}}"
folder = {:?}

# The kinds of database to write scripts for. All that the program speaks, if this is not given.
# dialects = ["sqlite", "postgresql", "mariadb", "mysql"]

# The folder of a revision: {{date}}, {{time}}, {{id}} and {{slug}}, the words of its message.
# revision_name = "{{date}}_{{time}}_{{id}}_{{slug}}"

# Tables of others, which `check`, `inspect`, `diff` and `diagram` leave out. A * stands for any letters.
# ignore = ["spatial_ref_sys", "audit_*"]

[upgrade]
# How long a statement waits for a lock, how long it takes, and how often a revision is tried again that has waited too long.
# lock_timeout = "5s"
# statement_timeout = "10min"
# retries = 5

[tenants]
# Who they are: names, and a query for more of them. `upgrade --each-tenant` runs in the schema of each, or in the database of each where a URL is given.
# names = ["acme", "bolt"]
# query = "SELECT name FROM tenant ORDER BY name"
# url = "postgresql://app@localhost/{{tenant}}"

[lint]
# Rules whose findings are left out: `lint --rules` lists them.
# allow = ["rename"]
"#,
        folder.display().to_string()
    )
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    #[test]
    fn the_written_settings_are_understood() {
        let text = settings(Path::new("a \"b\""));
        assert_eq!(Settings::parse(&text).unwrap().folder(), Path::new("a \"b\""));
        // What is commented out is right as well.
        let all: String = text
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line).to_owned() + "\n")
            .collect();
        let all = Settings::parse(&all).unwrap();
        assert!(all.ignores("audit_x") && all.upgrade.retries == Some(5) && all.lint.allow == ["rename"]);
    }
}
