//! `#[derive(OneOf)]`: the models that a field may reference one of.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Type};

use crate::ast::{handle_of, refuse_generics};
use crate::attr::VariantAttrs;
use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::expand::with_errors;
use crate::symbol;

/// An enum with `#[derive(OneOf)]`.
struct OneOf {
    ident: Ident,
    variants: Vec<Variant>,
}

/// A variant and its model.
struct Variant {
    ident: Ident,
    model: Type,
    /// What names the model in a column.
    text: String,
}

/// The code for an enum with `#[derive(OneOf)]`.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let cx = Ctxt::new();
    let item = OneOf::parse(&cx, input);
    match cx.check() {
        Ok(()) => item.expand(),
        Err(error) => with_errors(&error, input, || item.expand()),
    }
}

impl OneOf {
    fn parse(cx: &Ctxt, input: &DeriveInput) -> Self {
        let mut item = Self { ident: input.ident.clone(), variants: Vec::new() };
        refuse_generics(cx, input, "is one list of models");
        let Data::Enum(data) = &input.data else {
            cx.error(item.ident.span(), format!("`#[derive(OneOf)]` is for enums, and `{}` is none", item.ident));
            return item;
        };
        let (mut seen, mut texts) = (BTreeSet::new(), BTreeSet::new());
        for variant in &data.variants {
            let name = &variant.ident;
            let field = match &variant.fields {
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first(),
                _ => None,
            };
            let Some(model) = field.and_then(|field| handle_of(&field.ty)) else {
                let model = field.map_or_else(|| name.to_token_stream(), |field| field.ty.to_token_stream());
                cx.error(variant.span(), format!("a variant holds the handle of a model: `{name}(Handle<{model}>)`"));
                continue;
            };
            let attrs = VariantAttrs::parse(cx, &variant.attrs, &symbol::ONE_OF_VARIANT);
            let text = attrs.rename.get().map_or_else(|| name.unraw().to_string(), syn::LitStr::value);
            if !texts.insert(text.clone()) {
                let span = attrs.rename.span().unwrap_or_else(|| name.span());
                cx.error(span, format!("another variant is called \"{text}\", so a row could not tell its model"));
            }
            if seen.insert(model.to_token_stream().to_string()) {
                item.variants.push(Variant { ident: name.clone(), model: model.clone(), text });
            } else {
                cx.error(model.span(), "another variant has this model, and a key to it would be both");
            }
        }
        if data.variants.is_empty() {
            cx.error(item.ident.span(), format!("`{}` has no variant, so nothing could be referenced", item.ident));
        }
        item
    }

