use super::limits::TIMEOUTS;
use super::url::shows;
use crate::error::{Error, ErrorKind, Result};

/// An option of a database: in its URL, of an engine's builder, or in a variable of the environment.
///
/// A backend has one table of them. It is read, it is checked against, and the guide's table is the same.
#[derive(Debug)]
pub struct UrlOption<S> {
    /// Its name.
    pub name: &'static str,
    /// The variable of the environment that is read where the URL does not say it.
    pub variable: Option<&'static str>,
    /// What it takes, and what holds where nothing is said. It ends messages that begin with "it takes".
    pub takes: &'static str,
    /// Sets it. `None` refuses the value.
    pub set: fn(&mut S, &str) -> Option<()>,
}

impl<S> UrlOption<S> {
    /// Sets the option `name` of `table` to `value`.
    ///
    /// # Errors
    ///
    /// `Config`, with the nearest name that there is, or with the values that the option takes.
    pub fn apply(table: &[Self], settings: &mut S, name: &str, value: &str) -> Result<()> {
        let option = table.iter().find(|option| option.name == name).ok_or_else(|| unknown(table, name))?;
        (option.set)(settings, value).ok_or_else(|| option.refused(name, value))
    }

    /// Sets those options of `table` that a variable names and `is_given` does not.
    ///
    /// # Errors
    ///
    /// `Config` for a variable with a value that its option does not take.
    pub fn apply_variables(
        table: &[Self],
        settings: &mut S,
        is_given: impl Fn(&str) -> bool,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<()> {
        for option in table.iter().filter(|option| !is_given(option.name)) {
            let Some(name) = option.variable else { continue };
            // An empty variable is one that was taken back.
            if let Some(value) = variable(name).filter(|value| !value.is_empty()) {
                (option.set)(settings, &value).ok_or_else(|| option.refused(name, &value))?;
            }
        }
        Ok(())
    }

    fn refused(&self, written: &str, value: &str) -> Error {
        let value = if shows(self.name) { value } else { "***" };
        Error::new(ErrorKind::Config, format!("`{written}={value}` is not possible: it takes {}", self.takes))
    }
}

fn unknown<S>(table: &[UrlOption<S>], name: &str) -> Error {
    let names = table.iter().map(|option| option.name).chain(TIMEOUTS.iter().map(|option| option.name));
    let message = match nearest(name, names.clone()) {
        Some(near) => format!("the database has no option `{name}`; did you mean `{near}`?"),
        None => {
            let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            format!("the database has no option `{name}`; possible: {}", all.join(", "))
        }
    };
    Error::new(ErrorKind::Config, message)
}

/// The word of `known` that `word` was probably meant to be: at most a third of its letters are others.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let scored = known.map(|candidate| (distance(word.as_bytes(), candidate.as_bytes()), candidate));
    let (changes, best) = scored.min_by_key(|(changes, _)| *changes)?;
    (changes * 2 <= best.len()).then_some(best)
}

/// How many letters have to be put in, taken out or changed.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let change = diagonal + usize::from(letter != other);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[UrlOption<Vec<String>>] = &[
        UrlOption { name: "mode", variable: None, takes: "`a` or `b`", set: |all, value| push(all, value) },
        UrlOption { name: "password", variable: Some("PW"), takes: "a text", set: |all, value| push(all, value) },
        UrlOption { name: "sslrootcert", variable: Some("ROOT"), takes: "a file", set: |all, value| push(all, value) },
    ];

    fn push(all: &mut Vec<String>, value: &str) -> Option<()> {
        (!value.starts_with("no")).then(|| all.push(value.to_owned()))
    }

    fn refusal(name: &str, value: &str) -> String {
        let error = UrlOption::apply(TABLE, &mut Vec::new(), name, value).err();
        error.map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn an_unknown_option_is_told_the_nearest_one() {
        for (name, near) in [
            ("Mode", "did you mean `mode`?"),
            ("moed", "did you mean `mode`?"),
            ("pasword", "did you mean `password`?"),
            ("ssl_root_cert", "did you mean `sslrootcert`?"),
            ("x", "possible: `mode`, `password`, `sslrootcert`"),
            ("colour", "possible: `mode`, `password`, `sslrootcert`"),
        ] {
            let text = refusal(name, "1");
            assert!(text.contains(near) && text.contains(&format!("`{name}`")), "{text}");
        }
    }

    #[test]
    fn a_wrong_value_is_told_what_is_right_and_shows_unless_it_is_secret() {
        assert!(refusal("mode", "nope").ends_with("`mode=nope` is not possible: it takes `a` or `b`"));
        let text = refusal("password", "no s3cret");
        assert!(text.contains("`password=***`") && !text.contains("s3cret"), "{text}");
    }

    #[test]
    fn variables_fill_in_what_was_not_given() -> Result<()> {
        let mut all = Vec::new();
        let variable = |name: &str| (name != "ROOT").then(|| format!("value of {name}"));
        UrlOption::apply_variables(TABLE, &mut all, |_| false, variable)?;
        assert_eq!(all, ["value of PW"]);
        all.clear();
        UrlOption::apply_variables(TABLE, &mut all, |name| name == "password", |_| Some("x".to_owned()))?;
        assert_eq!(all, ["x"]);
        let wrong = UrlOption::apply_variables(TABLE, &mut all, |_| false, |_| Some("no".to_owned()));
        assert!(wrong.is_err_and(|error| error.to_string().contains("`PW=***`")));
        Ok(())
    }
}
