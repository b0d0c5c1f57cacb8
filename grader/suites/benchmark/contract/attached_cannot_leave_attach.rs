//! What `attach` lends is valid inside of it only: no thread can detach later.

use benchmark::Gil;

fn main() {
    let gil = Gil::new();
    let mut kept = None;
    gil.attach(|attached| kept = Some(attached));
    drop(kept);
}
