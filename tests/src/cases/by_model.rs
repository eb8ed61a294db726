//! Random operations do to a session what they do to a simple reference.

use orm::Result;

use crate::TestContext;

cases! { by_model {
    session_database_and_reference_agree [];
} }

pub fn session_database_and_reference_agree(cx: &mut TestContext) -> Result<()> {
    crate::by_model::run(cx, if cx.url().contains(":memory:") { 2_000 } else { 100 })
}
