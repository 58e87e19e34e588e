//! The Rust names that the generator makes from names in a document.
//!
//! The generator splits a name into words at case changes and at everything that is no letter or digit, and joins
//! the words again: with `_` for methods and fields, capitalised for types and variants. Keywords get a `_` behind
//! them, so `type` is a fine name; only two names with the same words are a fault.

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let plain = name.replace('\'', "");
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .flat_map(split_cases)
        .collect()
}

/// Splits `fooBARBaz` into `foo`, `bar` and `baz`.
fn split_cases(part: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    // Case of the last letter of the current word that has one.
    let mut upper: Option<bool> = None;
    let mut chars = part.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(&next) = chars.peek() else {
            word.extend(c.to_lowercase());
            break;
        };
        let case = if c.is_lowercase() {
            Some(false)
        } else if c.is_uppercase() {
            Some(true)
        } else {
            upper
        };
        if case == Some(false) && next.is_uppercase() {
            word.extend(c.to_lowercase());
            words.push(std::mem::take(&mut word));
            upper = None;
        } else if upper == Some(true) && c.is_uppercase() && next.is_lowercase() {
            words.push(std::mem::take(&mut word));
            word.extend(c.to_lowercase());
            upper = None;
        } else {
            word.extend(c.to_lowercase());
            upper = case;
        }
    }
    words.push(word);
    words
}

/// The name as a method or field: `executePipeline` becomes `execute_pipeline`.
pub(super) fn snake(name: &str) -> String {
    match words(special(name)) {
        words if words.is_empty() => "x".to_owned(),
        words => started(words.join("_")),
    }
}

/// The name as a type or variant: `executePipeline` becomes `ExecutePipeline`.
pub(super) fn pascal(name: &str) -> String {
    let words = words(special(name));
    if words.is_empty() {
        return "X".to_owned();
    }
    let capitalised = words.iter().map(|word| {
        let mut letters = word.chars();
        letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(letters)
            .collect::<String>()
    });
    started(capitalised.collect())
}

/// GitHub's reactions, for which the generator has words of its own.
fn special(name: &str) -> &str {
    match name {
        "+1" => "plus1",
        "-1" => "minus1",
        _ => name,
    }
}

/// No Rust name begins with a digit.
fn started(name: String) -> String {
    if name.starts_with(char::is_numeric) {
        format!("_{name}")
    } else {
        name
    }
}
