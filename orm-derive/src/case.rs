//! Names in other spellings.

/// A way to spell a name of several words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Case {
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
    Camel,
    Pascal,
    Lower,
    Upper,
}

/// The cases by name. Each name is written in its own case.
pub(crate) const CASES: &[(&str, Case)] = &[
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
    ("camelCase", Case::Camel),
    ("PascalCase", Case::Pascal),
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
];

impl Case {
    /// Converts `name` from Pascal case into this case.
    pub(crate) fn apply(self, name: &str) -> String {
        match self {
            Self::Snake => words(name).join("_"),
            Self::ScreamingSnake => words(name).join("_").to_uppercase(),
            Self::Kebab => words(name).join("-"),
            Self::ScreamingKebab => words(name).join("-").to_uppercase(),
            Self::Camel => {
                let mut words = words(name).into_iter();
                words.next().into_iter().chain(words.map(|word| capitalized(&word))).collect()
            }
            Self::Pascal => name.to_owned(),
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
        }
    }
}

/// The words of a name in lower case: `HTTPServer` is `http` and `server`.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, &letter) in letters.iter().enumerate() {
        let after_small = index > 0 && !letters[index - 1].is_uppercase();
        let before_small = letters.get(index + 1).is_some_and(|next| next.is_lowercase());
        let begins = letter.is_uppercase() && index > 0 && (after_small || before_small);
        if letter == '_' || begins {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), letter != '_') {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

pub(crate) fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found() {
        for (name, expected) in [
            ("User", "user"),
            ("CarBrand", "car_brand"),
            ("HTTPServer", "http_server"),
            ("Sha256Sum", "sha256_sum"),
            ("Already_Split", "already_split"),
        ] {
            assert_eq!(Case::Snake.apply(name), expected);
        }
    }

    #[test]
    fn every_case_spells_its_own_way() {
        let spelled: Vec<String> = CASES.iter().map(|(_, case)| case.apply("InReview")).collect();
        assert_eq!(
            spelled,
            ["in_review", "IN_REVIEW", "in-review", "IN-REVIEW", "inReview", "InReview", "inreview", "INREVIEW"]
        );
    }
}
