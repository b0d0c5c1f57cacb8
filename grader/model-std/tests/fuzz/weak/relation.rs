//! Relations between few events, as sets of bits.

/// A set of events.
pub type Set = u32;

/// The most events of a graph.
pub const EVENTS: usize = 32;

/// A relation between events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    len: usize,
    /// For each event, those that it is related to.
    rows: [Set; EVENTS],
}

impl Relation {
    /// No pairs, among `len` events.
    pub fn empty(len: usize) -> Self {
        Relation { len, rows: [0; EVENTS] }
    }

    /// Each event of `set` with itself.
    pub fn identity(len: usize, set: Set) -> Self {
        let mut relation = Relation::empty(len);
        for event in (0..len).filter(|event| set & (1 << event) != 0) {
            relation.insert(event, event);
        }
        relation
    }

    pub fn insert(&mut self, from: usize, to: usize) {
        self.rows[from] |= 1 << to;
    }

    pub fn contains(&self, from: usize, to: usize) -> bool {
        self.rows[from] & (1 << to) != 0
    }

    #[must_use]
    pub fn or(mut self, other: Relation) -> Self {
        for event in 0..self.len {
            self.rows[event] |= other.rows[event];
        }
        self
    }

    /// The pairs that are linked by a pair of this relation and then one of `next`.
    #[must_use]
    pub fn then(self, next: Relation) -> Self {
        let mut result = Relation::empty(self.len);
        for event in 0..self.len {
            let mut left = self.rows[event];
            while left != 0 {
                result.rows[event] |= next.rows[left.trailing_zeros() as usize];
                left &= left - 1;
            }
        }
        result
    }

    /// Together with each event and itself.
    #[must_use]
    pub fn maybe(self) -> Self {
        self.or(Relation::identity(self.len, Set::MAX))
    }

    /// The transitive closure.
    #[must_use]
    pub fn plus(mut self) -> Self {
        for middle in 0..self.len {
            for event in 0..self.len {
                if self.contains(event, middle) {
                    self.rows[event] |= self.rows[middle];
                }
            }
        }
        self
    }

    /// The pairs that begin in `set`.
    #[must_use]
    pub fn from(mut self, set: Set) -> Self {
        for event in (0..self.len).filter(|event| set & (1 << event) == 0) {
            self.rows[event] = 0;
        }
        self
    }

    /// The pairs that end in `set`.
    #[must_use]
    pub fn to(mut self, set: Set) -> Self {
        for event in 0..self.len {
            self.rows[event] &= set;
        }
        self
    }

    #[must_use]
    pub fn inverse(self) -> Self {
        let mut result = Relation::empty(self.len);
        for from in 0..self.len {
            for to in (0..self.len).filter(|&to| self.contains(from, to)) {
                result.insert(to, from);
            }
        }
        result
    }

    /// The pairs for which `keep` holds.
    #[must_use]
    pub fn filter(self, keep: impl Fn(usize, usize) -> bool) -> Self {
        let mut result = Relation::empty(self.len);
        for from in 0..self.len {
            for to in (0..self.len).filter(|&to| self.contains(from, to) && keep(from, to)) {
                result.insert(from, to);
            }
        }
        result
    }

    pub fn is_irreflexive(&self) -> bool {
        (0..self.len).all(|event| !self.contains(event, event))
    }

    pub fn is_acyclic(&self) -> bool {
        self.plus().is_irreflexive()
    }
}

#[test]
fn relations_compose_and_close() {
    let mut next = Relation::empty(4);
    for event in 0..3 {
        next.insert(event, event + 1);
    }
    assert!(next.then(next).contains(0, 2) && !next.then(next).contains(0, 1));
    assert!((1..4).all(|later| next.plus().contains(0, later)) && !next.plus().contains(1, 0));
    assert!(next.is_acyclic());
    assert!(next.inverse().contains(3, 2));
    assert_eq!(next.from(0b1).to(0b10), next.filter(|from, _| from == 0));
    next.insert(3, 0);
    assert!(!next.is_acyclic() && next.is_irreflexive());
}
