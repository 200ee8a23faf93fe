//! Digits of every script: people type the same number in many.

/// The zeros of the decimal digits of all scripts (Unicode, general category Nd), in order; nine more digits follow each.
#[rustfmt::skip]
const ZEROS: &[u32] = &[
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0,
    0x11c50, 0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce,
    0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

/// The digit that `c` stands for, as one of `0` to `9`; `None` if it is none.
#[must_use]
pub fn ascii(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let code = u32::from(c);
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= code)].last()?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decimal_digit_of_every_script_is_read() {
        let digit = regex::Regex::new(r"\A\d\z").unwrap();
        for c in '\0'..=char::MAX {
            let is_one = digit.is_match(c.encode_utf8(&mut [0; 4]));
            assert!(!is_one || ascii(c).is_some(), "U+{:04X} is a digit", u32::from(c));
            assert!(is_one || ascii(c).is_none() || c.is_numeric() || !c.is_alphanumeric(), "{c} is none");
        }
    }

    #[test]
    fn digits_stand_for_what_they_say() {
        for text in
            ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "０１２３４５６７８９", "၀၁၂၃၄၅၆၇၈၉"]
        {
            assert_eq!(text.chars().filter_map(ascii).collect::<String>(), "0123456789", "{text}");
        }
        for c in ['a', '²', '①', '一', '٪', '\u{65f}', '\u{66a}'] {
            assert_eq!(ascii(c), None, "{c}");
        }
    }
}
