//! The derive macros of `orm`: `#[derive(Model)]`, `#[derive(DbEnum)]` and `#[derive(FromRow)]`.
//!
//! Each derive parses its input into a syntax tree of its own (`ast`), checks what needs more than one attribute
//! (`check`) and expands (`expand`). Errors are collected in a `Ctxt` and reported all at once;
//! then only a minimal implementation is written, so that the rest of the program adds no errors of its own.

mod ast;
mod attr;
mod case;
mod check;
mod ctxt;
mod expand;
mod spanned;
mod symbol;

use proc_macro::TokenStream;

/// Makes a struct a table: implements `Model` and writes one constant per field.
///
/// On the struct, `#[orm(..)]` takes `table = ".."`, `schema = ".."`, `index(field, .., name = "..")`,
/// `unique(field, .., name = "..")` and `check("sql", name = "..")`; the last three may be repeated. `hooks` says that there is an
/// `impl Hooks` for the struct.
///
/// On a field, `#[orm(..)]` takes `primary_key`, `column = ".."`, `length = n`, `precision(p, s)`, `unique`, `index`,
/// `default = expr`, `default_on_insert = expr`, `on_update = expr`, `server_default = "sql"`, `computed = "sql"` and `version`. A string literal
/// as one of the first three is converted into the field's type; any other expression must have that type. `default` on any
/// field implements `Default` for the struct.
///
/// A relation is a field with one of these attributes:
///
/// * `#[belongs_to(back_populates = .., column = "..", on_delete = "..", on_update = "cascade", deferrable, post_update,
///   cascade(..))]` on a `BelongsTo<T>` or `Option<BelongsTo<T>>`, which is the column of the foreign key;
/// * `#[has_many(back_populates = .., order_by = .., passive_deletes, cascade(..))]` on a `HasMany<T>`;
/// * `#[has_one(back_populates = .., passive_deletes, cascade(..))]` on a `HasOne<T>`;
/// * `#[many_to_many(table = "..", through = Model, back_populates = .., column = "..", order_by = .., passive_deletes,
///   cascade(..))]` on a `ManyToMany<T>`, with either `table` or `through`.
///
/// Both ends of a relation name each other with `back_populates`, and the compiler checks one against the other.
#[proc_macro_derive(Model, attributes(orm, belongs_to, has_many, has_one, many_to_many))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive_model(&input).into()
}

/// Makes an enum of unit variants a column type that is kept as text.
///
/// The text of a variant is its name in snake case; `#[orm(rename = "..")]` on the variant or `#[orm(rename_all = "..")]`
/// on the enum changes it. The enum has to be `Clone`.
#[proc_macro_derive(DbEnum, attributes(orm))]
pub fn derive_db_enum(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive_db_enum(&input).into()
}

/// Reads the rows of a query as structs.
///
/// A selection fills the fields in their order, and the compiler checks their types:
/// `query.select((User::name, count(Order::id))).rows_as::<Spending>()`. SQL that was written by hand fills each field from the column of
/// its name. `#[orm(column = "..")]` names another column.
#[proc_macro_derive(FromRow, attributes(orm))]
pub fn derive_from_row(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive_from_row(&input).into()
}