    /// The bound that all of them are models: each mistake is reported by the check of its variant, and by nothing that follows from it.
    fn bounds(&self) -> TokenStream {
        let models = self.models();
        quote!(where #(for<'__orm> #models: ::orm::__private::check::IsModel),*)
    }

    fn models(&self) -> impl Iterator<Item = &Type> {
        self.variants.iter().map(|variant| &variant.model)
    }

    /// The implementation that asks all models for keys of one type.
    fn one_key(&self) -> Option<TokenStream> {
        let (ident, bounds) = (&self.ident, self.bounds());
        let key = |model: &Type| quote_spanned!(model.span()=> <#model as ::orm::__private::Model>::Key);
        let first = key(self.models().next()?);
        let others = self.models().skip(1).map(key);
        Some(quote! {
            #[automatically_derived]
            impl ::orm::__private::check::OneKey for #ident
            #bounds, #(for<'__orm> #others: ::orm::__private::check::SameKey<#first>),*
            {}
        })
    }

    /// What is known of each model.
    fn targets(&self) -> Vec<TokenStream> {
        if self.variants.is_empty() {
            // An enum with errors: a model that is none keeps the models that use the enum from adding errors.
            return vec![quote!(::orm::__private::TargetSpec {
                name: "",
                text: "",
                model: ::orm::__private::ModelRef { spec: || loop {}, table: || loop {}, arena: || loop {} },
            })];
        }
        let targets = self.variants.iter().map(|Variant { ident, model, text }| {
            let name = Case::Snake.apply(&ident.unraw().to_string());
            quote!(::orm::__private::TargetSpec {
                name: #name,
                text: #text,
                model: ::orm::__private::model_ref::<#model>(),
            })
        });
        targets.collect()
    }

    fn expand(&self) -> TokenStream {
        let (ident, models) = (&self.ident, self.models().collect::<Vec<_>>());
        let numbers: Vec<usize> = (0..models.len()).collect();
        let keys: Vec<Ident> = numbers.iter().map(|number| format_ident!("T{number}")).collect();
        let variants = self.variants.iter().map(|variant| &variant.ident);
        let indexes = (0..).take(models.len()).map(Literal::u32_unsuffixed);
        let texts = self.variants.iter().map(|variant| &variant.text);
        let targets = self.targets();
        let (bounds, one_key) = (self.bounds(), self.one_key());
        let checks = models.iter().map(|model| {
            quote_spanned!(model.span()=> const _: () = <#model as ::orm::__private::check::IsModel>::IS_MODEL;)
        });
        let among = models.iter().zip(&keys).zip(&numbers).map(|((model, key), number)| {
            quote_spanned! {model.span()=>
                #[automatically_derived]
                impl ::orm::__private::Among<#ident> for #model #bounds {
                    const NUMBER: usize = #number;
                    fn keys(key: ::orm::__private::BelongsTo<Self>) -> __Keys { __Keys::#key(key) }
                }
            }
        });
        quote! {
            const _: () = {
                #[doc(hidden)]
                #[allow(private_interfaces)]
                #[derive(Debug, Clone, PartialEq, Eq, Default)]
                pub enum __Keys #bounds {
                    #[default]
                    Unset,
                    #(#keys(::orm::__private::BelongsTo<#models>)),*
                }

                #[automatically_derived]
                #[allow(unused_variables)]
                impl ::orm::__private::TargetKeys for __Keys #bounds {
                    fn number(&self) -> ::core::option::Option<usize> {
                        match self {
                            Self::Unset => ::core::option::Option::None,
                            #(Self::#keys(_) => ::core::option::Option::Some(#numbers),)*
                        }
                    }

                    fn key(&self) -> ::core::option::Option<&dyn ::core::any::Any> {
                        match self {
                            Self::Unset => ::core::option::Option::None,
                            #(Self::#keys(key) => ::core::option::Option::Some(key),)*
                        }
                    }

                    fn state(&self) -> ::orm::__private::Foreign<'_> {
                        match self {
                            Self::Unset => ::orm::__private::Foreign::Unset,
                            #(Self::#keys(key) => ::orm::__private::ForeignField::state(key),)*
                        }
                    }

                    fn part(&self, index: usize) -> ::orm::__private::ValueRef<'_> {
                        match self {
                            Self::Unset => ::orm::__private::ValueRef::Null,
                            #(Self::#keys(key) => ::orm::__private::ForeignField::part(key, index),)*
                        }
                    }

                    fn set(&mut self, number: usize, to: ::orm::__private::Foreign<'_>) {
                        *self = match number {
                            #(#numbers => {
                                let mut key = <::orm::__private::BelongsTo<#models> as ::core::default::Default>::default();
                                ::orm::__private::ForeignField::set_state(&mut key, to);
                                Self::#keys(key)
                            })*
                            _ => Self::Unset,
                        };
                    }

                    fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
                        let mut found = Self::Unset;
                        #(if let ::core::option::Option::Some(key) =
                            ::orm::__private::read_target::<#models>(row, found != Self::Unset)?
                        {
                            found = Self::#keys(key);
                        })*
                        ::core::result::Result::Ok(found)
                    }

                    fn read_as(
                        number: usize,
                        row: &mut ::orm::__private::RowReader<'_>,
                    ) -> ::orm::__private::Result<Self> {
                        let key = match number {
                            #(#numbers => ::orm::__private::read_target::<#models>(row, false)?.map(Self::#keys),)*
                            _ => ::core::option::Option::None,
                        };
                        ::core::result::Result::Ok(key.unwrap_or_default())
                    }
                }

                #[automatically_derived]
                impl ::orm::__private::Targets for #ident #bounds {
                    type Keys = __Keys;

                    const MODELS: &'static [::orm::__private::TargetSpec] = &[#(#targets),*];

                    fn at(number: usize, slot: u32, stamp: ::core::num::NonZeroU32) -> ::core::option::Option<Self> {
                        match number {
                            #(#numbers => ::core::option::Option::Some(
                                Self::#variants(::orm::__private::handle_at(slot, stamp))
                            ),)*
                            _ => ::core::option::Option::None,
                        }
                    }
                }

                ::orm::__private::serialized_keys!(__Keys { #(#keys #indexes #texts #models),* });
                #one_key
                #(#among)*
                #(#checks)*
            };
        }
    }
}
