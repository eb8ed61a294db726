use orm_core::driver::{Isolation, TransactionMode, TransactionOptions};
use orm_core::{Error, ErrorKind, Result};

/// What is open in the sandbox's transaction, as its sessions see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Nothing.
    None,
    /// A statement that is a transaction by itself. It may still run.
    Alone,
    /// A transaction.
    Begun {
        /// Whether it refuses to write.
        read_only: bool,
    },
}

impl Part {
    /// What `mode` asks for, in a sandbox with `options`. `one_writer` says that all transactions of the database are serializable.
    ///
    /// # Errors
    ///
    /// `Unsupported` for what the sandbox cannot imitate.
    pub(super) fn begin(mode: TransactionMode, sandbox: TransactionOptions, one_writer: bool) -> Result<Self> {
        let TransactionMode::With(options) = mode else { return Ok(Self::Begun { read_only: false }) };
        let given = sandbox.isolation.unwrap_or(Isolation::ReadCommitted);
        match options.isolation {
            Some(wanted) if wanted > given && !one_writer => Err(too_isolated(wanted)),
            _ => Ok(Self::Begun { read_only: options.is_read_only() }),
        }
    }
}

#[cold]
fn too_isolated(wanted: Isolation) -> Error {
    let message = format!(
        "the transaction is to be isolated by {wanted:?}, and the sandbox is one transaction with a weaker isolation: begin the sandbox by \
         `Sandbox::begin_with(&engine, Isolation::{wanted:?})`"
    );
    Error::new(ErrorKind::Unsupported, message)
}
