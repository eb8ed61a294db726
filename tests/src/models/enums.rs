//! Enums that are kept as numbers, and enums that keep what they do not know.

use orm::prelude::*;

/// Its numbers are those of another program.
#[derive(DbEnum, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[orm(repr = "i16")]
pub enum Priority {
    Low = -1,
    #[default]
    Normal,
    High = 10,
    Urgent,
}

#[derive(DbEnum, Debug, Clone, Default, PartialEq, Eq)]
pub enum Channel {
    #[default]
    Mail,
    PhoneCall,
    #[orm(unknown)]
    Other(String),
}

#[derive(DbEnum, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[orm(repr = "u8")]
pub enum Level {
    #[default]
    None,
    Some,
    #[orm(unknown)]
    Other(u8),
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "request")]
pub struct Request {
    #[orm(primary_key)]
    pub id: i64,
    pub priority: Priority,
    pub channel: Channel,
    pub level: Level,
    pub second: Option<Priority>,
}
