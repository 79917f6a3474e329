"""The table of moves: each procedure's own path, closed to everyone else."""

from typing import Any

import pytest

from core.domain.errors import NotAllowed, Refused
from core.domain.lifecycle.accreditation_table import ACCREDITATION_TABLE
from core.domain.lifecycle.application_table import APPLICATION_TABLE
from core.domain.lifecycle.change_table import ChangeKind
from core.domain.lifecycle.finding import accreditation_moves, available, diagram, features, move_for, moves
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import Ask, Feature
from core.domain.lifecycle.states import AccreditationState, Action, ApplicationState, state_in, what_follows
from core.domain.roles import DECIDING, Role
from core.rules.clauses import (
    Actor,
    Extension,
    Intake,
    Procedure,
    RecommenderKind,
    Stage,
    StageKind,
    ValidityTerm,
)
from core.rules.text import T

A, C = ApplicationState, AccreditationState
TITLE = T("程序", "Procedure")
BARE = (StageKind.SUBMISSION, StageKind.REVIEW, StageKind.ACCREDITATION)
OFFICER = frozenset({Role.OFFICER})
APPLICANT = frozenset({Role.APPLICANT})
RECOMMENDER = frozenset({Role.RECOMMENDER})
OTHERS = (("1", RecommenderKind.MEMBERSHIP),)


def procedure(*more: StageKind, scored: bool = False, extension: bool = False, **fields: Any) -> Procedure:
    kinds = [kind for kind in StageKind if kind in (*BARE, *more)]
    stages = tuple(
        Stage(kind, "1", TITLE, Actor.AUTHORITY, scored=scored and kind is StageKind.REVIEW) for kind in kinds
    )
    term = ValidityTerm("2", 3, "3", Extension("4", 3) if extension else None)
    return Procedure("1", Intake.CALL, stages, term, **fields)


def path(of: Procedure, *actions: Action) -> list[ApplicationState]:
    table, state, states = moves(of), A.DRAFT, []
    for action in actions:
        (state,) = {move.target for move in table if move.source is state and move.action is action}
        states.append(state)
    return states


FORWARD = (Action.SUBMIT, Action.RECOMMEND, Action.START_REVIEW)


@pytest.mark.parametrize(
    ("stages", "actions", "states"),
    [
        (
            (),
            (Action.SUBMIT, Action.ACCEPT, Action.APPROVE),
            [A.SUBMITTED, A.UNDER_REVIEW, A.ACCREDITED],
        ),
        (
            (StageKind.RECOMMENDATION, StageKind.NOTICE),
            (*FORWARD, Action.APPROVE, Action.PUBLISH, Action.CLOSE_NOTICE),
            [A.SUBMITTED, A.RECOMMENDED, A.UNDER_REVIEW, A.APPROVED, A.ON_NOTICE, A.ACCREDITED],
        ),
        (
            (StageKind.RECOMMENDATION, StageKind.AGREEMENT),
            (Action.SUBMIT, Action.RECOMMEND, Action.START_REVIEW, Action.APPROVE, Action.SIGN),
            [A.SUBMITTED, A.RECOMMENDED, A.UNDER_REVIEW, A.AGREEMENT, A.ACCREDITED],
        ),
        (
            (StageKind.NOTICE, StageKind.AGREEMENT),
            (Action.SUBMIT, Action.ACCEPT, Action.APPROVE, Action.PUBLISH, Action.CLOSE_NOTICE, Action.SIGN),
            [A.SUBMITTED, A.UNDER_REVIEW, A.APPROVED, A.ON_NOTICE, A.AGREEMENT, A.ACCREDITED],
        ),
        (
            (),
            (Action.SUBMIT, Action.RETURN, Action.RESUBMIT, Action.ACCEPT, Action.REJECT),
            [A.SUBMITTED, A.RETURNED, A.SUBMITTED, A.UNDER_REVIEW, A.REJECTED],
        ),
        ((StageKind.RECOMMENDATION,), (Action.SUBMIT, Action.DECLINE), [A.SUBMITTED, A.REJECTED]),
    ],
)
def test_paths(stages, actions, states):
    assert path(procedure(*stages), *actions) == states


