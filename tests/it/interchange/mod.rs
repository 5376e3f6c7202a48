//! How GIS programs meet the server: reference systems, filters, schemas, exports.

mod crs;
mod exports;
mod filters;
mod gdal;
mod program;
mod proj;
mod schemas;
mod sorting;
