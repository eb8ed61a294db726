use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::LitStr;

use super::{Field, Item};

/// `composed = "USER#{email}#{number:08}"`: the text, and the fields that it names.
pub(super) struct Composed {
    pub(super) format: LitStr,
    /// Each once, in the order of their places.
    pub(super) parts: Vec<Ident>,
}

impl Composed {
    pub(super) fn parse(format: &LitStr) -> syn::Result<Self> {
        let text = format.value().replace("{{", "").replace("}}", "");
        let mut parts: Vec<Ident> = Vec::new();
        for part in text.split('{').skip(1) {
            let name = part.split(['}', ':']).next().unwrap_or_default();
            let ident: Ident = syn::parse_str(name).map_err(|_| {
                let message = format!("`{{{name}}}` names no field; write `composed = \"USER#{{field}}\"`");
                syn::Error::new(format.span(), message)
            })?;
            let ident = Ident::new(&ident.to_string(), format.span());
            if !parts.contains(&ident) {
                parts.push(ident);
            }
        }
        if parts.is_empty() {
            return Err(syn::Error::new(format.span(), "the text names no field; write `composed = \"USER#{field}\"`"));
        }
        Ok(Self { format: format.clone(), parts })
    }
}

/// The name of the function that makes the text.
fn function(field: &Field) -> Ident {
    format_ident!("{}_of", field.ident)
}

/// `User::pk_of(email)`.
pub(super) fn functions(item: &Item) -> TokenStream {
    let vis = &item.vis;
    let functions = item.fields.iter().filter_map(|field| {
        let Composed { format, parts } = field.composed.as_ref()?;
        let (function, doc) = (function(field), format!("The text of `{}`: `{}`.", field.name, format.value()));
        Some(quote! {
            #[doc = #doc]
            #[allow(dead_code)]
            #vis fn #function(#(#parts: impl ::core::fmt::Display),*) -> ::std::string::String {
                ::std::format!(#format)
            }
        })
    });
    quote!(#(#functions)*)
}

/// The text of a field for an object.
pub(super) fn text(item: &Item, field: &Field, composed: &Composed) -> TokenStream {
    let (ident, function) = (&item.ident, function(field));
    let parts = &composed.parts;
    quote!(#ident::#function(#(&self.#parts),*))
}
