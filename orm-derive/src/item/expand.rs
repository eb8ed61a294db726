use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::attrs::IndexAttr;
use super::check::constant_of;
use super::{Field, Item, composed, fields};

/// `impl Item`, and the constants of the fields and indexes.
pub(super) fn expand(item: &Item) -> TokenStream {
    let ident = &item.ident;
    let needed: Vec<_> = item.fields.iter().map(|field| (field, fields::needed(item, field))).collect();
    let checks = needed.iter().flat_map(|(field, needed)| needed.iter().map(move |it| check(field, it)));
    let bounds = needed.iter().flat_map(|(field, needed)| {
        needed.iter().map(move |(ty, needed)| quote_spanned!(field.ty.span()=> for<'__orm> #ty: #needed))
    });
    let (spec, constants, keys) = (spec(item), constants(item), key_types(item));
    let writes = item.fields.iter().map(|field| fields::write(item, field));
    let is_key = |field: &&Field| field.attrs.hash_key.is_set() || field.attrs.range_key.is_set();
    let key_writes = item.fields.iter().filter(is_key).map(|field| fields::write(item, field));
    let reads = item.fields.iter().map(fields::read);
    let (methods, default) = (methods(item), default(item));
    quote! {
        const _: () = {
            #(#checks)*
            #constants
            #default

            // The checks above report a wrong type. This impl assumes that all types fit.
            #[automatically_derived]
            impl ::orm_dynamodb::__private::Item for #ident where #(#bounds),* {
                #keys
                const SPEC: &'static ::orm_dynamodb::__private::ItemSpec = &#spec;

                fn write(&self) -> ::orm_dynamodb::__private::Result<::orm_dynamodb::__private::Attributes> {
                    let mut attributes = ::orm_dynamodb::__private::Attributes::new();
                    #(#writes)*
                    ::core::result::Result::Ok(attributes)
                }

                fn read(
                    attributes: &mut ::orm_dynamodb::__private::Attributes,
                ) -> ::orm_dynamodb::__private::Result<Self> {
                    ::core::result::Result::Ok(Self { #(#reads),* })
                }

                fn key_attributes(
                    &self,
                ) -> ::orm_dynamodb::__private::Result<::orm_dynamodb::__private::Attributes> {
                    let mut attributes = ::orm_dynamodb::__private::Attributes::new();
                    #(#key_writes)*
                    ::core::result::Result::Ok(attributes)
                }

                #methods
            }
        };
    }
}

/// An implementation that never runs, for a struct with errors.
pub(super) fn fallback(item: &Item) -> TokenStream {
    let ident = &item.ident;
    let field_constants = field_constants(item);
    quote! {
        const _: () = {
            #[automatically_derived]
            #[allow(non_upper_case_globals, dead_code)]
            impl #ident {
                #field_constants
            }

            #[automatically_derived]
            impl ::orm_dynamodb::__private::Item for #ident {
                type Hash = ::std::string::String;
                type Range = ::orm_dynamodb::__private::NoRange;
                const SPEC: &'static ::orm_dynamodb::__private::ItemSpec = loop {};
                fn write(&self) -> ::orm_dynamodb::__private::Result<::orm_dynamodb::__private::Attributes> { loop {} }
                fn read(
                    _: &mut ::orm_dynamodb::__private::Attributes,
                ) -> ::orm_dynamodb::__private::Result<Self> { loop {} }
                fn key_attributes(
                    &self,
                ) -> ::orm_dynamodb::__private::Result<::orm_dynamodb::__private::Attributes> { loop {} }
            }
        };
    }
}

/// Reports a wrong type at the type.
fn check(field: &Field, (ty, needed): &(TokenStream, TokenStream)) -> TokenStream {
    quote_spanned! {field.ty.span()=>
        const _: () = {
            const fn fits<T: #needed>() {}
            fits::<#ty>();
        };
    }
}

fn key_types(item: &Item) -> TokenStream {
    let hash = item.hash().map(fields::attribute);
    let range = match item.range() {
        Some(field) => fields::attribute(field),
        None => quote!(::orm_dynamodb::__private::NoRange),
    };
    quote!(type Hash = #hash; type Range = #range;)
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// A key of the table or of an index.
fn key_spec(field: &Field) -> TokenStream {
    let (name, ty) = (&field.name, key_type(field));
    quote! {
        ::orm_dynamodb::__private::KeySpec {
            name: #name,
            scalar: <#ty as ::orm_dynamodb::__private::KeyAttribute>::TYPE,
        }
    }
}

/// The type of a key: without the `Option` that a key of an index may have.
fn key_type(field: &Field) -> TokenStream {
    let attribute = fields::attribute(field);
    quote!(<#attribute as ::orm_dynamodb::__private::Attribute>::Compared)
}

fn spec(item: &Item) -> TokenStream {
    let (name, table) = (item.ident.to_string(), &item.table);
    let region = option(item.region.as_ref().map(|region| quote!(#region)));
    let hash = item.hash().map(key_spec);
    let range = option(item.range().map(key_spec));
    let indexes = item.indexes.iter().map(|index| index_spec(item, index));
    let named = |has: fn(&Field) -> bool| {
        option(item.fields.iter().find(|field| has(field)).map(|field| {
            let name = &field.name;
            quote!(#name)
        }))
    };
    let ttl = named(|field| field.attrs.ttl.is_set());
    let version = named(|field| field.attrs.version.is_set());
    quote! {
        ::orm_dynamodb::__private::ItemSpec {
            name: #name,
            table: #table,
            region: #region,
            hash: #hash,
            range: #range,
            indexes: &[#(#indexes),*],
            ttl: #ttl,
            version: #version,
        }
    }
}

/// The fields with the hash key and the range key of an index.
fn index_keys<'a>(item: &'a Item, index: &IndexAttr) -> (Option<&'a Field>, Option<&'a Field>) {
    let hash = if index.is_local { item.hash() } else { index.hash.get().and_then(|ident| item.field(ident)) };
    (hash, index.range.get().and_then(|ident| item.field(ident)))
}

fn index_spec(item: &Item, index: &IndexAttr) -> TokenStream {
    let (name, is_local) = (index.name.get(), index.is_local);
    let (hash, range) = index_keys(item, index);
    let (hash, range) = (hash.map(key_spec), option(range.map(key_spec)));
    let projected = match index.include.get() {
        Some(included) => {
            let names = included.iter().filter_map(|ident| item.field(ident)).map(|field| &field.name);
            quote!(Include(&[#(#names),*]))
        }
        None if index.keys.is_set() => quote!(Keys),
        None => quote!(All),
    };
    quote! {
        ::orm_dynamodb::__private::IndexSpec {
            name: #name,
            is_local: #is_local,
            hash: #hash,
            range: #range,
            projected: ::orm_dynamodb::__private::Projected::#projected,
        }
    }
}

/// `User::name`, `User::by_name` and `User::pk_of`.
fn constants(item: &Item) -> TokenStream {
    let (ident, vis) = (&item.ident, &item.vis);
    let (fields, functions) = (field_constants(item), composed::functions(item));
    let indexes = item.indexes.iter().enumerate().map(|(number, index)| {
        let name = index.name.get().map(syn::LitStr::value).unwrap_or_default();
        let (constant, doc) =
            (format_ident!("{}", constant_of(&name), span = index.word.span()), format!("The index `{name}`."));
        let (hash, range) = index_keys(item, index);
        let hash = hash.map(key_type);
        let range = range.map_or_else(|| quote!(::orm_dynamodb::__private::NoRange), key_type);
        quote! {
            #[doc = #doc]
            #vis const #constant: ::orm_dynamodb::__private::Index<#ident, #hash, #range> =
                ::orm_dynamodb::__private::Index::new(
                    &<#ident as ::orm_dynamodb::__private::Item>::SPEC.indexes[#number],
                );
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(non_upper_case_globals, dead_code)]
        impl #ident {
            #fields
            #(#indexes)*
            #functions
        }
    }
}

fn field_constants(item: &Item) -> TokenStream {
    let (ident, vis) = (&item.ident, &item.vis);
    let constants = item.fields.iter().map(|field| {
        let (constant, ty, name) = (&field.ident, fields::attribute(field), &field.name);
        let doc = format!("The attribute `{name}`.");
        quote! {
            #[doc = #doc]
            #vis const #constant: ::orm_dynamodb::__private::Field<#ident, #ty> =
                ::orm_dynamodb::__private::Field::new(#name);
        }
    });
    quote!(#(#constants)*)
}

/// The methods for composed fields and for versions.
fn methods(item: &Item) -> TokenStream {
    let composed: Vec<TokenStream> = item
        .fields
        .iter()
        .filter_map(|field| {
            let text = composed::text(item, field, field.composed.as_ref()?);
            let ident = &field.ident;
            Some(quote!(self.#ident = #text;))
        })
        .collect();
    let compose = (!composed.is_empty()).then(|| quote!(fn compose(&mut self) { #(#composed)* }));
    let version = item.fields.iter().find(|field| field.attrs.version.is_set()).map(|field| {
        let ident = &field.ident;
        quote! {
            fn version(&self) -> ::core::option::Option<u64> {
                ::core::option::Option::Some(::orm_dynamodb::__private::Version::number(self.#ident))
            }

            fn set_version(&mut self, version: u64) {
                self.#ident = ::orm_dynamodb::__private::Version::of(version);
            }
        }
    });
    quote!(#compose #version)
}

/// `impl Default`, where a field has a value for it.
fn default(item: &Item) -> TokenStream {
    if !item.fields.iter().any(|field| matches!(field.attrs.default.get(), Some(Some(_)))) {
        return TokenStream::new();
    }
    let ident = &item.ident;
    let fields = item.fields.iter().map(|field| {
        let name = &field.ident;
        let value = fields::default(field).unwrap_or_else(|| quote!(::core::default::Default::default()));
        quote!(#name: #value)
    });
    quote! {
        #[automatically_derived]
        impl ::core::default::Default for #ident {
            fn default() -> Self {
                Self { #(#fields),* }
            }
        }
    }
}
