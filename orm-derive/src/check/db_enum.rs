use crate::ast::DbEnum;
use crate::ctxt::Ctxt;

/// Checks that no two variants have one text, and that no variant has both a text and a number. The compiler compares numbers.
pub(crate) fn db_enum(cx: &Ctxt, item: &DbEnum) {
    if !cx.is_clean() {
        return;
    }
    if item.repr.is_some() {
        for span in item.variants.iter().filter_map(|variant| variant.renamed) {
            cx.error(span, "an enum with `repr` is kept as numbers, so its variants take no `rename`");
        }
        return;
    }
    if let (Some(native), Some(unknown)) = (&item.native, &item.unknown) {
        let message = format!(
            "an enum of the database has the values that it lists and no other: remove `{unknown}`, or `native`"
        );
        cx.error(native.span(), message);
    }
    for (position, variant) in item.variants.iter().enumerate() {
        if let Some(other) = item.variants[..position].iter().find(|other| other.text == variant.text) {
            let message = format!("`{}` and `{}` are both kept as \"{}\"", other.ident, variant.ident, variant.text);
            cx.error(variant.span, message);
        }
    }
}
