//! What a drawing of AutoCAD 2000 has around its entities: header, tables, blocks, and the dictionary of objects.
//!
//! Handles below [`FIRST_HANDLE`] are the frame's own and are all in this file.

use std::io::{Result, Write};

use geo::Rect;

use super::text::{self, CODE_PAGE};
use crate::spatial::Unit;

/// Handle of the block that holds the entities.
pub(super) const MODEL_SPACE: &str = "1F";

/// The text style of labels, with a font that has Chinese letters.
pub(super) const STYLE: &str = "LABEL";

/// The first handle of an entity; those of layers end before it.
pub(super) const FIRST_HANDLE: u64 = 0x1_0000;

/// The first handle of a layer behind layer 0.
const FIRST_LAYER: usize = 0x1000;

/// AutoCAD's colours by number: those that can be told apart on black and on white.
const COLOURS: [u8; 10] = [1, 5, 3, 30, 6, 4, 200, 94, 12, 42];

/// Writes everything before the entities.
pub(super) fn write_head(
    out: &mut impl Write,
    layers: &[String],
    unit: Unit,
    extent: Option<Rect>,
    next_handle: u64,
) -> Result<()> {
    let units = match unit {
        // 6 is metres, 0 is none.
        Unit::Metre => 6,
        Unit::Degree => 0,
    };
    write!(
        out,
        "  0\nSECTION\n  2\nHEADER\n  9\n$ACADVER\n  1\nAC1015\n  9\n$DWGCODEPAGE\n  3\n{CODE_PAGE}\n  9\n$INSUNITS\n 70\n{units}\n\
         \x20 9\n$MEASUREMENT\n 70\n1\n  9\n$PDMODE\n 70\n34\n  9\n$HANDSEED\n  5\n{next_handle:X}\n"
    )?;
    if let Some(extent) = extent {
        let (low, high) = (extent.min(), extent.max());
        write!(
            out,
            "  9\n$EXTMIN\n 10\n{:?}\n 20\n{:?}\n 30\n0.0\n  9\n$EXTMAX\n 10\n{:?}\n 20\n{:?}\n 30\n0.0\n",
            low.x, low.y, high.x, high.y
        )?;
    }
    out.write_all(b"  0\nENDSEC\n  0\nSECTION\n  2\nCLASSES\n  0\nENDSEC\n  0\nSECTION\n  2\nTABLES\n")?;
    write_view(out, extent)?;
    write_line_types(out)?;
    write_layers(out, layers)?;
    write!(
        out,
        "  0\nTABLE\n  2\nSTYLE\n  5\n3\n330\n0\n100\nAcDbSymbolTable\n 70\n2\n\
         {}{}  0\nENDTAB\n",
        style("11", "Standard", "txt"),
        style("12", STYLE, "simsun.ttc")
    )?;
    for (name, handle) in [("VIEW", "6"), ("UCS", "7")] {
        write!(out, "  0\nTABLE\n  2\n{name}\n  5\n{handle}\n330\n0\n100\nAcDbSymbolTable\n 70\n0\n  0\nENDTAB\n")?;
    }
    out.write_all(
        b"  0\nTABLE\n  2\nAPPID\n  5\n9\n330\n0\n100\nAcDbSymbolTable\n 70\n1\n\
          \x20 0\nAPPID\n  5\n13\n330\n9\n100\nAcDbSymbolTableRecord\n100\nAcDbRegAppTableRecord\n  2\nACAD\n 70\n0\n  0\nENDTAB\n\
          \x20 0\nTABLE\n  2\nDIMSTYLE\n  5\nA\n330\n0\n100\nAcDbSymbolTable\n 70\n0\n100\nAcDbDimStyleTable\n  0\nENDTAB\n",
    )?;
    write_blocks(out)?;
    out.write_all(b"  0\nSECTION\n  2\nENTITIES\n")
}

/// Writes everything behind the entities.
pub(super) fn write_tail(out: &mut impl Write) -> Result<()> {
    out.write_all(
        b"  0\nENDSEC\n  0\nSECTION\n  2\nOBJECTS\n  0\nDICTIONARY\n  5\nC\n330\n0\n100\nAcDbDictionary\n281\n1\n  3\nACAD_GROUP\n350\nD\n\
          \x20 0\nDICTIONARY\n  5\nD\n330\nC\n100\nAcDbDictionary\n281\n1\n  0\nENDSEC\n  0\nEOF\n",
    )
}

