//! Types whose encoding is made: a network, an encrypted text, a bit set, documents, a type of another crate.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU8, Ordering};

use orm::prelude::*;
use orm::{ColumnType, CustomKey, CustomType, Encoded, Json, Mismatch, SqlType, ValueRef};
use serde::{Deserialize, Serialize};

/// As text, and a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Network(pub IpAddr, pub u8);

impl CustomKey for Network {}

impl CustomType for Network {
    const SQL_TYPE: SqlType = SqlType::Text;

    fn encode(&self) -> Encoded<'_> {
        if self.1 > 128 {
            Encoded::Refused(format!("/{} is no mask", self.1))
        } else {
            format!("{}/{}", self.0, self.1).into()
        }
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let text = String::from_ref(value)?;
        let parts = text.split_once('/').and_then(|(ip, bits)| Some(Self(ip.parse().ok()?, bits.parse().ok()?)));
        parts.ok_or_else(|| Mismatch::new("a network", value))
    }
}

/// A text that is written differently each time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hidden(pub String);

static NONCE: AtomicU8 = AtomicU8::new(1);

impl CustomType for Hidden {
    const SQL_TYPE: SqlType = SqlType::Bytes;
    const DETERMINISTIC: bool = false;

    fn encode(&self) -> Encoded<'_> {
        let nonce = NONCE.fetch_add(1, Ordering::Relaxed);
        let mut bytes = vec![nonce];
        bytes.extend(self.0.bytes().map(|byte| byte ^ nonce));
        bytes.into()
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let bytes = Vec::<u8>::from_ref(value)?;
        let text = bytes.split_first().map(|(nonce, text)| text.iter().map(|byte| byte ^ nonce).collect());
        let text = text.and_then(|text| String::from_utf8(text).ok());
        text.map(Self).ok_or_else(|| Mismatch::new("an encrypted text", value))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// A set of numbers below 63.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bits(pub u64);

impl CustomType for Bits {
    const SQL_TYPE: SqlType = SqlType::I64;

    fn encode(&self) -> Encoded<'_> {
        i64::try_from(self.0).map_or_else(|_| Encoded::Refused("bit 63 is set".to_owned()), Into::into)
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        u64::try_from(i64::from_ref(value)?).map(Self).map_err(|_| Mismatch::new("a bit set", value))
    }
}

/// `SocketAddr` as text.
pub(super) mod socket {
    use super::{ColumnType, Encoded, Mismatch, SocketAddr, SqlType, ValueRef};

    pub(crate) const SQL_TYPE: SqlType = SqlType::Text;

    pub(crate) fn encode(socket: &SocketAddr) -> Encoded<'_> {
        socket.to_string().into()
    }

    pub(crate) fn decode(value: ValueRef<'_>) -> Result<SocketAddr, Mismatch> {
        String::from_ref(value)?.parse().map_err(|error| Mismatch::new("a socket", format!("{value}: {error}")))
    }
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Default)]
pub struct Settings {
    pub theme: String,
    #[serde(default)]
    pub sizes: Vec<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<Box<Settings>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "gateway")]
pub struct Gateway {
    #[orm(primary_key)]
    pub network: Network,
    #[orm(unique)]
    pub second: Option<Network>,
    pub password: Hidden,
    pub bits: Bits,
    #[has_many(back_populates = gateway, order_by = id)]
    pub hosts: HasMany<Host>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "host")]
pub struct Host {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(with = socket, index)]
    pub socket: SocketAddr,
    #[orm(with = socket, length = 60, default_on_insert = Some(([127, 0, 0, 1], 1).into()))]
    pub fallback: Option<SocketAddr>,
    pub settings: Json<Settings>,
    #[orm(json)]
    pub plain: Option<Settings>,
    #[orm(json)]
    pub pairs: BTreeMap<(i32, i32), i32>,
    #[belongs_to(back_populates = hosts, on_update = "cascade")]
    pub gateway: Option<BelongsTo<Gateway>>,
}

/// Arrays of such types.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "route")]
pub struct Route {
    #[orm(primary_key)]
    pub id: i64,
    pub networks: Vec<Network>,
    pub documents: Vec<Option<Json<Settings>>>,
}
