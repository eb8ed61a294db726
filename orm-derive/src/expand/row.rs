use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::columns::{decode, encode, item_of};
use super::family::{self, Rest};
use crate::ast::{Field, Kind, Model, width};

/// The functions that read an object from a row, and the values of a row from an object.
pub(super) fn functions(model: &Model) -> TokenStream {
    let (read, snapshot) = (family::read(model), snapshot(model));
    let rest = Rest::of(model);
    let (get, set) = (get(&model.fields, &rest), set(&model.fields, &rest));
    let (foreign, embedded) = (foreign(model, &rest), set_embedded(model, &rest));
    let deferred = deferred(model);
    quote! {
        #read

        #snapshot

        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            #get
        }

        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            #set
            ::core::result::Result::Ok(())
        }

        #foreign
        #embedded
        #deferred
    }
}

/// `deferred`, where there are such fields.
fn deferred(model: &Model) -> Option<TokenStream> {
    let mut fields = model.fields.iter().filter(|field| field.deferred().is_some()).peekable();
    let rest = match model.base() {
        Some(Field { ident, .. }) => quote!(::orm::__private::Model::deferred(&self.#ident, field)),
        None => {
            fields.peek()?;
            quote!(::core::option::Option::None)
        }
    };
    let numbers = fields.peek().map(|_| numbers(&model.fields));
    let arms = fields.map(|field| {
        let (pattern, ident) = (pattern(field), &field.ident);
        quote!(#pattern => ::core::option::Option::Some(&self.#ident),)
    });
    Some(quote! {
        fn deferred(&self, field: usize) -> ::core::option::Option<&dyn ::core::any::Any> {
            #numbers
            match field {
                #(#arms)*
                _ => #rest,
            }
        }
    })
}

/// The fields of a struct, read from a row one after the other.
pub(super) fn reads(fields: &[Field]) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        match &field.kind {
            Kind::Column(column) => {
                let decode = decode(field);
                let read = Ident::new(if column.deferred.is_some() { "deferred" } else { "cell" }, Span::call_site());
                quote!(#ident: row.#read(|cell| #decode(cell))?)
            }
            Kind::Embedded => {
                let read = item_of(ty, "Embedded", "read");
                quote!(#ident: #read(row)?)
            }
            Kind::ForeignKey(_) => quote!(#ident: ::orm::__private::ForeignField::read(row)?),
            Kind::OneOf(key) if key.is_shared() => quote!(#ident: ::orm::__private::OneOfField::read_shared(row)?),
            Kind::OneOf(_) => quote!(#ident: ::orm::__private::OneOfField::read(row)?),
            Kind::Base => quote!(#ident: base),
            Kind::Relation(_) | Kind::Broken => quote!(#ident: ::core::default::Default::default()),
        }
    });
    quote!(#(#fields),*)
}

fn snapshot(model: &Model) -> TokenStream {
    let fields = model.fields.iter().map(|field| {
        let ident = &field.ident;
        if field.has_columns() || field.is_wide() {
            let copy = item_of(&field.ty, "Clone", "clone");
            quote!(#ident: #copy(&self.#ident))
        } else if matches!(field.kind, Kind::Base) {
            quote!(#ident: ::orm::__private::Model::snapshot(&self.#ident))
        } else {
            quote!(#ident: ::core::default::Default::default())
        }
    });
    quote! {
        fn snapshot(&self) -> Self {
            Self { #(#fields),* }
        }
    }
}

/// The value of the field with number `field`.
pub(super) fn get(fields: &[Field], rest: &Rest) -> TokenStream {
    let (numbers, rest) = (numbers(fields), &rest.value);
    let arms = fields.iter().filter_map(|field| {
        let (pattern, ident) = (pattern(field), &field.ident);
        match &field.kind {
            Kind::Column(_) => {
                let encode = encode(field);
                Some(quote!(#pattern => #encode(&self.#ident),))
            }
            Kind::Embedded => {
                let (value, number) = (item_of(&field.ty, "Embedded", "value"), &field.number);
                Some(quote!(#pattern => #value(&self.#ident, field - (#number)),))
            }
            Kind::ForeignKey(_) => Some(quote!(#pattern => ::orm::__private::ForeignField::part(&self.#ident, part),)),
            Kind::OneOf(key) if key.is_shared() => {
                Some(quote!(#pattern => ::orm::__private::OneOfField::shared_part(&self.#ident, part),))
            }
            Kind::OneOf(_) => {
                let number = &field.number;
                Some(quote!(#pattern => ::orm::__private::OneOfField::part(&self.#ident, field - (#number), part),))
            }
            Kind::Relation(_) | Kind::Base | Kind::Broken => None,
        }
    });
    quote! {
        #numbers
        match field {
            #(#arms)*
            #rest
        }
    }
}

/// Sets the plain column with number `field` to `value`.
pub(super) fn set(fields: &[Field], rest: &Rest) -> TokenStream {
    let (numbers, rest) = (numbers(fields), &rest.set_value);
    let arms = fields.iter().filter_map(|field| {
        let (pattern, ident) = (pattern(field), &field.ident);
        match &field.kind {
            Kind::Column(_) => {
                let decode = decode(field);
                Some(quote!(#pattern => self.#ident = #decode(value)?,))
            }
            Kind::Embedded => {
                let (set, number) = (item_of(&field.ty, "Embedded", "set_value"), &field.number);
                Some(quote!(#pattern => #set(&mut self.#ident, field - (#number), value)?,))
            }
            Kind::ForeignKey(_) | Kind::OneOf(_) | Kind::Relation(_) | Kind::Base | Kind::Broken => None,
        }
    });
    quote! {
        #numbers
        match field {
            #(#arms)*
            #rest
        }
    }
}

/// `foreign` and `set_foreign`.
fn foreign(model: &Model, rest: &Rest) -> TokenStream {
    let keys = || model.fields.iter().filter(|field| matches!(field.kind, Kind::ForeignKey(_) | Kind::OneOf(_)));
    let numbers = keys().next().map(|_| numbers(&model.fields));
    let get = keys().map(|field| {
        let (pattern, ident, number) = (pattern(field), &field.ident, &field.number);
        match field.kind {
            Kind::OneOf(_) => {
                quote!(#pattern => ::orm::__private::OneOfField::state(&self.#ident, field - (#number)),)
            }
            _ => quote!(#pattern => ::orm::__private::ForeignField::state(&self.#ident),),
        }
    });
    let set = keys().map(|field| {
        let (pattern, ident, number) = (pattern(field), &field.ident, &field.number);
        match field.kind {
            Kind::OneOf(_) => {
                quote!(#pattern => ::orm::__private::OneOfField::set_state(&mut self.#ident, field - (#number), to),)
            }
            _ => quote!(#pattern => ::orm::__private::ForeignField::set_state(&mut self.#ident, to),),
        }
    });
    let (get_rest, set_rest) = (&rest.foreign, &rest.set_foreign);
    quote! {
        fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> {
            #numbers
            match field {
                #(#get)*
                #get_rest
            }
        }

        fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) {
            #numbers
            match field {
                #(#set)*
                #set_rest
            }
        }
    }
}

/// `set_embedded`, where values are embedded.
fn set_embedded(model: &Model, rest: &Rest) -> Option<TokenStream> {
    let mut embedded = model.fields.iter().filter(|field| matches!(field.kind, Kind::Embedded)).peekable();
    if model.base().is_none() {
        embedded.peek()?;
    }
    let rest = &rest.set_embedded;
    let numbers = numbers(&model.fields);
    let arms = embedded.map(|field| {
        let (pattern, ident) = (pattern(field), &field.ident);
        quote!(#pattern => self.#ident = ::core::clone::Clone::clone(&from.#ident),)
    });
    Some(quote! {
        fn set_embedded(&mut self, field: usize, from: &Self) {
            #numbers
            match field {
                #(#arms)*
                #rest
            }
        }
    })
}

/// Constants for the numbers that only the compiler knows, because a pattern is no expression.
fn numbers(fields: &[Field]) -> TokenStream {
    let constants = fields.iter().filter(|field| !matches!(field.kind, Kind::Base)).filter_map(|field| {
        let number = &field.number;
        let first = (!number.is_literal()).then(|| {
            let name = first(field);
            quote!(const #name: usize = #number;)
        });
        let last = field.is_wide().then(|| {
            let (name, width) = (last(field), width(field.position));
            quote!(const #name: usize = #number + #width - 1;)
        });
        (first.is_some() || last.is_some()).then(|| quote!(#first #last))
    });
    constants.collect()
}

/// The numbers of a field, as a pattern.
fn pattern(field: &Field) -> TokenStream {
    let begin = match field.number.is_literal() {
        true => field.number.to_token_stream(),
        false => first(field).to_token_stream(),
    };
    if field.is_wide() {
        let last = last(field);
        quote!(#begin..=#last)
    } else {
        begin
    }
}

fn first(field: &Field) -> Ident {
    format_ident!("__FIRST_{}", field.position)
}

fn last(field: &Field) -> Ident {
    format_ident!("__LAST_{}", field.position)
}
