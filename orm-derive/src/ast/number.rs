use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// The number of a field. The fields of embedded values count one by one, and how many they are is known to the compiler only.
#[derive(Clone)]
pub(crate) struct Number {
    /// Whether it follows those of the types before, in a family.
    pub(crate) placed: bool,
    /// The fields before it that are no embedded values.
    pub(crate) plain: usize,
    /// The positions of the embedded values before it.
    pub(crate) embedded: Vec<usize>,
}

/// As a sum.
impl ToTokens for Number {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let plain = self.plain;
        if self.is_literal() {
            return plain.to_tokens(tokens);
        }
        let first = self.placed.then(first_placed).into_iter();
        let widths = self.embedded.iter().map(|&position| width(position));
        tokens.extend(quote!(#(#first +)* #plain #(+ #widths)*));
    }
}

impl Number {
    /// Whether the number is known here, and not only to the compiler.
    pub(crate) fn is_literal(&self) -> bool {
        self.embedded.is_empty() && !self.placed
    }
}

/// The constant that has the number of the first field that a subtype adds.
pub(crate) fn first_placed() -> Ident {
    Ident::new("__PLACE", Span::call_site())
}

/// The constant that has the number of fields of the embedded value at a position.
pub(crate) fn width(position: usize) -> Ident {
    format_ident!("__WIDTH_{position}", span = Span::call_site())
}
