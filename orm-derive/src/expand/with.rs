//! The column types of fields with `#[orm(with = path)]`: each wraps its field's type, so that the type may be one of another crate.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::ast::{Field, With};
use crate::spanned::generated_at;

/// The types of all such fields of a model, or of an embedded struct.
pub(super) fn types(owner: &Ident, fields: &[Field]) -> TokenStream {
    let of = |field: &Field| Some(column_type(owner, &field.name, field.wrapped()?.with.as_ref()?));
    fields.iter().filter_map(of).collect()
}

fn column_type(owner: &Ident, field: &str, With { path, name, inner }: &With) -> TokenStream {
    let doc = format!("The column type of `{}::{field}`, around its value.", owner);
    let span = generated_at(path.span());
    let (sql_type, encode, decode) = (
        quote_spanned!(span=> #path::SQL_TYPE),
        quote_spanned!(span=> #path::encode),
        quote_spanned!(span=> #path::decode),
    );
    let operands = operands(name, inner);
    quote! {
        #[doc = #doc]
        #[derive(Clone)]
        pub struct #name(pub #inner);

        #[automatically_derived]
        impl ::core::ops::Deref for #name {
            type Target = #inner;

            fn deref(&self) -> &#inner {
                &self.0
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #name where for<'__orm> #inner: ::core::fmt::Debug {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }

        #[automatically_derived]
        impl ::orm::__private::CustomType for #name {
            const SQL_TYPE: ::orm::__private::SqlType = #sql_type;

            fn encode(&self) -> ::orm::__private::Encoded<'_> {
                <Self as ::orm::__private::FieldCodec>::encode_field(&self.0)
            }

            fn decode(
                value: ::orm::__private::ValueRef<'_>,
            ) -> ::core::result::Result<Self, ::orm::__private::Mismatch> {
                <Self as ::orm::__private::FieldCodec>::decode_field(value).map(Self)
            }
        }

        #[automatically_derived]
        impl ::orm::__private::FieldCodec for #name {
            type Field = #inner;

            fn encode_field(field: &#inner) -> ::orm::__private::Encoded<'_> {
                #encode(field)
            }

            fn decode_field(
                value: ::orm::__private::ValueRef<'_>,
            ) -> ::core::result::Result<#inner, ::orm::__private::Mismatch> {
                #decode(value)
            }
        }

        #operands
    }
}

/// The column is compared with values of the field's type.
fn operands(name: &Ident, inner: &Type) -> TokenStream {
    let some = quote!(::core::option::Option<#name>);
    let operands = [
        (quote!(#inner), quote!(#name), quote!(&)),
        (quote!(&#inner), quote!(#name), quote!()),
        (quote!(::core::option::Option<#inner>), some.clone(), quote!(&)),
        (quote!(&::core::option::Option<#inner>), some, quote!()),
    ];
    let operands = operands.into_iter().map(|(ty, value, borrow)| {
        quote! {
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::orm::__private::Operand<#name> for #ty {
                type Value = #value;
                type Scope = ();
                type With<__S> = __S;

                fn into_operand(self) -> ::orm::__private::Expr {
                    ::orm::__private::field_param::<#value>(#borrow self)
                }
            }

            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::orm::__private::Literal<#name> for #ty {
                fn into_value(self) -> ::orm::__private::Value {
                    ::orm::__private::field_value::<#value>(#borrow self)
                }
            }
        }
    });
    operands.collect()
}
