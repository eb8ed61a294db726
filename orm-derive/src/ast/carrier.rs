use syn::{GenericArgument, PathArguments, PathSegment, Type};

use crate::symbol::{self, Place};

/// The four kinds of relation, as attribute and as type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Carrier {
    BelongsTo,
    HasMany,
    HasOne,
    ManyToMany,
}

const ALL: [Carrier; 4] = [Carrier::BelongsTo, Carrier::HasMany, Carrier::HasOne, Carrier::ManyToMany];

impl Carrier {
    /// The kind that an attribute of this name declares.
    pub(crate) fn of_attribute(path: &syn::Path) -> Option<Self> {
        ALL.into_iter().find(|carrier| path.is_ident(carrier.attribute()))
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

    pub(crate) fn place(self) -> &'static Place {
        match self {
            Self::BelongsTo => &symbol::BELONGS_TO,
            Self::HasMany => &symbol::HAS_MANY,
            Self::HasOne => &symbol::HAS_ONE,
            Self::ManyToMany => &symbol::MANY_TO_MANY,
        }
    }
}

/// A field's type that carries a relation.
pub(crate) struct CarrierType {
    pub(crate) carrier: Carrier,
    pub(crate) target: Type,
    pub(crate) optional: bool,
}

impl CarrierType {
    /// Recognises `BelongsTo<T>` and its kin, whatever path leads to them, and any of them in an `Option`.
    pub(crate) fn of(ty: &Type) -> Option<Self> {
        if let Some(inner) = option_of(ty) {
            return Some(Self { optional: true, ..Self::of(inner)? });
        }
        let (segment, target) = only_argument(ty)?;
        let carrier = ALL.into_iter().find(|carrier| segment.ident == carrier.type_name())?;
        Some(Self { carrier, target: target.clone(), optional: false })
    }
}

/// `T` of an `Option<T>`.
pub(super) fn option_of(ty: &Type) -> Option<&Type> {
    only_argument(ty).filter(|(segment, _)| segment.ident == "Option").map(|(_, inner)| inner)
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
