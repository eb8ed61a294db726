use std::fmt;

/// Text of any length, shown with at most so many bytes: the middle of a longer one is left out, for a message ends with its cure.
pub(crate) struct Bounded<'a>(pub(crate) &'a str);

const BEGINNING: usize = 1_500;
const END: usize = 500;

impl fmt::Display for Bounded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0;
        if text.len() <= BEGINNING + END {
            return f.write_str(text);
        }
        let beginning = &text[..text.floor_char_boundary(BEGINNING)];
        let end = &text[text.ceil_char_boundary(text.len() - END)..];
        write!(f, "{beginning} ... {end}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_long_text_are_shown() {
        assert_eq!(Bounded("short").to_string(), "short");
        let whole = "é".repeat((BEGINNING + END) / 2);
        assert_eq!(Bounded(&whole).to_string(), whole);
        let cut = Bounded(&format!("a{}z", "é".repeat(5_000))).to_string();
        assert!(cut.starts_with("aé") && cut.contains("é ... é") && cut.ends_with("éz"), "{cut}");
        assert!(cut.len() <= BEGINNING + END + 5, "{}", cut.len());
    }
}
