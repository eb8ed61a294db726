//! The enum of a family, with one variant for each type: what a session keeps. It is written with the base, which names its subtypes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Path, parse_quote_spanned};

use crate::ast::{Model, name_of};
use crate::attr::PolymorphicAttr;

/// The name of the enum.
pub(super) fn name(model: &Model) -> Ident {
    format_ident!("{}Family", model.ident, span = Span::call_site())
}

/// The types of the family, the base first.
pub(super) fn types(model: &Model, polymorphic: &PolymorphicAttr) -> Vec<Path> {
    let base = &model.ident;
    let base: Path = parse_quote_spanned!(base.span()=> #base);
    std::iter::once(base).chain(polymorphic.subtypes.iter().map(|subtype| subtype.path.clone())).collect()
}

/// The last name of a path.
pub(super) fn last_word(path: &Path) -> Option<Ident> {
    path.segments.last().map(|segment| segment.ident.clone())
}

/// The enum, its implementation of `Model`, and what it tells each type.
pub(super) fn expand(model: &Model, polymorphic: &PolymorphicAttr) -> TokenStream {
    let (vis, base, family, types) = (&model.vis, &model.ident, name(model), types(model, polymorphic));
    let names: Vec<Ident> = (0..types.len()).map(|number| format_ident!("T{number}")).collect();
    let implementation = implementation(&model.ident, &family, &names, &types);
    let parts = parts(&family, &names, &types);
    let firsts = firsts(&types);
    let stores = names.iter().zip(&types).zip(&firsts).map(|((name, ty), first)| stores(&family, name, ty, first));
    let (distinct, scopes) = (distinct(&types, polymorphic), scopes(&model.ident, polymorphic));
    quote! {
        #[doc(hidden)]
        #[allow(private_interfaces, clippy::large_enum_variant)]
        #vis enum #family {
            #(#names(#types),)*
            Part(#base, usize),
        }

        #[automatically_derived]
        impl ::orm::__private::FamilyBase for #base {}

        #implementation
        #parts
        #(#stores)*
        #scopes
        #distinct
    }
}

fn implementation(base: &Ident, family: &Ident, names: &[Ident], types: &[Path]) -> TokenStream {
    let (numbers, more) = (1..types.len(), &names[1..]);
    let reads: Vec<TokenStream> = types.iter().map(|ty| member(ty, "read_part")).collect();
    let (read_base, reads) = (&reads[0], &reads[1..]);
    let defaults = types.iter().zip(firsts(types)).skip(1).map(|(ty, first)| {
        let width = member(ty, "WIDTH");
        quote!(::orm::__private::defaults_within::<#ty>(#first..#first + #width, each);)
    });
    // What of a part is that of its base, and what is not.
    let each_but = |call: TokenStream, of_part: TokenStream| quote!(match self { #(Self::#names(object) => ::orm::__private::Model::#call,)* #of_part });
    let each = |call: TokenStream| {
        let of_part = quote!(Self::Part(object, _) => ::orm::__private::Model::#call,);
        each_but(call, of_part)
    };
    let discriminator = member(&types[0], "DISCRIMINATOR");
    let tells = quote! {
        Self::Part(_, of) if field == #discriminator =>
            ::orm::__private::ValueRef::Text(::orm::__private::identity_of::<Self>(*of)),
        Self::Part(object, _) => ::orm::__private::Model::value(object, field, part),
    };
    let keeps = quote! {
        Self::Part(_, of) if field == #discriminator =>
            ::orm::__private::keep_identity(::orm::__private::identity_of::<Self>(*of), value),
        Self::Part(object, _) => ::orm::__private::Model::set_value(object, field, value),
    };
    let names_itself = quote!(Self::Part(_, of) => ::orm::__private::name_of_type::<Self>(*of),);
    let value = each_but(quote!(value(object, field, part)), tells);
    let set_value = each_but(quote!(set_value(object, field, value)), keeps);
    let type_name = each_but(quote!(type_name(object)), names_itself);
    let [deferred, key, foreign, set_foreign, hand_over, pending, touch, fill, rules] = [
        quote!(deferred(object, field)),
        quote!(key(object)),
        quote!(foreign(object, field)),
        quote!(set_foreign(object, field, to)),
        quote!(hand_over(object, adopter)),
        quote!(pending_relation(object)),
        quote!(touch_on_update(object)),
        quote!(fill_on_insert(object)),
        quote!(check_rules(object, violations)),
    ]
    .map(each);
    quote! {
        #[automatically_derived]
        #[allow(unused_variables)]
        impl ::orm::__private::Model for #family {
            type Key = <#base as ::orm::__private::Model>::Key;
            type Stored = Self;
            const FAMILY: bool = true;
            const FILLS: bool = #(<#types as ::orm::__private::Model>::FILLS)||*;
            const HOOKS: bool = #(<#types as ::orm::__private::Model>::HOOKS)||*;
            const RULES: bool = #(<#types as ::orm::__private::Model>::RULES)||*;

            fn spec() -> &'static ::orm::__private::ModelSpec {
                <#base as ::orm::__private::Model>::spec()
            }

            fn table() -> &'static ::orm::__private::TableDef {
                <#base as ::orm::__private::Model>::table()
            }

            fn arena() -> ::std::boxed::Box<dyn ::core::any::Any + ::core::marker::Send> {
                ::orm::__private::new_arena::<Self>()
            }

            fn type_name(&self) -> &'static str { #type_name }
            fn key(&self) -> ::core::option::Option<Self::Key> { #key }

            fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
                let start = row.position();
                let read = match row.type_of(start, Self::table())? {
                    of if row.is_part(of, Self::table()) => Self::Part(#read_base(row, start)?, of),
                    #(#numbers => Self::#more(#reads(row, start)?),)*
                    _ => Self::T0(#read_base(row, start)?),
                };
                row.seek(start + Self::table().columns.len());
                ::core::result::Result::Ok(read)
            }

            fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> { #value }

            fn set_value(
                &mut self,
                field: usize,
                value: ::orm::__private::ValueRef<'_>,
            ) -> ::core::result::Result<(), ::orm::__private::Mismatch> { #set_value }

            fn set_embedded(&mut self, field: usize, from: &Self) {
                match (self, from) {
                    #((Self::#names(object), Self::#names(from)) => {
                        ::orm::__private::Model::set_embedded(object, field, from);
                    })*
                    (object, from) => {
                        if let (
                            ::core::option::Option::Some(object), ::core::option::Option::Some(from),
                        ) = (object.part_mut::<#base>(), from.part::<#base>()) {
                            ::orm::__private::Model::set_embedded(object, field, from);
                        }
                    }
                }
            }

            fn deferred(&self, field: usize) -> ::core::option::Option<&dyn ::core::any::Any> { #deferred }
            fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> { #foreign }
            fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) { #set_foreign }

            fn snapshot(&self) -> Self {
                match self {
                    #(Self::#names(object) => Self::#names(::orm::__private::Model::snapshot(object)),)*
                    Self::Part(object, of) => Self::Part(::orm::__private::Model::snapshot(object), *of),
                }
            }

            fn is_part(&self) -> bool {
                ::core::matches!(self, Self::Part(..))
            }

            fn complete(&mut self, mut whole: Self) {
                let Self::Part(own, _) = self else { return };
                if let ::core::option::Option::Some(read) = whole.part_mut::<#base>() {
                    ::core::mem::swap(own, read);
                    *self = whole;
                }
            }

            fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) { #hand_over }
            fn pending_relation(&self) -> ::core::option::Option<usize> { #pending }
            fn touch_on_update(&mut self) { #touch }
            fn fill_on_insert(&mut self) { #fill }
            fn check_rules(&self, violations: &mut ::orm::__private::Violations) { #rules }

            fn hook(&mut self, mut hook: ::orm::__private::Hook<'_, Self>) -> ::orm::__private::Result<()> {
                match self {
                    #(Self::#names(object) => match hook.of_part(|old| old.part::<#types>()) {
                        ::core::option::Option::Some(hook) => ::orm::__private::Model::hook(object, hook),
                        ::core::option::Option::None => ::core::result::Result::Ok(()),
                    },)*
                    Self::Part(object, _) => match hook.of_part(|old| old.part::<#base>()) {
                        ::core::option::Option::Some(hook) => ::orm::__private::Model::hook(object, hook),
                        ::core::option::Option::None => ::core::result::Result::Ok(()),
                    },
                }
            }

            fn defaults(each: &mut dyn ::core::ops::FnMut(usize, ::orm::__private::ValueRef<'_>)) {
                <#base as ::orm::__private::Model>::defaults(each);
                #(#defaults)*
            }
        }
    }
}

/// The object as one of the types that it is.
fn parts(family: &Ident, names: &[Ident], types: &[Path]) -> TokenStream {
    let each = |function: &str| {
        let functions: Vec<TokenStream> = types.iter().map(|ty| member(ty, function)).collect();
        let of_base = &functions[0];
        quote!(match self { #(Self::#names(object) => #functions(object),)* Self::Part(object, _) => #of_base(object), })
    };
    let [part, part_mut, into_part] = ["part", "part_mut", "into_part"].map(each);
    quote! {
        impl #family {
            fn part<__X: 'static>(&self) -> ::core::option::Option<&__X> { #part }
            fn part_mut<__X: 'static>(&mut self) -> ::core::option::Option<&mut __X> { #part_mut }
            fn into_part<__X: 'static>(self) -> ::core::option::Option<__X> { #into_part }
        }
    }
}

/// An item of a type as a member of its family.
fn member(ty: &Path, item: &str) -> TokenStream {
    let item = Ident::new(item, ty.span());
    quote_spanned!(ty.span()=> <#ty as ::orm::__private::FamilyMember>::#item)
}

/// The number of the first field of each type.
fn firsts(types: &[Path]) -> Vec<TokenStream> {
    let [base, subtypes @ ..] = types else { return Vec::new() };
    let discriminator = member(base, "DISCRIMINATOR");
    let mut next = quote!(#discriminator + 1);
    let mut firsts = vec![quote!(0)];
    for ty in subtypes {
        firsts.push(next.clone());
        let width = member(ty, "WIDTH");
        next.extend(quote!(+ #width));
    }
    firsts
}

fn stores(family: &Ident, name: &Ident, ty: &Path, first: &TokenStream) -> TokenStream {
    quote_spanned! {ty.span()=>
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::orm::__private::Stores<#ty> for #family {
            const FIRST: usize = #first;
            fn store(value: #ty) -> Self { Self::#name(value) }
            fn view(&self) -> ::core::option::Option<&#ty> { self.part() }
            fn view_mut(&mut self) -> ::core::option::Option<&mut #ty> { self.part_mut() }
            fn unstore(self) -> ::core::option::Option<#ty> { self.into_part() }
        }
    }
}

/// Where a subtype is in a scope, what it inherits is too.
fn scopes(root: &Ident, polymorphic: &PolymorphicAttr) -> TokenStream {
    let subtypes = &polymorphic.subtypes;
    let mut scopes = TokenStream::new();
    for subtype in subtypes {
        let ty = &subtype.path;
        let direct = subtype.base.map_or_else(|| quote!(#root), |base| subtypes[base].path.to_token_stream());
        scopes.extend(
            quote_spanned!(ty.span()=> const _: () = <#ty as ::orm::__private::check::InheritsFrom<#direct>>::AGREES;),
        );
        if let Some(base) = subtype.base.map(|base| &subtypes[base].path) {
            let message = format!(
                "`{}` has a table of its own, and so has every type below it: add `table = \"..\"` to `{}`",
                shown(base),
                shown(ty)
            );
            let (above, below) = (member(base, "JOINED"), member(ty, "JOINED"));
            scopes.extend(quote_spanned! {ty.span()=>
                const _: () = ::orm::__private::check::require(!#above || #below, #message);
            });
        }
        let above = std::iter::successors(subtype.base, |&base| subtypes[base].base).map(|base| &subtypes[base].path);
        let above = above.map(quote::ToTokens::to_token_stream).chain([quote!(#root)]);
        for base in above {
            let names = [("Of", "No"), ("Maybe", "Yes"), ("Outer", "Yes")];
            scopes.extend(names.map(|(place, null)| {
                let (place, null) = (Ident::new(place, Span::call_site()), Ident::new(null, Span::call_site()));
                quote! {
                    #[automatically_derived]
                    #[diagnostic::do_not_recommend]
                    impl<__Rest> ::orm::__private::Has<#base, ::orm::__private::Inherited>
                        for (::orm::__private::#place<#ty>, __Rest)
                    {
                        type Null = ::orm::__private::#null;
                    }
                }
            }));
        }
    }
    scopes
}

/// A type as it is written.
fn shown(ty: &Path) -> String {
    ty.to_token_stream().to_string().replace(' ', "")
}

/// Checks at compile time that the types have different identities and fields.
fn distinct(types: &[Path], polymorphic: &PolymorphicAttr) -> TokenStream {
    let mut checks = TokenStream::new();
    for (number, ty) in types.iter().enumerate() {
        let (identity, names) = (member(ty, "IDENTITY"), member(ty, "NAMES"));
        for (position, other) in types[..number].iter().enumerate() {
            let (other_identity, other_names) = (member(other, "IDENTITY"), member(other, "NAMES"));
            let (one, two) = (shown(other), shown(ty));
            let same =
                format!("`{one}` and `{two}` have the same `identity`: the discriminator could not tell them apart");
            let twice = format!(
                "`{one}` and `{two}` have a field of the same name, and a family has each name once; rename one of them"
            );
            // An abstract base has none.
            if position > 0 || polymorphic.identity.is_some() {
                checks.extend(quote_spanned! {ty.span()=>
                    const _: () = ::orm::__private::check::require(
                        !::orm::__private::check::is(::core::option::Option::Some(#other_identity), #identity), #same,
                    );
                });
            }
            checks.extend(quote_spanned! {ty.span()=>
                const _: () = ::orm::__private::check::require(
                    ::orm::__private::check::are_distinct(#other_names, #names), #twice,
                );
            });
        }
        let on = name_of(&polymorphic.on);
        let taken = format!(
            "`{}` has a field `{on}`, which is the discriminator: the flush writes it, and no field holds it",
            shown(ty)
        );
        checks.extend(quote_spanned! {ty.span()=>
            const _: () = ::orm::__private::check::require(
                ::orm::__private::check::are_distinct(#names, &[#on]), #taken,
            );
        });
    }
    checks
}
