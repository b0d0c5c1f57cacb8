//! Every counter can be sent, shared, printed with `{:?}` and made by `default`, and used as a `dyn Counter`.

use std::fmt::Debug;
use std::sync::Arc;

use race_counter::{AtomicCounter, Counter, LockedCounter, RacyCounter, hammer};

fn shared<C: Counter + Send + Sync + Debug + Default + 'static>(counter: C) -> Arc<dyn Counter> {
    let _: i64 = hammer(&counter, 1, 1);
    Arc::new(counter)
}

fn main() {
    let _ = [shared(RacyCounter::new()), shared(LockedCounter::new()), shared(AtomicCounter::new())];
}
