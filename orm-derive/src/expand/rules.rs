//! The rules of models and embedded values.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::columns::item_of;
use crate::ast::{Field, Kind, Model};
use crate::spanned::generated_at;

/// `check_rules` of a model, if it has rules.
pub(super) fn of_model(model: &Model) -> Option<TokenStream> {
    let garde = model
        .attrs
        .garde
        .span()
        .map(|span| quote_spanned!(generated_at(span)=> ::orm::__private::run_garde::<Self>(self, violations);));
    check_rules(&model.fields, garde)
}

/// `check_rules`, if a field has `validate = function`, an embedded value may have, or the whole has a check.
pub(super) fn check_rules(fields: &[Field], whole: Option<TokenStream>) -> Option<TokenStream> {
    let is_own = whole.is_some() || fields.iter().any(|field| !field.attrs.validate.is_empty());
    let has = fields.iter().filter_map(|field| match field.kind {
        Kind::Embedded => Some(item_of(&field.ty, "Embedded", "RULES")),
        Kind::Base => Some(item_of(&field.ty, "Model", "RULES")),
        _ => None,
    });
    let has: Vec<TokenStream> = has.collect();
    if !is_own && has.is_empty() {
        return None;
    }
    let has = if is_own { quote!(true) } else { quote!(#(#has)||*) };
    let checks = fields.iter().map(field_rules);
    Some(quote! {
        const RULES: bool = #has;
        fn check_rules(&self, violations: &mut ::orm::__private::Violations) {
            #(#checks)*
            #whole
        }
    })
}

fn field_rules(field: &Field) -> TokenStream {
    let (ident, name) = (&field.ident, &field.name);
    let own =
        field.attrs.validate.iter().map(
            |rule| quote_spanned!(generated_at(rule.span())=> violations.field(#name, #rule(&self.#ident, self));),
        );
    let inner = matches!(field.kind, Kind::Embedded).then(|| {
        let check = item_of(&field.ty, "Embedded", "check_rules");
        quote!(violations.within(#name, |violations| #check(&self.#ident, violations));)
    });
    let base = matches!(field.kind, Kind::Base)
        .then(|| quote!(::orm::__private::Model::check_rules(&self.#ident, violations);));
    quote!(#base #(#own)* #inner)
}
