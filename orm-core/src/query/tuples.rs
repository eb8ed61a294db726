//! Implementations for tuples.

/// Hands the tuples with up to 12 elements to a macro. Each element has a type, names for the type of its column and for its index in a
/// scope, and its field.
macro_rules! each_tuple {
    ($each:ident) => {
        $each! {
            (A CA IA 0)
            (A CA IA 0, B CB IB 1)
            (A CA IA 0, B CB IB 1, C CC IC 2)
            (A CA IA 0, B CB IB 1, C CC IC 2, D CD ID 3)
            (A CA IA 0, B CB IB 1, C CC IC 2, D CD ID 3, E CE IE 4)
            (A CA IA 0, B CB IB 1, C CC IC 2, D CD ID 3, E CE IE 4, F CF IF 5)
            (A CA IA 0, B CB IB 1, C CC IC 2, D CD ID 3, E CE IE 4, F CF IF 5, G CG IG 6)
            (A CA IA 0, B CB IB 1, C CC IC 2, D CD ID 3, E CE IE 4, F CF IF 5, G CG IG 6, H CH IH 7)
            (A CA IA 0, B CB IB 1, C CC IC 2, D CD ID 3, E CE IE 4, F CF IF 5, G CG IG 6, H CH IH 7, J CJ IJ 8)
            (A CA IA 0, B CB IB 1, C CC IC 2, D CD ID 3, E CE IE 4, F CF IF 5, G CG IG 6, H CH IH 7, J CJ IJ 8, K CK IK 9)
            (A CA IA 0, B CB IB 1, C CC IC 2, D CD ID 3, E CE IE 4, F CF IF 5, G CG IG 6, H CH IH 7, J CJ IJ 8, K CK IK 9, L CL IL 10)
            (A CA IA 0, B CB IB 1, C CC IC 2, D CD ID 3, E CE IE 4, F CF IF 5, G CG IG 6, H CH IH 7, J CJ IJ 8, K CK IK 9, L CL IL 10, N CN IN 11)
        }
    };
}

pub(super) use each_tuple;
