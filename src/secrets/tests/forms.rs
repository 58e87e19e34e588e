//! The forms in which an answer may echo a secret.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A form, by its name.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) write: fn(&str) -> String,
    /// A short secret is found in it.
    pub(super) short: bool,
    /// The whole of it is the secret: nothing else is written with it.
    pub(super) exact: bool,
    /// Something stands between every two characters.
    pub(super) splits: bool,
}

const fn form(name: &'static str, write: fn(&str) -> String) -> Form {
    Form {
        name,
        write,
        short: true,
        exact: true,
        splits: false,
    }
}

const fn long(name: &'static str, write: fn(&str) -> String) -> Form {
    Form {
        short: false,
        ..form(name, write)
    }
}

const fn split(name: &'static str, write: fn(&str) -> String) -> Form {
    Form {
        splits: true,
        ..form(name, write)
    }
}

const fn inside(name: &'static str, write: fn(&str) -> String) -> Form {
    Form {
        exact: false,
        ..form(name, write)
    }
}

pub(super) const FORMS: &[Form] = &[
    form("plain", str::to_owned),
    form("percent, reserved", |s| {
        utf8_percent_encode(s, RESERVED).to_string()
    }),
    form("percent, reserved, lower", |s| {
        utf8_percent_encode(s, RESERVED)
            .to_string()
            .replace_escapes()
    }),
    form("percent, all", |s| bytes(s, |b| format!("%{b:02X}"))),
    form("percent, all, lower", |s| bytes(s, |b| format!("%{b:02x}"))),
    form("percent, twice", |s| bytes(s, |b| format!("%25{b:02x}"))),
    form("percent, half of it", |s| {
        let each = s.chars().enumerate().map(|(index, c)| match index % 2 {
            0 => bytes(&c.to_string(), |b| format!("%{b:02x}")),
            _ if matches!(c, '%' | '\\' | '&' | '=' | '+') => format!("%{:02X}", u32::from(c)),
            _ => c.to_string(),
        });
        each.collect()
    }),
    form("form", |s| {
        let pairs = serde_urlencoded::to_string([("", s)]).unwrap();
        pairs.trim_start_matches('=').to_owned()
    }),
    form("old script", |s| units(s, |u| format!("%u{u:04X}"))),
    form("json", json),
    form("json, all", |s| units(s, |u| format!("\\u{u:04x}"))),
    form("json, all, upper", |s| units(s, |u| format!("\\u{u:04X}"))),
    form("json, with slashes", |s| json(s).replace('/', "\\/")),
    form("json, twice", |s| json(&json(s))),
    form("debug", |s| {
        let quoted = format!("{s:?}");
        quoted[1..quoted.len() - 1].to_owned()
    }),
    form("bytes", |s| bytes(s, |b| format!("\\x{b:02x}"))),
    form("xml", |s| {
        let names = [
            ('&', "&amp;"),
            ('<', "&lt;"),
            ('>', "&gt;"),
            ('"', "&quot;"),
            ('\'', "&apos;"),
        ];
        named(s, &names)
    }),
    form("html", |s| {
        let names = [
            ('%', "&percnt;"),
            ('&', "&amp;"),
            ('\\', "&bsol;"),
            ('+', "&plus;"),
            ('ä', "&auml;"),
            ('ö', "&ouml;"),
        ];
        named(s, &names)
    }),
    form("entities", |s| {
        s.chars().map(|c| format!("&#{};", u32::from(c))).collect()
    }),
    form("entities, hex", |s| {
        s.chars()
            .map(|c| format!("&#x{:X};", u32::from(c)))
            .collect()
    }),
    form("entities, long", |s| {
        s.chars()
            .map(|c| format!("&#X{:06x}", u32::from(c)) + ";")
            .collect()
    }),
    form("base64", |s| STANDARD.encode(s)),
    form("base64, url", |s| URL_SAFE.encode(s)),
    long("base64, no padding", |s| STANDARD_NO_PAD.encode(s)),
    long("base64, url, no padding", |s| URL_SAFE_NO_PAD.encode(s)),
    inside("base64, after one", |s| STANDARD.encode(format!(":{s}"))),
    inside("base64, after two", |s| STANDARD.encode(format!("a:{s}:"))),
    inside("base64, with a user", |s| {
        STANDARD.encode(format!("user:{s}"))
    }),
    inside("base64, in json", |s| {
        URL_SAFE.encode(format!("{{\"user\":\"me\",\"password\":{:?}}}", s))
    }),
    long("base64, in lines", |s| {
        lines(&STANDARD_NO_PAD.encode(s), "\r\n")
    }),
    long("hex", |s| bytes(s, |b| format!("{b:02x}"))),
    long("hex, upper", |s| bytes(s, |b| format!("{b:02X}"))),
    split("in lines", |s| lines(s, "\n")),
    split("in lines, crlf", |s| lines(s, "\r\n")),
    Form {
        short: false,
        ..split("with blanks", |s| lines(s, " "))
    },
    Form {
        short: false,
        ..split("with tabs", |s| lines(s, "\t\t"))
    },
    split("with nothing between", |s| lines(s, "\u{200b}")),
    split("with a soft hyphen", |s| lines(s, "\u{ad}")),
    split("with controls", |s| lines(s, "\0\u{8}")),
    split("with tags", |s| lines(s, "\u{e0041}\u{e0020}")),
    split("with colours", |s| lines(s, "\u{1b}[31;1m")),
    split("with a title", |s| lines(s, "\u{1b}]0;x\u{7}")),
    split("quoted-printable", |s| lines(s, "=\n")),
    split("quoted-printable, crlf", |s| lines(s, "=\r\n")),
];

/// As `encodeURIComponent` leaves letters, digits and four signs.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The digits of escapes in the other case.
trait ReplaceEscapes {
    fn replace_escapes(self) -> String;
}

impl ReplaceEscapes for String {
    fn replace_escapes(self) -> String {
        let mut parts = self.split('%');
        let mut all = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            all += "%";
            all += &part[..2].to_ascii_lowercase();
            all += &part[2..];
        }
        all
    }
}

fn bytes(text: &str, write: impl Fn(u8) -> String) -> String {
    text.bytes().map(write).collect()
}

fn units(text: &str, write: impl Fn(u16) -> String) -> String {
    text.encode_utf16().map(write).collect()
}

fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn named(text: &str, names: &[(char, &str)]) -> String {
    let each = text.chars().map(|c| {
        let name = names.iter().find(|(named, _)| *named == c);
        name.map_or(c.to_string(), |(_, name)| (*name).to_owned())
    });
    each.collect()
}

/// Something between every two characters.
fn lines(text: &str, between: &str) -> String {
    let each: Vec<String> = text.chars().map(String::from).collect();
    each.join(between)
}
