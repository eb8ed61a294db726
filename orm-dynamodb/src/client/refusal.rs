//! What the errors of DynamoDB mean.

use std::error::Error as _;
use std::fmt;

use orm_core::{Error, ErrorKind, Result};
use serde::Deserialize;

use crate::Item;
use crate::value::Attributes;

/// Why one of the actions of a transaction was refused; see [`cancellation_reasons`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CancellationReason {
    /// `None` for an action that was not to blame, otherwise a code such as `ConditionalCheckFailed`.
    #[serde(default)]
    pub code: String,
    /// In words.
    #[serde(default)]
    pub message: Option<String>,
    #[serde(default)]
    item: Option<Attributes>,
}

impl CancellationReason {
    /// The item that the condition of this action was false for, if the transaction asked for it by
    /// [`return_failed`](crate::TransactWrite::return_failed).
    ///
    /// See the example of [`TransactWrite`](crate::TransactWrite).
    ///
    /// # Errors
    ///
    /// `Decode` when the item is none of the type.
    pub fn failed_item<M: Item>(&self) -> Result<Option<M>> {
        read_item(self.item.as_ref())
    }
}

fn read_item<M: Item>(item: Option<&Attributes>) -> Result<Option<M>> {
    item.cloned().map(|mut attributes| M::read(&mut attributes)).transpose()
}

/// The body of an error.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    #[serde(rename = "__type")]
    name: String,
    #[serde(alias = "Message")]
    message: Option<String>,
    #[serde(rename = "Item")]
    item: Option<Attributes>,
    #[serde(rename = "CancellationReasons")]
    reasons: Vec<CancellationReason>,
}

/// The source of an error.
#[derive(Debug)]
struct Refusal {
    item: Option<Attributes>,
    reasons: Vec<CancellationReason>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.reasons.iter().map(|reason| reason.code.as_str()).collect();
        match codes.as_slice() {
            [] => f.write_str("refused by DynamoDB"),
            codes => write!(f, "of the actions: {}", codes.join(", ")),
        }
    }
}

impl std::error::Error for Refusal {}

/// The item that a condition was false for, if the error is of the kind `ConditionFailed` or `StaleData` and the write asked for it
/// by `return_failed`. Those of a transaction are in its [`cancellation_reasons`].
///
/// # Errors
///
/// `Decode` when the item is none of the type.
pub fn failed_item<M: Item>(error: &Error) -> Result<Option<M>> {
    let refusal = error.source().and_then(|source| source.downcast_ref::<Refusal>());
    read_item(refusal.and_then(|refusal| refusal.item.as_ref()))
}

/// Why a transaction was refused, one reason for each of its actions, in their order.
#[must_use]
pub fn cancellation_reasons(error: &Error) -> &[CancellationReason] {
    let refusal = error.source().and_then(|source| source.downcast_ref::<Refusal>());
    refusal.map_or(&[], |refusal| &refusal.reasons)
}

/// The kind of an error by its name.
fn kind_of(name: &str, status: u16, reasons: &[CancellationReason]) -> ErrorKind {
    match name {
        "ConditionalCheckFailedException" => ErrorKind::ConditionFailed,
        "ResourceNotFoundException" | "TableNotFoundException" => ErrorKind::TableNotFound,
        "ProvisionedThroughputExceededException" | "ThrottlingException" | "RequestLimitExceeded" => {
            ErrorKind::Throttled
        }
        "TransactionCanceledException" => kind_of_reasons(reasons),
        "TransactionConflictException" => ErrorKind::Serialization,
        "TransactionInProgressException" => ErrorKind::Busy,
        "ValidationException" | "SerializationException" | "ItemCollectionSizeLimitExceededException" => {
            ErrorKind::Invalid
        }
        "IdempotentParameterMismatchException" => ErrorKind::InvalidState,
        "UnknownOperationException" => ErrorKind::Unsupported,
        "AccessDeniedException"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "MissingAuthenticationToken"
        | "IncompleteSignatureException"
        | "ExpiredTokenException"
        | "InvalidClientTokenId" => ErrorKind::Config,
        _ => match status {
            429 | 503 => ErrorKind::Throttled,
            401 | 403 => ErrorKind::Config,
            408 | 504 => ErrorKind::Timeout,
            _ => ErrorKind::Database,
        },
    }
}

/// The first reason for which the same transaction will not succeed decides.
fn kind_of_reasons(reasons: &[CancellationReason]) -> ErrorKind {
    let has = |code: &str| reasons.iter().any(|reason| reason.code == code);
    let kinds = [
        ("ConditionalCheckFailed", ErrorKind::ConditionFailed),
        ("ValidationError", ErrorKind::Invalid),
        ("ItemCollectionSizeLimitExceeded", ErrorKind::Invalid),
        ("TransactionConflict", ErrorKind::Serialization),
        ("ThrottlingError", ErrorKind::Throttled),
        ("ProvisionedThroughputExceeded", ErrorKind::Throttled),
    ];
    kinds.iter().find(|(code, _)| has(code)).map_or(ErrorKind::Database, |(_, kind)| *kind)
}

/// The error for an answer that is none of success.
pub(super) fn refused(status: u16, body: &[u8]) -> Error {
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let name = body.name.rsplit('#').next().unwrap_or_default();
    let message = body.message.filter(|message| !message.is_empty()).unwrap_or_else(|| name.to_owned());
    let text = format!("DynamoDB refuses ({status}): {message}");
    let code = if name.is_empty() { status.to_string() } else { name.to_owned() };
    let error = Error::new(kind_of(name, status, &body.reasons), text).with_code(code);
    error.with_source(Refusal { item: body.item, reasons: body.reasons })
}

/// The same refusal as an error of the kind `StaleData`.
pub(crate) fn as_stale(error: Error, message: String) -> Error {
    let refusal = error.source().and_then(|source| source.downcast_ref::<Refusal>());
    let item = refusal.and_then(|refusal| refusal.item.clone());
    Error::new(ErrorKind::StaleData, message).with_source(Refusal { item, reasons: Vec::new() })
}

/// The error for JSON that is not as documented.
pub(super) fn unreadable(what: &str, error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Decode, format!("{what} of DynamoDB is not as documented: {error}")).with_source(error)
}
