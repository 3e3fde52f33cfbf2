//! The cases: functions of a backend that panic where it isn't the definition's.
//!
//! Another test binary takes them in as its `#[path = "…/conformance/cases/mod.rs"] mod cases`, and calls [`conformance`]
//! with backends of its own.

pub mod digits;
pub mod elementwise;
pub mod int16;
pub mod kernels;
pub mod movement;
pub mod programs;
pub mod refusals;
pub mod sketch;
pub mod streams;
pub mod unplanned;

/// Makes a test of each case, which runs it with every backend that `$backends` names and gives.
macro_rules! conformance {
    ($backends:path) => {
        $crate::cases::conformance! { $backends;
            kernels:
                conv2d_is_its_definition conv3d_is_its_definition depthwise_conv2d_is_its_definition
                transpose_conv2d_is_its_definition matmul_is_its_definition
                rescale_is_its_definition residual_sums_are_their_definition extreme_sums_wrap int4_weights batches_in_groups;
            int16: convolutions_are_their_definition products_are_their_definition sums_at_the_edge;
            elementwise: two_operands_broadcast_against_each_other select_broadcasts_three_operands one_operand;
            movement: moved gathered scattered reduced pooled resized;
            programs: any_network wide_sums other_names late_names dead_operators;
            digits: every_committed_element_is_the_definitions all_test_images_are_read_as_expected;
            unplanned:
                the_digits_are_read_without_a_plan a_deep_network_computes_the_same_without_a_plan
                a_program_without_inputs_gives_its_constants inputs_may_have_rank_0_and_leading_axes_of_their_own;
            streams: many_shards_are_run_in_order;
            refusals: wrong_inputs_are_refused programs_that_no_compiler_writes_are_refused;
        }
    };
    ($backends:path; $($module:ident: $($case:ident)+;)+) => {
        $(mod $module {
            $(#[test]
            fn $case() {
                for (name, backend) in $backends() {
                    println!("{name}");
                    $crate::cases::$module::$case(&*backend);
                }
            })+
        })+
    };
}

pub(crate) use conformance;
