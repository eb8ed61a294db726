use crate::ast::FromRow;
use crate::ctxt::Ctxt;

/// Checks that no two fields are read from one column.
pub(crate) fn from_row(cx: &Ctxt, item: &FromRow) {
    for (position, field) in item.fields.iter().enumerate() {
        if let Some(other) = item.fields[..position].iter().find(|other| other.column == field.column) {
            let message =
                format!("`{}` and `{}` are both read from the column `{}`", other.ident, field.ident, field.column);
            cx.error(field.ident.span(), message);
        }
    }
}
