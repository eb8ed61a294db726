use syn::{GenericArgument, PathArguments, PathSegment, Type};

use crate::symbol::{self, AttributeSite};

/// The four kinds of relation, as attribute and as type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RelationType {
    BelongsTo,
    HasMany,
    HasOne,
    ManyToMany,
}

const ALL: [RelationType; 4] =
    [RelationType::BelongsTo, RelationType::HasMany, RelationType::HasOne, RelationType::ManyToMany];

impl RelationType {
    /// The kind that an attribute of this name declares.
    pub(crate) fn of_attribute(path: &syn::Path) -> Option<Self> {
        ALL.into_iter().find(|relation_type| path.is_ident(relation_type.attribute()))
    }

    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::BelongsTo => "belongs_to",
            Self::HasMany => "has_many",
            Self::HasOne => "has_one",
            Self::ManyToMany => "many_to_many",
        }
    }

    /// The name of the field's type; also of the kind in `orm`.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::BelongsTo => "BelongsTo",
            Self::HasMany => "HasMany",
            Self::HasOne => "HasOne",
            Self::ManyToMany => "ManyToMany",
        }
    }

    pub(crate) fn site(self) -> &'static AttributeSite {
        match self {
            Self::BelongsTo => &symbol::BELONGS_TO,
            Self::HasMany => &symbol::HAS_MANY,
            Self::HasOne => &symbol::HAS_ONE,
            Self::ManyToMany => &symbol::MANY_TO_MANY,
        }
    }
}

/// The type of a relation field.
pub(crate) struct RelationField {
    pub(crate) relation_type: RelationType,
    pub(crate) target: Type,
    pub(crate) optional: bool,
}

impl RelationField {
    /// Recognises `BelongsTo<T>` and its kin, whatever path leads to them, and any of them in an `Option`.
    pub(crate) fn of(ty: &Type) -> Option<Self> {
        if let Some(inner) = option_of(ty) {
            return Some(Self { optional: true, ..Self::of(inner)? });
        }
        let (segment, target) = only_argument(ty)?;
        let relation_type = ALL.into_iter().find(|relation_type| segment.ident == relation_type.type_name())?;
        Some(Self { relation_type, target: target.clone(), optional: false })
    }
}

/// `T` of an `Option<T>`.
pub(crate) fn option_of(ty: &Type) -> Option<&Type> {
    only_argument(ty).filter(|(segment, _)| segment.ident == "Option").map(|(_, inner)| inner)
}

/// `E` of a `OneOf<E>`, and whether it is in an `Option`.
pub(super) fn one_of(ty: &Type) -> Option<(&Type, bool)> {
    if let Some(inner) = option_of(ty) {
        return one_of(inner).map(|(models, _)| (models, true));
    }
    only_argument(ty).filter(|(segment, _)| segment.ident == "OneOf").map(|(_, models)| (models, false))
}

/// `T` of a `Handle<T>`.
pub(crate) fn handle_of(ty: &Type) -> Option<&Type> {
    only_argument(ty).filter(|(segment, _)| segment.ident == "Handle").map(|(_, inner)| inner)
}

/// `T` of a `Generated<T>`.
pub(crate) fn generated_of(ty: &Type) -> Option<&Type> {
    only_argument(ty).filter(|(segment, _)| segment.ident == "Generated").map(|(_, inner)| inner)
}

/// `T` of a `Deferred<T>`.
pub(crate) fn deferred_of(ty: &Type) -> Option<&Type> {
    only_argument(ty).filter(|(segment, _)| segment.ident == "Deferred").map(|(_, inner)| inner)
}

/// The last segment of a path that ends in one type argument, and that argument.
fn only_argument(ty: &Type) -> Option<(&PathSegment, &Type)> {
    match ty {
        Type::Group(group) => only_argument(&group.elem),
        Type::Paren(paren) => only_argument(&paren.elem),
        Type::Path(path) => {
            let segment = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
            match arguments.args.first() {
                Some(GenericArgument::Type(ty)) if arguments.args.len() == 1 => Some((segment, ty)),
                _ => None,
            }
        }
        _ => None,
    }
}
