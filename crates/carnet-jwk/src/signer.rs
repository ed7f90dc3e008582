use crate::jwt_header::JwtHeader;
use carnet_jwa::{Algorithm, Signature, SigningFailed, SigningStream};
use core::future::Future;
use core::pin::Pin;
use std::sync::Arc;

/// Something that signs with one algorithm: a [`SigningKey`](crate::SigningKey), or a key in hardware.
///
/// ```
/// use carnet_jwa::{Algorithm, Signature, SigningFailed};
/// use carnet_jwk::Signer;
///
/// struct Card;
///
/// impl Signer for Card {
///     fn algorithm(&self) -> Algorithm {
///         Algorithm::ES256
///     }
///     fn key_id(&self) -> Option<&str> {
///         Some("card-1")
///     }
///     fn sign_message(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
///         let der = ask_the_card(message).map_err(|status| SigningFailed::because(format!("the card says {status}")))?;
///         Signature::from_ecdsa_der(Algorithm::ES256, &der)
///     }
/// }
/// # fn ask_the_card(_: &[u8]) -> Result<Vec<u8>, u16> { Err(0x6982) }
/// # assert!(Card.sign_message(b"").is_err());
/// ```
///
/// A signature comes in the form that JWS has: make it with [`Signature::from_bytes`] or, where the hardware gives DER, with
/// [`Signature::from_ecdsa_der`].
///
/// # Security
/// A signer is believed. Where the way to it is not, verify what comes back, with
/// [`VerifyingKey::verify_signature`](crate::VerifyingKey::verify_signature), before using it.
pub trait Signer: Send + Sync {
    /// Its one algorithm.
    fn algorithm(&self) -> Algorithm;

    /// What is written into `alg`: the algorithm's name, or another spelling of it. Nothing is signed under any other name.
    fn algorithm_name(&self) -> &str {
        self.algorithm().name()
    }

    /// The `kid` that is written into the header.
    fn key_id(&self) -> Option<&str> {
        None
    }

    /// Signs a message.
    ///
    /// # Errors
    /// [`SigningFailed`].
    fn sign_message(&self, message: &[u8]) -> Result<Signature, SigningFailed>;

    /// Begins a message that comes piece by piece, where the signer can take one.
    fn stream(&self) -> Option<SigningStream<'_>> {
        None
    }

    #[doc(hidden)]
    fn jwt_header(&self) -> Option<&JwtHeader> {
        None
    }
}

impl<S: Signer + ?Sized> Signer for Arc<S> {
    fn algorithm(&self) -> Algorithm {
        (**self).algorithm()
    }

    fn algorithm_name(&self) -> &str {
        (**self).algorithm_name()
    }

    fn key_id(&self) -> Option<&str> {
        (**self).key_id()
    }

    fn sign_message(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        (**self).sign_message(message)
    }

    fn stream(&self) -> Option<SigningStream<'_>> {
        (**self).stream()
    }

    fn jwt_header(&self) -> Option<&JwtHeader> {
        (**self).jwt_header()
    }
}

/// What [`AsyncSigner::sign_message`] gives.
pub type SigningFuture<'a> = Pin<Box<dyn Future<Output = Result<Signature, SigningFailed>> + Send + 'a>>;

/// Something that signs with one algorithm after a while: a key in a key management service. Can be used as `dyn AsyncSigner`.
///
/// ```
/// use carnet_jwa::{Algorithm, SigningFailed, Signature};
/// use carnet_jwk::{AsyncSigner, SigningFuture};
///
/// struct Kms;
///
/// impl AsyncSigner for Kms {
///     fn algorithm(&self) -> Algorithm {
///         Algorithm::ES256
///     }
///     fn sign_message<'a>(&'a self, message: &'a [u8]) -> SigningFuture<'a> {
///         Box::pin(async move {
///             let der = ask_the_service(message).await.map_err(|status| SigningFailed::because(format!("the service says {status}")))?;
///             Signature::from_ecdsa_der(Algorithm::ES256, &der)
///         })
///     }
/// }
/// # async fn ask_the_service(_: &[u8]) -> Result<Vec<u8>, u16> { Err(503) }
/// # fn is_object_safe(_: &dyn AsyncSigner) {}
/// # is_object_safe(&Kms);
/// ```
///
/// # Security
/// As for a [`Signer`].
pub trait AsyncSigner: Send + Sync {
    /// Its one algorithm.
    fn algorithm(&self) -> Algorithm;

    /// What is written into `alg`: the algorithm's name, or another spelling of it. Nothing is signed under any other name.
    fn algorithm_name(&self) -> &str {
        self.algorithm().name()
    }

    /// The `kid` that is written into the header.
    fn key_id(&self) -> Option<&str> {
        None
    }

    /// Signs a message.
    ///
    /// The future's error is [`SigningFailed`].
    fn sign_message<'a>(&'a self, message: &'a [u8]) -> SigningFuture<'a>;
}

impl<S: AsyncSigner + ?Sized> AsyncSigner for Arc<S> {
    fn algorithm(&self) -> Algorithm {
        (**self).algorithm()
    }

    fn algorithm_name(&self) -> &str {
        (**self).algorithm_name()
    }

    fn key_id(&self) -> Option<&str> {
        (**self).key_id()
    }

    fn sign_message<'a>(&'a self, message: &'a [u8]) -> SigningFuture<'a> {
        (**self).sign_message(message)
    }
}
