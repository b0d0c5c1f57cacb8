//! Digests of causal histories, by which equal states are recognised.

/// A 128-bit digest: two lanes of the folded multiplication of wyhash, with other constants each.
///
/// Not cryptographic. Two different histories of one search share a digest with a probability of
/// about 10⁻²⁶ for a million states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Digest {
    high: u64,
    low: u64,
}

impl Digest {
    /// The digest after one more word.
    #[must_use]
    pub(crate) fn then(self, word: u64) -> Self {
        Digest {
            high: fold(self.high ^ 0xa076_1d64_78bd_642f, word ^ 0xe703_7ed1_a0b4_28db),
            low: fold(self.low ^ 0x8ebc_6af0_9c88_c6e3, word ^ 0x5899_65cc_7537_4cc3),
        }
    }

    /// The digest after everything that another digest stands for.
    #[must_use]
    pub(crate) fn then_all(self, other: Digest) -> Self {
        self.then(other.high).then(other.low)
    }

    /// The digest of a set with one more member: members may come in any order.
    #[must_use]
    pub(crate) fn with_member(self, member: Digest) -> Self {
        Digest { high: self.high.wrapping_add(member.high), low: self.low.wrapping_add(member.low) }
    }
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    // Both halves: the low one alone would not depend on the high bits of the factors.
    (product as u64) ^ ((product >> 64) as u64)
}
