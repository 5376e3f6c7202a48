//! How GIS programs meet the server: reference systems, filters, schemas, exports.

mod crs;
mod filters;
mod proj;
mod schemas;
mod sorting;
