import pytest

from tryon_app.supervision.policy import LASTED_S, PAUSES_S, SAFE_AFTER, WITHIN_S, RestartPolicy


def test_the_first_crash_is_mended_at_once():
    decision = RestartPolicy().crashed(1000.0, lived_s=500.0)
    assert (decision.pause_s, decision.safe) == (0.0, False)


def test_crashes_in_a_row_are_given_growing_pauses_that_end_somewhere():
    policy, now, pauses = RestartPolicy(), 0.0, []
    for _ in range(20):
        now += 1.0
        pauses.append(policy.crashed(now, lived_s=1.0).pause_s)
        now += pauses[-1]
    assert pauses == sorted(pauses)
    assert pauses[: len(PAUSES_S)] == list(PAUSES_S)
    assert set(pauses[len(PAUSES_S) :]) == {PAUSES_S[-1]}
    assert sum(pauses) / 20 > 20  # never a hot loop


def test_a_start_that_lasted_begins_anew_with_the_shortest_pause():
    policy = RestartPolicy()
    for now in range(5):
        policy.crashed(float(now), lived_s=1.0)
    assert policy.crashed(100.0, lived_s=LASTED_S).pause_s == 0.0
    assert policy.crashed(101.0, lived_s=1.0).pause_s == PAUSES_S[1]
    assert policy.crashed(102.0, lived_s=1.0).pause_s == PAUSES_S[2] > 0


@pytest.mark.parametrize(("apart_s", "safe"), [(100.0, True), (WITHIN_S / 2, True), (WITHIN_S / 2 + 1, False)])
def test_three_crashes_in_five_minutes_lead_to_safe_mode(apart_s, safe):
    policy = RestartPolicy()
    decisions = [policy.crashed(index * apart_s, lived_s=apart_s).safe for index in range(SAFE_AFTER)]
    assert decisions == [False, False, safe]


def test_safe_mode_ends_when_the_crashes_lie_behind():
    policy = RestartPolicy()
    for now in (0.0, 1.0, 2.0):
        policy.crashed(now, lived_s=1.0)
    assert not policy.crashed(WITHIN_S + 3.0, lived_s=WITHIN_S).safe
