use std::fmt;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Sessions;
use crate::engine::Engine;
use crate::error::Result;
use crate::session::Session;

type Connect = Arc<dyn Fn(&str) -> Result<Engine> + Send + Sync>;
type SetUp = Arc<dyn Fn(Sessions) -> Sessions + Send + Sync>;

/// A database for each tenant: engines that are made when a tenant is first asked for, and sessions by its name. Clones are cheap and share the engines.
///
/// So many engines are kept, the ones that were used last. A tenant that is asked for again after its engine is gone gets a new one; sessions that
/// still run keep theirs until they end. A session belongs to the database of its tenant for good, and so do its objects: no key leads from one tenant to a
/// row of another.
///
/// ```
/// use orm::prelude::*;
/// use orm::Tenants;
///
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "document")]
/// # struct Document {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     title: String,
/// # }
/// let tenants = Tenants::databases(|tenant| match tenant {
///     // A name comes from a request: only those that are known may become part of a URL.
///     "acme" | "bolt" => Engine::connect("sqlite:///:memory:"), // format!("postgresql://app@db/{tenant}")
///     _ => Err(orm::Error::new(ErrorKind::NotFound, format!("there is no tenant {tenant}"))),
/// })
/// .at_most(50)
/// .set_up(|sessions| sessions.autoflush(false));
///
/// for tenant in ["acme", "bolt"] {
///     tenants.engine(tenant)?.create_all(models![Document])?;
/// }
/// let mut session = tenants.session("acme")?;
/// session.add(Document { title: "Plan".into(), ..Default::default() });
/// session.commit()?;
/// assert_eq!(tenants.sessions("bolt")?.transaction(|session| Document::query().count(session))?, 0);
/// assert!(tenants.session("crux").is_err());
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "it does nothing until it makes a session"]
pub struct Tenants {
    connect: Connect,
    set_up: Option<SetUp>,
    most: usize,
    /// The one that was used last is the last.
    engines: Arc<Mutex<Vec<(String, Engine)>>>,
}

impl Tenants {
    /// Databases by the names of tenants: `connect` makes the engine of one, and refuses names that are none.
    ///
    /// See the example of [`Tenants`].
    pub fn databases<E: AsRef<Engine>>(connect: impl Fn(&str) -> Result<E> + Send + Sync + 'static) -> Self {
        const MOST: usize = 64;
        let connect = move |tenant: &str| connect(tenant).map(|engine| engine.as_ref().clone());
        Self { connect: Arc::new(connect), set_up: None, most: MOST, engines: Arc::default() }
    }

    /// How many engines are kept, at least one: 64, if this is not said. Each has a pool of connections, whose size is that of its builder.
    ///
    /// See the example of [`Tenants`].
    pub fn at_most(mut self, engines: usize) -> Self {
        self.most = engines.max(1);
        self
    }

    /// The options and listeners of the sessions of all tenants.
    ///
    /// See the example of [`Tenants`].
    pub fn set_up(mut self, set_up: impl Fn(Sessions) -> Sessions + Send + Sync + 'static) -> Self {
        self.set_up = Some(Arc::new(set_up));
        self
    }

    /// The engine of a tenant: to make its tables, or to run migrations.
    ///
    /// See the example of [`Tenants`].
    ///
    /// # Errors
    ///
    /// Those of the function that connects.
    pub fn engine(&self, tenant: &str) -> Result<Engine> {
        if let Some(known) = take_up(&mut self.engines(), tenant) {
            return Ok(known);
        }
        // Without the lock: the function may ask another database where the tenant is.
        let made = (self.connect)(tenant)?;
        let mut engines = self.engines();
        // Another thread may have been faster.
        if let Some(known) = take_up(&mut engines, tenant) {
            return Ok(known);
        }
        engines.push((tenant.to_owned(), made.clone()));
        let surplus = engines.len().saturating_sub(self.most);
        let gone: Vec<_> = engines.drain(..surplus).collect();
        drop(engines);
        // Their connections close here, unless a session still has one.
        drop(gone);
        Ok(made)
    }

    /// The factory of a tenant's sessions.
    ///
    /// See the example of [`Tenants`].
    ///
    /// # Errors
    ///
    /// Those of the function that connects.
    pub fn sessions(&self, tenant: &str) -> Result<Sessions> {
        let sessions = self.engine(tenant)?.sessions();
        Ok(match &self.set_up {
            Some(set_up) => set_up(sessions),
            None => sessions,
        })
    }

    /// A new session of a tenant.
    ///
    /// See the example of [`Tenants`].
    ///
    /// # Errors
    ///
    /// Those of the function that connects.
    #[track_caller]
    pub fn session(&self, tenant: &str) -> Result<Session> {
        let at = Location::caller();
        Ok(self.sessions(tenant)?.make(at))
    }

    /// The tenants whose engines are kept, in the order in which they were used last.
    ///
    /// ```
    /// let tenants = orm::Tenants::databases(|_| orm::Engine::connect("sqlite://")).at_most(2);
    /// for tenant in ["acme", "bolt", "acme", "crux"] {
    ///     tenants.engine(tenant)?;
    /// }
    /// assert_eq!(tenants.kept(), ["acme", "crux"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn kept(&self) -> Vec<String> {
        self.engines().iter().map(|(tenant, _)| tenant.clone()).collect()
    }

    fn engines(&self) -> MutexGuard<'_, Vec<(String, Engine)>> {
        self.engines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The engine of a tenant, which is now the one that was used last.
fn take_up(engines: &mut [(String, Engine)], tenant: &str) -> Option<Engine> {
    let at = engines.iter().position(|(known, _)| known == tenant)?;
    engines[at..].rotate_left(1);
    engines.last().map(|(_, engine)| engine.clone())
}

impl fmt::Debug for Tenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenants").field("at_most", &self.most).field("kept", &self.kept()).finish_non_exhaustive()
    }
}
