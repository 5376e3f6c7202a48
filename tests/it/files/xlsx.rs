//! Workbooks: layers and tables come back, also through GDAL; what is damaged or hostile is refused by sheet and cell.

use std::io::Cursor;

use guatu::formats::layer::{FieldKind, FoundCrs, ReadError, ReadOptions, ReadRow, ReadValue, WriteError};
use guatu::formats::table::{Cell, Column, ReadTable, Table};
use guatu::formats::xlsx;
use guatu::plan::Text;
use guatu::spatial::GeometryType;

use super::kit::{Row, about_jiaxing, buffer, collect, date, gdal, layer, put, rows, same_place, unzip, write, zip};

fn written(layers: &[(&str, GeometryType, Vec<Row>)], tables: &[Table]) -> Vec<u8> {
    let mut out = buffer();
    let folder = tempfile::tempdir().expect("a disk that works");
    let mut writer = Box::new(xlsx::Writer::new(&mut out, folder.path()).expect("a folder"));
    tables.iter().for_each(|table| writer.table(table).expect("fits"));
    let layers: Vec<_> = layers.iter().map(|(name, kind, rows)| (layer(name, *kind, 4490), rows.clone())).collect();
    write(writer, &layers).expect("fits");
    out.into_inner()
}

fn read(bytes: &[u8], layer: &str) -> Result<Vec<ReadRow>, ReadError> {
    collect(|visit| xlsx::read(&mut Cursor::new(bytes), layer, &ReadOptions::default(), visit))
}

fn table() -> Table {
    let column = |name: &str| Column { name: name.to_owned(), meaning: Text::new(format!("{name} 的含义"), name) };
    let text = |text: &str| Cell::Text(text.to_owned());
    let rows = vec![
        vec![text("p-1"), Cell::Number(0.1), Cell::Date(date("2019-03-05")), Cell::Bool(true)],
        vec![text("=1+1"), Cell::Empty, Cell::Date(date("1850-01-01")), Cell::Bool(false)],
        vec![Cell::Empty, Cell::Number(-1e300), Cell::Empty, Cell::Empty],
        vec![text("a\r\n\u{1}_x0041_ <&>\""), Cell::Number(12_345_678_901.25), Cell::Date(date("1900-01-01"))],
    ];
    Table { name: "projects".to_owned(), columns: ["id", "amount", "due", "is_open"].map(column).to_vec(), rows }
}

#[test]
fn layers_of_all_types_come_back() {
    for (kind, geometry) in about_jiaxing() {
        let expected = rows(&geometry);
        let bytes = written(&[("roads", kind, expected.clone())], &[]);
        let found = xlsx::inspect(&mut Cursor::new(&bytes)).expect("sound").layers;
        assert_eq!(found.len(), 1, "the readme is no layer");
        assert_eq!((found[0].name.as_str(), found[0].count, found[0].geometry_type), ("roads", 4, Some(kind)));
        assert_eq!(found[0].crs, FoundCrs::Missing);
        let kinds: Vec<FieldKind> = found[0].fields.iter().map(|field| field.kind).collect();
        assert_eq!(kinds, [FieldKind::Text, FieldKind::Text, FieldKind::Number, FieldKind::Number, FieldKind::Date]);
        let found = read(&bytes, "roads").expect("sound");
        assert_eq!(found.len(), 4);
        for ((found, expected), place) in found.iter().zip(&expected).zip(2..) {
            assert_eq!(found.place, place);
            assert_eq!(found.values[0], ReadValue::Text(expected.id.clone()));
            assert_eq!(found.values[1..], expected.values);
            let geometry = found.geometry.as_ref().expect("sound").as_ref().expect("a geometry");
            assert!(same_place(geometry, &expected.geometry, 1e-9), "{geometry:?}");
        }
    }
}

