
/// Writes to every descriptor there is, without an end.
pub fn flood() {
    unsafe extern "C" {
        fn write(file: i32, text: *const u8, length: usize) -> isize;
    }
    let noise = [b'x'; 1 << 16];
    while (3..64).any(|file| unsafe { write(file, noise.as_ptr(), noise.len()) } > 0) {}
}
