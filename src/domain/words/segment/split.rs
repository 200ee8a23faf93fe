//! Cuts a long text into parts, each for one request.
//!
//! People read the parts one after the other, so the cuts fall between words where there are any, and no marks are
//! added. The parts have about the same length, so that no part has only three letters.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::characters::seen;

/// The parts of `body`, each of at most `limit` UTF-16 units, in order. Together they are `body`: the white space at
/// a cut stays at the end of the earlier part, and only a part in which nothing can be seen is left out, because a
/// carrier refuses it. A cut falls between words, if that leaves no part shorter than half of an even one; else between
/// characters as people see them (extended grapheme clusters), and inside one only if that alone is longer than a part.
/// A body that fits is one part as it stands.
///
/// The carrier's limit speaks of characters and warns that some count for more than one: units are the safe reading.
#[must_use]
pub fn split(body: &str, limit: usize) -> Vec<String> {
    // Room for one surrogate pair at least, or nothing would ever fit.
    let limit = limit.max(2);
    let mut units = if body.len() <= limit { body.len() } else { body.encode_utf16().count() };
    if units <= limit {
        return vec![body.to_owned()];
    }
    let mut parts = Vec::new();
    let mut rest = body;
    while units > limit {
        let cut = cut(rest, units, limit);
        let (part, after) = rest.split_at(cut.at);
        parts.push(part);
        (rest, units) = (after, units - cut.units);
    }
    parts.push(rest);
    parts.into_iter().filter(|part| !seen::is_blank(part)).map(str::to_owned).collect()
}

/// A place between two characters.
#[derive(Clone, Copy)]
struct Place {
    /// So many bytes before it.
    at: usize,
    /// So many units before it.
    units: usize,
    /// White space at which a line may break stands before it.
    after_blank: bool,
    /// And behind it.
    before_blank: bool,
}

/// Where the first part of `text` ends, which has `units` units, more than `limit`.
fn cut(text: &str, units: usize, limit: usize) -> Place {
    let places = places(text, limit);
    let fewest = units.div_ceil(limit);
    // Where as few parts as possible are nearly full, hardly any place is left to cut at: then there is one part more.
    for parts in [fewest, fewest + 1] {
        let even = units.div_ceil(parts);
        let fits = units.saturating_sub((parts - 1) * limit);
        let allowed = fits.max(even / 2)..=limit.min(units - even / 2);
        let between = |is: fn(&Place) -> bool| {
            let some = places.iter().filter(|place| is(place) && allowed.contains(&place.units));
            some.min_by_key(|place| place.units.abs_diff(even)).copied()
        };
        let place = between(|place| place.after_blank && !place.before_blank)
            .or_else(|| between(|place| place.after_blank))
            .or_else(|| between(|place| place.before_blank));
        if let Some(place) = place {
            return place;
        }
        if fits <= even / 2 {
            break;
        }
    }
    let (even, fits) = (units.div_ceil(fewest), units - (fewest - 1) * limit);
    let fitting = |place: &&Place| place.units >= fits;
    let nearest = |place: &&Place| place.units.abs_diff(even);
    let between_characters = places.iter().filter(fitting).min_by_key(nearest).or_else(|| places.last());
    between_characters.copied().unwrap_or_else(|| inside(text, limit))
}

/// The places between characters in the first `limit` units of `text`, without its beginning and its end.
fn places(text: &str, limit: usize) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut units = 0;
    for (at, character) in text.grapheme_indices(true) {
        if at > 0 {
            let after_blank = text[..at].chars().next_back().is_some_and(breaks);
            places.push(Place { at, units, after_blank, before_blank: character.starts_with(breaks) });
        }
        units += character.chars().map(char::len_utf16).sum::<usize>();
        if units > limit {
            break;
        }
    }
    places
}

/// As much of a character that is longer than a part as fits.
fn inside(text: &str, limit: usize) -> Place {
    let mut place = Place { at: 0, units: 0, after_blank: false, before_blank: false };
    for c in text.chars() {
        if place.units + c.len_utf16() > limit {
            break;
        }
        place.units += c.len_utf16();
        place.at += c.len_utf8();
    }
    place
}

/// White space where a line may break.
fn breaks(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

#[cfg(test)]
mod tests;
