//! Names by any substring, from one character on, in Chinese and English: an index of single characters and pairs.
//!
//! Full-width and half-width, upper and lower case are one. Built whole; it does not take edits.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::plan::Text;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Zh,
    En,
}

/// An indexed name that holds the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameHit {
    /// Place of the name in the list that the index was built from.
    pub item: usize,
    pub language: Language,
    /// Where the match is, in characters of the name as written.
    pub start: usize,
    pub length: usize,
}

/// One name in one language, folded for comparison.
struct Folded {
    chars: Vec<char>,
    /// For each folded character, the written character it comes from.
    written: Vec<u32>,
}

pub struct NameIndex {
    /// Two for each item: Chinese, then English.
    names: Vec<Folded>,
    postings: HashMap<Gram, Vec<u32>>,
}

/// A character alone, or with the one after it.
type Gram = (char, Option<char>);

impl NameIndex {
    /// Cost: O(characters).
    pub fn build<'a>(texts: impl IntoIterator<Item = &'a Text>) -> NameIndex {
        let names: Vec<Folded> = texts.into_iter().flat_map(|text| [fold(&text.zh), fold(&text.en)]).collect();
        let mut postings: HashMap<Gram, Vec<u32>> = HashMap::new();
        for (name, number) in names.iter().zip(0_u32..) {
            for gram in grams(&name.chars) {
                let posting = postings.entry(gram).or_default();
                if posting.last() != Some(&number) {
                    posting.push(number);
                }
            }
        }
        NameIndex { names, postings }
    }

    /// All items with a name that holds `query`, best first: the whole name, its beginning, the beginning of a word, then
    /// anywhere; shorter names first, then the order of the list. An item counts once, by its better language.
    ///
    /// An empty query has no hits. Cost: O(names that hold the query's rarest pair).
    pub fn search(&self, query: &str) -> Vec<NameHit> {
        let wanted = fold(query.trim()).chars;
        let rarest = match wanted[..] {
            [] => return Vec::new(),
            [only] => self.postings.get(&(only, None)),
            _ => {
                let pairs = wanted.windows(2).map(|pair| self.postings.get(&(pair[0], Some(pair[1]))));
                pairs.min_by_key(|posting| posting.map_or(0, Vec::len)).flatten()
            }
        };
        let mut best: HashMap<usize, (Rank, NameHit)> = HashMap::new();
        for &number in rarest.into_iter().flatten() {
            let Some((rank, hit)) = self.match_name(number as usize, &wanted) else { continue };
            let entry = best.entry(hit.item).or_insert((rank, hit));
            if rank < entry.0 {
                *entry = (rank, hit);
            }
        }
        let mut hits: Vec<_> = best.into_values().collect();
        hits.sort_by_key(|(rank, hit)| (*rank, hit.item));
        hits.into_iter().map(|(_, hit)| hit).collect()
    }

    fn match_name(&self, number: usize, wanted: &[char]) -> Option<(Rank, NameHit)> {
        let name = &self.names[number];
        let (class, at) = best_place(&name.chars, wanted)?;
        let start = name.written[at] as usize;
        let end = name.written[at + wanted.len() - 1] as usize;
        let language = if number.is_multiple_of(2) { Language::Zh } else { Language::En };
        let hit = NameHit { item: number / 2, language, start, length: end - start + 1 };
        Some(((class, name.chars.len()), hit))
    }
}

/// How good a match is: lower is better.
type Rank = (Class, usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Whole,
    Beginning,
    WordBeginning,
    Anywhere,
}

/// The best match of `wanted` in `name`, and where it begins.
fn best_place(name: &[char], wanted: &[char]) -> Option<(Class, usize)> {
    let class = |at: usize| match at {
        0 if name.len() == wanted.len() => Class::Whole,
        0 => Class::Beginning,
        _ if !name[at - 1].is_alphanumeric() => Class::WordBeginning,
        _ => Class::Anywhere,
    };
    let places = name.windows(wanted.len()).enumerate().filter(|(_, part)| *part == wanted);
    places.map(|(at, _)| (class(at), at)).min()
}

/// Lower case, compatibility-composed, each character with its place in the text as written.
fn fold(text: &str) -> Folded {
    let mut folded = Folded { chars: Vec::new(), written: Vec::new() };
    for (character, place) in text.chars().zip(0_u32..) {
        for plain in std::iter::once(character).nfkc().flat_map(char::to_lowercase) {
            folded.chars.push(plain);
            folded.written.push(place);
        }
    }
    folded
}

fn grams(chars: &[char]) -> impl Iterator<Item = Gram> {
    let alone = chars.iter().map(|c| (*c, None));
    alone.chain(chars.windows(2).map(|pair| (pair[0], Some(pair[1]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<Text> {
        [
            ("槜李路跨南郊河大桥", "Zuili road bridge over Nanjiao river"),
            ("南郊河公园", "Nanjiao river park"),
            ("槜李路", "Zuili road"),
            ("３＋３产业发展大平台", "3+3 industry platform"),
        ]
        .map(|(zh, en)| Text::new(zh, en))
        .to_vec()
    }

    #[test]
    fn any_substring_finds_its_names_best_first() {
        let names = names();
        let index = NameIndex::build(&names);
        let check = |query: &str, expected: &[usize]| {
            let items: Vec<_> = index.search(query).iter().map(|hit| hit.item).collect();
            assert_eq!(items, expected, "{query}");
        };
        check("槜李路", &[2, 0]);
        check("河", &[1, 0]);
        check("郊河", &[1, 0]);
        check("ZUILI", &[2, 0]);
        check("river", &[1, 0]);
        check("iver", &[1, 0]);
        check("3+3", &[3]);
        check("　公园 ", &[1]);
        check("", &[]);
        check("河河", &[]);
        check("槜李路跨南郊河大桥大桥", &[]);
    }

    #[test]
    fn a_hit_says_where_it_is_in_the_name_as_written() {
        let names = names();
        let hit = NameIndex::build(&names).search("南郊")[0];
        assert_eq!((hit.item, hit.language, hit.start, hit.length), (1, Language::Zh, 0, 2));
        let hit = NameIndex::build(&names).search("bridge")[0];
        assert_eq!((hit.language, hit.start, hit.length), (Language::En, 11, 6));
    }

    #[test]
    fn every_substring_of_every_name_finds_it() {
        let names = names();
        let index = NameIndex::build(&names);
        for (item, text) in names.iter().enumerate() {
            for written in [&text.zh, &text.en] {
                let chars: Vec<char> = written.chars().collect();
                for from in 0..chars.len() {
                    for to in from + 1..=chars.len() {
                        let part: String = chars[from..to].iter().collect();
                        if !part.trim().is_empty() {
                            assert!(index.search(&part).iter().any(|hit| hit.item == item), "{part:?}");
                        }
                    }
                }
            }
        }
    }
}
