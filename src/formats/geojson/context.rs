//! What is known and counted while a GeoJSON file is being read.

use std::ops::ControlFlow;

use geo::Geometry;
use serde::de::Error;

use super::nest::Nest;
use crate::formats::found::{Budget, MAX_PARTS, RawValue};
use crate::formats::layer::ReadError;
use crate::formats::metered::Meter;

/// A feature as it stands in the file.
pub(super) struct RawFeature {
    /// From 1.
    pub(super) place: u64,
    pub(super) id: Option<String>,
    pub(super) geometry: Result<Option<Geometry>, String>,
    pub(super) properties: Vec<(String, RawValue)>,
}

/// Takes a feature; the error is a reason to refuse the file.
pub(super) type Handler<'v> = &'v mut dyn FnMut(RawFeature) -> Result<ControlFlow<()>, String>;

/// What is known while a file is being read.
pub(super) struct Context<'v> {
    handler: Handler<'v>,
    pub(super) meter: Meter,
    budget: Budget,
    geometry_vertices: usize,
    geometry_parts: usize,
    /// The feature that is being read, from 0.
    pub(super) current: Option<u64>,
    pub(super) is_stopped: bool,
    /// A member of the file, not of a feature.
    pub(super) name: Option<String>,
    /// The outer option is the member, the inner its null.
    pub(super) crs: Option<Option<serde_json::Value>>,
}

impl<'v> Context<'v> {
    pub(super) fn new(handler: Handler<'v>, meter: Meter) -> Context<'v> {
        Context {
            handler,
            meter,
            budget: Budget::default(),
            geometry_vertices: 0,
            geometry_parts: 0,
            current: None,
            is_stopped: false,
            name: None,
            crs: None,
        }
    }

    pub(super) fn features(&self) -> u64 {
        self.budget.features()
    }

    /// Takes note of one position.
    pub(super) fn position(&mut self) -> Result<(), String> {
        self.meter.reset();
        self.geometry_vertices += 1;
        self.budget.vertices(1, String::new).map_err(reason)
    }

    /// Takes note of one list of positions or of lists.
    pub(super) fn part(&mut self) {
        self.geometry_parts += 1;
    }

    pub(super) fn has_too_many_parts(&self) -> bool {
        self.geometry_parts > MAX_PARTS
    }

    pub(super) fn within(&self, limit: usize, nest: Nest) -> Nest {
        if self.geometry_vertices > limit { Nest::Wrong(format!("it has more than {limit} vertices")) } else { nest }
    }

    pub(super) fn begin_geometry(&mut self) {
        (self.geometry_vertices, self.geometry_parts) = (0, 0);
    }

    pub(super) fn begin_feature(&mut self) -> Result<u64, String> {
        let place = self.budget.feature(String::new).map_err(reason)?;
        self.current = Some(place - 1);
        Ok(place)
    }

    pub(super) fn take<E: Error>(&mut self, feature: RawFeature) -> Result<(), E> {
        self.meter.reset();
        match (self.handler)(feature).map_err(E::custom)? {
            ControlFlow::Continue(()) => {
                self.current = None;
                Ok(())
            }
            ControlFlow::Break(()) => {
                self.is_stopped = true;
                Err(E::custom("nobody wants more"))
            }
        }
    }
}

fn reason(fault: ReadError) -> String {
    match fault {
        ReadError::Refused { reason, .. } => reason,
        ReadError::Io(fault) => fault.to_string(),
    }
}
