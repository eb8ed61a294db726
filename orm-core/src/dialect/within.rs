//! A dialect whose tables are in a schema, where they name none.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{Capabilities, Dialect, OwnSchema, Rebuild, Replication, SqlWriter, Stored, ValueOrder};
use crate::catalog::{DataType, TypeKind};
use crate::error::{Error, Result};
use crate::schema::{ColumnDef, ColumnFacts, TableName};
use crate::sql::{Aggregate, ArithmeticOp, Function};
use crate::value::{Format, Mismatch, SqlType, Value, ValueForm, ValueRef};

/// The dialect with the tables that name no schema in `schema`.
///
/// Dialects live as long as the program, and so does what is made here: once for each name of a schema.
pub(crate) fn within(dialect: &'static dyn Dialect, schema: &str) -> &'static dyn Dialect {
    type Known = HashMap<(usize, &'static str, String), &'static Within>;
    static KNOWN: Mutex<Option<Known>> = Mutex::new(None);
    let address = std::ptr::from_ref(dialect).cast::<()>().addr();
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let place = known.get_or_insert_default().entry((address, dialect.name(), schema.to_owned()));
    *place.or_insert_with(|| Box::leak(Box::new(Within { dialect, schema: schema.to_owned() })))
}

/// All that it says is the database's own, but for the schema.
#[derive(Debug)]
struct Within {
    dialect: &'static dyn Dialect,
    schema: String,
}

macro_rules! same {
    ($(fn $name:ident(&self $(, $argument:ident: $ty:ty)*) $(-> $result:ty)?;)*) => {$(
        fn $name(&self $(, $argument: $ty)*) $(-> $result)? {
            self.dialect.$name($($argument),*)
        }
    )*};
}

impl Dialect for Within {
    fn schema(&self) -> Option<&str> {
        Some(&self.schema)
    }

    same! {
        fn name(&self) -> &'static str;
        fn capabilities(&self) -> &'static Capabilities;
        fn placeholder(&self, out: &mut SqlWriter, index: usize);
        fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef);
        fn data_type(&self, spelling: &str) -> DataType;
        fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType);
        fn aggregate(&self, function: Aggregate, result: SqlType) -> Option<&'static str>;
        fn function(&self, function: Function, result: SqlType) -> Option<&'static str>;
        fn operator(&self, op: ArithmeticOp, result: SqlType) -> &'static str;
        fn arithmetic(&self, op: ArithmeticOp, result: SqlType) -> Option<&'static str>;
        fn casts_parameter(&self, sql_type: SqlType, computed: bool) -> bool;
        fn collation(&self, sql_type: SqlType) -> Option<&'static str>;
        fn value_order(&self, sql_type: SqlType) -> ValueOrder;
        fn column_collation(&self, kind: &TypeKind) -> Option<&'static str>;
        fn says_done(&self, error: &Error) -> bool;
        fn stored(&self, sql_type: SqlType, format: Format) -> Option<Stored>;
        fn read_stored(&self, sql_type: SqlType, format: Format, cell: ValueRef<'_>) -> Result<Option<Value>, Mismatch>;
        fn alike(&self, sql_type: SqlType) -> Option<&'static str>;
        fn other_spelling(&self, sql_type: SqlType) -> Option<&'static str>;
        fn depends_on_column(&self, sql_type: SqlType) -> bool;
        fn value_form(&self, column: &ColumnDef, facts: Option<&ColumnFacts>) -> ValueForm;
        fn copy_out(&self, out: &mut SqlWriter, query: &str) -> Result<()>;
        fn copy_in(&self, out: &mut SqlWriter, table: &TableName, columns: &[Cow<'static, str>]) -> Result<()>;
        fn generated_key(&self, out: &mut SqlWriter);
        fn draw(&self, out: &mut SqlWriter, sequence: &str) -> Result<()>;
        fn advance(&self, out: &mut SqlWriter, sequence: &str, key: &dyn Fn(&mut SqlWriter)) -> Result<()>;
        fn drop_type(&self, out: &mut SqlWriter, name: &TableName);
        fn list_tables(&self) -> &'static str;
        fn own_schema(&self) -> Option<OwnSchema>;
        fn script_settings(&self) -> Option<String>;
        fn lock_schema(&self) -> Option<&'static str>;
        fn unlock_schema(&self) -> Option<&'static str>;
        fn try_lock_alone(&self) -> Option<&'static str>;
        fn list_broken_indexes(&self) -> Option<&'static str>;
        fn rebuild(&self) -> Option<Rebuild>;
        fn transaction_token(&self) -> Result<&'static str>;
        fn transaction_outcome(&self) -> Result<&'static str>;
        fn notify(&self) -> Result<&'static str>;
        fn replication(&self) -> Option<&'static Replication>;
    }
}
