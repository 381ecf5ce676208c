"""How much people and addresses may do in a while."""

import pytest

from bot.rooms.web.limits import REMEMBERED, Allowance, Doing, Limits, Rate, one_household
from tests.visitors import Wall


def test_so_many_at_once_and_then_so_many_a_second() -> None:
    """A burst is granted, then what comes too soon gets the seconds to wait, and after these it is granted."""
    wall, allowance = Wall(), Allowance(Rate(3, 0.5))
    assert [allowance.take("bo", wall()) for _ in range(4)] == [0, 0, 0, 2]
    wall.move(seconds=1)
    assert allowance.take("bo", wall()) == 1
    wall.move(seconds=1)
    assert allowance.take("bo", wall()) == 0
    wall.move(hours=1)
    assert [allowance.take("bo", wall()) for _ in range(4)] == [0, 0, 0, 2]


def test_a_clock_set_back_harms_nobody() -> None:
    """A clock that is set back neither gives nor takes anything."""
    wall, allowance = Wall(), Allowance(Rate(1, 1))
    assert allowance.take("bo", wall()) == 0
    wall.move(days=-1)
    assert allowance.take("bo", wall()) == 1
    wall.move(seconds=1)
    assert allowance.take("bo", wall()) == 0


def test_one_is_not_limited_by_another() -> None:
    """Each has a bucket of their own; one that was given back can be taken again."""
    wall, allowance = Wall(), Allowance(Rate(1, 1))
    assert allowance.take("bo", wall()) == 0
    assert allowance.take("cy", wall()) == 0
    allowance.give_back("bo")
    allowance.give_back("nobody")
    assert allowance.take("bo", wall()) == 0


def test_no_more_are_remembered_than_there_is_room_for() -> None:
    """Of very many, those not seen for longest are forgotten."""
    wall, allowance = Wall(), Allowance(Rate(1, 0.001))
    for number in range(REMEMBERED + 1):
        allowance.take(str(number), wall())
    assert allowance.take("1", wall()) > 0
    assert allowance.take("0", wall()) == 0


def test_who_floods_does_not_use_up_the_address() -> None:
    """What is refused to a person does not count for the others behind the same address."""
    limits = Limits(Wall())
    granted = sum(not limits.wait(Doing.SAY, person="bo", address="192.0.2.1") for _ in range(5000))
    assert granted == 10
    assert limits.wait(Doing.SAY, person="cy", address="192.0.2.1") == 0


def test_an_address_with_many_names_is_limited_too() -> None:
    """Who takes a new name for each message is stopped at the address; another address is not."""
    limits = Limits(Wall())
    granted = sum(not limits.wait(Doing.SAY, person=str(n), address="192.0.2.1") for n in range(1000))
    assert granted == 400
    assert limits.wait(Doing.SAY, person="cy", address="192.0.2.2") == 0


@pytest.mark.parametrize("doing", Doing)
def test_a_refusal_is_said_kindly(doing: Doing) -> None:
    """Everything that is limited has words of its own that say what to do."""
    assert "Please" in doing.words
    assert doing.words.endswith(".")


@pytest.mark.parametrize(
    ("address", "household"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_a_household_has_one_address(address: str, household: str) -> None:
    """Of IPv6 a household has very many addresses, which count as one."""
    assert one_household(address) == household