#[test]
fn tables_come_back_cell_by_cell() {
    let expected = table();
    let bytes = written(&[], std::slice::from_ref(&expected));
    let found = xlsx::tables(&mut Cursor::new(&bytes)).expect("sound");
    let trimmed = |cells: &Vec<Cell>| {
        let kept = cells.iter().rposition(|cell| *cell != Cell::Empty).map_or(0, |last| last + 1);
        cells[..kept].to_vec()
    };
    let mut rows: Vec<(u32, Vec<Cell>)> = (2..).zip(expected.rows.iter().map(trimmed)).collect();
    // Spreadsheets have no days before 1900.
    rows[1].1[2] = Cell::Text("1850-01-01".to_owned());
    let header = expected.columns.iter().map(|column| column.name.clone()).collect();
    assert_eq!(found, [ReadTable { name: "projects".to_owned(), header, rows }]);
}

#[test]
fn gdal_reads_layers_and_tables_without_a_word() {
    let (kind, geometry) = about_jiaxing().remove(0);
    let bytes = written(&[("roads", kind, rows(&geometry))], &[table()]);
    let (_folder, path) = put("a.xlsx", &bytes);
    let path = path.display().to_string();
    let report = super::gdal_names(&path);
    assert_eq!(report, ["projects", "roads", "readme"]);
    let found = gdal(&path, &["-sql", "SELECT * FROM roads"]);
    assert_eq!(found.len(), 4);
    assert_eq!(found[0]["properties"]["name_zh"], "长水路（一期）");
    assert_eq!(found[0]["properties"]["accuracy_metres"], 12.5);
    assert_eq!(found[0]["properties"]["due"], "2019-03-05");
    assert!(found[3]["properties"]["accuracy_metres"].is_null());
    assert_eq!(found[0]["properties"]["WKT"], "POINT (120.751 30.752)");
}

#[test]
fn the_same_content_gives_the_same_file() {
    let bytes = || written(&[], &[table()]);
    assert_eq!(bytes(), bytes());
}

#[test]
fn what_a_sheet_cannot_hold_is_refused_or_noted() {
    let (kind, geometry) = about_jiaxing().remove(1);
    let folder = tempfile::tempdir().expect("a disk that works");
    let writer = || Box::new(xlsx::Writer::new(buffer(), folder.path()).expect("a folder"));
    let with = |at: usize, value: ReadValue| {
        let mut row = rows(&geometry).remove(0);
        row.values[at] = value;
        write(writer(), &[(layer("roads", kind, 4490), vec![row])])
    };
    for (at, value, word) in
        [(0, ReadValue::Text("路".repeat(32_768)), "32768"), (1, ReadValue::Number(f64::INFINITY), "finite")]
    {
        let Err(WriteError::CannotHold(reason)) = with(at, value) else { panic!("{word}") };
        assert!(reason.contains(word) && reason.contains("f-0") && reason.contains("roads"), "{reason}");
    }
    let mut huge = layer("roads", kind, 4490);
    huge.count = 1_048_576;
    assert!(matches!(write(writer(), &[(huge, vec![])]), Err(WriteError::CannotHold(_))));
    let long: geo::LineString = (0..5_000).map(|at| (f64::from(at) + 0.123, 1.0)).collect();
    let row = Row { geometry: long.into(), ..rows(&geometry).remove(0) };
    let told = write(writer(), &[(layer("roads", kind, 4490), vec![row])]).expect("noted");
    assert!(told.notes[0].contains("1 geometries of roads are left out"), "{told:?}");
    let named = |name: &str| (layer(name, kind, 4490), rows(&geometry));
    let long = "a-very-long-name-of-a-collection-of-roads";
    let told = write(writer(), &[named(long), named(&format!("{long}-2")), named("readme")]).expect("fits");
    assert_eq!(told.notes.len(), 3, "{told:?}");
}

