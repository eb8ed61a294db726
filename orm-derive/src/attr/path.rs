use std::fmt;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};

/// A field by its name, or a field of an embedded value: `billing.city`.
#[derive(PartialEq, Eq)]
pub(crate) struct FieldPath {
    pub(crate) field: Ident,
    /// The way into the embedded value.
    pub(crate) inner: Vec<Ident>,
}

impl FieldPath {
    pub(crate) fn span(&self) -> Span {
        self.field.span()
    }

    /// The column, as a constant. The name of the first field comes behind `of`: `Customer::`.
    pub(crate) fn column(&self, of: &TokenStream) -> TokenStream {
        let (field, inner) = (&self.field, &self.inner);
        quote!(#of #field #(.columns.#inner)*)
    }

    /// A field by its name.
    pub(crate) fn of_field(field: &Ident) -> Self {
        Self { field: field.clone(), inner: Vec::new() }
    }

    /// Reads `a.b` from a text.
    pub(crate) fn of_text(text: &str, span: Span) -> Option<Self> {
        let words: Option<Vec<Ident>> = text.split('.').map(|word| ident(word.trim(), span)).collect();
        let mut words = words?.into_iter();
        Some(Self { field: words.next()?, inner: words.collect() })
    }
}

fn ident(word: &str, span: Span) -> Option<Ident> {
    let mut parsed: Ident = syn::parse::Parser::parse_str(Ident::parse_any, word).ok()?;
    parsed.set_span(span);
    Some(parsed)
}

impl Parse for FieldPath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let field = input.call(Ident::parse_any)?;
        let mut inner = Vec::new();
        while input.peek(Token![.]) {
            input.parse::<Token![.]>()?;
            inner.push(input.call(Ident::parse_any)?);
        }
        Ok(Self { field, inner })
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.field)?;
        self.inner.iter().try_for_each(|word| write!(f, ".{word}"))
    }
}
