use syn::{Attribute, LitStr};

use crate::attr::{options, text};
use crate::ctxt::Ctxt;
use crate::spanned::{Flag, Once};
use crate::symbol;

/// `#[point(..)]` on a struct.
#[derive(Default)]
pub(super) struct PointAttrs {
    pub(super) measurement: Once<LitStr>,
}

impl PointAttrs {
    pub(super) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("point")) {
            options(cx, attr, &symbol::POINT, |name, input| {
                out.measurement.set(cx, name, text(input)?);
                Ok(())
            });
        }
        out
    }
}

/// `#[point(..)]` on a field.
#[derive(Default)]
pub(super) struct ColumnAttrs {
    pub(super) tag: Flag,
    pub(super) time: Flag,
    pub(super) unsigned: Flag,
    pub(super) name: Once<LitStr>,
}

impl ColumnAttrs {
    pub(super) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut out = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("point")) {
            options(cx, attr, &symbol::POINT_FIELD, |name, input| {
                match name.to_string().as_str() {
                    "tag" => out.tag.set(cx, name, ()),
                    "time" => out.time.set(cx, name, ()),
                    "unsigned" => out.unsigned.set(cx, name, ()),
                    _ => out.name.set(cx, name, text(input)?),
                }
                Ok(())
            });
        }
        out
    }
}
