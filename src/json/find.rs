//! Takes a value out of whatever arrived of a JSON answer, even if no parser would accept the
//! answer: cut off, followed by garbage, with broken strings elsewhere.

use super::scan;

/// A value, as far as it can be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A string, decoded.
    Text(String),
    /// A number, its digits as written.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An object, an array, or what cannot be understood: `NaN`, a string with a broken escape.
    Other,
}

/// What a body says at one path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The first whole value there. `None` when there is none, or when it was cut off.
    pub(crate) value: Option<Found>,
    /// Whether a later value at the same path differs from the first. Two of [`Found::Other`] are
    /// not compared.
    pub(crate) conflict: bool,
}

impl Finding {
    fn note(&mut self, value: &Found) {
        match &self.value {
            None => self.value = Some(value.clone()),
            Some(first) => self.conflict |= first != value,
        }
    }
}

/// What a body says at each path, a list of object keys from the root. One finding for each path,
/// in their order. An empty path finds nothing, and nothing inside an array is found.
///
/// `cut` says that bytes may be missing at the end: a number at the very end is then not whole,
/// `{"id": 31` may be 310.
///
/// Reads once from front to back. Memory is taken for the values that are returned, and for a moment
/// for a key written with escapes.
pub(crate) fn find(body: &[u8], cut: bool, paths: &[&[&str]]) -> Vec<Finding> {
    let mut reader = Reader {
        rest: body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body),
        cut,
        paths,
        here: &[],
        findings: vec![Finding::default(); paths.len()],
    };
    // Wherever reading ends, what was found until then counts.
    let _end: Option<()> = reader.read();
    reader.findings
}

struct Reader<'a> {
    rest: &'a [u8],
    cut: bool,
    paths: &'a [&'a [&'a str]],
    /// The keys of the objects that are open around `rest`: one of the paths, or the beginning of
    /// one. No other object is entered, so this is all the stack there is.
    here: &'a [&'a str],
    findings: Vec<Finding>,
}

/// Reading ends with `None`: at the end of the body, or of what makes sense.
impl<'a> Reader<'a> {
    fn read(&mut self) -> Option<()> {
        if self.next()? != b'{' {
            return None;
        }
        loop {
            match self.next()? {
                b'"' => {
                    let key = self.string()?;
                    if self.peek()? == b':' {
                        self.next()?;
                        self.member(key)?;
                    }
                }
                open @ (b'{' | b'[') => self.skip(open)?,
                b'}' => self.leave()?,
                // Brackets that do not fit: what follows may stand at any depth.
                b']' => return None,
                b',' | b':' => {}
                _junk => {
                    self.word();
                }
            }
        }
    }

    /// Reads the value of a key. An object on one of the paths is only entered.
    fn member(&mut self, key: &[u8]) -> Option<()> {
        let place = self.place(key);
        match self.peek()? {
            b'"' => {
                self.next()?;
                let written = self.string()?;
                self.scalar(place, true, || scan::text(written).map(Found::Text))
            }
            open @ (b'{' | b'[') => {
                self.next()?;
                match place {
                    Some(place) if open == b'{' => self.here = place,
                    Some(_) | None => {
                        self.skip(open)?;
                        self.note(place, &Found::Other);
                    }
                }
                Some(())
            }
            // No value at all; the byte is for the reader of the object.
            b'}' | b']' | b',' | b':' => Some(()),
            _word => {
                let word = self.word();
                let keyword = match word {
                    b"true" => Some(Found::Bool(true)),
                    b"false" => Some(Found::Bool(false)),
                    b"null" => Some(Found::Null),
                    _number_or_junk => None,
                };
                self.scalar(place, keyword.is_some(), || {
                    keyword.or_else(|| {
                        let digits = std::str::from_utf8(word).ok()?;
                        scan::is_number(word).then(|| Found::Number(digits.to_owned()))
                    })
                })
            }
        }
    }

    /// Notes a scalar that was just read, unless it was cut off. `closed`: it cannot have been longer
    /// than it is.
    fn scalar(
        &mut self,
        place: Option<&[&str]>,
        closed: bool,
        value: impl FnOnce() -> Option<Found>,
    ) -> Option<()> {
        // Other control characters end no number: NULs may stand for what was not written.
        let ended = matches!(self.rest.first(), Some(b' ' | b'\t' | b'\n' | b'\r'));
        let understood = match self.peek() {
            Some(b',' | b'}' | b']' | b'"') => true,
            // A server that fails in the middle may say so in a second document: `{"id": 31{"error":`.
            Some(b'{' | b'[') => closed || ended,
            // Two words in the place of one, as in `3 1`.
            Some(_junk) => false,
            None if closed || ended || !self.cut => true,
            None => return None,
        };
        if place.is_some_and(|place| self.paths.contains(&place)) {
            let value = if understood { value() } else { None };
            self.note(place, &value.unwrap_or(Found::Other));
        }
        Some(())
    }

    /// The end of an object; the end of reading when it is the outermost.
    fn leave(&mut self) -> Option<()> {
        let left = self.here;
        let (_key, around) = left.split_last()?;
        self.note(Some(left), &Found::Other);
        self.here = around;
        Some(())
    }

    /// Passes over an object or array, however deep. Counts instead of nesting: it ends where both
    /// counts are back at zero.
    fn skip(&mut self, open: u8) -> Option<()> {
        let (mut objects, mut arrays): (usize, usize) = if open == b'{' { (1, 0) } else { (0, 1) };
        while objects > 0 || arrays > 0 {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            match byte {
                b'"' => {
                    self.string()?;
                }
                b'{' => objects = objects.checked_add(1)?,
                b'[' => arrays = arrays.checked_add(1)?,
                b'}' => objects = objects.checked_sub(1)?,
                b']' => arrays = arrays.checked_sub(1)?,
                _between => {}
            }
        }
        Some(())
    }

    /// The path to that key of the object we are in, when it is one of the paths or leads to one.
    fn place(&self, key: &[u8]) -> Option<&'a [&'a str]> {
        self.paths.iter().copied().find_map(|path| {
            let wanted = path.strip_prefix(self.here)?.first()?;
            let end = self.here.len();
            scan::is_key(key, wanted).then(|| path.get(..=end))?
        })
    }

    fn note(&mut self, place: Option<&[&str]>, value: &Found) {
        for (path, finding) in self.paths.iter().zip(&mut self.findings) {
            if Some(*path) == place {
                finding.note(value);
            }
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.rest = scan::after_blanks(self.rest);
        self.rest.first().copied()
    }

    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = scan::after_blanks(self.rest).split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let (written, rest) = scan::string(self.rest)?;
        self.rest = rest;
        Some(written)
    }

    fn word(&mut self) -> &'a [u8] {
        let (word, rest) = scan::word(self.rest);
        self.rest = rest;
        word
    }
}
