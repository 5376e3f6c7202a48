//! The rows of a `.dbf` on their way: kept aside until the last one is known, so that columns are as wide as their widest value, and numbers
//! have the digits that they need. A number comes back as it was, whatever it is.

use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use super::{LANGUAGE_GBK, MAX_NAME_BYTES, MAX_TEXT_BYTES};
use crate::formats::Value;
use crate::formats::layer::{Encoding, FieldKind};
use crate::formats::text;

/// Characters of a number: any double in its shortest form fits.
const MAX_NUMBER_WIDTH: usize = 24;

/// Decimals that a column of numbers states, as GDAL does for doubles. A column is as wide as its type, not as its numbers: whoever
/// edits the file can write other ones, and a column of whole numbers is not taken for one that only holds such.
const STATED_DECIMALS: usize = 15;

/// Bytes of the header for the file and for each field.
const BLOCK_BYTES: usize = 32;

/// The day that the file says it was changed last: the one that GDAL writes where files are to be the same each time.
const LAST_UPDATE: [u8; 3] = [95, 7, 26];

const END_OF_HEADER: u8 = 0x0D;
const END_OF_FILE: u8 = 0x1A;

/// Why a value does not fit into a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Misfit {
    Foreign(char),
    TooLong(usize),
    /// It has a zero character, which ends a text.
    Zero,
    NotFinite,
    Year,
}

/// A column and what its values need.
#[derive(Clone, Debug)]
pub(super) struct Column {
    name: Vec<u8>,
    kind: FieldKind,
    /// Bytes of the longest value.
    width: usize,
}

impl Column {
    pub(super) fn new(name: Vec<u8>, kind: FieldKind) -> Column {
        Column { name, kind, width: 1 }
    }

    fn final_width(&self) -> usize {
        match self.kind {
            FieldKind::Text => self.width,
            FieldKind::Number => MAX_NUMBER_WIDTH,
            FieldKind::Date => 8,
        }
    }

    fn stated_decimals(&self) -> usize {
        if self.kind == FieldKind::Number { STATED_DECIMALS } else { 0 }
    }
}

/// Rows kept aside in a file of one's own: for each value its length and its bytes.
pub(super) struct Table<F: Write> {
    columns: Vec<Column>,
    rows: BufWriter<F>,
    count: u32,
    encoding: Encoding,
}

impl<F: Read + Write + Seek> Table<F> {
    pub(super) fn new(columns: Vec<Column>, rows: F, encoding: Encoding) -> Table<F> {
        Table { columns, rows: BufWriter::new(rows), count: 0, encoding }
    }

    /// Bytes that the file will have.
    pub(super) fn bytes(&self) -> u64 {
        let row: usize = 1 + self.columns.iter().map(Column::final_width).sum::<usize>();
        (BLOCK_BYTES * (1 + self.columns.len()) + 2) as u64 + u64::from(self.count) * row as u64
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn end_row(&mut self) {
        self.count += 1;
    }

    /// The next value of the row that is being written.
    ///
    /// # Errors
    /// Inner: why it does not fit.
    pub(super) fn put(&mut self, column: usize, value: &Value) -> io::Result<Result<(), Misfit>> {
        let column = &mut self.columns[column];
        let held = match value {
            Value::Absent => Ok(Vec::new()),
            Value::Text(words) => text_bytes(words, self.encoding),
            Value::Number(number) if column.kind == FieldKind::Number => digits(*number),
            Value::Date(date) if column.kind == FieldKind::Date => match date.year() {
                0..=9999 => Ok(format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()).into_bytes()),
                _ => Err(Misfit::Year),
            },
            // A value of another kind than its column goes into columns of text as people write it.
            Value::Number(number) => Ok(number.to_string().into_bytes()),
            Value::Date(date) => Ok(date.to_string().into_bytes()),
        };
        let bytes = match held {
            Ok(bytes) => bytes,
            Err(misfit) => return Ok(Err(misfit)),
        };
        column.width = column.width.max(bytes.len());
        self.rows.write_all(&[u8::try_from(bytes.len()).unwrap_or(u8::MAX)])?;
        self.rows.write_all(&bytes)?;
        Ok(Ok(()))
    }

    /// Writes the `.dbf`.
    pub(super) fn finish(self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.header())?;
        let mut rows = self.rows.into_inner().map_err(|error| error.into_error())?;
        rows.rewind()?;
        let mut rows = BufReader::new(rows);
        let mut bytes = Vec::with_capacity(MAX_TEXT_BYTES);
        let mut row = Vec::new();
        for _ in 0..self.count {
            row.clear();
            row.push(b' ');
            for column in &self.columns {
                let mut length = [0];
                rows.read_exact(&mut length)?;
                bytes.resize(usize::from(length[0]), 0);
                rows.read_exact(&mut bytes)?;
                column.pad(&bytes, &mut row);
            }
            out.write_all(&row)?;
        }
        out.write_all(&[END_OF_FILE])
    }

    fn header(&self) -> Vec<u8> {
        let row: usize = 1 + self.columns.iter().map(Column::final_width).sum::<usize>();
        let size = BLOCK_BYTES * (1 + self.columns.len()) + 1;
        let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes();
        let mut header = vec![3];
        header.extend(LAST_UPDATE);
        header.extend(self.count.to_le_bytes());
        header.extend(short(size));
        header.extend(short(row));
        header.resize(29, 0);
        header.push(if self.encoding == Encoding::Gbk { LANGUAGE_GBK } else { 0 });
        header.resize(BLOCK_BYTES, 0);
        for column in &self.columns {
            let start = header.len();
            header.extend(&column.name[..column.name.len().min(MAX_NAME_BYTES)]);
            header.resize(start + 11, 0);
            header.push(match column.kind {
                FieldKind::Text => b'C',
                FieldKind::Number => b'N',
                FieldKind::Date => b'D',
            });
            header.resize(start + 16, 0);
            // Widths are at most 254, decimals at most 24.
            header.push(u8::try_from(column.final_width()).unwrap_or(u8::MAX));
            header.push(u8::try_from(column.stated_decimals()).unwrap_or(u8::MAX));
            header.resize(start + BLOCK_BYTES, 0);
        }
        header.push(END_OF_HEADER);
        header
    }
}

fn text_bytes(words: &str, encoding: Encoding) -> Result<Vec<u8>, Misfit> {
    let bytes = text::encode(words, encoding).map_err(Misfit::Foreign)?;
    match bytes.len() {
        _ if bytes.contains(&0) => Err(Misfit::Zero),
        length if length > MAX_TEXT_BYTES => Err(Misfit::TooLong(length)),
        _ => Ok(bytes.into_owned()),
    }
}

impl Column {
    /// A value as wide as the column: numbers at the right, all others at the left.
    fn pad(&self, value: &[u8], row: &mut Vec<u8>) {
        let end = row.len() + self.final_width();
        if self.kind == FieldKind::Number {
            row.resize(end - value.len(), b' ');
            row.extend(value);
        } else {
            row.extend(value);
            row.resize(end, b' ');
        }
    }
}

/// The shortest digits that give the same number again.
fn digits(number: f64) -> Result<Vec<u8>, Misfit> {
    if !number.is_finite() {
        return Err(Misfit::NotFinite);
    }
    // Minus zero is zero.
    let plain = if number == 0.0 { "0".to_owned() } else { number.to_string() };
    Ok(if plain.len() > MAX_NUMBER_WIDTH { format!("{number:e}") } else { plain }.into_bytes())
}
