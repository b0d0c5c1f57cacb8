//! Threads of checks.

/// Defines `with`, which starts a thread that uses what is shared, with a role in schedules, and `finish`, which joins
/// it.
///
/// A suite has them from this macro, not as functions of this crate: its `std` is that of the engine it is built for,
/// and this crate's is not.
#[macro_export]
macro_rules! threads {
    () => {
        /// What the thread returned; a panic in it is a panic here, with its message.
        pub fn finish<T>(thread: std::thread::JoinHandle<T>) -> T {
            match thread.join() {
                Ok(value) => value,
                Err(payload) => panic!("a thread panicked: {}", $crate::message(&*payload)),
            }
        }

        /// Starts a thread that uses what is shared; `role` is its name in schedules.
        pub fn with<T: Send + Sync + 'static, R: Send + 'static>(
            role: &str,
            shared: &std::sync::Arc<T>,
            work: impl FnOnce(&T) -> R + Send + 'static,
        ) -> std::thread::JoinHandle<R> {
            start_boxed(role, std::sync::Arc::clone(shared), Box::new(work))
        }

        /// Compiled once for all closures that return the same.
        fn start_boxed<T: Send + Sync + 'static, R: Send + 'static>(
            role: &str,
            shared: std::sync::Arc<T>,
            work: Box<dyn FnOnce(&T) -> R + Send>,
        ) -> std::thread::JoinHandle<R> {
            $crate::model::name_next_thread(role);
            std::thread::spawn(move || work(&shared))
        }
    };
}