/// A workbook whose one sheet has these rows of XML, with these shared texts.
fn book(rows: &str, texts: &str) -> Vec<u8> {
    let mut parts = unzip(&written(&[], &[table()]));
    for (name, bytes) in &mut parts {
        match name.as_str() {
            "xl/worksheets/sheet1.xml" => {
                *bytes = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").into_bytes();
            }
            "xl/sharedStrings.xml" => *bytes = texts.as_bytes().to_vec(),
            _ => {}
        }
    }
    let mut parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    if !parts.iter().any(|(name, _)| *name == "xl/sharedStrings.xml") {
        parts.push(("xl/sharedStrings.xml", texts.as_bytes()));
    }
    let relation =
        "<Relationship Id=\"rId99\" Type=\"http://x/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>";
    let rels: Vec<u8> = parts
        .iter()
        .find(|(name, _)| *name == "xl/_rels/workbook.xml.rels")
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).replace("</Relationships>", relation).into_bytes())
        .expect("relations");
    parts.iter_mut().filter(|(name, _)| *name == "xl/_rels/workbook.xml.rels").for_each(|(_, bytes)| *bytes = &rels);
    zip(&parts)
}

const HEAD: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>b</t></is></c></row>";

#[test]
fn cells_of_other_programs_are_read_as_they_are_meant() {
    let check = |cell: &str, texts: &str, expected: Cell| {
        let bytes = book(&format!("{HEAD}<row r=\"2\">{cell}</row>"), texts);
        let found = xlsx::tables(&mut Cursor::new(&bytes)).unwrap_or_else(|fault| panic!("{cell}: {fault}"));
        let row = found[0].rows.first().map_or(Cell::Empty, |(_, cells)| cells[0].clone());
        assert_eq!(row, expected, "{cell}");
    };
    let text = |text: &str| Cell::Text(text.to_owned());
    let shared = "<sst><si><t>路</t><rPh sb=\"0\" eb=\"1\"><t>lu</t></rPh></si><si><r><t>a</t></r><r><t xml:space=\"preserve\"> b</t></r></si></sst>";
    check("<c r=\"A2\" t=\"s\"><v>0</v></c>", shared, text("路"));
    check("<c r=\"A2\" t=\"s\"><v>1</v></c>", shared, text("a b"));
    check("<c r=\"A2\"><v>1.5</v></c>", "<sst/>", Cell::Number(1.5));
    check("<c><v>1.5</v></c>", "<sst/>", Cell::Number(1.5));
    check("<c r=\"A2\"><f>1+1</f><v>2</v></c>", "<sst/>", Cell::Number(2.0));
    check("<c r=\"A2\" t=\"str\"><f>a</f><v>a&amp;b&#20013;</v></c>", "<sst/>", text("a&b中"));
    check("<c r=\"A2\"><f>1+1</f></c>", "<sst/>", Cell::Error("a formula without a stored value".to_owned()));
    check("<c r=\"A2\" t=\"e\"><v>#REF!</v></c>", "<sst/>", Cell::Error("#REF!".to_owned()));
    check("<c r=\"A2\" t=\"b\"><v>1</v></c>", "<sst/>", Cell::Bool(true));
    check("<c r=\"A2\" t=\"d\"><v>2019-03-05</v></c>", "<sst/>", Cell::Date(date("2019-03-05")));
    check("<c r=\"XFD2\" s=\"1\"/>", "<sst/>", Cell::Empty);
    check("<c r=\"A2\" t=\"inlineStr\"><is><t><![CDATA[a<b]]></t></is></c>", "<sst/>", text("a<b"));
}

#[test]
fn an_error_in_a_cell_is_told_in_its_row() {
    let rows = "<row r=\"3\"><c r=\"A3\" t=\"e\"><v>#REF!</v></c></row><row r=\"5\"><c r=\"C5\"><v>1</v></c></row>";
    let found = read(&book(&format!("{HEAD}{rows}"), "<sst/>"), "projects").expect("rows");
    let reasons: Vec<&str> = found.iter().map(|row| row.geometry.as_ref().expect_err("told").as_str()).collect();
    assert_eq!(reasons, ["A3 holds an error: #REF!", "C5 stands beyond the last heading"]);
    assert_eq!(found.iter().map(|row| row.place).collect::<Vec<_>>(), [3, 5]);
}

