//! The functions that a filter may call beside those of the standard, as `/functions` tells them, and what else may be called.

use super::PropertyType;
use super::error::{FilterError, Place};

/// A function of ours.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub name: &'static str,
    pub description: &'static str,
    pub parameters: &'static [FunctionParameter],
    pub returns: PropertyType,
}

#[derive(Clone, Copy, Debug)]
pub struct FunctionParameter {
    pub title: &'static str,
    pub description: &'static str,
    pub property_type: PropertyType,
}

const SHAPE: FunctionParameter = FunctionParameter {
    title: "geometry",
    description: "A property that is a geometry.",
    property_type: PropertyType::Geometry,
};

pub const FUNCTIONS: [Function; 3] = [
    Function {
        name: "area_m2",
        description: "Area on the WGS 84 ellipsoid in square metres; zero for points and lines.",
        parameters: &[SHAPE],
        returns: PropertyType::Number,
    },
    Function {
        name: "length_m",
        description: "Length on the WGS 84 ellipsoid in metres; zero for points and areas.",
        parameters: &[SHAPE],
        returns: PropertyType::Number,
    },
    Function {
        name: "distance_m",
        description: "Shortest distance on the WGS 84 ellipsoid in metres; zero inside an area.",
        parameters: &[
            SHAPE,
            FunctionParameter {
                title: "point",
                description: "A POINT literal in filter-crs.",
                property_type: PropertyType::Geometry,
            },
        ],
        returns: PropertyType::Number,
    },
];

/// What CQL2 itself has that looks like a function, in lower case.
const OF_THE_STANDARD: [&str; 25] = [
    "casei",
    "accenti",
    "s_intersects",
    "s_equals",
    "s_disjoint",
    "s_touches",
    "s_within",
    "s_overlaps",
    "s_crosses",
    "s_contains",
    "t_after",
    "t_before",
    "t_contains",
    "t_disjoint",
    "t_during",
    "t_equals",
    "t_finishedby",
    "t_finishes",
    "t_intersects",
    "t_meets",
    "t_metby",
    "t_overlappedby",
    "t_overlaps",
    "t_startedby",
    "t_starts",
];

/// # Errors
/// [`FilterError::UnknownFunction`] for a name that nothing has.
pub(super) fn known(at: &Place, name: &str) -> Result<(), FilterError> {
    let lower = name.to_ascii_lowercase();
    if OF_THE_STANDARD.contains(&lower.as_str()) || FUNCTIONS.iter().any(|function| function.name == lower) {
        return Ok(());
    }
    let hint = if lower.starts_with("a_") {
        "no property is an array here".to_owned()
    } else {
        let names: Vec<_> = FUNCTIONS.iter().map(|function| function.name).collect();
        format!("there are those of CQL2 and {}", names.join(", "))
    };
    Err(FilterError::UnknownFunction { at: at.clone(), name: super::lexer::shown(name), hint })
}
