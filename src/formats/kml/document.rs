//! The grammar of KML as it streams by: containers, placemarks, their data and geometry. Styles, overlays and links are read over.
//!
//! Document types are refused, so there are no entities but XML's own five; depth is bounded.

use std::collections::HashMap;
use std::io::BufRead;
use std::ops::ControlFlow;

use geo::Geometry;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::geometry::Parts;
use super::xml::{attribute, check_name, letter_of};
use crate::formats::found::{Budget, RawValue, check_value};
use crate::formats::layer::{MAX_FIELDS, ReadError};
use crate::formats::metered::{MAX_PIECE_BYTES, Meter};

/// Elements inside elements; folders of folders of multi geometries take some twenty.
const MAX_DEPTH: usize = 64;

/// Folders and documents of a file; each that has placemarks is a layer.
const MAX_CONTAINERS: usize = 1_024;

/// A placemark as it stands in the file.
pub(super) struct Placemark {
    /// The folder or document that it is in, by number.
    pub(super) container: usize,
    pub(super) id: Option<String>,
    pub(super) geometry: Result<Option<Geometry>, String>,
    pub(super) fields: Vec<(String, RawValue)>,
}

/// Takes a placemark; the error is a reason to refuse the file.
pub(super) type Handler<'v> = &'v mut dyn FnMut(Placemark) -> Result<ControlFlow<()>, String>;

/// What an open element is to us.
#[derive(Clone, Debug, PartialEq)]
enum Element {
    Container(usize),
    Placemark,
    Name,
    Description,
    Point,
    LineString,
    Polygon,
    Boundary {
        is_outer: bool,
    },
    Ring,
    Multi,
    Coordinates,
    Schema(String),
    Data(String),
    DataValue,
    SchemaData(String),
    SimpleData(String),
    /// Read over, with all that is in it.
    Other,
}

/// Reads the placemarks of a document; the names of its containers.
pub(super) fn stream(input: impl BufRead, meter: &Meter, handler: Handler) -> Result<Vec<Option<String>>, ReadError> {
    let mut document = Document::new(handler);
    let mut reader = Reader::from_reader(input);
    let mut buffer = Vec::new();
    loop {
        meter.reset();
        let event = reader.read_event_into(&mut buffer);
        let outcome = match event {
            Ok(Event::Eof) => break,
            Ok(event) => document.take(event),
            Err(quick_xml::Error::Io(fault)) if !meter.is_over() => {
                // A damaged archive tells of itself as an error of reading.
                let is_damage = fault.kind() == std::io::ErrorKind::InvalidData;
                let said = fault.to_string();
                if is_damage { Err(said) } else { return Err(std::io::Error::new(fault.kind(), said).into()) }
            }
            Err(fault) => Err(fault.to_string()),
        };
        match outcome {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => return Ok(document.containers),
            Err(reason) => {
                let byte = reader.buffer_position();
                return Err(ReadError::refused(document.place(byte), reason));
            }
        }
        buffer.clear();
    }
    if !document.stack.is_empty() || !document.has_root {
        return Err(ReadError::refused(
            document.place(reader.buffer_position()),
            "the document ends before its elements do",
        ));
    }
    Ok(document.containers)
}

struct Document<'v> {
    handler: Handler<'v>,
    stack: Vec<Element>,
    has_root: bool,
    /// Names of folders and documents, as they came.
    containers: Vec<Option<String>>,
    /// For each schema its fields that are text.
    schemas: HashMap<String, HashMap<String, bool>>,
    budget: Budget,
    text: String,
    placemark: Option<(Placemark, Parts)>,
}

