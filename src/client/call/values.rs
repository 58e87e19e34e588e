//! The values that go into a path, with what they are.

use smallvec::SmallVec;

/// Values with their names, all in one piece of memory.
#[derive(Debug, Default)]
pub(super) struct Values {
    text: String,
    /// What each is, and where it ends in the text.
    ends: SmallVec<[(&'static str, usize); 4]>,
}

/// Most paths name no more, in bytes.
const USUAL: usize = 64;

impl Values {
    pub fn add(&mut self, name: &'static str, value: &str) {
        if self.text.is_empty() {
            self.text.reserve(USUAL);
        }
        self.text.push_str(value);
        self.ends.push((name, self.text.len()));
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |&(name, end)| {
            let value = self.text.get(start..end).unwrap_or_default();
            start = end;
            (name, value)
        })
    }
}