@pytest.mark.parametrize(
    "stages",
    [
        (),
        (StageKind.RECOMMENDATION,),
        (StageKind.NOTICE,),
        (StageKind.AGREEMENT,),
        (StageKind.NOTICE, StageKind.AGREEMENT),
        (StageKind.VERIFICATION, StageKind.RECOMMENDATION, StageKind.NOTICE, StageKind.AGREEMENT),
    ],
)
def test_each_procedure_is_unambiguous_and_leads_somewhere(stages):
    of = procedure(*stages, extension=True, direct_inclusion="N2")
    for table, start in ((moves(of), A.DRAFT), (accreditation_moves(of), C.ACTIVE)):
        steps = [(move.source, move.action) for move in table]
        assert len(steps) == len(set(steps))
        reached = {start}
        while more := {move.target for move in table if move.source in reached} - reached:
            reached |= more
        assert {move.source for move in table} <= reached
    ends = {A.ACCREDITED, A.REJECTED, A.WITHDRAWN}
    # An end is left by a correction: of a decision on it, or of the end of its party, which nobody asks here.
    left = [move for move in moves(of) if move.source in ends and Ask.CORRECTION not in move.asks]
    assert [(move.action, move.by_system, move.roles) for move in left] == [
        (Action.UNDO_CLOSURE, True, frozenset())
    ]
    assert ends <= {move.target for move in moves(of)}


def test_every_open_application_can_be_withdrawn():
    sources = {move.source for move in moves(procedure()) if move.action is Action.WITHDRAW}
    assert sources == {A.DRAFT, A.SUBMITTED, A.RETURNED, A.UNDER_REVIEW}
    every = procedure(StageKind.RECOMMENDATION, StageKind.NOTICE, StageKind.AGREEMENT)
    sources = {move.source for move in moves(every) if move.action is Action.WITHDRAW}
    assert sources == {state for state in A if state.is_open}


def test_guards_follow_the_procedure():
    plain, full = (
        {move.action: move.guards for move in moves(of)}
        for of in (procedure(), procedure(StageKind.VERIFICATION, scored=True, mobile_required="N3"))
    )
    assert Guard.PARTY_VERIFIED not in plain[Action.SUBMIT]
    assert Guard.MOBILE_GIVEN not in plain[Action.SUBMIT]
    assert [procedure(scored=scored).is_scored for scored in (False, True)] == [False, True]
    assert {Guard.PARTY_VERIFIED, Guard.MOBILE_GIVEN, Guard.WINDOW_OPEN} <= set(full[Action.SUBMIT])
    assert Guard.WINDOW_OPEN not in full[Action.RESUBMIT]
    assert plain[Action.APPROVE][0] is full[Action.APPROVE][0] is Guard.PANEL_SCORED


def test_nothing_is_on_notice_without_a_notice_nor_with_scores_unfinished():
    for move in moves(procedure(StageKind.NOTICE)):
        if move.target is A.ON_NOTICE:
            assert {Guard.NOTICE_PUBLISHED, Guard.PANEL_SCORED} <= set(move.guards)
    to_notice = {move.source for move in moves(procedure(StageKind.NOTICE)) if move.target is A.ON_NOTICE}
    assert to_notice == {A.APPROVED}


def test_what_was_decided_is_corrected_by_a_second_person_with_a_reason():
    def undone(*stages, **more):
        table = moves(procedure(*stages, **more))
        return {(move.source, move.action, move.target) for move in table if Ask.CORRECTION in move.asks}

    always = {
        (A.ACCREDITED, Action.UNDO_APPROVAL, A.UNDER_REVIEW),
        (A.REJECTED, Action.UNDO_REFUSAL, A.UNDER_REVIEW),
        (A.RETURNED, Action.UNDO_RETURN, A.SUBMITTED),
    }
    on_its_way = {
        (state, Action.UNDO_APPROVAL, A.UNDER_REVIEW) for state in (A.APPROVED, A.ON_NOTICE, A.AGREEMENT)
    }
    assert undone(StageKind.NOTICE, StageKind.AGREEMENT) == always | on_its_way
    assert undone(StageKind.RECOMMENDATION) == always | {
        (A.REJECTED, Action.UNDO_DECLINE, A.SUBMITTED),
        (A.RECOMMENDED, Action.UNDO_RECOMMENDATION, A.SUBMITTED),
    }
    included = (A.ACCREDITED, Action.UNDO_INCLUSION, A.WITHDRAWN)
    assert undone(direct_inclusion="N2") == always | {included}
    for move in APPLICATION_TABLE:
        if Ask.CORRECTION in move.asks:
            assert {Guard.SECOND_PERSON, Guard.REASON_GIVEN, Guard.NOT_OWN} <= set(move.guards)
            own_word = move.action in (Action.UNDO_DECLINE, Action.UNDO_RECOMMENDATION)
            assert move.roles == (DECIDING | {Role.RECOMMENDER} if own_word else DECIDING)
    voids = {move.source for move in accreditation_moves(procedure()) if move.target is C.ANNULLED}
    assert voids == {state for state in C if state is not C.ANNULLED}
    assert C.ANNULLED not in {move.source for move in accreditation_moves(procedure())}


def test_features():
    assert features(procedure()) == frozenset()
    everything = procedure(
        *StageKind,
        scored=True,
        extension=True,
        direct_inclusion="N2",
        mobile_required="N3",
        other_recommenders=OTHERS,
    )
    assert features(everything) == frozenset(Feature)


