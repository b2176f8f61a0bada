//! Places in a listing as texts: the sort values of a row and its number.

use app::model::Cursor;

const SEPARATOR: &str = "*.";

/// Writes the fields of a cursor. Only letters, digits and `-_.*` come out, which URLs keep as they are.
pub(super) fn encode(fields: &[&str]) -> Cursor {
    let mut text = String::new();
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            text.push_str(SEPARATOR);
        }
        for byte in field.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("*{byte:02x}"));
            }
        }
    }
    Cursor(text)
}

/// Reads the fields of a cursor; `None` for a text that is none.
pub(super) fn decode(cursor: &Cursor) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut field = Vec::new();
    let mut bytes = cursor.0.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' => match bytes.next()? {
                b'.' => fields.push(String::from_utf8(std::mem::take(&mut field)).ok()?),
                high => {
                    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                    field.push(digit(high)? * 16 + digit(bytes.next()?)?);
                }
            },
            byte => field.push(byte),
        }
    }
    fields.push(String::from_utf8(field).ok()?);
    Some(fields)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_fields_survive_and_need_no_escape_in_urls(fields in proptest::collection::vec(".*", 1..6)) {
            let borrowed: Vec<&str> = fields.iter().map(String::as_str).collect();
            let cursor = encode(&borrowed);
            prop_assert!(cursor.0.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte)));
            prop_assert_eq!(decode(&cursor), Some(fields));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = decode(&Cursor(text));
        }
    }
}
