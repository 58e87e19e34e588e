//! Foreign text made fit for a terminal.
//!
//! What a service writes into an error or a log is shown to people. A terminal obeys some
//! characters, hides others, and lets others change the direction of the text after them. Which
//! characters these are follows from two properties of Unicode: the general category and
//! `Default_Ignorable_Code_Point`.
//!
//! ```
//! use runpipe::text::{is_harmless, one_line, printable};
//!
//! assert_eq!(one_line("built \u{202e}by\r\n\u{ad}Zoë"), "built by Zoë");
//! assert_eq!(printable("a\tb\r\nc\u{1b}"), "a\tb\nc");
//! assert!(is_harmless('中') && !is_harmless('\u{e0041}'));
//! ```

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// How much of a sentence is kept, in characters.
const SENTENCE: usize = 2_000;

/// Whether a character shows as itself and does nothing else: a letter, mark, digit, sign or blank.
///
/// These are not harmless: controls (tab and line end too), format characters (those that change the
/// direction, zero-width ones, the soft hyphen, tags), line and paragraph separators, private and
/// unassigned characters, and whatever a font may leave out (variation selectors, fillers).
///
/// The joiners between letters of Persian or Indic words and inside emoji are format characters
/// like any other, and so are the Arabic signs that enclose a number. The text stays readable
/// without them, and with them two words that look the same could differ.
#[must_use]
pub fn is_harmless(c: char) -> bool {
    use GeneralCategory as Category;

    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let refused = matches!(
        CodePointMapData::<Category>::new().get(c),
        Category::Control
            | Category::Format
            | Category::Surrogate
            | Category::PrivateUse
            | Category::Unassigned
            | Category::LineSeparator
            | Category::ParagraphSeparator
    );
    !refused && !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// The text on one line: a series of blanks, line ends and controls becomes one blank, and every
/// character that [is not harmless](is_harmless) is removed. Only the first 2,000 characters are
/// read.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(SENTENCE));
    let mut blank = false;
    for c in text.trim().chars().take(SENTENCE) {
        if c.is_control() || c.is_whitespace() {
            blank = true;
        } else if is_harmless(c) {
            if blank && !line.is_empty() {
                line.push(' ');
            }
            blank = false;
            line.push(c);
        }
    }
    line
}

