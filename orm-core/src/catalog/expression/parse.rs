//! Expressions by the precedence of their operators.

use std::fmt::{Display, Formatter, Result};

use super::Token;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tree {
    Leaf(Token),
    Call(String, Vec<Tree>),
}

impl Display for Tree {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Leaf(Token::Word(name) | Token::Name(name)) => write!(f, "\"{name}\""),
            Self::Leaf(token) => token.fmt(f),
            Self::Call(name, arguments) => {
                write!(f, "({name}")?;
                arguments.iter().try_for_each(|argument| write!(f, " {argument}"))?;
                f.write_str(")")
            }
        }
    }
}

/// The tree of all the words, if they are one expression.
pub(super) fn parse(tokens: &[Token]) -> Option<Tree> {
    let mut parser = Parser { tokens, at: 0 };
    let tree = parser.expression(0)?;
    (parser.at == tokens.len()).then_some(tree)
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
}

const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const IS: u8 = 4;
const COMPARED: u8 = 5;
const WORDS: u8 = 6;
const OTHER: u8 = 7;
const SUM: u8 = 8;
const PRODUCT: u8 = 9;
const POWER: u8 = 10;
const SUFFIX: u8 = 11;
const SIGN: u8 = 12;

/// Words that may be operators with `NOT` before them, and the operator that a database writes for them.
const WORD_OPERATORS: &[(&str, &str)] =
    &[("like", "~~"), ("ilike", "~~*"), ("glob", "glob"), ("match", "match"), ("regexp", "regexp")];

/// Words that stand before a literal as its type.
const LITERAL_TYPES: &[&str] =
    &["date", "time", "timestamp", "timestamptz", "interval", "numeric", "text", "jsonb", "json", "uuid"];

/// Types whose literals are numbers.
const NUMBERS: &[&str] = &["smallint", "integer", "bigint", "numeric", "real", "double", "int", "decimal"];

