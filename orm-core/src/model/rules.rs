use std::fmt::Display;

use crate::error::Invalid;

/// Collects the rules that an object breaks. `Model::check_rules` fills it.
#[derive(Debug, Default)]
pub struct Violations {
    /// The fields around the embedded value that is being checked.
    around: Vec<&'static str>,
    found: Vec<Invalid>,
}

impl Violations {
    /// Takes what a rule says about a field.
    pub fn field<E: Display>(&mut self, name: &'static str, outcome: Result<(), E>) {
        if let Err(reason) = outcome {
            let mut path = self.around.clone();
            path.push(name);
            self.found.push(Invalid::field(path.join("."), reason.to_string()));
        }
    }

    /// Takes what a check says about the whole object.
    pub fn object(&mut self, outcome: Result<(), Invalid>) {
        self.found.extend(outcome.err());
    }

    /// Checks the embedded value in a field.
    pub fn within(&mut self, name: &'static str, check: impl FnOnce(&mut Self)) {
        self.around.push(name);
        check(self);
        self.around.pop();
    }

    /// Takes what `garde` finds, sorted by field.
    #[cfg(feature = "garde")]
    pub fn garde<T: garde::Validate<Context: Default>>(&mut self, object: &T) {
        let Err(report) = object.validate() else { return };
        let mut found: Vec<(String, String)> =
            report.iter().map(|(path, error)| (path.to_string(), error.message().to_owned())).collect();
        // A report lists its findings in no order.
        found.sort();
        self.found.extend(found.into_iter().map(|(path, message)| match path.is_empty() {
            true => Invalid::object(message),
            false => Invalid::field(path, message),
        }));
    }

    /// The broken rules, in the order in which they were checked.
    pub fn into_vec(self) -> Vec<Invalid> {
        self.found
    }
}
