//! What there is to say of each part of a catalog, one thing at a time: for printing it and for comparing it.

/// One thing that is said of a part.
pub(super) struct Fact {
    /// What it is about. Empty where the value tells by itself.
    pub(super) what: &'static str,
    /// The value. Empty if there is nothing special.
    pub(super) value: String,
    /// How values are compared.
    pub(super) compared: Compared,
}

/// How the values of a fact are compared.
pub(super) enum Compared {
    /// By their letters.
    Text,
    /// As names, by the database's rule for the case of letters.
    Names,
    /// As names, unless one side does not tell them.
    ToldNames,
    /// As SQL, by meaning.
    Sql,
    /// As the expression of a default: a literal is the same with quotes and without.
    Default,
    /// By another text.
    By(String),
    /// One by one.
    List(Vec<Fact>),
}

/// A part of a catalog.
pub(super) trait Part {
    /// What the parts of this type are called.
    const KIND: &'static str;
    /// Whether some have no name, or one that says nothing.
    const MAY_BE_UNNAMED: bool = false;
    /// Its name, if it has one.
    fn name(&self) -> Option<String>;
    /// What there is to say of it.
    fn facts(&self) -> Vec<Fact>;
}

/// A fact of a text, if there is one.
pub(super) fn text(what: &'static str, value: Option<&str>) -> Fact {
    Fact { what, value: value.unwrap_or_default().to_owned(), compared: Compared::Text }
}

/// A fact that tells by itself, if it is one.
pub(super) fn flag(value: &'static str, is: bool) -> Fact {
    text("", is.then_some(value))
}

/// A fact of an expression.
pub(super) fn sql(what: &'static str, value: Option<&str>) -> Fact {
    Fact { compared: Compared::Sql, ..text(what, value) }
}

pub(super) fn list(names: &[String]) -> String {
    names.join(", ")
}

/// `(a, b)`.
pub(super) fn columns(what: &'static str, names: &[String]) -> Fact {
    let value = if names.is_empty() { String::new() } else { format!("({})", list(names)) };
    Fact { what, value, compared: Compared::Names }
}

/// The comment.
pub(super) fn comment(comment: Option<&str>) -> Fact {
    let value = comment.map(|comment| format!("{comment:?}")).unwrap_or_default();
    Fact { what: "comment", value, compared: Compared::Text }
}

/// A fact in words. Empty if there is nothing special.
pub(super) fn said(fact: Fact) -> String {
    match (fact.what, &*fact.value) {
        (_, "") => String::new(),
        ("", value) => value.to_owned(),
        (what, value) => format!("{what} {value}"),
    }
}