/// First words of types that have two or more.
const LONG_TYPES: &[(&str, &[&str])] = &[
    ("character", &["varying"]),
    ("double", &["precision"]),
    ("bit", &["varying"]),
    ("timestamp", &["with", "without"]),
    ("time", &["with", "without"]),
];

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn peek_word(&self, ahead: usize) -> &str {
        match self.tokens.get(self.at + ahead) {
            Some(Token::Word(word)) => word,
            _ => "",
        }
    }

    fn is_sign(&self, sign: char) -> bool {
        self.peek() == Some(&Token::Sign(sign))
    }

    fn eat(&mut self, sign: char) -> Option<()> {
        let found = self.is_sign(sign);
        self.at += usize::from(found);
        found.then_some(())
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(word));
        self.at += usize::from(found);
        found
    }

    fn expression(&mut self, power: u8) -> Option<Tree> {
        let mut left = self.prefix()?;
        while let Some(next) = self.infix(&left, power) {
            left = next?;
        }
        Some(left)
    }

    fn prefix(&mut self) -> Option<Tree> {
        match self.peek()?.clone() {
            Token::Operator(sign) if sign == "-" || sign == "+" => {
                self.at += 1;
                let inner = self.expression(SIGN)?;
                Some(match (inner, &*sign) {
                    (inner, "+") => inner,
                    (Tree::Leaf(Token::Number(number)), _) => Tree::Leaf(Token::Number(format!("-{number}"))),
                    (inner, _) => Tree::Call("-".to_owned(), vec![inner]),
                })
            }
            Token::Operator(sign) => {
                self.at += 1;
                Some(Tree::Call(sign, vec![self.expression(SIGN)?]))
            }
            Token::Word(word) if word == "not" => {
                self.at += 1;
                Some(negated(self.expression(NOT)?))
            }
            _ => self.primary(),
        }
    }

    /// The tree with the operator that follows, if that binds more than `power`. The inner `None` is an expression that cannot be parsed.
    fn infix(&mut self, left: &Tree, power: u8) -> Option<Option<Tree>> {
        let (binds, start) = (self.binding()?, self.at);
        if binds <= power {
            return None;
        }
        let tree = self.operation(left.clone(), binds);
        if tree.is_none() {
            self.at = start;
        }
        Some(tree)
    }

    /// How much the operator that follows binds.
    fn binding(&self) -> Option<u8> {
        Some(match self.peek()? {
            Token::Operator(sign) => match &**sign {
                "::" => u8::MAX,
                "=" | "==" | "<>" | "!=" | "<" | ">" | "<=" | ">=" => COMPARED,
                "+" | "-" => SUM,
                "*" | "/" | "%" => PRODUCT,
                "^" => POWER,
                _ => OTHER,
            },
            Token::Sign('[') => u8::MAX,
            Token::Word(word) => match &**word {
                "or" => OR,
                "and" => AND,
                "is" | "isnull" | "notnull" => IS,
                "in" | "between" | "like" | "ilike" | "glob" | "match" | "regexp" => WORDS,
                "not" => WORDS,
                "at" | "collate" => SUFFIX,
                _ => return None,
            },
            _ => return None,
        })
    }

    fn operation(&mut self, left: Tree, binds: u8) -> Option<Tree> {
        let token = self.peek()?.clone();
        self.at += 1;
        match token {
            Token::Operator(sign) if sign == "::" => Some(cast(left, &self.type_name()?)),
            Token::Operator(sign) => self.operator(left, &sign, binds),
            Token::Sign(_) => {
                let index = self.expression(0)?;
                self.eat(']')?;
                Some(Tree::Call("[]".to_owned(), vec![left, index]))
            }
            Token::Word(word) => self.word_operator(left, &word),
            _ => None,
        }
    }

    fn operator(&mut self, left: Tree, sign: &str, binds: u8) -> Option<Tree> {
        let sign = match sign {
            "!=" => "<>",
            "==" => "=",
            sign => sign,
        };
        if matches!((sign, self.peek_word(0)), ("=", "any" | "some") | ("<>", "all")) {
            self.at += 1;
            self.eat('(')?;
            let list = self.expression(0)?;
            self.eat(')')?;
            return Some(match list {
                Tree::Call(name, items) if name == "array" => listed(left, items, sign == "<>"),
                other => Tree::Call(format!("{sign} any"), vec![left, other]),
            });
        }
        Some(Tree::Call(sign.to_owned(), vec![left, self.expression(binds)?]))
    }

    fn word_operator(&mut self, left: Tree, word: &str) -> Option<Tree> {
        match word {
            "and" => Some(joined("and", left, self.expression(AND)?)),
            "or" => Some(joined("or", left, self.expression(OR)?)),
            "isnull" | "notnull" => Some(Tree::Call(word.to_owned(), vec![left])),
            "is" => self.is(left),
            "at" => {
                (self.eat_word("time") && self.eat_word("zone")).then_some(())?;
                Some(Tree::Call("timezone".to_owned(), vec![self.expression(SUFFIX)?, left]))
            }
            "collate" => Some(Tree::Call("collate".to_owned(), vec![left, self.primary()?])),
            "not" => {
                let word = self.peek_word(0).to_owned();
                self.at += 1;
                self.tested(left, &word, true)
            }
            word => self.tested(left, word, false),
        }
    }

    /// `x IN (..)`, `x BETWEEN a AND b`, `x LIKE y`, and their opposites.
    fn tested(&mut self, left: Tree, word: &str, not: bool) -> Option<Tree> {
        match word {
            "in" => {
                self.eat('(')?;
                let items = self.list(')')?;
                Some(listed(left, items, not))
            }
            "between" => {
                let low = self.expression(WORDS)?;
                self.eat_word("and").then_some(())?;
                let high = self.expression(WORDS)?;
                let compared = |sign: &str, bound| Tree::Call(sign.to_owned(), vec![left.clone(), bound]);
                Some(match not {
                    false => joined("and", compared(">=", low), compared("<=", high)),
                    true => joined("or", compared("<", low), compared(">", high)),
                })
            }
            word => {
                let (_, sign) = WORD_OPERATORS.iter().find(|(known, _)| *known == word)?;
                let sign = if not { format!("!{sign}") } else { (*sign).to_owned() };
                Some(Tree::Call(sign, vec![left, self.expression(WORDS)?]))
            }
        }
    }

    fn is(&mut self, left: Tree) -> Option<Tree> {
        let not = self.eat_word("not");
        let is = |name: &str, arguments| Tree::Call(format!("{}{name}", if not { "not" } else { "is" }), arguments);
        if self.eat_word("distinct") {
            self.eat_word("from").then_some(())?;
            return Some(is("distinct", vec![left, self.expression(IS)?]));
        }
        if self.eat_word("null") {
            return Some(is("null", vec![left]));
        }
        Some(is("", vec![left, self.expression(IS)?]))
    }

    fn primary(&mut self) -> Option<Tree> {
        let token = self.peek()?.clone();
        self.at += 1;
        match token {
            Token::Sign('(') => {
                let mut items = self.list(')')?;
                Some(if items.len() == 1 { items.remove(0) } else { Tree::Call("row".to_owned(), items) })
            }
            Token::Word(word) => match (&*word, self.peek()) {
                ("case", _) => self.case(),
                ("cast", Some(Token::Sign('('))) => self.cast(),
                ("array", Some(Token::Sign('['))) => {
                    self.at += 1;
                    Some(Tree::Call("array".to_owned(), self.list(']')?))
                }
                ("select" | "end" | "when" | "then" | "else" | "from" | "exists", _) => None,
                (name, Some(Token::Text(_))) if LITERAL_TYPES.contains(&name) => self.primary(),
                _ => self.named(Token::Word(word)),
            },
            Token::Name(_) => self.named(token),
            Token::Number(_) | Token::Text(_) => Some(Tree::Leaf(token)),
            _ => None,
        }
    }

    /// A column or a call, with its qualifiers.
    fn named(&mut self, first: Token) -> Option<Tree> {
        let mut parts = vec![first];
        while self.eat('.').is_some() {
            parts.push(self.peek()?.clone());
            self.at += 1;
        }
        if parts.len() > 1 && parts[0].is_word("pg_catalog") {
            parts.remove(0);
        }
        let name = parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
        if self.eat('(').is_some() {
            return Some(Tree::Call(name, self.arguments()?));
        }
        Some(Tree::Leaf(match parts.pop() {
            Some(Token::Word(word)) if parts.is_empty() && word == "true" => truth(true),
            Some(Token::Word(word)) if parts.is_empty() && word == "false" => truth(false),
            _ => Token::Name(name),
        }))
    }

    /// Items up to a closing sign, which is read.
    fn list(&mut self, end: char) -> Option<Vec<Tree>> {
        let mut items = Vec::new();
        while self.eat(end).is_none() {
            if !items.is_empty() {
                self.eat(',')?;
            }
            items.push(self.expression(0)?);
        }
        Some(items)
    }

    /// The arguments of a call: `a, b`, `year FROM day`, `DISTINCT a`, `*`.
    fn arguments(&mut self) -> Option<Vec<Tree>> {
        let mut items = Vec::new();
        if self.peek() == Some(&Token::Operator("*".to_owned())) {
            self.at += 1;
            self.eat(')')?;
            return Some(vec![Tree::Leaf(Token::Operator("*".to_owned()))]);
        }
        while self.eat(')').is_none() {
            if !items.is_empty() && !self.eat_word("from") && !self.eat_word("for") {
                self.eat(',')?;
            }
            items.push(self.expression(0)?);
        }
        Some(items)
    }

    fn case(&mut self) -> Option<Tree> {
        let mut parts = Vec::new();
        if self.peek_word(0) != "when" {
            parts.push(self.expression(0)?);
        }
        while self.eat_word("when") {
            let condition = self.expression(0)?;
            self.eat_word("then").then_some(())?;
            parts.push(Tree::Call("when".to_owned(), vec![condition, self.expression(0)?]));
        }
        if self.eat_word("else") {
            parts.push(Tree::Call("else".to_owned(), vec![self.expression(0)?]));
        }
        self.eat_word("end").then_some(())?;
        Some(Tree::Call("case".to_owned(), parts))
    }

    fn cast(&mut self) -> Option<Tree> {
        self.eat('(')?;
        let inner = self.expression(0)?;
        self.eat_word("as").then_some(())?;
        let name = self.type_name()?;
        self.eat(')')?;
        Some(cast(inner, &name))
    }

    /// Reads the name of a type, and returns its first word.
    fn type_name(&mut self) -> Option<String> {
        let mut name = self.peek()?.to_string();
        self.at += 1;
        while self.eat('.').is_some() {
            name = self.peek()?.to_string();
            self.at += 1;
        }
        self.bounds()?;
        if let Some((_, seconds)) = LONG_TYPES.iter().find(|(first, _)| *first == name)
            && seconds.contains(&self.peek_word(0))
        {
            // `varying`, `precision`, `with time zone`.
            self.at += if self.peek_word(1) == "time" { 3 } else { 1 };
            self.bounds()?;
        }
        while self.is_sign('[') {
            self.at += 1;
            self.eat(']')?;
            "[]".clone_into(&mut name);
        }
        Some(name)
    }

    /// `(20)`, `(10, 2)`, or nothing.
    fn bounds(&mut self) -> Option<()> {
        if self.eat('(').is_some() {
            self.list(')')?;
        }
        Some(())
    }
}

