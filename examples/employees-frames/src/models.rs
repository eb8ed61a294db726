use chrono::NaiveDate;
use orm::prelude::*;
use rust_decimal::Decimal;

/// Where somebody works. In a frame it is a dictionary.
#[derive(DbEnum, Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
#[orm(rename_all = "snake_case")]
pub(crate) enum Site {
    #[default]
    Oslo,
    Rome,
    Lima,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "staff")]
pub(crate) struct Employee {
    /// The staff number: a key that is given, not generated.
    #[orm(primary_key)]
    pub(crate) number: i32,
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) site: Site,
    pub(crate) hired: NaiveDate,
    #[orm(precision(12, 2))]
    pub(crate) salary: Decimal,
    pub(crate) hours: Option<f64>,
    pub(crate) active: bool,
}

/// The same rows, after their way through a file of Parquet.
#[derive(Model, Debug, Clone)]
#[orm(table = "staff_copy")]
pub(crate) struct EmployeeCopy {
    #[orm(primary_key)]
    pub(crate) number: i32,
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) site: Site,
    pub(crate) hired: NaiveDate,
    #[orm(precision(12, 2))]
    pub(crate) salary: Decimal,
    pub(crate) hours: Option<f64>,
    pub(crate) active: bool,
}