#[test]
fn hostile_workbooks_are_refused() {
    let refused = |bytes: &[u8], word: &str| {
        let fault = xlsx::tables(&mut Cursor::new(bytes)).expect_err(word);
        assert!(matches!(fault, ReadError::Refused { .. }), "{fault}");
        assert!(fault.to_string().contains(word), "{fault} does not say {word}");
        assert!(xlsx::inspect(&mut Cursor::new(bytes)).is_err());
    };
    let sheet = |rows: &str| book(rows, "<sst/>");
    refused(b"\xD0\xCF\x11\xE0 an old .xls", "zip");
    refused(&zip(&[("a.txt", b"")]), "no workbook");
    refused(&sheet(&format!("{HEAD}<row r=\"2\"><c r=\"A2\" t=\"s\"><v>7</v></c></row>")), "projects!A2: names a text");
    refused(
        &sheet(&format!("{HEAD}<row r=\"2\"><c r=\"A2\"><v>many</v></c></row>")),
        "projects!A2: is said to be a number",
    );
    refused(
        &sheet(&format!("{HEAD}<row r=\"2\"><c r=\"A2\" t=\"z\"><v>1</v></c></row>")),
        "projects!A2: is of the type",
    );
    refused(&sheet(&format!("{HEAD}<row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row>")), "projects!XFD2: is beyond");
    refused(&sheet(&format!("{HEAD}<row r=\"2\"><c r=\"A9\"><v>1</v></c></row>")), "stands in row 2");
    refused(&sheet(&format!("{HEAD}<row r=\"2\"><c r=\"AAAAAAAAAAAAAAA2\"><v>1</v></c></row>")), "stands in row 2");
    refused(&sheet(&format!("{HEAD}<row r=\"1\"/>")), "not in order");
    refused(&sheet(&format!("{HEAD}<row r=\"4294967296\"/>")), "not in order");
    refused(&sheet(&format!("{HEAD}<row r=\"9999999\"/>")), "not in order");
    refused(&sheet(&HEAD.replace(">b<", ">a<")), "projects!B1: two columns are called \"a\"");
    refused(&sheet(&"<x>".repeat(1_000)), "more than 64 tags");
    refused(&sheet("<row>"), "XML");
    let lots = "<!DOCTYPE s [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    refused(&book(HEAD, &format!("{lots}<sst><si><t>&b;</t></si></sst>")), "DOCTYPE");
    refused(&book(HEAD, "<sst><si><t>&b;</t></si></sst>"), "entity");
    refused(&book(HEAD, &format!("<sst><si><t>{}</t></si></sst>", "x".repeat(20 << 20))), "endless");
    refused(&book(HEAD, &format!("<sst><si><t>{}</t></si></sst>", "x".repeat(2 << 20))), "a text of more than");
    refused(&book(HEAD, &format!("<sst><si><t>{}</t></si></sst>", "x&amp;".repeat(600_000))), "a text of more than");
    // What the part says of its own size is not believed: no memory is taken for it.
    let lying = book(HEAD, "<sst uniqueCount=\"18446744073709551615\"></sst>");
    assert!(xlsx::tables(&mut Cursor::new(&lying)).is_ok());
    let dimension = "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData/></worksheet>";
    let parts = unzip(&lying);
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, bytes)| (name.as_str(), if name.ends_with("sheet1.xml") { dimension.as_bytes() } else { bytes }))
        .collect();
    assert!(xlsx::tables(&mut Cursor::new(&zip(&parts))).expect("empty")[0].rows.is_empty());
    assert!(read(&zip(&parts), "projects").is_err());
}
