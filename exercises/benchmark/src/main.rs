//! Measures both kinds of work in each way, and shows the times as a table and as charts. Given.
//!
//! `options` reads the command line, `workloads` has the work, `measurements` does it, `table` and `chart`
//! show the results.

#[cfg(not(model))]
mod chart;
#[cfg(not(model))]
mod measurements;
#[cfg(not(model))]
mod options;
#[cfg(not(model))]
mod table;
#[cfg(not(model))]
mod workloads;

#[cfg(not(model))]
fn main() -> std::process::ExitCode {
    use std::process::ExitCode;

    match options::Options::from_args(std::env::args().skip(1)) {
        Ok(Some(options)) => match show(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        Ok(None) => {
            println!("{}", options::HELP);
            ExitCode::SUCCESS
        }
        Err(usage) => {
            eprintln!("error: {usage}");
            ExitCode::from(2)
        }
    }
}

#[cfg(not(model))]
fn show(options: &options::Options) -> Result<(), Box<dyn std::error::Error>> {
    println!("{options}\n");
    let measurements = measurements::all(options)?;
    println!("{}", table::of(&measurements, options.threads));
    println!("{}", chart::in_terminal(&measurements, options.threads));
    let picture = chart::as_svg(&measurements, options.threads, options.svg.as_deref())?;
    println!("the same as a picture: {}", picture.display());
    Ok(())
}

/// In the model only the library is of interest: there are no sockets and no time to measure.
#[cfg(model)]
fn main() {
    println!("there is nothing to measure in the model: run `cargo run --release -p benchmark` without it");
}
