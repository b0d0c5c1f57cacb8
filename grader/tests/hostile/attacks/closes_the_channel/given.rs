
/// Closes every descriptor there is.
pub fn close_all() {
    unsafe extern "C" {
        fn close(file: i32) -> i32;
    }
    (3..64).for_each(|file| drop(unsafe { close(file) }));
}
