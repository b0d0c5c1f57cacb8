//! How the commands are linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Each check is started by way of this program. At an address of its own it would have a hundred thousand pointers
    // to adjust first, and the pages to copy that they are in: half of what a start takes.
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
