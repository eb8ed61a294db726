use crate::ast::DbEnum;
use crate::ctxt::Ctxt;

/// Checks that no two variants have one text.
pub(crate) fn db_enum(cx: &Ctxt, item: &DbEnum) {
    if !cx.is_clean() {
        return;
    }
    for (position, variant) in item.variants.iter().enumerate() {
        if let Some(other) = item.variants[..position].iter().find(|other| other.text == variant.text) {
            let message = format!("`{}` and `{}` are both kept as \"{}\"", other.ident, variant.ident, variant.text);
            cx.error(variant.span, message);
        }
    }
}
