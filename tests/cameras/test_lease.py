"""A handle is released once and never while it is in use."""

import pytest

from tryon_app.cameras.lease import Lease


def test_given_up_while_idle_it_is_released_at_once_and_only_once():
    released = []
    lease = Lease("handle", released.append)
    lease.give_up()
    lease.give_up()
    assert released == ["handle"]
    assert lease.given_up
    with lease.use() as handle:
        assert handle is None
    assert released == ["handle"]


def test_given_up_in_use_it_is_released_when_the_use_ends():
    released = []
    lease = Lease("handle", released.append)
    with lease.use() as handle:
        lease.give_up()
        assert handle == "handle"
        assert released == []
    assert released == ["handle"]


def test_a_use_that_fails_still_releases():
    released = []
    lease = Lease("handle", released.append)

    def fail() -> None:
        with lease.use():
            lease.give_up()
            raise ValueError("driver")

    with pytest.raises(ValueError, match="driver"):
        fail()
    assert released == ["handle"]
