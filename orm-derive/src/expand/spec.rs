use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{LitStr, Type};

use super::columns::{constants_of, item_of};
use super::{family, indexes, view};
use crate::ast::{Field, ForeignKey, Kind, Model, OneOfKey, Relation, RelationType, number_of};
use crate::attr::{CheckAttr, ColumnAttrs, FieldPath, Optimistic, OrderAttr, RelationAttrs};
use crate::spanned::generated_at;

/// The `ModelSpec` of a model.
pub(super) fn model(model: &Model) -> TokenStream {
    let (name, family) = (model.ident.to_string(), family::spec(model));
    let (table, schema) = family::table(model);
    let (renamed_from, kind) = (option(model.attrs.renamed_from.get()), view::kind(model));
    let fields = model.fields.iter().filter(|field| !matches!(field.kind, Kind::Base)).map(field);
    let constants = model.constants();
    let of = quote!(#constants::);
    let indexes = indexes::all(&model.fields, &model.attrs, &of);
    let checks = checks(&model.fields, &model.attrs.checks, &of);
    let exclusions = self::checks(&model.fields, &model.attrs.exclusions, &of);
    let comment = option(model.attrs.comment.get());
    let compares = !matches!(model.attrs.optimistic.get(), Some(Optimistic::Off));
    let optimistic = model.attrs.optimistic_columns().iter();
    let optimistic = optimistic.filter_map(|path| model.number_of(path));
    let (filters, soft_delete) = filters(model);
    let shard_key = model.fields.iter().find(|field| field.attrs.shard_key.is_set());
    let shard_key = option(shard_key.map(|field| &field.number));
    quote! {
        ::orm::__private::ModelSpec {
            name: #name,
            table: #table,
            schema: #schema,
            kind: #kind,
            renamed_from: #renamed_from,
            fields: &[#(#fields),*],
            indexes: #indexes,
            checks: #checks,
            exclusions: #exclusions,
            comment: #comment,
            optimistic: &[#(#optimistic),*],
            compares: #compares,
            filters: &[#(#filters),*],
            soft_delete: #soft_delete,
            shard_key: #shard_key,
            family: #family,
        }
    }
}

/// The conditions of a model, and how its rows are marked as deleted.
fn filters(model: &Model) -> (Vec<TokenStream>, TokenStream) {
    let (ident, constants) = (&model.ident, model.constants());
    let filter = |reason: &str, condition: TokenStream| {
        let reason = Ident::new(reason, Span::call_site());
        quote! {
            ::orm::__private::FilterSpec { reason: ::orm::__private::FilterReason::#reason, condition: || #condition }
        }
    };
    let mark = model.attrs.soft_delete.get().map(|path| {
        // A column of the wrong type is a mistake at its name, and not at the struct.
        let mut of = constants.clone();
        of.set_span(of.span().located_at(path.span()));
        (path.column(&quote!(#of::)), generated_at(path.span()))
    });
    let hidden = mark
        .as_ref()
        .map(|(column, span)| filter("Deleted", quote_spanned!(*span=> ::orm::__private::not_deleted(#column))));
    let rule = model.attrs.filter.get().map(|condition| {
        let span = generated_at(condition.span());
        filter("Rule", quote_spanned!(span=> ::orm::__private::filter::<#ident>(#condition)))
    });
    let soft_delete = mark.map(|(column, span)| quote_spanned!(span=> ::orm::__private::soft_delete(#column)));
    (hidden.into_iter().chain(rule).collect(), option(soft_delete))
}

/// Checks or exclusions of a struct. The names of its constants come behind `of`.
pub(super) fn checks(fields: &[Field], checks: &[CheckAttr], of: &TokenStream) -> TokenStream {
    let checks = checks.iter().map(|check| {
        let (name, parts) = (option(check.name.as_ref()), parts(fields, &check.sql, of));
        quote!(::orm::__private::CheckSpec { name: #name, sql: &[#(#parts),*] })
    });
    quote!(&[#(#checks),*])
}

/// The pieces of an SQL text. `{field}` in it is the column of a field; any other `{` is text.
pub(super) fn parts(fields: &[Field], sql: &LitStr, of: &TokenStream) -> Vec<TokenStream> {
    let (whole, span) = (sql.value(), sql.span());
    let (mut rest, mut text, mut parts) = (&*whole, String::new(), Vec::new());
    while let Some((before, after)) = rest.split_once('{') {
        let named = after.split_once('}').and_then(|(name, after)| {
            let path = FieldPath::of_text(name, span)?;
            Some((number_of(fields, &path, of)?, after))
        });
        text.push_str(before);
        rest = match named {
            Some((number, after)) => {
                parts.extend(text_part(&std::mem::take(&mut text), span));
                parts.push(quote!(::orm::__private::SqlPart::Column(#number)));
                after
            }
            None => {
                text.push('{');
                after
            }
        };
    }
    text.push_str(rest);
    parts.extend(text_part(&text, span));
    parts
}

pub(super) fn text_part(text: &str, span: Span) -> Option<TokenStream> {
    let literal = LitStr::new(text, span);
    (!text.is_empty()).then(|| quote!(::orm::__private::SqlPart::Text(#literal)))
}

pub(super) fn field(field: &Field) -> TokenStream {
    let (name, primary_key) = (&field.name, field.is_key());
    let kind = match &field.kind {
        Kind::Column(column) => plain(field, &column.name),
        Kind::ForeignKey(key) => {
            let key = foreign_key(field, key);
            quote!(BelongsTo(#key))
        }
        Kind::OneOf(key) => one_of(field, key),
        Kind::Relation(relation) => self::relation(relation),
        Kind::Embedded => embedded(field),
        Kind::Base | Kind::Broken => return TokenStream::new(),
    };
    quote! {
        ::orm::__private::FieldSpec { name: #name, primary_key: #primary_key, kind: ::orm::__private::FieldKind::#kind }
    }
}

fn embedded(field: &Field) -> TokenStream {
    let spec = item_of(&field.ty, "Embedded", "SPEC");
    let prefix = field.attrs.prefix.get().map_or_else(String::new, LitStr::value);
    quote!(Embedded(::orm::__private::EmbeddedSpec { prefix: #prefix, ..#spec }))
}

fn plain(field: &Field, name: &str) -> TokenStream {
    let nullable = item_of(field.column_type(), "ColumnType", "NULLABLE");
    let deferred = field.deferred().map(|_| {
        let group = option(field.attrs.deferred.get());
        quote!(deferred: ::core::option::Option::Some(::orm::__private::DeferralSpec { group: #group }),)
    });
    column(field.column_type(), &field.attrs, name, &nullable, deferred)
}

/// A column by its options.
pub(super) fn column(
    ty: &Type,
    attrs: &ColumnAttrs,
    name: &str,
    nullable: &TokenStream,
    deferred: Option<TokenStream>,
) -> TokenStream {
    let [sql_type, values] = ["SQL_TYPE", "VALUES"].map(|name| item_of(ty, "ColumnType", name));
    let mut options = deferred.unwrap_or_default();
    let mut set = |name: &str, value: Option<TokenStream>| {
        if let Some(value) = value {
            let name = Ident::new(name, Span::call_site());
            options.extend(quote!(#name: #value,));
        }
    };
    let some = |value: &dyn ToTokens| quote!(::core::option::Option::Some(#value));
    set("length", attrs.length.get().map(|length| some(length)));
    set("precision", attrs.precision.get().map(|(all, behind)| some(&quote!((#all, #behind)))));
    set(
        "format",
        attrs
            .format
            .get()
            .map(|format| quote_spanned!(format.span()=> ::orm::__private::Format::#format.for_type(#sql_type))),
    );
    set("unique", attrs.unique.get().map(|()| quote!(true)));
    set("index", attrs.index.get().map(|()| quote!(true)));
    set("server_default", attrs.server_default.get().map(|sql| some(sql)));
    set("computed", attrs.computed.get().map(|sql| some(sql)));
    set("read_back", attrs.read_back.get().map(|()| quote!(true)));
    set("version", attrs.version.get().map(|()| quote!(true)));
    set("type_name", attrs.pg_type.get().map(|name| some(name)));
    set("renamed_from", attrs.renamed_from.get().map(|name| some(name)));
    set("secret", attrs.secret.get().map(|()| quote!(true)));
    set("comment", attrs.comment.get().map(|text| some(text)));
    let new = quote!(::orm::__private::ColumnSpec::new(#name, #sql_type, #nullable, #values));
    if options.is_empty() {
        quote!(Column(#new))
    } else {
        quote!(Column(::orm::__private::ColumnSpec { #options ..#new }))
    }
}

fn foreign_key(field: &Field, key: &ForeignKey) -> TokenStream {
    let [target, nullable] = ["TARGET", "NULLABLE"].map(|item| item_of(&field.ty, "ForeignField", item));
    key_spec(field, &key.attrs, &target, &nullable)
}

fn one_of(field: &Field, key: &OneOfKey) -> TokenStream {
    let models = item_of(&field.ty, "OneOfField", "MODELS");
    let (target, optional) = (quote!(#models[0].model), key.optional);
    let type_column = option(key.attrs.type_column.get());
    let key = key_spec(field, &key.attrs, &target, &quote!(true));
    quote!(OneOf(::orm::__private::OneOfSpec {
        models: #models,
        nullable: #optional,
        key: #key,
        type_column: #type_column,
    }))
}

/// What a foreign key says.
fn key_spec(field: &Field, attrs: &RelationAttrs, target: &TokenStream, nullable: &TokenStream) -> TokenStream {
    let (unique, index) = (field.attrs.unique.is_set(), field.attrs.index.is_set());
    let on_delete = option(attrs.on_delete.get().map(|variant| {
        let variant = Ident::new(variant, Span::call_site());
        quote!(::orm::__private::OnDelete::#variant)
    }));
    let column = option(attrs.column.get().or(attrs.key_column.get()));
    let (back_populates, cascade) = (back_populates(attrs), cascade(attrs));
    let renamed_from = option(attrs.renamed_from.get());
    let single_parent = attrs.single_parent.is_set();
    let (on_update_cascade, post_update) = (attrs.on_update.is_set(), attrs.post_update.is_set());
    let (deferrable, load) = (attrs.deferrable.is_set(), load(attrs));
    let comment = option(field.attrs.comment.get());
    quote! {
        ::orm::__private::BelongsToSpec {
            target: #target,
            column: #column,
            renamed_from: #renamed_from,
            nullable: #nullable,
            unique: #unique,
            index: #index,
            comment: #comment,
            on_delete: #on_delete,
            on_update_cascade: #on_update_cascade,
            deferrable: #deferrable,
            post_update: #post_update,
            back_populates: #back_populates,
            cascade: #cascade,
            single_parent: #single_parent,
            load: #load,
        }
    }
}

fn relation(relation: &Relation) -> TokenStream {
    let attrs = &relation.attrs;
    let target = keyed(&relation.target);
    let kind = kind(relation.relation_type);
    let (back_populates, cascade) = (back_populates(attrs), cascade(attrs));
    let passive_deletes = Ident::new(attrs.passive_deletes.get().unwrap_or(&"No"), Span::call_site());
    let (single_parent, view_only) = (attrs.single_parent.is_set(), attrs.view_only.is_set());
    let order_by = attrs.order_by.get().into_iter().flatten().map(|by| order(&relation.target, by));
    let (table, column) = (option(attrs.table.get()), option(attrs.column.get()));
    let through = option(attrs.through.get().map(model_ref));
    let load = load(attrs);
    let ordering = option(attrs.ordering.get().map(|field| {
        let column = field.column(&constants_path(&relation.target));
        quote!(#column.field())
    }));
    quote! {
        Relation(::orm::__private::RelationSpec {
            kind: ::orm::__private::RelationKind::#kind,
            target: #target,
            back_populates: #back_populates,
            cascade: #cascade,
            passive_deletes: ::orm::__private::PassiveDeletes::#passive_deletes,
            single_parent: #single_parent,
            view_only: #view_only,
            order_by: &[#(#order_by),*],
            table: #table,
            through: #through,
            column: #column,
            load: #load,
            ordering: #ordering,
        })
    }
}

fn load(attrs: &RelationAttrs) -> TokenStream {
    let load = Ident::new(attrs.load.get().unwrap_or(&"Lazy"), Span::call_site());
    quote!(::orm::__private::Load::#load)
}

/// The path before the names of a model's constants.
fn constants_path(target: &Type) -> TokenStream {
    let constants = constants_of(target);
    quote!(<#constants>::)
}

fn order(target: &Type, by: &OrderAttr) -> TokenStream {
    let column = by.field.column(&constants_path(target));
    let direction = Ident::new(if by.descending { "Desc" } else { "Asc" }, Span::call_site());
    quote! {
        ::orm::__private::OrderSpec {
            field: #column.field(),
            direction: ::orm::__private::Direction::#direction,
        }
    }
}

fn kind(relation_type: RelationType) -> Ident {
    Ident::new(relation_type.type_name(), Span::call_site())
}

/// The same at the other end of a relation, which has a key.
fn keyed(target: &Type) -> TokenStream {
    let model = model_ref(target);
    let has_key = quote_spanned!(target.span()=> <#target as ::orm::__private::Model>::KEYED);
    quote!(::orm::__private::keyed(#has_key, #model))
}

pub(super) fn model_ref(target: &(impl ToTokens + Spanned)) -> TokenStream {
    let model = quote_spanned!(target.span()=> <#target as ::orm::__private::Model>);
    quote!(::orm::__private::ModelRef { spec: #model::spec, table: #model::table, arena: #model::arena })
}

/// The name of the other end, as text.
pub(super) fn back_populates(attrs: &RelationAttrs) -> TokenStream {
    option(attrs.back_populates.get().map(crate::ast::name_of))
}

fn cascade(attrs: &RelationAttrs) -> TokenStream {
    let Some(words) = attrs.cascade.get() else {
        let unsaid = Ident::new(if attrs.view_only.is_set() { "NONE" } else { "DEFAULT" }, Span::call_site());
        return quote!(::orm::__private::Cascade::#unsaid);
    };
    let words = words.iter().map(|(_, constant)| Ident::new(constant, Span::call_site()));
    quote!(::orm::__private::Cascade::NONE #(.and(::orm::__private::Cascade::#words))*)
}

/// `value` as an expression of type `Option`.
pub(super) fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