/// The text on several lines: `\n` and `\t` stay, and every other character that
/// [is not harmless](is_harmless) is removed.
///
/// Every other line end becomes `\n`. So does a lone carriage return, with which progress bars
/// overwrite a line: each version of the line gets a line of its own.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    let mut after_return = false;
    for c in text.chars() {
        match c {
            // The line was ended by the carriage return before it.
            '\n' if after_return => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                lines.push('\n');
            }
            '\t' => lines.push(c),
            c if is_harmless(c) => lines.push(c),
            _ => {}
        }
        after_return = c == '\r';
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters that deceive, by the name of what they do.
    const DECEIVING: &[(&str, &[char])] = &[
        ("control", &['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{9b}']),
        (
            "direction",
            &['\u{61c}', '\u{200e}', '\u{202e}', '\u{2066}'],
        ),
        ("soft hyphen", &['\u{ad}']),
        (
            "zero width",
            &['\u{200b}', '\u{200d}', '\u{2060}', '\u{feff}'],
        ),
        ("separator", &['\u{2028}', '\u{2029}']),
        ("tag", &['\u{e0001}', '\u{e0041}', '\u{e007f}']),
        ("variation selector", &['\u{fe0f}', '\u{180b}', '\u{e0100}']),
        ("filler", &['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}']),
        ("invisible mark", &['\u{34f}', '\u{17b4}', '\u{17b5}']),
        ("annotation", &['\u{fff9}', '\u{fffa}', '\u{fffb}']),
        (
            "private",
            &['\u{e000}', '\u{f8ff}', '\u{f0000}', '\u{10fffd}'],
        ),
        (
            "unassigned",
            &['\u{378}', '\u{ffff}', '\u{e0fff}', '\u{10ffff}'],
        ),
    ];

    /// Text of many scripts that has to come through as it is.
    const ORDINARY: &[&str] = &[
        "Build #31 of \"main\" failed: 3 < 4 & 100 % \\o/ `~^|{}[]$",
        "Zoë Çelik façade naïve Łódź ﬁn e\u{301}",
        "流水线运行失败：第３步（编译）。パイプライン 파이프라인",
        "Сборка завершена, Η κατασκευή, הבנייה נכשלה, فشل البناء, निर्माण विफल, ล้มเหลว",
        "🚀 ✅ ❌ 🧪 → ½ € № ∑ ☃ ▁▂▃ █ 🇩🇪 👍🏽",
    ];

    #[test]
    fn of_all_of_unicode_only_what_shows_itself_passes() {
        use GeneralCategory::{
            ClosePunctuation, ConnectorPunctuation, CurrencySymbol, DashPunctuation, DecimalNumber,
            EnclosingMark, FinalPunctuation, InitialPunctuation, LetterNumber, LowercaseLetter,
            MathSymbol, ModifierLetter, ModifierSymbol, NonspacingMark, OpenPunctuation,
            OtherLetter, OtherNumber, OtherPunctuation, OtherSymbol, SpaceSeparator, SpacingMark,
            TitlecaseLetter, UppercaseLetter,
        };
        let harmless = [
            UppercaseLetter,
            LowercaseLetter,
            TitlecaseLetter,
            ModifierLetter,
            OtherLetter,
            NonspacingMark,
            SpacingMark,
            EnclosingMark,
            DecimalNumber,
            LetterNumber,
            OtherNumber,
            ConnectorPunctuation,
            DashPunctuation,
            OpenPunctuation,
            ClosePunctuation,
            InitialPunctuation,
            FinalPunctuation,
            OtherPunctuation,
            MathSymbol,
            CurrencySymbol,
            ModifierSymbol,
            OtherSymbol,
            SpaceSeparator,
        ];
        let mut passed = 0;
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let shown = format!("x{c}x");
            let line = one_line(&shown);
            let lines = printable(&shown);
            for kept in line.chars() {
                let category = CodePointMapData::<GeneralCategory>::new().get(kept);
                assert!(harmless.contains(&category), "{c:?} passes: {category:?}");
            }
            for kept in lines.chars().filter(|c| !"\n\t".contains(*c)) {
                assert!(is_harmless(kept), "{c:?} passes");
            }
            if is_harmless(c) {
                passed += 1;
                assert_eq!(lines, shown, "{c:?} is lost");
                let blank = c.is_whitespace();
                assert_eq!(line, if blank { "x x".to_owned() } else { shown });
            }
        }
        assert!(passed > 140_000, "only {passed} characters pass");
    }

    #[test]
    fn what_deceives_does_not_pass() {
        for (what, characters) in DECEIVING {
            for c in *characters {
                assert!(!is_harmless(*c), "{what}: {c:?}");
                let text = format!("a{c}b");
                let line = one_line(&text);
                assert!(["ab", "a b"].contains(&line.as_str()), "{what}: {line:?}");
                let lines = printable(&text);
                assert!(
                    ["ab", "a\nb"].contains(&lines.as_str()),
                    "{what}: {lines:?}"
                );
            }
        }
    }

    #[test]
    fn ordinary_text_of_all_scripts_stays() {
        for text in ORDINARY {
            assert_eq!(one_line(text), *text);
            assert_eq!(printable(text), *text);
        }
    }

    #[test]
    fn what_a_joiner_or_selector_joins_stays() {
        for (text, shown) in [
            ("👩\u{200d}🚀", "👩🚀"),
            ("❤\u{fe0f}", "❤"),
            ("می\u{200c}خواهم", "میخواهم"),
            ("क\u{94d}\u{200d}ष", "क\u{94d}ष"),
        ] {
            assert_eq!(one_line(text), shown);
            assert_eq!(printable(text), shown);
        }
    }

    #[test]
    fn one_line_has_single_blanks_and_an_end() {
        for (text, line) in [
            ("  a \r\n\t b  ", "a b"),
            ("a\u{0}b", "a b"),
            ("a\u{2028}b\u{85}c\u{3000}d", "a b c d"),
            ("\u{200b} \n", ""),
            ("", ""),
        ] {
            assert_eq!(one_line(text), line, "{text:?}");
        }
        assert_eq!(one_line(&"ä".repeat(5_000)).chars().count(), 2_000);
    }

    #[test]
    fn printable_keeps_lines_and_tabs() {
        for (text, lines) in [
            ("a\r\nb\rc\n\nd", "a\nb\nc\n\nd"),
            ("\r\r\n", "\n\n"),
            ("1\u{2028}2\u{2029}3\u{85}4\u{c}5", "1\n2\n3\n4\n5"),
            ("\ta\u{8}\u{0}", "\ta"),
        ] {
            assert_eq!(printable(text), lines, "{text:?}");
        }
    }
}
