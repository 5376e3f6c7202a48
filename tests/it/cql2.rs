//! Filters in CQL2: the standard's own examples, an oracle in PostGIS, and what hostile hands write.

mod examples;
mod hostile;
mod oracle;
mod written;
