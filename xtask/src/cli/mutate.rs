//! `--mutate` and what belongs to it.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use grader::mutant::Base;
use grader::mutate::{OPERATORS, Operator};

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Mutants that are made")]
pub struct MutateArgs {
    /// Make mutants of every right program, each with one small mistake, and fail if no check catches one of them that
    /// `equivalent.toml` of the suite does not call a right program
    #[arg(long, conflicts_with_all = ["full", "repeat", "load", "second_opinion"])]
    pub mutate: bool,
    /// Only those of this operator (repeatable)
    #[arg(long = "operator", value_name = "NAME", requires = "mutate", value_parser = operator())]
    pub operators: Vec<&'static Operator>,
    /// Only those of this program: `solution` or `accepted/NAME` (repeatable)
    #[arg(long = "base", value_name = "BASE", requires = "mutate")]
    pub bases: Vec<Base>,
}

fn operator() -> impl TypedValueParser<Value = &'static Operator> {
    let values = OPERATORS.iter().map(|operator| PossibleValue::new(operator.name).help(operator.what));
    PossibleValuesParser::new(values)
        .try_map(|name| Operator::find(&name).ok_or_else(|| format!("there is no operator `{name}`")))
}
