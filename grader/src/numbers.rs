//! The numbers by which the checks of one build are asked for, and their decoys.
//!
//! A number is drawn anew for each build and says nothing about its check. For every check there is a decoy as well: a
//! function that calls the same one, and then fails. A process that is asked for a decoy sees what it would see if it were
//! asked for the check, up to the end of the function: one that reports a pass has not run it.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::error::Fault;
use crate::random;
use crate::report::Engine;
use crate::suite::Entry;

/// The numbers of one build.
#[derive(Debug)]
pub(crate) struct Numbers(BTreeMap<(Engine, String), Numbered>);

/// The numbers of one check.
#[derive(Debug)]
struct Numbered {
    check: String,
    decoy: String,
}

impl Numbers {
    /// Draws numbers for the checks among `entries`.
    ///
    /// # Errors
    /// When the system provides no random bytes.
    pub(crate) fn of(entries: &[Entry<'_>]) -> Result<Self, Fault> {
        let numbered = entries.iter().map(|entry| {
            let numbers = Numbered { check: number()?, decoy: number()? };
            Ok(((entry.engine, entry.name.to_owned()), numbers))
        });
        numbered.collect::<Result<_, Fault>>().map(Self)
    }

    /// The number of the check `name` in the binary of `engine`; nothing that a binary knows if it has none.
    pub(crate) fn check(&self, engine: Engine, name: &str) -> &str {
        self.0.get(&(engine, name.to_owned())).map_or("", |numbers| numbers.check.as_str())
    }

    /// The number of its decoy.
    pub(crate) fn decoy(&self, engine: Engine, name: &str) -> &str {
        self.0.get(&(engine, name.to_owned())).map_or("", |numbers| numbers.decoy.as_str())
    }

    /// The `main` of a check binary: hands the functions of the engine to the harness, in no order. What it does not name
    /// costs the compiler nothing. The harness's macros take the place of those of `std`.
    ///
    /// # Errors
    /// When the system provides no random bytes.
    pub(crate) fn main_function(&self, engine: Engine) -> Result<String, Fault> {
        let mut functions = BTreeMap::new();
        for ((_, name), numbers) in self.0.iter().filter(|((of, _), _)| *of == engine) {
            functions.insert(&numbers.check, (name, mark(false)?));
            functions.insert(&numbers.decoy, (name, mark(true)?));
        }
        let mut table = String::new();
        for (number, (name, mark)) in functions {
            // Writing to a string cannot fail.
            let _ = write!(
                table,
                "({number:?}, (|| {{ crate::{name}(); ::harness::conclude({mark}) }}) as fn()), "
            );
        }
        Ok(format!("#[macro_use]\nextern crate harness;\nfn main() {{ ::harness::main(&[{table}]) }}\n"))
    }
}

/// What tells a decoy from a check, in the harness's `conclude`: whether its number of ones is odd.
fn mark(decoy: bool) -> Result<u64, Fault> {
    let mark = random::number()?;
    let odd = mark.count_ones() % 2 == 1;
    Ok(if odd == decoy { mark } else { mark ^ 1 })
}

fn number() -> Result<String, Fault> {
    Ok(format!("{:016x}", random::number()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_of_a_decoy_has_an_odd_number_of_ones() {
        for _ in 0..100 {
            assert_eq!(mark(true).expect("randomness").count_ones() % 2, 1);
            assert_eq!(mark(false).expect("randomness").count_ones() % 2, 0);
        }
    }
}
