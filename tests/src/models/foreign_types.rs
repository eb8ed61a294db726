//! Column types of the crates `time`, `jiff`, `ulid` and `ipnet`.

use ipnet::{IpNet, Ipv4Net};
use orm::prelude::*;
use ulid::Ulid;

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "foreign_types")]
pub struct ForeignTypes {
    #[orm(primary_key, default_on_insert = Ulid::r#gen())]
    pub id: Ulid,
    pub day: time::Date,
    pub hour: time::Time,
    pub local: time::PrimitiveDateTime,
    pub at: time::OffsetDateTime,
    pub civil_day: jiff::civil::Date,
    pub civil_hour: jiff::civil::Time,
    pub civil: jiff::civil::DateTime,
    pub instant: jiff::Timestamp,
    pub maybe: Option<jiff::Timestamp>,
    pub network: IpNet,
    pub subnet: Option<Ipv4Net>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "holiday")]
pub struct Holiday {
    #[orm(primary_key)]
    pub day: time::Date,
    #[orm(primary_key)]
    pub since: jiff::Timestamp,
    #[orm(primary_key)]
    pub network: IpNet,
    pub name: String,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "foreign_arrays")]
pub struct ForeignArrays {
    #[orm(primary_key)]
    pub id: i64,
    pub days: Vec<time::Date>,
    pub instants: Vec<Option<jiff::Timestamp>>,
    pub ulids: Vec<Ulid>,
    pub networks: Vec<IpNet>,
}
