//! Who may read what is served: everybody on this machine, elsewhere only who is meant to.

use std::net::SocketAddr;

use anyhow::{Result, bail};
use app::model::Timestamp;

use crate::access::{Grant, Reading};
use crate::store::Store;

/// Whether reading is open for no other reason than that the address is this machine's. Pages of other sites that are open
/// on it must then be kept out by the name they ask for.
pub(super) fn is_open_by_address(address: SocketAddr, public_read: bool) -> bool {
    !public_read && address.ip().to_canonical().is_loopback()
}

/// Decides who may read. Refuses to serve a catalog to strangers that nobody meant to be public.
pub(super) async fn rule(address: SocketAddr, public_read: bool, store: &dyn Store, now: Timestamp) -> Result<Reading> {
    if public_read || is_open_by_address(address, public_read) {
        return Ok(Reading::Open);
    }
    if store.has_live_token(&Grant::Read.to_string(), now).await? {
        return Ok(Reading::WithToken);
    }
    bail!(
        "not serving on `{address}`: everybody who reaches that address could read the catalog. Make a token with \
         `pharos token create --name NAME --scope read`, so that reading needs one, or say with --public-read that \
         everybody may read"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::sqlite;
    use crate::store::{NewToken, Tokens};

    const NOW: Timestamp = Timestamp(1_000);

    #[tokio::test]
    async fn reading_is_open_on_this_machine_or_when_said_so() {
        let (_folder, store) = sqlite().await;
        for (address, public_read) in [
            ("127.0.0.1:3000", false),
            ("[::1]:3000", false),
            ("[::ffff:127.0.0.1]:3000", false),
            ("0.0.0.0:3000", true),
        ] {
            let reading = rule(address.parse().unwrap(), public_read, &store, NOW).await.unwrap();
            assert_eq!(reading, Reading::Open, "{address}");
        }
    }

    #[tokio::test]
    async fn elsewhere_reading_needs_a_token_and_one_that_works() {
        let (_folder, store) = sqlite().await;
        let address: SocketAddr = "0.0.0.0:3000".parse().unwrap();
        let token = |name: &str, scope: &str, expires_at| NewToken {
            name: name.into(),
            start: format!("pharos_{name}"),
            hash: [0; 32],
            scopes: vec![scope.into()],
            created_at: Timestamp(0),
            expires_at,
        };
        store.add_token(&token("writer", "write", None)).await.unwrap();
        store.add_token(&token("expired", "read", Some(NOW))).await.unwrap();
        let refused = rule(address, false, &store, NOW).await.unwrap_err().to_string();
        assert!(refused.contains("--public-read") && refused.contains("--scope read"), "{refused}");
        store.add_token(&token("reader", "read", None)).await.unwrap();
        assert_eq!(rule(address, false, &store, NOW).await.unwrap(), Reading::WithToken);
    }
}