def test_direct_inclusion_only_where_the_text_knows_it():
    assert not [move for move in moves(procedure()) if move.action is Action.INCLUDE]
    included = move_for(moves(procedure(direct_inclusion="N2")), A.DRAFT, Action.INCLUDE, RECOMMENDER)
    assert included.target is A.ACCREDITED
    assert Guard.SEALED_TABLE in included.guards


def test_an_extension_only_where_the_text_knows_it():
    assert not [m for m in accreditation_moves(procedure()) if m.action is Action.EXTEND]
    extends = {
        move.source: move.target
        for move in accreditation_moves(procedure(extension=True))
        if move.action is Action.EXTEND
    }
    assert extends == {C.ACTIVE: C.ACTIVE, C.RECTIFYING: C.RECTIFYING, C.EXPIRED: C.ACTIVE}


def test_buttons_follow_role_and_state():
    table = moves(procedure(StageKind.RECOMMENDATION, StageKind.NOTICE))
    shown = {role: [m.action for m in available(table, A.SUBMITTED, frozenset({role}))] for role in Role}
    assert shown == {
        Role.SYSADMIN: [],
        Role.OFFICER: [Action.RETURN],
        Role.LEAD: [Action.RETURN],
        Role.RECOMMENDER: [Action.RETURN, Action.RECOMMEND, Action.DECLINE],
        Role.REVIEWER: [],
        Role.AUDITOR: [],
        Role.APPLICANT: [Action.WITHDRAW],
    }
    assert available(table, A.ON_NOTICE, frozenset()) == ()


def test_without_a_recommendation_recommenders_have_no_part():
    table = moves(procedure())
    assert not [move for move in table if Role.RECOMMENDER in move.roles]


def test_one_turns_to_another_only_where_the_text_knows_others():
    with_others = procedure(StageKind.RECOMMENDATION, other_recommenders=OTHERS)
    turns = [move for move in moves(with_others) if move.action is Action.TURN]
    assert [(move.source, move.target, move.roles) for move in turns] == [
        (A.REJECTED, A.SUBMITTED, APPLICANT)
    ]
    for bare in (procedure(StageKind.RECOMMENDATION), procedure(other_recommenders=OTHERS)):
        assert Action.TURN not in {move.action for move in moves(bare)}


def test_moves_are_refused_with_a_reason():
    table = moves(procedure(StageKind.NOTICE))
    assert move_for(table, A.UNDER_REVIEW, Action.APPROVE, OFFICER).target is A.APPROVED
    with pytest.raises(NotAllowed, match="your role may not do this: Approve and publish"):
        move_for(table, A.UNDER_REVIEW, Action.APPROVE, APPLICANT)
    with pytest.raises(Refused, match="approve is not possible in state Draft"):
        move_for(table, A.DRAFT, Action.APPROVE, OFFICER)


def test_the_system_closes_notices_and_nobody_else_does():
    table = moves(procedure(StageKind.NOTICE))
    assert move_for(table, A.ON_NOTICE, Action.CLOSE_NOTICE, None).target is A.ACCREDITED
    with pytest.raises(NotAllowed):
        move_for(table, A.ON_NOTICE, Action.CLOSE_NOTICE, frozenset(Role))
    with pytest.raises(NotAllowed):
        move_for(table, A.UNDER_REVIEW, Action.APPROVE, None)


def test_the_system_expires_orders_and_revokes():
    by_system = {(m.source, m.action) for m in ACCREDITATION_TABLE if m.by_system}
    assert {source for source, action in by_system if action is Action.ANNUL} == set(C) - {C.ANNULLED}
    assert {pair for pair in by_system if pair[1] is not Action.ANNUL} == {
        (C.ACTIVE, Action.ORDER_RECTIFICATION),
        (C.RECTIFYING, Action.ORDER_RECTIFICATION),
        (C.ACTIVE, Action.RESUME_RECTIFICATION),
        (C.ACTIVE, Action.EXPIRE),
        (C.RECTIFYING, Action.EXPIRE),
        (C.ACTIVE, Action.SUCCEED),
        (C.RECTIFYING, Action.SUCCEED),
        (C.ACTIVE, Action.REVOKE),
        (C.RECTIFYING, Action.REVOKE),
        (C.EXPIRED, Action.REVOKE),
        (C.WITHDRAWN, Action.REVOKE),
        (C.REVOKED, Action.REVOKE),
        (C.DUPLICATE, Action.REVOKE),
        (C.ACTIVE, Action.END_DUPLICATE),
        (C.RECTIFYING, Action.END_DUPLICATE),
        (C.DUPLICATE, Action.RESTORE),
        (C.DUPLICATE, Action.RESTORE_EXPIRED),
        (C.WITHDRAWN, Action.RESTORE),
        (C.WITHDRAWN, Action.RESTORE_EXPIRED),
        (C.EXPIRED, Action.RESTORE),
        (C.EXPIRED, Action.RESTORE_EXPIRED),
        (C.CEASED, Action.REVOKE),
        (C.CEASED, Action.RESTORE),
        (C.CEASED, Action.RESTORE_EXPIRED),
        (C.ACTIVE, Action.CEASE),
        (C.RECTIFYING, Action.CEASE),
    }


