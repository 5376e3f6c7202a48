//! Writes XML text: elements that close themselves in the order they were opened, everything escaped. Reads none.

use std::fmt::Write;

use quick_xml::escape::escape;

/// A document that is being written.
pub(super) struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// Begins a document with its declaration.
    pub(super) fn new() -> Xml {
        Xml { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() }
    }

    /// Begins with a document type, as QGIS writes it.
    pub(super) fn with_doctype(doctype: &str) -> Xml {
        Xml { text: format!("<!DOCTYPE {doctype}>\n"), open: Vec::new() }
    }

    pub(super) fn open(&mut self, tag: &'static str, attributes: &[(&str, &str)]) {
        self.begin(tag, attributes);
        self.text.push_str(">\n");
        self.open.push(tag);
    }

    pub(super) fn close(&mut self) {
        if let Some(tag) = self.open.pop() {
            self.indent();
            // A String takes whatever is written.
            let _ = writeln!(self.text, "</{tag}>");
        }
    }

    /// An element, and what is in it.
    pub(super) fn within(&mut self, tag: &'static str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Xml)) {
        self.open(tag, attributes);
        inside(self);
        self.close();
    }

    /// An element without content.
    pub(super) fn empty(&mut self, tag: &'static str, attributes: &[(&str, &str)]) {
        self.begin(tag, attributes);
        self.text.push_str("/>\n");
    }

    /// An element that holds a text.
    pub(super) fn text(&mut self, tag: &'static str, attributes: &[(&str, &str)], content: &str) {
        self.begin(tag, attributes);
        let _ = writeln!(self.text, ">{}</{tag}>", escape(carried(content)));
    }

    /// The document.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }

    fn begin(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        self.indent();
        let _ = write!(self.text, "<{tag}");
        for (name, value) in attributes {
            let _ = write!(self.text, " {name}=\"{}\"", escape(carried(value)));
        }
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n(' ', self.open.len()));
    }
}

/// A text without the characters that XML 1.0 cannot carry; U+FFFD stands in their place.
fn carried(text: &str) -> String {
    let is_carried =
        |c: char| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if is_carried(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}
