//! Attributes, in the lines in which rustfmt would put them.

/// The greatest width of what is between the parentheses of an attribute, in one line.
const WIDTH: usize = 70;

/// One option of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attr {
    /// `unique`, `column = "name"`.
    Word(String),
    /// `index(a, b, name = "x")`.
    Call(&'static str, Vec<String>),
}

impl Attr {
    pub(crate) fn text(name: &str, value: &str) -> Self {
        Self::Word(format!("{name} = {value:?}"))
    }

    fn flat(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Call(name, items) => format!("{name}({})", items.join(", ")),
        }
    }

    fn lines(&self, indent: &str) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Call(name, items) if items.join(", ").len() > WIDTH => {
                format!("{name}(\n{indent}    {}\n{indent})", items.join(&format!(",\n{indent}    ")))
            }
            Self::Call(..) => self.flat(),
        }
    }
}

/// `#[name(a, b)]`. Nothing if there are no options.
pub(crate) fn attribute(name: &str, options: &[Attr], indent: &str) -> String {
    let flat: Vec<String> = options.iter().map(Attr::flat).collect();
    match options {
        [] => String::new(),
        _ if flat.join(", ").len() <= WIDTH => format!("{indent}#[{name}({})]\n", flat.join(", ")),
        [only @ Attr::Call(..)] => format!("{indent}#[{name}({})]\n", only.lines(indent)),
        _ => {
            let inner = format!("{indent}    ");
            let items: Vec<String> = options.iter().map(|option| option.lines(&inner)).collect();
            format!("{indent}#[{name}(\n{inner}{}\n{indent})]\n", items.join(&format!(",\n{inner}")))
        }
    }
}

/// The attribute of a relation. Its values are no literals, so that rustfmt leaves it in one line.
pub(crate) fn relation(name: &str, options: &[String], indent: &str) -> String {
    match options {
        [] => format!("{indent}#[{name}]\n"),
        _ => format!("{indent}#[{name}({})]\n", options.join(", ")),
    }
}
