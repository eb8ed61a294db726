use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::ast::{Field, Kind, Model};
use crate::spanned::generated_at;

/// The constants `User::age` and `Car::model_id`, and those of the relations.
pub(super) fn constants(model: &Model) -> TokenStream {
    let ident = &model.ident;
    let constants = model.fields.iter().map(|field| {
        let column = column(model, field);
        let relation = super::relations::constant(model, field);
        quote!(#column #relation)
    });
    quote! {
        #[automatically_derived]
        #[allow(non_upper_case_globals, dead_code, deprecated)]
        impl #ident {
            #(#constants)*
        }
    }
}

fn column(model: &Model, field: &Field) -> Option<TokenStream> {
    let constant = field.column_constant()?;
    let (ident, vis, number) = (&model.ident, &field.vis, field.number);
    let doc = match field.kind {
        Kind::ForeignKey(_) => format!("The column of the foreign key `{}`.", field.name),
        _ => format!("The column `{}`.", field.name),
    };
    let ty = column_type(field);
    Some(quote! {
        #[doc = #doc]
        #vis const #constant: ::orm::__private::Column<#ident, #ty> = ::orm::__private::Column::new(#number);
    })
}

/// What a query takes the column for.
fn column_type(field: &Field) -> TokenStream {
    match &field.kind {
        Kind::ForeignKey(key) => {
            let target = key_of(&key.target);
            if key.optional { quote!(::core::option::Option<#target>) } else { target }
        }
        _ => {
            let ty = &field.ty;
            quote!(#ty)
        }
    }
}

/// The type of a model's key.
pub(super) fn key_of(target: &Type) -> TokenStream {
    quote_spanned!(target.span()=> <#target as ::orm::__private::Model>::Key)
}

/// `<T as ColumnType>`, pointing at the type that the user wrote.
pub(super) fn as_column(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as ::orm::__private::ColumnType>)
}

/// That `length`, `precision` and `version` stand on columns of a fitting type, which only the compiler knows.
pub(super) fn checks(model: &Model) -> TokenStream {
    let checks = model.fields.iter().flat_map(|field| {
        let attrs = &field.attrs;
        [
            (attrs.length.span(), "is_text", "`length` is for columns of text"),
            (attrs.precision.span(), "is_decimal", "`precision` is for columns of type `Decimal`"),
            (attrs.version.span(), "is_counter", "a `version` is an i16, i32 or i64"),
        ]
        .map(|(span, check, message)| Some(check_type(&field.ty, span?, check, message)))
    });
    checks.flatten().collect()
}

fn check_type(ty: &Type, span: proc_macro2::Span, check: &str, message: &str) -> TokenStream {
    let span = generated_at(span);
    let check = syn::Ident::new(check, span);
    quote_spanned! {span=>
        const _: () = ::core::assert!(::orm::__private::check::#check::<#ty>(), #message);
    }
}