/// The window in which a drawing opens: all of it.
fn write_view(out: &mut impl Write, extent: Option<Rect>) -> Result<()> {
    let (middle, height) = extent.map_or((geo::Coord { x: 0.0, y: 0.0 }, 1000.0), |extent| {
        (extent.center(), extent.height().max(extent.width() / 1.5))
    });
    let height = if height > 0.0 { height * 1.1 } else { 100.0 };
    write!(
        out,
        "  0\nTABLE\n  2\nVPORT\n  5\n8\n330\n0\n100\nAcDbSymbolTable\n 70\n1\n  0\nVPORT\n  5\n14\n330\n8\n\
         100\nAcDbSymbolTableRecord\n100\nAcDbViewportTableRecord\n  2\n*Active\n 70\n0\n 10\n0.0\n 20\n0.0\n 11\n1.0\n 21\n1.0\n\
         \x2012\n{:?}\n 22\n{:?}\n 40\n{height:?}\n 41\n1.5\n  0\nENDTAB\n",
        middle.x, middle.y
    )
}

fn write_line_types(out: &mut impl Write) -> Result<()> {
    out.write_all(b"  0\nTABLE\n  2\nLTYPE\n  5\n5\n330\n0\n100\nAcDbSymbolTable\n 70\n3\n")?;
    for (handle, name) in [("15", "ByBlock"), ("16", "ByLayer"), ("17", "Continuous")] {
        write!(
            out,
            "  0\nLTYPE\n  5\n{handle}\n330\n5\n100\nAcDbSymbolTableRecord\n100\nAcDbLinetypeTableRecord\n  2\n{name}\n 70\n0\n  3\n\n 72\n65\n 73\n0\n 40\n0.0\n"
        )?;
    }
    out.write_all(b"  0\nENDTAB\n")
}

fn write_layers(out: &mut impl Write, layers: &[String]) -> Result<()> {
    write!(out, "  0\nTABLE\n  2\nLAYER\n  5\n2\n330\n0\n100\nAcDbSymbolTable\n 70\n{}\n", layers.len() + 1)?;
    let coloured = layers.iter().zip(COLOURS.iter().cycle()).map(|(name, colour)| (name.as_str(), *colour));
    for (place, (name, colour)) in std::iter::once(("0", 7)).chain(coloured).enumerate() {
        let handle = FIRST_LAYER + place;
        write!(
            out,
            "  0\nLAYER\n  5\n{handle:X}\n330\n2\n100\nAcDbSymbolTableRecord\n100\nAcDbLayerTableRecord\n  2\n"
        )?;
        out.write_all(&text::name(name))?;
        write!(out, "\n 70\n0\n 62\n{colour}\n  6\nContinuous\n")?;
    }
    out.write_all(b"  0\nENDTAB\n")
}

fn style(handle: &str, name: &str, font: &str) -> String {
    format!(
        "  0\nSTYLE\n  5\n{handle}\n330\n3\n100\nAcDbSymbolTableRecord\n100\nAcDbTextStyleTableRecord\n  2\n{name}\n 70\n0\n 40\n0.0\n 41\n1.0\n 50\n0.0\n 71\n0\n 42\n1.0\n  3\n{font}\n  4\n\n"
    )
}

/// The two blocks that every drawing has: the model and the sheet.
fn write_blocks(out: &mut impl Write) -> Result<()> {
    let spaces = [("*Model_Space", MODEL_SPACE, "20", "21"), ("*Paper_Space", "1B", "1C", "1D")];
    out.write_all(b"  0\nTABLE\n  2\nBLOCK_RECORD\n  5\n1\n330\n0\n100\nAcDbSymbolTable\n 70\n2\n")?;
    for (name, handle, ..) in spaces {
        write!(
            out,
            "  0\nBLOCK_RECORD\n  5\n{handle}\n330\n1\n100\nAcDbSymbolTableRecord\n100\nAcDbBlockTableRecord\n  2\n{name}\n340\n0\n"
        )?;
    }
    out.write_all(b"  0\nENDTAB\n  0\nENDSEC\n  0\nSECTION\n  2\nBLOCKS\n")?;
    for (name, record, begin, end) in spaces {
        write!(
            out,
            "  0\nBLOCK\n  5\n{begin}\n330\n{record}\n100\nAcDbEntity\n  8\n0\n100\nAcDbBlockBegin\n  2\n{name}\n 70\n0\n 10\n0.0\n 20\n0.0\n 30\n0.0\n  3\n{name}\n  1\n\n\
             \x20 0\nENDBLK\n  5\n{end}\n330\n{record}\n100\nAcDbEntity\n  8\n0\n100\nAcDbBlockEnd\n"
        )?;
    }
    out.write_all(b"  0\nENDSEC\n")
}
