//! The login at a server.

use std::borrow::Cow;

use orm_core::Result;
use tokio_postgres::Config;
use tokio_postgres::config::SslNegotiation;

use crate::error::config as refused;
use crate::passfile;
use crate::server::Server;
use crate::settings::Settings;

impl Settings {
    /// What is said when logging in at `server`.
    ///
    /// # Errors
    ///
    /// `Config` when there is no user.
    pub(crate) fn login(&self, server: &Server) -> Result<Config> {
        let user = self.user()?;
        let mut config = Config::new();
        config.user(&*user).application_name(&self.application_name);
        // The stream is encrypted, or not, before the driver gets it: so it takes it as it is.
        config.ssl_mode(tokio_postgres::config::SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
        config.channel_binding(self.channel_binding);
        if let Some(name) = &self.dbname {
            config.dbname(name);
        }
        if let Some(options) = &self.options {
            config.options(options);
        }
        match &self.password {
            Some(password) => {
                config.password(password);
            }
            None => {
                let entry = passfile::Login {
                    host: server.pgpass_name(),
                    port: server.port,
                    database: self.dbname.as_deref().unwrap_or(&user),
                    user: &user,
                };
                if let Some(password) = passfile::password(self.passfile.as_deref(), &entry) {
                    config.password(password);
                }
            }
        }
        Ok(config)
    }

    fn user(&self) -> Result<Cow<'_, str>> {
        match &self.user {
            Some(user) => Ok(user.into()),
            None => whoami::username().map(Cow::from).map_err(|error| {
                refused(format!(
                    "the system does not tell the user's name ({error}): name the user in the URL or in PGUSER"
                ))
            }),
        }
    }
}
