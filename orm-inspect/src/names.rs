//! From the names of a database to those of Rust.

use std::collections::BTreeSet;

/// `user_id` of `UserID`, `user-id` and `User Id`. Never empty.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let after = chars.get(at + 1);
        let begins = c.is_uppercase()
            && before
                .is_some_and(|b| b.is_lowercase() || b.is_ascii_digit() || after.is_some_and(|a| a.is_lowercase()));
        let is_word = c.is_alphabetic() || c.is_ascii_digit();
        if (begins || !is_word) && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if is_word {
            out.extend(c.to_lowercase());
        }
    }
    let out = out.trim_end_matches('_');
    match out.chars().next() {
        None => "unnamed".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{out}"),
        Some(_) => out.to_owned(),
    }
}

/// `UserId` of `user_id`.
pub(crate) fn pascal(name: &str) -> String {
    snake(name)
        .split('_')
        .flat_map(|word| {
            let mut chars = word.chars();
            chars.next().into_iter().flat_map(char::to_uppercase).chain(chars)
        })
        .collect()
}

/// Plurals that follow no rule.
const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("mouse", "mice"),
    ("movie", "movies"),
    ("index", "indices"),
];

/// Words that are their own plural, or look like one.
const UNCHANGED: &[&str] =
    &["series", "species", "news", "data", "metadata", "sheep", "equipment", "information", "sms", "gps"];

/// Replaces the last word of `name`.
fn last_word(name: &str, change: impl Fn(&str) -> String) -> String {
    match name.rsplit_once('_') {
        Some((before, last)) => format!("{before}_{}", change(last)),
        None => change(name),
    }
}

/// `order_line` of `order_lines`, for names in snake case.
pub(crate) fn singular(name: &str) -> String {
    last_word(name, |word| {
        if let Some((one, _)) = IRREGULAR.iter().find(|(_, many)| *many == word) {
            return (*one).to_owned();
        }
        let cut = |end: &str, new: &str| word.strip_suffix(end).map(|stem| format!("{stem}{new}"));
        if UNCHANGED.contains(&word)
            || word.ends_with("ss")
            || word.ends_with("us")
            || word.ends_with("is")
            || word.len() < 3
        {
            return word.to_owned();
        }
        cut("ies", "y")
            .or_else(|| cut("yses", "ysis"))
            .or_else(|| {
                ["sses", "shes", "ches", "xes", "zzes", "tuses", "ruses", "buses", "nuses", "oes"]
                    .iter()
                    .find_map(|end| word.ends_with(end).then(|| cut("es", ""))?)
            })
            .or_else(|| cut("s", ""))
            .unwrap_or_else(|| word.to_owned())
    })
}

/// `order_lines` of `order_line`, for names in snake case.
pub(crate) fn plural(name: &str) -> String {
    last_word(name, |word| {
        if let Some((_, many)) = IRREGULAR.iter().find(|(one, _)| *one == word) {
            return (*many).to_owned();
        }
        if UNCHANGED.contains(&word) || singular(word) != word {
            return word.to_owned();
        }
        let ends = |ends: &[&str]| ends.iter().any(|end| word.ends_with(end));
        match word.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) && !stem.is_empty() => format!("{stem}ies"),
            _ if ends(&["s", "x", "z", "ch", "sh"]) => format!("{word}es"),
            _ => format!("{word}s"),
        }
    })
}

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that cannot be names, even raw ones.
const NEVER: &[&str] = &["crate", "self", "super"];

/// A name in snake case as the name of a field: keywords are raw.
pub(crate) fn field(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}

/// Names of types that the written file uses, or that the prelude of Rust has.
const TYPES: &[&str] = &[
    "BelongsTo",
    "Box",
    "Clone",
    "Copy",
    "DbEnum",
    "DbType",
    "Debug",
    "Default",
    "Drop",
    "Embedded",
    "Engine",
    "Eq",
    "Err",
    "ErrorKind",
    "Extend",
    "Filter",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromRow",
    "Generated",
    "Handle",
    "HasMany",
    "HasOne",
    "Hash",
    "Hooks",
    "Into",
    "Invalid",
    "Isolation",
    "Iterator",
    "ManyToMany",
    "Model",
    "New",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "Result",
    "Self",
    "Send",
    "Session",
    "Some",
    "State",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "Unpin",
    "Vec",
];