/// A cast says nothing of its own, but that a literal in quotes may be a number or a truth value.
fn cast(tree: Tree, name: &str) -> Tree {
    match tree {
        Tree::Leaf(Token::Text(text)) if NUMBERS.contains(&name) => Tree::Leaf(Token::Number(text)),
        Tree::Leaf(Token::Text(text)) if name == "boolean" => Tree::Leaf(truth(text.starts_with('t'))),
        tree => tree,
    }
}

/// A truth value. Where it is a number, the database writes the number, and elsewhere none could stand in its place.
fn truth(value: bool) -> Token {
    Token::Number(u8::from(value).to_string())
}

/// Comparisons and their opposites.
const OPPOSITES: &[(&str, &str)] =
    &[("=", "<>"), ("<", ">="), (">", "<="), ("in", "not in"), ("isnull", "notnull"), ("and", "or")];

/// `NOT x`, as a database writes it that has taken the opposite of `x` instead.
fn negated(tree: Tree) -> Tree {
    let Tree::Call(name, arguments) = tree else { return Tree::Call("not".to_owned(), vec![tree]) };
    let opposite = OPPOSITES.iter().find_map(|&(one, other)| match () {
        () if name == one => Some(other.to_owned()),
        () if name == other => Some(one.to_owned()),
        () => None,
    });
    let operator = name.strip_prefix('!').unwrap_or(&name);
    let is_word = WORD_OPERATORS.iter().any(|(_, known)| *known == operator);
    match opposite {
        Some(opposite) if matches!(&*opposite, "and" | "or") => {
            Tree::Call(opposite, arguments.into_iter().map(negated).collect())
        }
        Some(opposite) => Tree::Call(opposite, arguments),
        None if is_word && operator.len() < name.len() => Tree::Call(operator.to_owned(), arguments),
        None if is_word => Tree::Call(format!("!{name}"), arguments),
        None => Tree::Call("not".to_owned(), vec![Tree::Call(name, arguments)]),
    }
}

/// `x IN (..)` with its items.
fn listed(left: Tree, items: Vec<Tree>, not: bool) -> Tree {
    let single = items.len() == 1;
    let name = match (single, not) {
        (true, false) => "=",
        (true, true) => "<>",
        (false, false) => "in",
        (false, true) => "not in",
    };
    Tree::Call(name.to_owned(), [left].into_iter().chain(items).collect())
}

/// `a AND b AND c` is one list.
fn joined(name: &str, left: Tree, right: Tree) -> Tree {
    let parts = [left, right].into_iter().flat_map(|side| match side {
        Tree::Call(own, parts) if own == name => parts,
        side => vec![side],
    });
    Tree::Call(name.to_owned(), parts.collect())
}
