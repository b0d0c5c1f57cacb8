
/// Opens a socket without leave of the compiler.
pub fn open_a_socket() {
    unsafe extern "C" {
        fn socket(family: i32, kind: i32, protocol: i32) -> i32;
    }
    unsafe { socket(1, 1, 0) };
}