/// The names that one scope has.
#[derive(Debug, Default)]
pub(crate) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// Those of a file's types.
    pub(crate) fn of_types() -> Self {
        Self { taken: TYPES.iter().map(|&name| name.to_owned()).collect() }
    }

    /// Those of a struct's fields.
    pub(crate) fn of_fields() -> Self {
        Self { taken: NEVER.iter().map(|&name| name.to_owned()).collect() }
    }

    /// Those of an enum's variants.
    pub(crate) fn of_variants() -> Self {
        Self { taken: BTreeSet::from(["Self".to_owned()]) }
    }

    /// Whether one of these is taken.
    pub(crate) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.taken.contains(*name))
    }

    /// The first of the names that is free together with those that `also` makes of it, or the last one with a number.
    pub(crate) fn take(&mut self, wanted: &[String], also: impl Fn(&str) -> Option<String>) -> String {
        let numbered = wanted.last().into_iter().flat_map(|last| (2..).map(move |number| format!("{last}_{number}")));
        let is_free =
            |name: &String| !self.taken.contains(name) && also(name).is_none_or(|other| !self.taken.contains(&other));
        let found = wanted.iter().cloned().chain(numbered).find(is_free).unwrap_or_default();
        self.taken.extend(also(&found));
        self.taken.insert(found.clone());
        found
    }

    /// The same for a type, whose number has no underscore.
    pub(crate) fn take_type(&mut self, wanted: &[String]) -> String {
        let numbered = wanted.last().into_iter().flat_map(|last| (2..).map(move |number| format!("{last}{number}")));
        let found = wanted.iter().cloned().chain(numbered).find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_those_of_rust() {
        let cases = [
            ("UserID", "user_id"),
            ("HTTPServer", "http_server"),
            ("user-id", "user_id"),
            ("User Id", "user_id"),
            ("2fa", "n2fa"),
            ("__x__", "x"),
            ("%", "unnamed"),
            ("PlaylistTrack", "playlist_track"),
            ("line2No", "line2_no"),
            ("größe", "größe"),
        ];
        for (name, expected) in cases {
            assert_eq!(snake(name), expected, "{name}");
        }
        assert_eq!(pascal("playlist_track"), "PlaylistTrack");
        assert_eq!(field("type"), "r#type");
    }

    #[test]
    fn words_have_singular_and_plural() {
        let cases = [
            ("customer", "customers"),
            ("order_line", "order_lines"),
            ("category", "categories"),
            ("day", "days"),
            ("box", "boxes"),
            ("address", "addresses"),
            ("status", "statuses"),
            ("person", "people"),
            ("series", "series"),
            ("house", "houses"),
            ("course", "courses"),
            ("branch", "branches"),
            ("database", "databases"),
            ("analysis", "analyses"),
            ("hero", "heroes"),
            ("movie", "movies"),
        ];
        for (one, many) in cases {
            assert_eq!(singular(many), one);
            assert_eq!(singular(one), one);
            assert_eq!(plural(many), many);
        }
        for (one, many) in cases.iter().filter(|(one, _)| !["hero", "analysis"].contains(one)) {
            assert_eq!(plural(one), *many);
        }
    }

    #[test]
    fn taken_names_get_numbers() {
        let mut names = Names::of_fields();
        assert_eq!(names.take(&["self".to_owned()], |_| None), "self_2");
        assert_eq!(names.take(&["artist".to_owned()], |name| Some(format!("{name}_id"))), "artist");
        assert_eq!(names.take(&["artist_id".to_owned()], |_| None), "artist_id_2");
        let mut types = Names::of_types();
        let wanted = ["Option".to_owned(), "OptionModel".to_owned()];
        assert_eq!((types.take_type(&wanted), types.take_type(&wanted)), ("OptionModel".into(), "OptionModel2".into()));
    }
}
