//! Reports from the field: filing them, deciding about them, their photos, what a phone takes along, and what hostile bytes do.

mod decisions;
mod evidence;
mod fuzz;
mod kit;
mod photos;
mod reports;
mod uploads;
