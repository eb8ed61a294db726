//! What a model of a family has beside what every model has.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned as _;

use super::columns::item_of;
use super::spec::{model_ref, option};
use super::{family_enum, row};
use crate::ast::{Field, Model, first_placed};
use crate::attr::PolymorphicAttr;

/// What follows the arms of a `match` over the number of a field.
pub(super) struct Rest {
    pub(super) value: TokenStream,
    pub(super) set_value: TokenStream,
    pub(super) foreign: TokenStream,
    pub(super) set_foreign: TokenStream,
    pub(super) set_embedded: TokenStream,
}

/// There are no other numbers.
impl Default for Rest {
    fn default() -> Self {
        Self {
            value: quote!(_ => ::orm::__private::ValueRef::Null,),
            set_value: quote!(_ => {}),
            foreign: quote!(_ => ::orm::__private::Foreign::Unset,),
            set_foreign: quote!(_ => {}),
            set_embedded: quote!(_ => {}),
        }
    }
}

impl Rest {
    /// Of a model of a family: the discriminator holds its identity, other numbers are those of its base or of other types.
    pub(super) fn of(model: &Model) -> Self {
        if !is_member(model) {
            return Self::default();
        }
        let (identity, discriminator) = (identity(model).into_iter(), discriminator());
        let again = identity.clone();
        let tells = quote!(#(#discriminator => ::orm::__private::ValueRef::Text(#identity),)*);
        let keeps = quote!(#(#discriminator => ::orm::__private::keep_identity(#again, value)?,)*);
        match model.base() {
            Some(Field { ident, .. }) => Self {
                value: quote!(#tells _ => ::orm::__private::Model::value(&self.#ident, field, part),),
                set_value: quote!(#keeps _ => ::orm::__private::Model::set_value(&mut self.#ident, field, value)?,),
                foreign: quote!(_ => ::orm::__private::Model::foreign(&self.#ident, field),),
                set_foreign: quote!(_ => ::orm::__private::Model::set_foreign(&mut self.#ident, field, to),),
                set_embedded: quote!(_ => ::orm::__private::Model::set_embedded(&mut self.#ident, field, &from.#ident),),
            },
            None => {
                let rest = Self::default();
                Self {
                    value: { quote!(#tells _ => ::orm::__private::ValueRef::Null,) },
                    set_value: quote!(#keeps _ => {}),
                    // Keys of other types are NULL in the row.
                    foreign: quote!(_ => ::orm::__private::Foreign::Null,),
                    ..rest
                }
            }
        }
    }
}

/// `Model::ABSTRACT` of an abstract base.
pub(super) fn is_abstract(model: &Model) -> Option<TokenStream> {
    model.attrs.polymorphic.get().filter(|polymorphic| polymorphic.identity.is_none())?;
    let why = format!(
        "`{0}` is abstract, so no row is a `{0}` itself: add an object of a type that inherits from it",
        model.ident
    );
    Some(quote!(const ABSTRACT: ::core::option::Option<&'static str> = ::core::option::Option::Some(#why);))
}

/// The constant that has the number of the discriminator.
fn discriminator() -> Ident {
    Ident::new("__DISCRIMINATOR", Span::call_site())
}

/// Whether the model is in a family.
fn is_member(model: &Model) -> bool {
    model.attrs.polymorphic.is_set() || model.base().is_some() && model.attrs.identity.is_set()
}

/// What the discriminator holds in the rows of the model, if it is in a family and not abstract.
fn identity(model: &Model) -> Option<&LitStr> {
    match model.attrs.polymorphic.get() {
        Some(polymorphic) => polymorphic.identity.as_ref(),
        None => model.base().and(model.attrs.identity.get()),
    }
}

/// The discriminator among the defaults of a model: each INSERT writes it.
pub(super) fn own_identity(model: &Model) -> Option<TokenStream> {
    let (identity, discriminator) = (identity(model)?, discriminator());
    Some(quote!(each(#discriminator, ::orm::__private::ValueRef::Text(#identity));))
}

/// The constants that the numbers of fields are made of.
pub(super) fn numbers(model: &Model) -> TokenStream {
    let (ident, name, width) = (&model.ident, discriminator(), model.width());
    if model.attrs.polymorphic.is_set() {
        return quote!(const #name: usize = #width;);
    }
    let Some(base) = model.base() else { return TokenStream::new() };
    let (place, number) = (first_placed(), item_of(&base.ty, "FamilyMember", "DISCRIMINATOR"));
    let stored = item_of(&base.ty, "FamilyMember", "Family");
    let first = quote_spanned!(base.ty.span()=> <#stored as ::orm::__private::Stores<#ident>>::FIRST);
    quote! {
        const #name: usize = #number;
        const #place: usize = #first;
    }
}

/// `Model::Stored`.
pub(super) fn stored(model: &Model) -> TokenStream {
    match (model.attrs.polymorphic.get(), model.base()) {
        (Some(_), _) => {
            let name = family_enum::name(model);
            quote!(#name)
        }
        (None, Some(base)) => item_of(&base.ty, "FamilyMember", "Family"),
        (None, None) => quote!(Self),
    }
}

/// The table and the schema of a model, as in its `ModelSpec`.
pub(super) fn table(model: &Model) -> (TokenStream, TokenStream) {
    match model.base() {
        Some(base) => {
            let [table, schema] = ["TABLE", "SCHEMA"].map(|item| item_of(&base.ty, "FamilyMember", item));
            (table, schema)
        }
        None => {
            let table = &model.table;
            (quote!(#table), option(model.attrs.schema.get()))
        }
    }
}

/// The place of a model in its family, as in its `ModelSpec`.
pub(super) fn spec(model: &Model) -> TokenStream {
    let family = match (model.attrs.polymorphic.get(), model.base(), model.attrs.identity.get()) {
        (Some(polymorphic), ..) => Some(base_spec(polymorphic)),
        (None, Some(base), Some(identity)) => {
            let (spec, table) = (item_of(&base.ty, "Model", "spec"), option(model.attrs.table.get()));
            Some(quote! {
                ::orm::__private::FamilySpec::Subtype(::orm::__private::SubtypeSpec {
                    identity: #identity, table: #table, base: #spec,
                })
            })
        }
        _ => None,
    };
    option(family)
}

fn base_spec(polymorphic: &PolymorphicAttr) -> TokenStream {
    let (column, identity) = (crate::ast::name_of(&polymorphic.on), option(polymorphic.identity.as_ref()));
    let subtypes = polymorphic.subtypes.iter().map(|subtype| model_ref(&subtype.path));
    quote! {
        ::orm::__private::FamilySpec::Base(::orm::__private::BaseSpec {
            discriminator: &::orm::__private::FieldSpec {
                name: #column,
                primary_key: false,
                kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                    #column, ::orm::__private::SqlType::Text, false, <::std::string::String as ::orm::__private::ColumnType>::VALUES,
                )),
            },
            identity: #identity,
            subtypes: &[#(#subtypes),*],
        })
    }
}

/// `Model::read`. A row of a family has the columns of all types.
pub(super) fn read(model: &Model) -> TokenStream {
    let body = match is_member(model) {
        true => quote!(::orm::__private::read_member(row)),
        false => {
            let reads = row::reads(&model.fields);
            quote!(::core::result::Result::Ok(Self { #reads }))
        }
    };
    quote! {
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            #body
        }
    }
}

/// `HOOKS` and `hook` of a subtype: the hooks of the base, and `own`.
pub(super) fn hooks(base: &Field, own: Option<TokenStream>) -> TokenStream {
    let (ident, base_has) = (&base.ident, item_of(&base.ty, "Model", "HOOKS"));
    let has = if own.is_some() { quote!(true) } else { base_has };
    let own = own.unwrap_or_else(|| quote!(::core::result::Result::Ok(())));
    quote! {
        const HOOKS: bool = #has;
        fn hook(&mut self, mut hook: ::orm::__private::Hook<'_, Self>) -> ::orm::__private::Result<()> {
            if let ::core::option::Option::Some(hook) = hook.of_part(|old| ::core::option::Option::Some(&old.#ident)) {
                ::orm::__private::Model::hook(&mut self.#ident, hook)?;
            }
            #own
        }
    }
}

/// The implementations of a model in a family.
pub(super) fn of_model(model: &Model) -> Option<TokenStream> {
    if !is_member(model) {
        return None;
    }
    let member = member(model);
    let more = match (model.attrs.polymorphic.get(), model.base()) {
        (Some(polymorphic), _) => family_enum::expand(model, polymorphic),
        (None, Some(base)) => inherits(model, base),
        (None, None) => return None,
    };
    Some(quote!(#member #more))
}

fn member(model: &Model) -> TokenStream {
    let (ident, discriminator, width) = (&model.ident, discriminator(), model.width());
    let identity = identity(model).map(LitStr::value).unwrap_or_default();
    let ((table, schema), family) = (table(model), stored(model));
    let joined = model.base().is_some() && model.attrs.table.is_set();
    let names = model.fields.iter().filter(|field| !matches!(field.kind, crate::ast::Kind::Base));
    let names = names.map(|field| &field.name);
    let reads = row::reads(&model.fields);
    let (begin, above) = match model.base() {
        Some(Field { ident, ty, .. }) => {
            let (read, place) = (item_of(ty, "FamilyMember", "read_part"), first_placed());
            let begin = quote! {
                let base = #read(row, start)?;
                row.seek(start + ::orm::__private::first_column::<Self>(#place));
            };
            let [part, part_mut, into_part] =
                ["part", "part_mut", "into_part"].map(|function| item_of(ty, "FamilyMember", function));
            let above =
                [quote!(#part(&self.#ident)), quote!(#part_mut(&mut self.#ident)), quote!(#into_part(own.#ident))];
            (begin, above)
        }
        None => {
            let none = || quote!(::core::option::Option::None);
            (quote!(row.seek(start);), [none(), none(), none()])
        }
    };
    let [part, part_mut, into_part] = above;
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_variables)]
        impl ::orm::__private::FamilyMember for #ident {
            type Family = #family;
            const TABLE: &'static str = #table;
            const SCHEMA: ::core::option::Option<&'static str> = #schema;
            const DISCRIMINATOR: usize = #discriminator;
            const IDENTITY: &'static str = #identity;
            const JOINED: bool = #joined;
            const WIDTH: usize = #width;
            const NAMES: &'static [&'static str] = &[#(#names),*];

            fn read_part(
                row: &mut ::orm::__private::RowReader<'_>,
                start: usize,
            ) -> ::orm::__private::Result<Self> {
                #begin
                ::core::result::Result::Ok(Self { #reads })
            }

            fn part<__X: 'static>(&self) -> ::core::option::Option<&__X> {
                match ::orm::__private::same(self) {
                    ::core::option::Option::Some(part) => ::core::option::Option::Some(part),
                    ::core::option::Option::None => #part,
                }
            }

            fn part_mut<__X: 'static>(&mut self) -> ::core::option::Option<&mut __X> {
                if ::orm::__private::same::<Self, __X>(self).is_some() {
                    return ::orm::__private::same_mut(self);
                }
                #part_mut
            }

            fn into_part<__X: 'static>(self) -> ::core::option::Option<__X> {
                let mut own = ::core::option::Option::Some(self);
                if let ::core::option::Option::Some(part) = ::orm::__private::take_same(&mut own) {
                    return ::core::option::Option::Some(part);
                }
                let own = own?;
                #into_part
            }
        }
    }
}

fn inherits(model: &Model, base: &Field) -> TokenStream {
    let (ident, ty) = (&model.ident, &base.ty);
    quote! {
        #[automatically_derived]
        impl ::orm::__private::Inherits for #ident {
            type Base = #ty;
        }
    }
}

/// The enum of `variants = ".."`.
pub(super) fn variants(model: &Model) -> Option<TokenStream> {
    let polymorphic = model.attrs.polymorphic.get()?;
    let name = polymorphic.variants.as_ref()?;
    let (ident, vis) = (&model.ident, &model.vis);
    // Nothing is an abstract base itself.
    let skipped = usize::from(polymorphic.identity.is_none());
    let types: Vec<(Ident, TokenStream)> = family_enum::types(model, polymorphic)
        .into_iter()
        .skip(skipped)
        .map(|ty| (family_enum::last_word(&ty).unwrap_or_else(|| ident.clone()), quote!(#ty)))
        .collect();
    let (words, paths): (Vec<&Ident>, Vec<&TokenStream>) = types.iter().map(|(word, path)| (word, path)).unzip();
    let arms = words
        .iter()
        .enumerate()
        .skip(1)
        .map(|(number, word)| (number + skipped, word))
        .map(|(number, word)| quote!(#number => #name::#word(::orm::__private::handle_of(object)),));
    let first = words.first();
    let doc = format!("The types of the family of [`{ident}`], each with a handle of it.");
    Some(quote_spanned! {name.span()=>
        #[doc = #doc]
        #[allow(dead_code, private_interfaces)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #vis enum #name {
            #(#[allow(missing_docs)] #words(::orm::__private::Handle<#paths>)),*
        }

        #[automatically_derived]
        impl ::orm::__private::Variants for #ident {
            type Any = #name;

            fn variant(of: usize, object: ::orm::__private::Handle<Self>) -> Self::Any {
                match of {
                    #(#arms)*
                    _ => #name::#first(::orm::__private::handle_of(object)),
                }
            }
        }
    })
}

/// The implementations of a model in a family that has errors, so that the other models of the family report none.
pub(super) fn fallback(model: &Model) -> TokenStream {
    let (ident, family) = (&model.ident, fallback_stored(model));
    let identity = identity(model).map_or_else(|| ident.to_string(), LitStr::value);
    let member = quote! {
        impl ::orm::__private::FamilyMember for #ident {
            type Family = #family;
            const TABLE: &'static str = "";
            const SCHEMA: ::core::option::Option<&'static str> = ::core::option::Option::None;
            const DISCRIMINATOR: usize = 0;
            const IDENTITY: &'static str = #identity;
            const JOINED: bool = true;
            const WIDTH: usize = 0;
            const NAMES: &'static [&'static str] = &[];
            fn read_part(_: &mut ::orm::__private::RowReader<'_>, _: usize) -> ::orm::__private::Result<Self> { loop {} }
            fn part<__X: 'static>(&self) -> ::core::option::Option<&__X> { loop {} }
            fn part_mut<__X: 'static>(&mut self) -> ::core::option::Option<&mut __X> { loop {} }
            fn into_part<__X: 'static>(self) -> ::core::option::Option<__X> { loop {} }
        }
    };
    if let Some(polymorphic) = model.attrs.polymorphic.get() {
        let paths: Vec<_> = polymorphic.subtypes.iter().map(|subtype| &subtype.path).collect();
        let once = paths.iter().enumerate().filter(|(number, path)| !paths[..*number].contains(path));
        let subtypes = once.map(|(_, subtype)| {
            quote_spanned! {subtype.span()=>
                impl ::orm::__private::Stores<#subtype> for #ident {
                    fn store(_: #subtype) -> Self { loop {} }
                    fn view(&self) -> ::core::option::Option<&#subtype> { loop {} }
                    fn view_mut(&mut self) -> ::core::option::Option<&mut #subtype> { loop {} }
                    fn unstore(self) -> ::core::option::Option<#subtype> { loop {} }
                }
            }
        });
        return quote!(#member #(#subtypes)*);
    }
    match model.base() {
        Some(base) => {
            let inherits = inherits(model, base);
            quote!(#member #inherits)
        }
        None if model.attrs.inherits.is_set() => quote! {
            #member
            impl<__Base> ::orm::__private::check::InheritsFrom<__Base> for #ident {}
        },
        None => TokenStream::new(),
    }
}

/// `Model::Stored` of a model with errors.
pub(super) fn fallback_stored(model: &Model) -> TokenStream {
    match model.base() {
        Some(base) => item_of(&base.ty, "FamilyMember", "Family"),
        None => quote!(Self),
    }
}