impl Document<'_> {
    fn new(handler: Handler) -> Document {
        Document {
            handler,
            stack: Vec::new(),
            has_root: false,
            containers: Vec::new(),
            schemas: HashMap::new(),
            budget: Budget::default(),
            text: String::new(),
            placemark: None,
        }
    }

    fn place(&self, byte: u64) -> String {
        match self.budget.features() {
            count if self.placemark.is_some() => format!("placemark {count} (byte {byte})"),
            _ => format!("byte {byte}"),
        }
    }

    fn take(&mut self, event: Event) -> Result<ControlFlow<()>, String> {
        match event {
            Event::Start(start) => self.open(&start).map(ControlFlow::Continue),
            Event::Empty(start) => {
                self.open(&start)?;
                self.close()
            }
            Event::End(_) => self.close(),
            Event::Text(text) => {
                let text = text.xml10_content().map_err(|fault| fault.to_string())?;
                self.push(&text).map(ControlFlow::Continue)
            }
            Event::CData(text) => {
                let text = text.xml10_content().map_err(|fault| fault.to_string())?;
                self.push(&text).map(ControlFlow::Continue)
            }
            Event::GeneralRef(reference) => {
                let letter = letter_of(&reference)?;
                self.push(letter.encode_utf8(&mut [0; 4])).map(ControlFlow::Continue)
            }
            Event::DocType(_) => Err("a document type is not read; take it out".to_owned()),
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(name)) if !name.eq_ignore_ascii_case(b"utf-8") => {
                    Err(format!("its encoding is {}; KML is read in UTF-8", String::from_utf8_lossy(&name)))
                }
                Some(Err(fault)) => Err(fault.to_string()),
                _ => Ok(ControlFlow::Continue(())),
            },
            Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(ControlFlow::Continue(())),
        }
    }

    fn open(&mut self, start: &BytesStart) -> Result<(), String> {
        if self.stack.len() == MAX_DEPTH {
            return Err(format!("elements are more than {MAX_DEPTH} deep"));
        }
        let name = start.local_name();
        if self.stack.is_empty() {
            if self.has_root || name.as_ref() != b"kml" {
                return Err("its root element is not kml".to_owned());
            }
            self.has_root = true;
        }
        self.text.clear();
        let element = self.element(name.as_ref(), start)?;
        self.stack.push(element);
        Ok(())
    }

    fn element(&mut self, name: &[u8], start: &BytesStart) -> Result<Element, String> {
        use Element as E;
        let parent = self.stack.last().cloned();
        Ok(match (name, parent) {
            (_, Some(E::Name | E::Description | E::DataValue | E::SimpleData(_) | E::Coordinates)) => {
                let name = String::from_utf8_lossy(name);
                return Err(format!("the element {name} stands where text is wanted; write it as CDATA"));
            }
            // Only what stands directly in kml or a container is looked into.
            (_, Some(E::Other)) if self.stack.len() > 1 => E::Other,
            (b"Document" | b"Folder", Some(E::Other | E::Container(_))) => {
                if self.containers.len() == MAX_CONTAINERS {
                    return Err(format!("it has more than {MAX_CONTAINERS} folders"));
                }
                self.containers.push(None);
                E::Container(self.containers.len() - 1)
            }
            (b"Placemark", Some(parent @ (E::Other | E::Container(_)))) => {
                let container = match parent {
                    E::Container(number) => number,
                    _ => self.container_of_root()?,
                };
                self.budget.feature(String::new).map_err(reason)?;
                let (geometry, fields) = (Ok(None), Vec::new());
                let id = attribute(start, b"id")?;
                self.placemark = Some((Placemark { container, id, geometry, fields }, Parts::default()));
                E::Placemark
            }
            (b"name", Some(E::Container(_) | E::Placemark)) => E::Name,
            (b"description", Some(E::Placemark)) => E::Description,
            (b"Schema", Some(E::Container(_))) => E::Schema(attribute(start, b"id")?.unwrap_or_default()),
            (b"SimpleField", Some(E::Schema(schema))) => {
                self.declare(schema, start)?;
                E::Other
            }
            (b"ExtendedData", Some(E::Placemark)) => E::SchemaData(String::new()),
            (b"Data", Some(E::SchemaData(_))) => E::Data(attribute(start, b"name")?.unwrap_or_default()),
            (b"value", Some(E::Data(_))) => E::DataValue,
            (b"SchemaData", Some(E::SchemaData(_))) => {
                let url = attribute(start, b"schemaUrl")?.unwrap_or_default();
                E::SchemaData(url.rsplit('#').next().unwrap_or_default().to_owned())
            }
            (b"SimpleData", Some(E::SchemaData(_))) => E::SimpleData(attribute(start, b"name")?.unwrap_or_default()),
            (b"Point", Some(E::Placemark | E::Multi)) => E::Point,
            // A ring that is no polygon's is a line.
            (b"LineString" | b"LinearRing", Some(E::Placemark | E::Multi)) => E::LineString,
            (b"Polygon", Some(E::Placemark | E::Multi)) => E::Polygon,
            (b"MultiGeometry", Some(E::Placemark | E::Multi)) => {
                self.parts(Parts::is_multi);
                E::Multi
            }
            (b"outerBoundaryIs", Some(E::Polygon)) => E::Boundary { is_outer: true },
            (b"innerBoundaryIs", Some(E::Polygon)) => E::Boundary { is_outer: false },
            (b"LinearRing", Some(E::Boundary { .. })) => E::Ring,
            (b"coordinates", Some(E::Point | E::LineString | E::Ring)) => E::Coordinates,
            (b"Model" | b"Track" | b"MultiTrack", Some(E::Placemark | E::Multi)) => {
                let name = String::from_utf8_lossy(name);
                self.parts(|parts| parts.fail(format!("a {name} is no point, line or polygon")));
                E::Other
            }
            _ => E::Other,
        })
    }

    /// Placemarks directly in kml are in a container without a name.
    fn container_of_root(&mut self) -> Result<usize, String> {
        if self.containers.len() == MAX_CONTAINERS {
            return Err(format!("it has more than {MAX_CONTAINERS} folders"));
        }
        if self.containers.is_empty() {
            self.containers.push(None);
        }
        Ok(0)
    }

    fn declare(&mut self, schema: String, start: &BytesStart) -> Result<(), String> {
        let (name, kind) = (attribute(start, b"name")?, attribute(start, b"type")?);
        if self.schemas.len() >= MAX_CONTAINERS && !self.schemas.contains_key(&schema) {
            return Err(format!("it has more than {MAX_CONTAINERS} schemas"));
        }
        let fields = self.schemas.entry(schema).or_default();
        if fields.len() >= MAX_FIELDS {
            return Err(format!("a schema has more than {MAX_FIELDS} fields"));
        }
        fields.insert(name.unwrap_or_default(), kind.is_some_and(|kind| kind == "string"));
        Ok(())
    }

    fn parts(&mut self, change: impl FnOnce(&mut Parts)) {
        if let Some((_, parts)) = &mut self.placemark {
            change(parts);
        }
    }

    fn push(&mut self, text: &str) -> Result<(), String> {
        let is_wanted = match self.stack.last() {
            Some(Element::Name | Element::Description | Element::DataValue | Element::SimpleData(_)) => {
                check_value(&self.text)?;
                true
            }
            Some(Element::Coordinates) => {
                // References and comments cut a text into pieces, each of them short enough.
                if self.text.len() as u64 > MAX_PIECE_BYTES {
                    return Err("the coordinates of one line are too long".to_owned());
                }
                true
            }
            None if !text.trim().is_empty() => return Err("text stands outside of the root element".to_owned()),
            _ => false,
        };
        if is_wanted {
            self.text.push_str(text);
        }
        Ok(())
    }

    fn close(&mut self) -> Result<ControlFlow<()>, String> {
        let Some(element) = self.stack.pop() else { return Ok(ControlFlow::Continue(())) };
        let text = std::mem::take(&mut self.text);
        let parent = self.stack.last().cloned();
        match (element, parent) {
            (Element::Name, Some(Element::Container(number))) => {
                check_name(&text)?;
                self.containers[number] = Some(text.trim().to_owned()).filter(|name| !name.is_empty());
            }
            (Element::Name, Some(Element::Placemark)) => self.put("name".to_owned(), text, true)?,
            (Element::Description, _) => self.put("description".to_owned(), text, true)?,
            (Element::DataValue, Some(Element::Data(name))) => self.put(beside(name), text, false)?,
            (Element::SimpleData(name), Some(Element::SchemaData(schema))) => {
                let is_text = self.schemas.get(&schema).and_then(|fields| fields.get(&name)).copied();
                self.put(beside(name), text, is_text.unwrap_or(false))?;
            }
            (Element::Coordinates, Some(parent)) => {
                let ring = self.stack.iter().rev().find_map(|element| match element {
                    Element::Boundary { is_outer } => Some(*is_outer),
                    _ => None,
                });
                let Some((_, parts)) = &mut self.placemark else { return Ok(ControlFlow::Continue(())) };
                let (count, line) = parts.positions(&text);
                match parent {
                    Element::Point => parts.point(&line),
                    Element::LineString => parts.line(line),
                    _ => parts.ring(line, ring.unwrap_or(false)),
                }
                self.budget.vertices(count, String::new).map_err(reason)?;
            }
            (Element::Polygon, _) => self.parts(Parts::polygon),
            (Element::Placemark, _) => {
                if let Some((mut placemark, parts)) = self.placemark.take() {
                    placemark.geometry = parts.build();
                    return (self.handler)(placemark);
                }
            }
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    fn put(&mut self, name: String, text: String, is_text: bool) -> Result<(), String> {
        check_value(&text).and_then(|()| check_name(&name))?;
        let Some((placemark, _)) = &mut self.placemark else { return Ok(()) };
        if placemark.fields.len() == MAX_FIELDS {
            return Err(format!("the placemark has more than {MAX_FIELDS} fields"));
        }
        if placemark.fields.iter().any(|(seen, _)| *seen == name) {
            return Err(format!("the placemark has the field {name:?} twice"));
        }
        let value = match text.trim() {
            "" => RawValue::Absent,
            _ if is_text => RawValue::Text(text),
            trimmed if trimmed.len() == text.len() => RawValue::Untyped(text),
            _ => RawValue::Text(text),
        };
        placemark.fields.push((name, value));
        Ok(())
    }
}

/// A field of the data that is called as an element of the placemark gets another name.
fn beside(name: String) -> String {
    if name == "name" || name == "description" { format!("{name} (data)") } else { name }
}

fn reason(fault: ReadError) -> String {
    match fault {
        ReadError::Refused { reason, .. } => reason,
        ReadError::Io(fault) => fault.to_string(),
    }
}
