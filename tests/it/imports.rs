//! Imports from the file to the log: what is found in it, what is said of each row, what lands, and what leaves nothing behind.

mod commit;
mod files;
mod hostile;
mod kit;
mod preview;
mod program;
mod round_trip;
mod workbook;
