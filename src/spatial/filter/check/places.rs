//! Operands that are geometries: spatial predicates, and the functions that measure.

use super::{Checker, counted, described, mismatch};
use crate::spatial::filter::error::{FilterError, Place};
use crate::spatial::filter::expression::{Number, Truth, Value};
use crate::spatial::filter::limits::{MEASURE_COST, MEET_COST, RELATE_COST, USUAL_VERTICES};
use crate::spatial::filter::literal::Literal;
use crate::spatial::filter::relate::Relation;
use crate::spatial::filter::syntax::Node;

impl Checker<'_> {
    pub(super) fn relation(
        &mut self,
        at: &Place,
        operator: &str,
        relation: Relation,
        a: &Node,
        b: &Node,
    ) -> Result<Truth, FilterError> {
        let (relation, name, literal) = match (self.value(a)?, self.value(b)?) {
            (Value::Shape(name), Value::Literal(literal)) => (relation, name, literal),
            (Value::Literal(literal), Value::Shape(name)) => (relation.turned(), name, literal),
            (Value::Literal(first), Value::Literal(second)) => {
                untangled(at, operator, relation, &first)?;
                untangled(at, operator, relation, &second)?;
                return Ok(Truth::Known(relation.between(&first.geometry, &second.geometry)));
            }
            (Value::Shape(first), Value::Shape(second)) if first == second => {
                return Ok(Truth::KnownUnlessNull(first, relation.is_reflexive()));
            }
            (Value::Shape(_), Value::Shape(_)) => {
                return Err(mismatch(at, operator, "a literal on one side", "two properties".to_owned()));
            }
            (Value::Shape(_) | Value::Literal(_), other) => {
                return Err(mismatch(&b.at, operator, "geometries", described(b, &other)));
            }
            (other, _) => return Err(mismatch(&a.at, operator, "geometries", described(a, &other))),
        };
        untangled(at, operator, relation, &literal)?;
        let [once, each, _] = MEET_COST;
        let [once, each] = if relation.is_simple() { [once, each] } else { RELATE_COST };
        self.spend(at, once + each * literal.vertices)?;
        Ok(Truth::Relates(relation, name, Box::new(literal)))
    }

    pub(super) fn function(&mut self, at: &Place, name: &str, operands: &[Node]) -> Result<Number, FilterError> {
        let [once, each] = MEASURE_COST;
        self.spend(at, once + each * USUAL_VERTICES)?;
        let (shape, more) =
            operands.split_first().ok_or_else(|| mismatch(at, name, "a geometry", "nothing".to_owned()))?;
        let of = match self.value(shape)? {
            Value::Shape(of) => of,
            other => return Err(mismatch(&shape.at, name, "a property that is a geometry", described(shape, &other))),
        };
        if name != "distance_m" {
            let [] = counted(at, name, more)?;
            return Ok(if name == "area_m2" { Number::AreaM2(of) } else { Number::LengthM(of) });
        }
        let [point] = counted(at, name, more)?;
        match self.value(point)? {
            Value::Literal(Literal { geometry: geo::Geometry::Point(from), .. }) => Ok(Number::DistanceM(of, from)),
            other => Err(mismatch(&point.at, name, "a POINT as its second operand", described(point, &other))),
        }
    }
}

fn untangled(at: &Place, operator: &str, relation: Relation, literal: &Literal) -> Result<(), FilterError> {
    if !relation.is_simple() && literal.is_tangled {
        let expected =
            "a collection whose points, lines and areas are apart, as it asks for more than whether two meet";
        return Err(mismatch(at, operator, expected, "one where they meet".to_owned()));
    }
    Ok(())
}
