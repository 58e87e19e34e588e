//! Ids that look like a vendor's and are the same on each run of a test.

/// A UUID (version 4 in form) made from what it is for and a number.
pub(crate) fn uuid(purpose: &str, number: u64) -> String {
    // FNV-1a: spreads short texts over the whole seed.
    let mut seed = 0xcbf2_9ce4_8422_2325_u64 ^ number;
    for byte in purpose.bytes() {
        seed = (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let bits = fastrand::Rng::with_seed(seed).u128(..);
    let bits = bits & !(0xf000 << 64) | (0x4000 << 64);
    let bits = bits & !(0xc000 << 48) | (0x8000 << 48);
    let hex = format!("{bits:032x}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    let parts = parts.into_iter().filter_map(|range| hex.get(range));
    parts.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::uuid;

    #[test]
    fn it_has_the_form_of_a_uuid_and_does_not_change() {
        let id = uuid("run", 1);
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(id.get(14..15), Some("4"));
        assert!(["8", "9", "a", "b"].contains(&&id[19..20]), "{id}");
        assert_eq!(id, uuid("run", 1));
        assert_ne!(id, uuid("run", 2));
        assert_ne!(id, uuid("request", 1));
    }
}
