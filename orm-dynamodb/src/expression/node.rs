use std::borrow::Cow;
use std::fmt::Write as _;

use orm_core::Result;
use serde::{Serialize, Serializer};

use crate::value::{AttributeValue, invalid};

/// A step of the path to an attribute.
#[derive(Debug, Clone)]
pub enum Part {
    Name(Cow<'static, str>),
    Index(usize),
}

/// A part of an expression.
#[derive(Debug)]
pub enum Node {
    Path(Vec<Part>),
    /// A value, or why DynamoDB cannot keep it.
    Value(Result<AttributeValue>),
    Compare(Box<(Self, Self)>, &'static str),
    Call(&'static str, Vec<Self>),
    Between(Box<(Self, Self, Self)>),
    In(Box<Self>, Vec<Self>),
    /// Conditions between which `AND` or `OR` stands.
    Joined(&'static str, Vec<Self>),
    Not(Box<Self>),
}

impl Node {
    pub(crate) fn name(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Path(vec![Part::Name(name.into())])
    }

    pub(crate) fn compare(left: Self, operator: &'static str, right: Self) -> Self {
        Self::Compare(Box::new((left, right)), operator)
    }

    /// Both conditions, without parentheses around what is joined in the same way.
    pub(crate) fn join(self, word: &'static str, other: Self) -> Self {
        let mut nodes = Vec::new();
        for node in [self, other] {
            match node {
                Self::Joined(known, inner) if known == word => nodes.extend(inner),
                node => nodes.push(node),
            }
        }
        Self::Joined(word, nodes)
    }

    /// The expression, whose names and values go to `placeholders`.
    ///
    /// # Errors
    ///
    /// `Invalid` when DynamoDB has no such expression.
    pub(crate) fn text(self, placeholders: &mut Placeholders) -> Result<String> {
        let mut out = String::new();
        self.write(&mut out, placeholders)?;
        Ok(out)
    }

    fn write(self, out: &mut String, placeholders: &mut Placeholders) -> Result<()> {
        match self {
            Self::Path(parts) => placeholders.write_path(out, parts),
            Self::Value(value) => placeholders.write_value(out, value?),
            Self::Compare(sides, operator) => {
                sides.0.write(out, placeholders)?;
                out.extend([" ", operator, " "]);
                sides.1.write(out, placeholders)?;
            }
            Self::Call(name, arguments) => {
                out.extend([name, "("]);
                list(arguments, ", ", out, placeholders)?;
                out.push(')');
            }
            Self::Between(parts) => {
                parts.0.write(out, placeholders)?;
                out.push_str(" BETWEEN ");
                parts.1.write(out, placeholders)?;
                out.push_str(" AND ");
                parts.2.write(out, placeholders)?;
            }
            Self::In(_, values) if values.is_empty() => return Err(invalid("`is_in` needs at least one value")),
            Self::In(tested, values) => {
                tested.write(out, placeholders)?;
                out.push_str(" IN (");
                list(values, ", ", out, placeholders)?;
                out.push(')');
            }
            Self::Joined(word, nodes) => {
                for (position, node) in nodes.into_iter().enumerate() {
                    if position > 0 {
                        out.extend([" ", word, " "]);
                    }
                    node.write_inside(out, placeholders)?;
                }
            }
            Self::Not(node) => {
                out.push_str("NOT ");
                node.write_inside(out, placeholders)?;
            }
        }
        Ok(())
    }

    /// In parentheses if it needs some: DynamoDB refuses those that it does not need.
    fn write_inside(self, out: &mut String, placeholders: &mut Placeholders) -> Result<()> {
        if matches!(self, Self::Joined(..)) {
            out.push('(');
            self.write(out, placeholders)?;
            out.push(')');
            return Ok(());
        }
        self.write(out, placeholders)
    }
}

fn list(nodes: Vec<Node>, separator: &str, out: &mut String, placeholders: &mut Placeholders) -> Result<()> {
    for (position, node) in nodes.into_iter().enumerate() {
        if position > 0 {
            out.push_str(separator);
        }
        node.write(out, placeholders)?;
    }
    Ok(())
}

/// The names and values of the expressions of a request.
#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct Placeholders {
    #[serde(rename = "ExpressionAttributeNames", skip_serializing_if = "Numbered::is_empty")]
    names: Numbered<Cow<'static, str>>,
    #[serde(rename = "ExpressionAttributeValues", skip_serializing_if = "Numbered::is_empty")]
    values: Numbered<AttributeValue>,
}

/// Values by their numbers, each behind a character.
#[derive(Debug, Clone)]
struct Numbered<T> {
    items: Vec<T>,
    sign: char,
}

impl Default for Numbered<Cow<'static, str>> {
    fn default() -> Self {
        Self { items: Vec::new(), sign: '#' }
    }
}

impl Default for Numbered<AttributeValue> {
    fn default() -> Self {
        Self { items: Vec::new(), sign: ':' }
    }
}

impl<T> Numbered<T> {
    fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl<T: Serialize> Serialize for Numbered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer
            .collect_map(self.items.iter().enumerate().map(|(number, item)| (format!("{}{number}", self.sign), item)))
    }
}

impl Placeholders {
    fn write_path(&mut self, out: &mut String, parts: Vec<Part>) {
        for (position, part) in parts.into_iter().enumerate() {
            // Writing to a `String` does not fail.
            let _ = match part {
                Part::Index(index) => write!(out, "[{index}]"),
                Part::Name(name) => {
                    let number = self.number_of(name);
                    write!(out, "{}#{number}", if position == 0 { "" } else { "." })
                }
            };
        }
    }

    fn number_of(&mut self, name: Cow<'static, str>) -> usize {
        let names = &mut self.names.items;
        names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        })
    }

    fn write_value(&mut self, out: &mut String, value: AttributeValue) {
        let values = &mut self.values.items;
        let _ = write!(out, ":{}", values.len());
        values.push(value);
    }
}
