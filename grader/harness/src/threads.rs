//! Threads of checks.

/// Defines `start` and `with`, which start a thread with a role in schedules, the latter one that uses what is shared,
/// and `finish`, which joins it.
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
                Err(payload) => panic!("{}{}", $crate::PASSED_ON, $crate::message(&*payload)),
            }
        }

        /// Starts a thread; `role` is its name in schedules.
        pub fn start<R: Send + 'static>(
            role: &str,
            work: impl FnOnce() -> R + Send + 'static,
        ) -> std::thread::JoinHandle<R> {
            start_boxed(role, Box::new(work))
        }

        /// Starts a thread that uses what is shared; `role` is its name in schedules.
        pub fn with<T: Send + Sync + 'static, R: Send + 'static>(
            role: &str,
            shared: &std::sync::Arc<T>,
            work: impl FnOnce(&T) -> R + Send + 'static,
        ) -> std::thread::JoinHandle<R> {
            with_boxed(role, std::sync::Arc::clone(shared), Box::new(work))
        }

        /// Compiled once for all closures that return the same, as is what follows.
        fn with_boxed<T: Send + Sync + 'static, R: Send + 'static>(
            role: &str,
            shared: std::sync::Arc<T>,
            work: Box<dyn FnOnce(&T) -> R + Send>,
        ) -> std::thread::JoinHandle<R> {
            start_boxed(role, Box::new(move || work(&shared)))
        }

        fn start_boxed<R: Send + 'static>(
            role: &str,
            work: Box<dyn FnOnce() -> R + Send>,
        ) -> std::thread::JoinHandle<R> {
            $crate::model::name_next_thread(role);
            std::thread::spawn(work)
        }
    };
}
