use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{LitStr, Path, Type};

use super::columns::constants_of;
use super::spec::{back_populates, option};
use crate::ast::{Field, Kind, Model, OneOfKey, RelationType};
use crate::attr::{ProxyAttr, RelationAttrs};
use crate::spanned::generated_at;

/// The constant of a relation: `CarBrand::models`.
pub(super) fn constant(model: &Model, field: &Field) -> Option<TokenStream> {
    if let Kind::OneOf(key) = &field.kind {
        return Some(one_of(model, field, key));
    }
    let (_, target, attrs) = field.relation()?;
    let (owner, vis, ident) = (&model.ident, &field.vis, &field.ident);
    let (number, name) = (&field.number, &field.name);
    let kind = kind(field);
    let (inverse, table) = (back_populates(attrs), option(attrs.table.get()));
    let doc = format!("The relation `{name}`.");
    Some(quote_spanned! {generated_at(ident.span())=>
        #[doc = #doc]
        #vis const #ident: ::orm::__private::Relation<#owner, #target, ::orm::__private::kind::#kind> =
            ::orm::__private::Relation::new(#number, #name, #inverse, #table);
    })
}

/// The constants of association proxies: `Student::courses`. Names that are `taken` are an error already.
pub(super) fn proxies(model: &Model, mut taken: BTreeSet<Ident>) -> TokenStream {
    let mut proxies = TokenStream::new();
    for field in &model.fields {
        let Some((_, members, attrs)) = field.relation() else { continue };
        for proxy in attrs.proxies.get().into_iter().flatten() {
            if taken.insert(proxy.name.clone()) {
                proxies.extend(self::proxy(model, field, (members, attrs), proxy));
            }
        }
    }
    proxies
}

fn proxy(model: &Model, field: &Field, (members, attrs): (&Type, &RelationAttrs), proxy: &ProxyAttr) -> TokenStream {
    let (owner, vis, number, list) = (&model.ident, &field.vis, &field.number, &field.name);
    let inverse = back_populates(attrs);
    let (ident, target, end, constants) = (&proxy.name, &proxy.target, &proxy.field, constants_of(members));
    let name = ident.unraw().to_string();
    let doc = format!("The relation `{name}`, through `{list}`.");
    let stands_for = quote_spanned!(end.span()=> ::orm::__private::check::stands_for);
    let end = quote_spanned!(end.span()=> <#constants>::#end);
    quote_spanned! {generated_at(ident.span())=>
        #[doc = #doc]
        #vis const #ident: ::orm::__private::Proxy<#owner, #members, #target> = ::orm::__private::Proxy::new(
            #name,
            ::orm::__private::Relation::new(#number, #list, #inverse, ::core::option::Option::None),
            #stands_for::<#members, #target, _>(&#end, #end.field(), #end.name()),
        );
    }
}

/// The constant of a relation to one of several models.
fn one_of(model: &Model, field: &Field, key: &OneOfKey) -> TokenStream {
    let (owner, vis, ident, models) = (&model.ident, &field.vis, &field.ident, &key.models);
    let (number, name, inverse) = (&field.number, &field.name, back_populates(&key.attrs));
    let kind = Ident::new(if key.optional { "OptionalOne" } else { "One" }, Span::call_site());
    let doc = format!("The relation `{name}`, to one of several models.");
    quote_spanned! {generated_at(ident.span())=>
        #[doc = #doc]
        #vis const #ident: ::orm::__private::OneOfRelation<#owner, #models, ::orm::__private::kind::#kind> =
            ::orm::__private::OneOfRelation::new(#number, #name, #inverse);
    }
}

fn kind(field: &Field) -> Ident {
    let name = match &field.kind {
        Kind::ForeignKey(key) if key.optional => "OptionalOne",
        Kind::Relation(relation) => relation.relation_type.type_name(),
        _ => "One",
    };
    Ident::new(name, Span::call_site())
}

/// `Model::hand_over`.
pub(super) fn hand_over(model: &Model) -> TokenStream {
    let relations = model.fields.iter().filter_map(|field| {
        let Kind::Relation(relation) = &field.kind else { return None };
        let (ident, number) = (&field.ident, &field.number);
        let relation_type = Ident::new(relation.relation_type.type_name(), Span::call_site());
        let taken = quote!(::orm::__private::#relation_type::take(&mut self.#ident));
        Some(match relation.relation_type {
            RelationType::HasOne => quote! {
                if let ::core::option::Option::Some(child) = #taken {
                    ::orm::__private::Adopter::adopt(adopter, #number, child);
                }
            },
            _ => quote! {
                if let ::core::option::Option::Some(children) = #taken {
                    ::orm::__private::Adopter::assigned(adopter, #number, &children);
                    for child in children {
                        ::orm::__private::Adopter::adopt(adopter, #number, child);
                    }
                }
            },
        })
    });
    let pending_relation = pending_relation(model);
    let base = model.base().map(|field| {
        let ident = &field.ident;
        quote!(::orm::__private::Model::hand_over(&mut self.#ident, adopter);)
    });
    quote! {
        fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) {
            #base
            #(#relations)*
        }

        #pending_relation
    }
}

/// `Model::pending_relation`, for models with relation fields.
fn pending_relation(model: &Model) -> Option<TokenStream> {
    let mut fields = model
        .fields
        .iter()
        .filter_map(|field| {
            let (ident, number) = (&field.ident, &field.number);
            let relation = match &field.kind {
                Kind::Relation(relation) => relation,
                Kind::Base => {
                    return Some(quote! {
                        if let ::core::option::Option::Some(field) = ::orm::__private::Model::pending_relation(&self.#ident) {
                            return ::core::option::Option::Some(field);
                        }
                    });
                }
                _ => return None,
            };
            let relation_type = Ident::new(relation.relation_type.type_name(), Span::call_site());
            Some(quote! {
                if ::orm::__private::#relation_type::pending(&self.#ident) > 0 {
                    return ::core::option::Option::Some(#number);
                }
            })
        })
        .peekable();
    fields.peek()?;
    Some(quote! {
        fn pending_relation(&self) -> ::core::option::Option<usize> {
            #(#fields)*
            ::core::option::Option::None
        }
    })
}

/// One `References<T>` for each model that this one has a foreign key to. `through = ..` checks for it.
pub(super) fn references(model: &Model) -> TokenStream {
    let mut targets: BTreeMap<String, (&Type, usize)> = BTreeMap::new();
    for field in &model.fields {
        if let Kind::ForeignKey(key) = &field.kind {
            targets.entry(key.target.to_token_stream().to_string()).or_insert((&key.target, 0)).1 += 1;
        }
    }
    let ident = &model.ident;
    let implementations = targets.values().map(|(target, count)| {
        quote! {
            #[automatically_derived]
            impl ::orm::__private::check::References<#target> for #ident {
                const COUNT: usize = #count;
            }
        }
    });
    let pairs = pairs(model);
    quote!(#(#implementations)* #pairs)
}

/// One `PairsThrough<T, Model>` for each `through` model. The other end of the relation checks for it.
fn pairs(model: &Model) -> TokenStream {
    let mut seen: BTreeMap<String, TokenStream> = BTreeMap::new();
    let ident = &model.ident;
    for field in &model.fields {
        let Some((_, target, attrs)) = field.relation() else { continue };
        let Some(through) = attrs.through.get() else { continue };
        seen.entry(quote!(#target #through).to_string()).or_insert_with(|| {
            quote! {
                #[automatically_derived]
                #[diagnostic::do_not_recommend]
                impl ::orm::__private::check::PairsThrough<#target, #through> for #ident {}
            }
        });
    }
    seen.into_values().collect()
}

/// Compile-time checks that both ends of each relation agree.
pub(super) fn checks(model: &Model) -> TokenStream {
    let shared = model.fields.iter().filter_map(|field| match &field.kind {
        Kind::OneOf(key) if key.is_shared() => Some(&key.models),
        _ => None,
    });
    let shared = shared.map(
        |models| quote_spanned!(models.span()=> const _: () = <#models as ::orm::__private::check::OneKey>::AGREES;),
    );
    let checks = model.fields.iter().filter_map(|field| {
        let (relation_type, target, attrs) = field.relation()?;
        let end = End { model, field, relation_type, target, attrs };
        let (inverse, through, order, places) = (end.inverse(), end.through(), end.order(), end.places());
        Some(quote!(#inverse #through #order #places))
    });
    shared.chain(checks).collect()
}

/// One end of a relation.
struct End<'a> {
    model: &'a Model,
    field: &'a Field,
    relation_type: RelationType,
    target: &'a Type,
    attrs: &'a RelationAttrs,
}

impl End<'_> {
    /// Checks that `back_populates` names a relation of the right kind, and that this relation names the field in return.
    fn inverse(&self) -> Option<TokenStream> {
        let inverse = self.attrs.back_populates.get()?;
        let (owner, target, name) = (&self.model.ident, self.target, &self.field.name);
        let constants = constants_of(target);
        let span = inverse.span();
        let check = Ident::new(
            match self.relation_type {
                RelationType::BelongsTo => "lists",
                RelationType::HasMany | RelationType::HasOne => "holds_key",
                RelationType::ManyToMany => "pairs",
            },
            span,
        );
        let said = format!(
            "`{}::{inverse}` leads to `{owner}` and does not say `back_populates = {name}`: both ends of a relation name \
             each other",
            last_word(target)
        );
        let table = self.attrs.table.get().map(|table| self.same_table(inverse, table));
        let rivals = self.rivals(inverse);
        Some(quote_spanned! {span=>
            const _: () = {
                let end = <#constants>::#inverse;
                ::orm::__private::check::#check::<#owner, #target, _>(&end);
                ::orm::__private::check::require(::orm::__private::check::answers(end.back_populates(), &[#(#rivals),*]), #said);
                #table
            };
        })
    }

    /// The other fields of this model that name the same end. When the end names none of them and not this one, it is the end that is
    /// wrong, and its own model says so.
    fn rivals(&self, inverse: &Ident) -> Vec<&str> {
        let names_it = |field: &&Field| {
            let end = field.relation().and_then(|(_, _, attrs)| attrs.back_populates.get());
            field.position != self.field.position && end == Some(inverse)
        };
        self.model.fields.iter().filter(names_it).map(|field| &*field.name).collect()
    }

    fn same_table(&self, inverse: &Ident, table: &LitStr) -> TokenStream {
        let said = format!(
            "`{}::{inverse}` does not say `table = \"{}\"`: both ends of a relation name the same table",
            last_word(self.target),
            table.value()
        );
        quote_spanned!(table.span()=> ::orm::__private::check::require(::orm::__private::check::is(end.table(), #table), #said);)
    }

    /// Checks that the `through` model has one key for each end, and that the other end names the same model.
    fn through(&self) -> Option<TokenStream> {
        let through = self.attrs.through.get()?;
        let (owner, target) = (&self.model.ident, self.target);
        let span = through.span();
        let agrees = self.attrs.back_populates.get().map(
            |_| quote_spanned!(span=> <#target as ::orm::__private::check::PairsThrough<#owner, #through>>::AGREES),
        );
        let keys = self.keys(through, span);
        Some(quote_spanned! {span=>
            const _: () = { #keys #agrees };
        })
    }

    fn keys(&self, through: &Path, span: Span) -> TokenStream {
        let (owner, target) = (&self.model.ident, self.target);
        let count =
            |ty: &dyn ToTokens| quote_spanned!(span=> <#through as ::orm::__private::check::References<#ty>>::COUNT);
        let (owner_keys, target_keys) = (count(owner), count(target));
        let through = last_word(through);
        if *owner == last_word(target) {
            let said = format!("`{through}` needs two `BelongsTo<{owner}>` fields, one for each end");
            return quote_spanned!(span=> ::orm::__private::check::require(#owner_keys == 2, #said););
        }
        let said = format!("`{through}` needs one `BelongsTo` field for each end, and no second one");
        quote_spanned!(span=> ::orm::__private::check::require(#owner_keys == 1 && #target_keys == 1, #said);)
    }

    /// Checks that `ordering` names a column of the target that can hold places.
    fn places(&self) -> Option<TokenStream> {
        let field = self.attrs.ordering.get()?;
        let (target, constants) = (self.target, constants_of(self.target));
        let column = field.column(&quote!(<#constants>::));
        Some(quote_spanned! {field.span()=>
            const _: () = ::orm::__private::check::require(
                ::orm::__private::check::is_whole::<#target, _>(&#column),
                "`ordering` names a field of an integer type",
            );
        })
    }

    /// Checks that `order_by` names columns of the target.
    fn order(&self) -> TokenStream {
        let (target, constants) = (self.target, constants_of(self.target));
        let orders = self.attrs.order_by.get().into_iter().flatten().map(|by| {
            let column = by.field.column(&quote!(<#constants>::));
            quote_spanned! {by.field.span()=>
                const _: () = ::orm::__private::check::sorts::<#target, _>(&#column);
            }
        });
        orders.collect()
    }
}

/// The last name of a path, for messages.
fn last_word(path: &impl ToTokens) -> String {
    let words: Vec<String> = path.to_token_stream().into_iter().map(|token| token.to_string()).collect();
    words.into_iter().next_back().unwrap_or_default()
}
