"""Structured argument: what stands, what is challenged, and why. Pure Python, no Django.

`graph` holds the debate and compiles it to an abstract framework, `semantics` labels that, `explain` says of each
element why it has its label, `pivots` what the thesis turns on. A label is a state of the map, not a verdict.
"""

from annotations.arguments.explain import (
    Challenge,
    ClaimStanding,
    Labelling,
    Standing,
    Why,
    changed_labels,
    dropped,
    label_debate,
)
from annotations.arguments.graph import (
    ArgumentError,
    Attack,
    AttackKind,
    Claim,
    Debate,
    DuplicateId,
    FaultyPremises,
    Framework,
    HouseRules,
    Inference,
    SelfRelation,
    UnknownReference,
    WrongTarget,
    compile_debate,
    find_cycle_of_supports,
    snapshot_hash,
    without,
)
from annotations.arguments.pivots import pivots
from annotations.arguments.semantics import Label, grounded

__all__ = [
    "ArgumentError",
    "Attack",
    "AttackKind",
    "Challenge",
    "Claim",
    "ClaimStanding",
    "Debate",
    "DuplicateId",
    "FaultyPremises",
    "Framework",
    "HouseRules",
    "Inference",
    "Label",
    "Labelling",
    "SelfRelation",
    "Standing",
    "UnknownReference",
    "Why",
    "WrongTarget",
    "changed_labels",
    "compile_debate",
    "dropped",
    "find_cycle_of_supports",
    "grounded",
    "label_debate",
    "pivots",
    "snapshot_hash",
    "without",
]
