//! Whether a value is an id.

use super::find::Found;
use super::scan;

/// What no vendor's id comes near, in bytes.
const LONGEST: usize = 256;

/// An id that is a number: positive, whole, and exact, whether sent as a number or as text.
pub(crate) fn number_id(found: &Found) -> Option<i64> {
    match found {
        Found::Number(written) | Found::Text(written) => whole(written.trim()),
        Found::Bool(_) | Found::Null | Found::Other => None,
    }
}

/// An id that is text: a text without the blanks around it, or a number as written.
pub(crate) fn text_id(found: &Found) -> Option<String> {
    let (Found::Text(written) | Found::Number(written)) = found else {
        return None;
    };
    let id = written.trim();
    let sound = !id.is_empty() && id.len() <= LONGEST && !id.contains(char::is_control);
    sound.then(|| id.to_owned())
}

/// The value of a number by JSON's grammar, if it is positive and whole. Exact: `31.0` and `3.1e1`
/// are 31, and no digit is lost as it would be on the way through a float.
fn whole(number: &str) -> Option<i64> {
    if !scan::is_number(number.as_bytes()) {
        return None;
    }
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut value: i64 = 0;
    // The power of ten of the last digit in `value`. Zeros wait until a digit follows them.
    let mut zeros: u32 = 0;
    for digit in integer.chars().chain(fraction.chars()) {
        match i64::from(digit.to_digit(10)?) {
            0 => zeros = zeros.checked_add(1)?,
            digit if value == 0 => (value, zeros) = (digit, 0),
            digit => {
                let shift = 10_i64.checked_pow(zeros.checked_add(1)?)?;
                value = value.checked_mul(shift)?.checked_add(digit)?;
                zeros = 0;
            }
        }
    }
    let power = exponent
        .parse::<i64>()
        .ok()?
        .checked_sub(i64::try_from(fraction.len()).ok()?)?
        .checked_add(i64::from(zeros))?;
    let shift = 10_i64.checked_pow(u32::try_from(power).ok()?)?;
    value.checked_mul(shift).filter(|value| *value > 0)
}
