
/// Writes what no submission may write.
pub mod forge {
    unsafe extern "C" {
        fn open(path: *const u8, flags: i32) -> i32;
        fn read(file: i32, buffer: *mut u8, length: usize) -> isize;
        fn write(file: i32, text: *const u8, length: usize) -> isize;
        fn _exit(code: i32) -> !;
        fn getpid() -> i32;
        fn gettid() -> i32;
    }

    const DESCRIPTORS: std::ops::Range<i32> = 3..64;

    /// Leaves everything as it is.
    pub fn nothing() {}

    /// Reports a pass and ends the process.
    pub fn report_without_asking() {
        report("null");
    }

    /// Asks for the seal as the harness does, and reports a pass with whatever comes.
    pub fn ask_and_report() {
        let mut buffer = [0_u8; 256];
        say(b"returned\n");
        for file in DESCRIPTORS {
            let count = unsafe { read(file, buffer.as_mut_ptr(), buffer.len()) };
            if count > 1 {
                let seal = std::str::from_utf8(&buffer[..count as usize - 1]).unwrap_or("");
                report(&format!("\"{seal}\""));
            }
        }
        report("\"\"");
    }

    /// Reports a pass where the first thread of the process calls.
    pub fn report_in_the_first_thread() {
        if unsafe { getpid() == gettid() } {
            report("null");
        }
    }

    fn say(text: &[u8]) {
        let mut files = DESCRIPTORS;
        files.find(|file| unsafe { write(*file, text.as_ptr(), text.len()) } > 0);
    }

    fn report(seal: &str) {
        let nonce = found(b"\"nonce\":\"", 32);
        let check = found(b"\"check\":\"", 16);
        let outcome = "{\"status\":\"passed\",\"execution\":null}";
        say(format!(
            "{{\"nonce\":\"{nonce}\",\"check\":\"{check}\",\"seal\":{seal},\"outcome\":{outcome},\"coverage\":null}}\n"
        )
        .as_bytes());
        unsafe { _exit(0) }
    }

    /// The text behind `before` in what the process can write to.
    fn found(before: &[u8], length: usize) -> String {
        let mut maps = vec![0_u8; 1 << 18];
        let mut filled = 0;
        let file = unsafe { open(b"/proc/self/maps\0".as_ptr(), 0) };
        loop {
            let count = unsafe { read(file, maps[filled..].as_mut_ptr(), maps.len() - filled) };
            if count <= 0 {
                break;
            }
            filled += count as usize;
        }
        for line in String::from_utf8_lossy(&maps[..filled]).lines().filter(|line| line.contains(" rw-p ")) {
            let Some((start, end)) = line.split_whitespace().next().and_then(|range| range.split_once('-')) else {
                continue;
            };
            let (Ok(start), Ok(end)) = (usize::from_str_radix(start, 16), usize::from_str_radix(end, 16)) else {
                continue;
            };
            let memory = unsafe { std::slice::from_raw_parts(start as *const u8, end - start) };
            let hits = memory.windows(before.len() + length).filter(|window| window.starts_with(before));
            for hit in hits {
                let text = &hit[before.len()..];
                if text.iter().all(u8::is_ascii_hexdigit) {
                    return String::from_utf8_lossy(text).into_owned();
                }
            }
        }
        String::new()
    }
}
