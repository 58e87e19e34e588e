//! What a call does to the service: whether it may be repeated is not to be guessed.

use super::report::Report;
use crate::effect::{Effects, UnknownEffect};
use crate::outline::Operation;

const CURE: &str = "Write `\"x-effect\": \"read\"` when it changes nothing, `\"set\"` when asking twice does no harm, \
    `\"start\"` when it must not be repeated; or an object of `field`, `words` and `otherwise` when a word of the \
    request decides.";

pub(super) fn check(operations: &[Operation<'_, '_>], report: &mut Report<'_>) {
    for operation in operations {
        let node = operation.node;
        let Err(unknown) = Effects::of(node.role, node.value) else {
            continue;
        };
        match unknown {
            UnknownEffect::Missing => {
                report.add("effect-missing", &node.pointer, unknown.to_string(), CURE);
            }
            UnknownEffect::NotUnderstood(_) => {
                let place = node.at("x-effect");
                report.add("effect-unknown", place, unknown.to_string(), CURE);
            }
        }
    }
}
