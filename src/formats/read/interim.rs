//! Small readers of whole documents, until the formats' own are there.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::ops::ControlFlow;

use calamine::{Data, Reader, Xlsx};
use geo::Geometry;
use serde_json::Value;

use crate::formats::layer::{
    FieldKind, FoundCrs, FoundField, Inspected, InspectedLayer, MAX_SAMPLES, ReadError, ReadRow, ReadValue,
};
use crate::formats::table::{Cell, ReadTable};
use crate::spatial::Crs;

fn document(file: &mut impl Read) -> Result<Vec<Value>, ReadError> {
    let value: Value =
        serde_json::from_reader(file).map_err(|fault| ReadError::refused("file", format!("not JSON: {fault}")))?;
    match value.get("features") {
        Some(Value::Array(features)) => Ok(features.clone()),
        _ => Err(ReadError::refused("file", "is no FeatureCollection")),
    }
}

fn fields(features: &[Value]) -> Vec<FoundField> {
    let mut fields: Vec<FoundField> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for feature in features {
        for (name, value) in feature["properties"].as_object().into_iter().flatten() {
            let at = *known.entry(name.clone()).or_insert_with(|| {
                fields.push(FoundField { name: name.clone(), kind: FieldKind::Text, samples: Vec::new() });
                fields.len() - 1
            });
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let field = &mut fields[at];
            if !value.is_null() && field.samples.len() < MAX_SAMPLES {
                field.samples.push(shown);
            }
        }
    }
    fields
}

pub(super) fn inspect(file: &mut impl Read) -> Result<Inspected, ReadError> {
    let features = document(file)?;
    Ok(Inspected {
        layers: vec![InspectedLayer {
            name: "features".to_owned(),
            geometry_type: None,
            count: features.len() as u64,
            crs: FoundCrs::Stated(Crs::crs84()),
            encoding: None,
            fields: fields(&features),
        }],
    })
}

pub(super) fn read(file: &mut impl Read, visit: &mut dyn FnMut(ReadRow) -> ControlFlow<()>) -> Result<(), ReadError> {
    let features = document(file)?;
    let fields = fields(&features);
    for (place, feature) in (1..).zip(&features) {
        let geometry = match &feature["geometry"] {
            Value::Null => Ok(None),
            value => serde_json::from_value::<geojson::Geometry>(value.clone())
                .map_err(|fault| fault.to_string())
                .and_then(|geometry| Geometry::try_from(geometry).map_err(|fault| fault.to_string()).map(Some)),
        };
        let values = fields.iter().map(|field| match &feature["properties"][&field.name] {
            Value::Null => ReadValue::Absent,
            Value::String(text) => ReadValue::Text(text.clone()),
            Value::Number(number) => ReadValue::Number(number.as_f64().unwrap_or_default()),
            other => ReadValue::Text(other.to_string()),
        });
        let id = feature["id"].as_str().map(str::to_owned);
        if visit(ReadRow { place, id, geometry, values: values.collect() }).is_break() {
            break;
        }
    }
    Ok(())
}

pub(super) fn tables(file: &mut (impl Read + Seek)) -> Result<Vec<ReadTable>, ReadError> {
    let refused = |fault: calamine::XlsxError| ReadError::refused("file", fault.to_string());
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).map_err(refused)?;
    let mut tables = Vec::new();
    for (name, range) in book.worksheets() {
        let first = range.start().map_or(0, |(row, _)| row);
        let mut rows = range.rows().zip(first + 1..);
        let header = rows.next().map(|(row, _)| row.iter().map(ToString::to_string).collect()).unwrap_or_default();
        let rows = rows.map(|(row, number)| (number, row.iter().map(cell).collect())).collect();
        tables.push(ReadTable { name, header, rows });
    }
    Ok(tables)
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(text.clone()),
        #[expect(clippy::cast_precision_loss, reason = "as the spreadsheet itself keeps it")]
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::Bool(value) => Cell::Bool(*value),
        Data::Error(error) => Cell::Error(error.to_string()),
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            let date = jiff::civil::Date::new(
                i16::try_from(year).unwrap_or_default(),
                i8::try_from(month).unwrap_or_default(),
                i8::try_from(day).unwrap_or_default(),
            );
            date.map_or(Cell::Error("date".to_owned()), Cell::Date)
        }
    }
}