def test_only_the_authority_decides():
    deciding = {Action.ACCEPT, Action.APPROVE, Action.SIGN, Action.REVOKE, Action.EXTEND, Action.REINSTATE}
    for move in (*APPLICATION_TABLE, *ACCREDITATION_TABLE):
        assert not move.roles & {Role.SYSADMIN, Role.AUDITOR}
        assert move.roles or move.by_system
        if move.action in deciding:
            assert move.roles <= DECIDING


def test_what_a_move_asks_is_what_its_guards_look_at():
    asked = {
        Guard.REASON_GIVEN: {Ask.REASON, Ask.CORRECTIONS, Ask.CORRECTION},
        Guard.NOTICE_PUBLISHED: {Ask.NOTICE},
        Guard.RECOMMENDATION_COMPLETE: {Ask.OPINION},
        Guard.ANOTHER_RECOMMENDER: {Ask.RECOMMENDER},
        Guard.AGREEMENT_DATED: {Ask.AGREEMENT},
        Guard.SEALED_TABLE: {Ask.SEALED_TABLE},
    }
    for move in APPLICATION_TABLE:
        wanted = [asked[guard] for guard in move.guards if guard in asked]
        assert all(any(ask in move.asks for ask in of) for of in wanted), move
        assert [
            ask for ask in move.asks if ask is not Ask.REMARK and not any(ask in of for of in wanted)
        ] == []


def test_an_act_is_named_where_a_person_of_the_authority_decides_or_recommends():
    for move in (*APPLICATION_TABLE, *ACCREDITATION_TABLE):
        assert bool(move.act) is (bool(move.roles) and not move.by_party), move


def test_states_say_what_holds():
    assert [state for state in C if state.in_force] == [C.ACTIVE, C.RECTIFYING]
    assert [state for state in A if not state.is_open] == [A.ACCREDITED, A.REJECTED, A.WITHDRAWN]
    assert len({state.label for state in A}) == len(A)
    assert len({state.label for state in C}) == len(C)


def test_every_guard_has_a_reason_and_a_use():
    used = {guard for move in (*APPLICATION_TABLE, *ACCREDITATION_TABLE) for guard in move.guards}
    assert used == set(Guard)
    for guard in Guard:
        assert "；" in guard.reason.zh or "请" in guard.reason.zh
        assert ";" in guard.reason.en


def test_the_diagram_is_drawn_from_the_table():
    drawn = diagram(accreditation_moves(procedure()), C.ACTIVE, "en")
    assert drawn.startswith('stateDiagram-v2\n    state "In force" as active\n')
    assert "    [*] --> active\n" in drawn
    assert "    active --> expired: Expire\n" in drawn
    assert "    expired --> revoked: Revoke\n" in drawn
    assert "Grant" not in drawn
    assert '    state "草稿" as draft\n' in diagram(APPLICATION_TABLE, A.DRAFT)
    lines = diagram(APPLICATION_TABLE, A.DRAFT).splitlines()
    assert len(lines) == len(set(lines))


def test_a_move_that_is_told_by_what_led_to_it_has_no_message_of_its_own() -> None:
    silent = next(move for move in ACCREDITATION_TABLE if move.tells is None)
    with pytest.raises(ValueError, match="no message of its own"):
        _ = silent.message
    spoken = next(move for move in APPLICATION_TABLE if move.tells is not None)
    assert spoken.message is spoken.tells


def test_an_approval_says_what_is_left_to_come() -> None:
    said = {state: what_follows(state).zh for state in ApplicationState if what_follows(state).zh}
    assert said == {
        A.APPROVED: "本决定须经公示，公示期满无异议的，予以认定。",
        A.ON_NOTICE: "本决定须经公示，公示期满无异议的，予以认定。",
        A.AGREEMENT: "签订合作协议后予以认定。",
    }


def test_each_stage_but_that_of_the_party_has_its_state():
    states = [state_in(kind) for kind in StageKind]
    assert [kind for kind, state in zip(StageKind, states, strict=True) if state is None] == [
        StageKind.VERIFICATION
    ]
    assert len(set(states)) == len(states)


def test_others_take_the_place_of_who_is_merged_or_divided():
    assert [kind for kind in ChangeKind if kind.names_successors] == [ChangeKind.MERGER, ChangeKind.SPLIT]
