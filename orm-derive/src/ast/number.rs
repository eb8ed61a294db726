use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// The number of a field. The fields of embedded values count one by one, and how many they are is known to the compiler only.
#[derive(Clone)]
pub(crate) struct Number {
    /// The fields before it that are no embedded values.
    pub(crate) plain: usize,
    /// The positions of the embedded values before it.
    pub(crate) embedded: Vec<usize>,
}

/// As a sum.
impl ToTokens for Number {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let plain = self.plain;
        if self.embedded.is_empty() {
            return plain.to_tokens(tokens);
        }
        let widths = self.embedded.iter().map(|&position| width(position));
        tokens.extend(quote!(#plain #(+ #widths)*));
    }
}

/// The constant that has the number of fields of the embedded value at a position.
pub(crate) fn width(position: usize) -> Ident {
    format_ident!("__WIDTH_{position}", span = Span::call_site())
}
