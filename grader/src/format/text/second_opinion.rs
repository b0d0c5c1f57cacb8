//! What loom makes of the checks.

use super::Page;
use super::paint::Colour;
use crate::format::opinions::{CALLS, Differing, Opinions};
use crate::report::CheckReport;

impl Page {
    pub(super) fn second_opinions(&mut self, checks: &[CheckReport]) {
        let Some(opinions) = Opinions::of(checks) else { return };
        opinions.differing.iter().for_each(|differing| self.differs(differing));
        self.line("");
        let counted = self.paint.dim(&opinions.counted);
        self.paragraph("  ", 2, &counted);
        for reason in &opinions.unjudged {
            let line = self.paint.dim(reason);
            self.paragraph("    ", 6, &line);
        }
    }

    fn differs(&mut self, differing: &Differing<'_>) {
        self.line("");
        let mark = if differing.is_disagreement {
            self.paint.colour(Colour::Magenta, "!")
        } else {
            self.paint.dim("!")
        };
        let title = self.paint.bold(differing.title);
        self.paragraph(&format!("  {mark} "), 4, &format!("{}: {title}", differing.heading));
        for sentence in &differing.sentences {
            self.paragraph("    ", 6, sentence);
        }
        if !differing.calls.is_empty() {
            self.line("");
            self.paragraph("    ", 4, CALLS);
            for call in &differing.calls {
                self.paragraph("      ", 8, call);
            }
        }
    }
}
