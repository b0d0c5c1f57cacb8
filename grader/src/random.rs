//! Numbers that nobody can guess.

use crate::error::Fault;

/// Any number.
///
/// # Errors
/// When the system provides no random bytes.
pub(crate) fn number() -> Result<u64, Fault> {
    bytes().map(u64::from_ne_bytes)
}

/// 128 random bits, in hexadecimal digits.
///
/// # Errors
/// When the system provides no random bytes.
pub(crate) fn word() -> Result<String, Fault> {
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes()?)))
}

fn bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Fault::NoRandomness)?;
    Ok(bytes)
}
